"""Call data for everything that may be written to the three contracts. Pure.

Names, arguments and meanings: :class:`chain.kernel.tender_ports.TenderActs` and contracts/tenders/I*.sol. Members count
from 1 and points are compressed here; the chain's forms are made on the way.
"""

from __future__ import annotations

from collections.abc import Sequence

from chain.kernel.tender_facts import CaseKind, CeremonyPlan, Commitment, NoticeTerms
from chain.ledger.events import word
from chain.ledger.tenders import forms
from chain.ledger.tenders.interface import BOOK, KEY_HOLDERS, PROCEEDINGS, interface
from chain.ledger.tenders.points import expand_g1, expand_g2

# --------------------------------------------------------------------------- KeyHolderRegistry


def convene(ceremony: int, plan: CeremonyPlan, members: Sequence[bytes]) -> bytes:
    """``KeyHolderRegistry.convene``."""
    return interface(KEY_HOLDERS).call("convene", ceremony, forms.plan_values(plan), list(members))


def deal(ceremony: int, digest: bytes) -> bytes:
    """``KeyHolderRegistry.deal``."""
    return interface(KEY_HOLDERS).call("deal", ceremony, digest)


def complain(ceremony: int, accused: int, digest: bytes) -> bytes:
    """``KeyHolderRegistry.complain``."""
    return interface(KEY_HOLDERS).call("complain", ceremony, forms.place_of(accused, "accused"), digest)


def answer(ceremony: int, complainant: int, digest: bytes) -> bytes:
    """``KeyHolderRegistry.answer``."""
    return interface(KEY_HOLDERS).call("answer", ceremony, forms.place_of(complainant, "complainant"), digest)


def confirm(ceremony: int, transcript: bytes, qualified: Sequence[int], key: bytes) -> bytes:
    """``KeyHolderRegistry.confirm``."""
    bits = forms.bits_of(qualified)
    return interface(KEY_HOLDERS).call("confirm", ceremony, transcript, bits, expand_g2(key, field="key"))


def roll_call(ceremony: int, counter: int, signature: bytes) -> bytes:
    """``KeyHolderRegistry.rollCall``."""
    return interface(KEY_HOLDERS).call("rollCall", ceremony, counter, expand_g1(signature))


def report_destruction(ceremony: int, digest: bytes) -> bytes:
    """``KeyHolderRegistry.reportDestruction``."""
    return interface(KEY_HOLDERS).call("reportDestruction", ceremony, digest)


# --------------------------------------------------------------------------- TenderBook


def publish(tender: int, notice: NoticeTerms, custodians: Sequence[bytes]) -> bytes:
    """``TenderBook.publish``."""
    return interface(BOOK).call("publish", tender, forms.notice_values(notice), list(custodians))


def amend(tender: int, number: int, digest: bytes, deadline: int, open_at: int) -> bytes:
    """``TenderBook.amend``."""
    return interface(BOOK).call("amend", tender, number, digest, deadline, open_at)


def extend(tender: int, deadline: int, open_at: int) -> bytes:
    """``TenderBook.extend``."""
    return interface(BOOK).call("extend", tender, deadline, open_at)


def cancel(tender: int, reason_digest: bytes) -> bytes:
    """``TenderBook.cancel``."""
    return interface(BOOK).call("cancel", tender, reason_digest)


def tick(tender: int, header_before: bytes, header_after: bytes) -> bytes:
    """``TenderBook.tick``."""
    return interface(BOOK).call("tick", tender, header_before, header_after)


def settle(tender: int) -> bytes:
    """``TenderBook.settle``."""
    return interface(BOOK).call("settle", tender)


def submit(commitment: Commitment, signature: bytes, custody: bytes) -> bytes:
    """``TenderBook.submit``."""
    return interface(BOOK).call("submit", forms.commitment_values(commitment), signature, custody)


def withdraw(tender: int, lot: int, bidder: bytes, version: int, not_after: int, signature: bytes) -> bytes:
    """``TenderBook.withdraw``."""
    return interface(BOOK).call("withdraw", tender, lot, bidder, version, not_after, signature)


def move(
    tender: int,
    lot: int,
    bidder: bytes,
    successor: bytes,
    version: int,
    not_after: int,
    by_recovery: bytes,
    by_successor: bytes,
) -> bytes:
    """``TenderBook.move``."""
    return interface(BOOK).call(
        "move", tender, lot, bidder, successor, version, not_after, by_recovery, by_successor
    )  # fmt: skip


def reveal_decoy(commitment: Commitment, salt: bytes) -> bytes:
    """``TenderBook.revealDecoy``."""
    return interface(BOOK).call("revealDecoy", forms.commitment_values(commitment), salt)


def close(tender: int, lot: int, envelope: int, most: int) -> bytes:
    """``TenderBook.close``."""
    return interface(BOOK).call("close", tender, lot, envelope, most)


def open_envelope(tender: int, lot: int, envelope: int, signature: bytes, keys_digest: bytes) -> bytes:
    """``TenderBook.open``."""
    return interface(BOOK).call("open", tender, lot, envelope, expand_g1(signature), keys_digest)


def review(tender: int, lot: int, digest: bytes, dropped: Sequence[int]) -> bytes:
    """``TenderBook.review``."""
    return interface(BOOK).call("review", tender, lot, digest, list(dropped))


def fail(tender: int, lot: int, digest: bytes) -> bytes:
    """``TenderBook.fail``."""
    return interface(BOOK).call("fail", tender, lot, digest)


# --------------------------------------------------------------------------- TenderProceedings


def record(tender: int, lot: int, kind: str, digest: bytes) -> bytes:
    """``TenderProceedings.record``."""
    return interface(PROCEEDINGS).call("record", tender, lot, word(kind), digest)


def attest_custody(tender: int, lot: int, envelope: int, digest: bytes) -> bytes:
    """``TenderProceedings.attestCustody``."""
    return interface(PROCEEDINGS).call("attestCustody", tender, lot, envelope, digest)


def name_candidates(tender: int, lot: int, number: int, digest: bytes) -> bytes:
    """``TenderProceedings.nameCandidates``."""
    return interface(PROCEEDINGS).call("nameCandidates", tender, lot, number, digest)


def file(tender: int, lot: int, kind: CaseKind, digest: bytes) -> bytes:
    """``TenderProceedings.file``."""
    return interface(PROCEEDINGS).call("file", tender, lot, int(kind), digest)


def settle_case(tender: int, lot: int, number: int, digest: bytes) -> bytes:
    """``TenderProceedings.settleCase``."""
    return interface(PROCEEDINGS).call("settleCase", tender, lot, number, digest)


def award(tender: int, lot: int, number: int, digest: bytes) -> bytes:
    """``TenderProceedings.award``."""
    return interface(PROCEEDINGS).call("award", tender, lot, number, digest)


def record_contract(tender: int, lot: int, digest: bytes) -> bytes:
    """``TenderProceedings.recordContract``."""
    return interface(PROCEEDINGS).call("recordContract", tender, lot, digest)
