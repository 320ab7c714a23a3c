"""Between eth_abi's values and the facts of tenders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.tender_facts import (
    CeremonyPlan,
    Commitment,
    Entry,
    LiveSetState,
    LotState,
    NoticeTerms,
    Phase,
    Progress,
    SealedFile,
    TenderState,
)
from chain.ledger.events import bureau_of, text_of

_MOST_MEMBERS = 255


def address_of(value: str) -> bytes:
    """20 bytes from eth_abi's text."""
    return bytes.fromhex(value[2:])


def bureau_or_empty(value: bytes) -> str:
    """USCC; empty for zero."""
    return bureau_of(value) if any(value) else ""


def name_or_hex(value: bytes) -> str:
    """A short ASCII name, empty for zero; anything else as ``0x…``, for whoever records a document chooses the word."""
    if not any(value):
        return ""
    try:
        return text_of(value)
    except InvalidInput:
        return hex0x(value)


def members_of(bits: int) -> tuple[int, ...]:
    """Numbers from 1, ascending, of the bits that are set."""
    return tuple(place + 1 for place in range(bits.bit_length()) if bits >> place & 1)


def bits_of(members: Iterable[int]) -> int:
    """Inverse of :func:`members_of`. Raises InvalidInput: a number that no member has, or twice the same."""
    bits = 0
    for member in members:
        bit = 1 << place_of(member, "qualified")
        if bits & bit:
            raise InvalidInput(f"qualified: {member} stands there twice", code="ledger.member", field="qualified")
        bits |= bit
    return bits


def place_of(member: int, field: str = "member") -> int:
    """A member's place on the chain, from 0. Raises InvalidInput."""
    if type(member) is not int or not 1 <= member <= _MOST_MEMBERS:
        raise InvalidInput(
            f"{field}: {member!r} is no number of a member", code="ledger.member", field=field,
            fix="members count from 1, in the order of the roster",
        )  # fmt: skip
    return member - 1


def notice_of(value: Sequence[Any]) -> NoticeTerms:
    """From the struct ``Notice``."""
    bureau, *middle = value
    middle[7] = address_of(middle[7])
    return NoticeTerms(bureau_or_empty(bureau), *middle)


def notice_values(notice: NoticeTerms) -> tuple[Any, ...]:
    """The struct ``Notice``."""
    return (
        bureau_bytes(notice.bureau), notice.digest, notice.lots, notice.envelopes, notice.minimum_bids, notice.deadline,
        notice.open_at, notice.ceremony, notice.supervisor, notice.gap, notice.grace, notice.reveal_window,
        notice.amendment_margin, notice.standstill, notice.complaint_period,
    )  # fmt: skip


def commitment_of(value: Sequence[Any]) -> Commitment:
    """From the struct ``Commitment``."""
    tender, lot, bidder, version, recovery, not_after, kind_digest, *files = value
    return Commitment(
        tender, lot, address_of(bidder), version, address_of(recovery), not_after, kind_digest,
        SealedFile(*files[:3]), SealedFile(*files[3:]),
    )  # fmt: skip


def commitment_values(commitment: Commitment) -> tuple[Any, ...]:
    """The struct ``Commitment``."""
    files = [part for file in (commitment.first, commitment.second) for part in (file.digest, file.size, file.form)]
    return (
        commitment.tender, commitment.lot, commitment.bidder, commitment.version, commitment.recovery,
        commitment.not_after, commitment.kind_digest, *files,
    )  # fmt: skip


def plan_of(value: Sequence[Any]) -> CeremonyPlan:
    """From the struct ``Plan``."""
    bureau, book, *rest = value
    return CeremonyPlan(bureau_or_empty(bureau), address_of(book), *rest)


def plan_values(plan: CeremonyPlan) -> tuple[Any, ...]:
    """The struct ``Plan``."""
    return (
        bureau_bytes(plan.bureau), plan.book, plan.tender, plan.term, plan.roster_digest, plan.threshold,
        plan.deals_until, plan.complaints_until, plan.answers_until, plan.confirm_until, plan.usable_until,
    )  # fmt: skip


def tender_of(value: Sequence[Any]) -> TenderState:
    """From the struct ``TenderView``."""
    bureau, *rest = value
    rest[8] = address_of(rest[8])
    return TenderState(bureau_or_empty(bureau), *rest)


def lot_of(value: Sequence[Any]) -> LotState:
    """From the struct ``LotView``."""
    phase, places, since = value
    return LotState(Phase(phase), places, since)


def live_set_of(value: Sequence[Any]) -> LiveSetState:
    """From the struct ``LiveSet``."""
    return LiveSetState(*value)


def entry_of(value: Sequence[Any]) -> Entry:
    """From the struct ``Entry``."""
    recovery, *rest = value
    return Entry(address_of(recovery), *rest)


def progress_of(value: Sequence[Any]) -> Progress:
    """From the struct ``Progress``."""
    return Progress(*value)


def bureau_bytes(uscc: str) -> bytes:
    """``bytes18``; zero for empty text. Raises InvalidInput."""
    if uscc and (len(uscc) != 18 or not uscc.isascii()):
        raise InvalidInput(f"bureau: {uscc!r} is not 18 characters", code="ledger.bureau", field="bureau")
    return uscc.encode("ascii") if uscc else bytes(18)
