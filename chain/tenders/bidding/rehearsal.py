"""The rehearsal: everything that would fail, before it does; nothing is sent, signed or left behind.

Whether a sealed file opens is tried in earnest: the same bid is sealed to keys made for the occasion, which make the
signature and hold the boxes. It goes through every check of an opening. Only the key holders' own signature is missing.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from chain.containers import stanzas_of
from chain.containers.header import MAX_HEADER
from chain.credentials.verification import Result
from chain.kernel.errors import YinxinError
from chain.kernel.tender_facts import Phase, TenderState
from chain.kernel.tender_ports import TenderLedger
from chain.sealing import (
    Bid,
    BidFault,
    BidKeys,
    BidStanza,
    Committed,
    FaultKind,
    Recipients,
    curve,
    open_bid,
    seal_bid,
)
from chain.tenders.bidding.certificates import check_shown, look_at_rule, worst_of
from chain.tenders.bidding.completeness import lacks
from chain.tenders.bidding.draft import Draft
from chain.tenders.bidding.guarantee import look_at_guarantee
from chain.tenders.bidding.organisation import Evidence, Finding, check_statement
from chain.tenders.bidding.place import BidPlace
from chain.tenders.bidding.sealing import Shown, shown_in
from chain.tenders.bidding.statement import Statement
from chain.tenders.notice import Notice

SKEW = 120
"""Seconds between one's own clock and the newest block that are told."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing that was tried.

    Attributes:
        name: stable, such as ``deadline``.
        result: VALID, INVALID (would fail), ERROR (could not be told), SKIPPED (to know, or not tried).
        message: in English.
        message_zh: in Chinese.
    """

    name: str
    result: Result
    message: str
    message_zh: str

    def as_dict(self) -> dict[str, str]:
        """Plain data."""
        return {
            "name": self.name, "result": str(self.result), "message": self.message, "messageZh": self.message_zh,
        }  # fmt: skip


def of_tender(ledger: TenderLedger, notice: Notice, lot: int, own_clock: int) -> Iterator[Trial]:
    """Notice, key, phase, deadline by the chain's clock, own clock."""
    state = ledger.tender(notice.tender)
    assert state is not None
    yield Trial(
        "notice", Result.VALID, f"newest notice, number {notice.number}, as the ledger has it",
        f"公告为最新(第 {notice.number} 号),与账本一致",
    )  # fmt: skip
    yield _of_key(ledger, notice, state)
    phase, now = ledger.lot(notice.tender, lot).phase, ledger.block.time
    if state.cancelled or phase is not Phase.BIDDING:
        yield Trial("deadline", Result.INVALID, f"no bids are taken: {phase.name}", f"不再接收投标:{phase.name}")
    elif now > state.deadline:
        yield Trial(
            "deadline", Result.INVALID, "the deadline is over by the ledger's clock", "按账本时间已过投标截止时间"
        )
    else:
        left = state.deadline - max(now, own_clock)
        yield Trial("deadline", Result.VALID, f"{left} s until the deadline", f"距投标截止还有 {left} 秒")
    skew = own_clock - now
    if abs(skew) > SKEW:
        yield Trial(
            "clock", Result.SKIPPED, f"this device is {skew:+d} s from the newest block; the ledger's clock counts",
            f"本机时钟与最新区块相差 {skew:+d} 秒;以账本时间为准",
        )  # fmt: skip
    else:
        yield Trial(
            "clock", Result.VALID, f"this device is {skew:+d} s from the newest block", f"时钟相差 {skew:+d} 秒"
        )


def _of_key(ledger: TenderLedger, notice: Notice, state: TenderState) -> Trial:
    ceremony = ledger.ceremony(state.ceremony)
    if ceremony is None or not ceremony.key or ceremony.key != notice.opening_key:
        return Trial("key", Result.INVALID, "the opening key is not in force on the ledger", "开标公钥未在账本上生效")
    if ceremony.plan.usable_until < state.open_at:
        return Trial("key", Result.INVALID, "the opening key ends before the opening", "开标公钥在开标前到期")
    return Trial("key", Result.VALID, "the opening key is in force, as the notice names it", "开标公钥有效,与公告一致")


def of_statement(
    statement: Statement | None,
    place: BidPlace,
    version: int,
    *,
    evidence: Evidence,
    now: int,
    documents: Sequence[bytes],
    consortium: int,
) -> Iterator[Trial]:
    """Does the organisation statement hold as of now?"""
    if statement is None:
        yield Trial(
            "organisation", Result.INVALID, "no statement: yinxin bid state", "尚未作出投标主体声明:yinxin bid state"
        )
        return
    if statement.missing:
        who = ", ".join(statement.missing)
        yield Trial("organisation", Result.INVALID, f"not signed by {who}", f"缺少签名:{who}")
        return
    found = check_statement(
        statement.as_dict(), place.identity(1, version), recovery=place.recovery, evidence=evidence,
        deadline=evidence.trust.block, now=now, documents=documents, consortium=consortium,
    )  # fmt: skip
    for finding in found.findings:
        yield Trial("organisation", finding.result, finding.detail("en"), finding.detail("zh"))
    if not found.findings:
        yield Trial("organisation", Result.VALID, f"{found.name}, {found.code}", f"{found.name},{found.code}")


def of_draft(
    draft: Draft, notice: Notice, statement: Statement | None, evidence: Evidence, now: int, deadline: int
) -> Iterator[Trial]:
    """Form, documents, certificates, guarantee; ``deadline`` is the one that holds now, with every extension."""
    missing = lacks(draft, notice)
    for lack in missing:
        result = Result.INVALID if lack.blocking else Result.SKIPPED
        yield Trial("draft", result, f"{lack.field}: {lack.message}", f"{lack.field}:{lack.message_zh}")
    if not any(lack.blocking for lack in missing):
        count = sum(len(one.form) for one in draft.envelopes)
        yield Trial("draft", Result.VALID, f"complete, {count} figures", f"填写完整,共 {count} 项")
    try:
        shown = shown_in(draft, notice)
    except (YinxinError, OSError) as error:
        yield Trial("certificates", Result.INVALID, str(error), f"证照无法读取:{error}")
        return
    codes = [] if statement is None else [party.code for party in statement.parties]
    yield from _of_certificates(draft, shown, notice, evidence, codes, now, deadline)
    yield from _of_guarantee(draft, shown, notice, evidence, codes, now, deadline)


def _of_certificates(
    draft: Draft, shown: Shown, notice: Notice, evidence: Evidence, codes: Sequence[str], now: int, deadline: int
) -> Iterator[Trial]:
    """Each rule by all that is shown, as it is judged after the opening; then what is shown for no rule."""
    for rule in notice.qualification:
        mine = [one.path.name for one in draft.certificates if one.rule == rule.name]
        if not mine:
            continue  # said by what the draft lacks
        look = look_at_rule(
            rule, shown.certificates, evidence=evidence, notice=notice, companies=codes, at=now, past=False,
            deadline=deadline,
        )  # fmt: skip
        yield from _told("certificates", look.findings)
        if look.result is Result.VALID:
            names = ", ".join(mine)
            yield Trial("certificates", Result.VALID, f"{names} holds for {rule.name}", f"{names} 符合 {rule.name}")
    for one, text in zip(draft.certificates, shown.certificates, strict=True):
        if one.rule:
            continue
        findings = check_shown(text, None, evidence=evidence, notice=notice, companies=codes, at=now, past=False)
        yield from _told("certificates", findings)
        if not findings:
            yield Trial("certificates", Result.VALID, f"{one.path.name} holds", f"{one.path.name} 有效")


def _of_guarantee(
    draft: Draft, shown: Shown, notice: Notice, evidence: Evidence, codes: Sequence[str], now: int, deadline: int
) -> Iterator[Trial]:
    """The guarantee, as it is judged after the opening; a deadline that was extended counts."""
    if notice.guarantee is None or shown.guarantee is None:
        return
    look = look_at_guarantee(
        shown.guarantee, notice.guarantee, evidence=evidence, notice=notice, lot=draft.lot, companies=codes, at=now,
        past=False, deadline=deadline,
    )  # fmt: skip
    yield from _told("guarantee", look.findings)
    if worst_of(look.findings) is Result.VALID:
        yield Trial("guarantee", Result.VALID, f"the guarantee over {look.money} holds", f"投标保函有效，{look.money}")


def _told(name: str, findings: Sequence[Finding]) -> Iterator[Trial]:
    for finding in findings:
        yield Trial(name, finding.result, finding.detail("en"), finding.detail("zh"))


def of_opening(bids: Mapping[int, Bid], folder: Path) -> Iterator[Trial]:
    """Seal each bid to keys made for the occasion and open it again, through every check of an opening."""
    for number, bid in bids.items():
        space = Path(tempfile.mkdtemp(prefix=".rehearsal-", dir=folder))
        try:
            size = _try(bid, space)
        except (YinxinError, OSError) as error:
            yield Trial("opening", Result.INVALID, f"envelope {number}: {error}", f"第 {number} 信封无法开启:{error}")
        else:
            yield Trial(
                "opening", Result.VALID, f"envelope {number} opens, {size} bytes sealed",
                f"第 {number} 信封可正常开启,密文 {size} 字节",
            )  # fmt: skip
        finally:
            shutil.rmtree(space, ignore_errors=True)


def _try(bid: Bid, space: Path) -> int:
    secret = curve.random_scalar()
    key = (curve.GENERATOR * secret).to_compressed_bytes()
    recipients = Recipients(*(X25519PrivateKey.generate().public_key().public_bytes_raw() for _ in range(2)))
    file = space / "bid.age"
    sealed = seal_bid(bid, key, recipients, file)
    signature = (curve.hash_to_g1(bid.identity.digest()) * secret).to_compressed_bytes()
    committed = Committed(bid.identity, key, recipients, sealed.digest, sealed.size, sealed.form_root)
    open_bid(file, committed, BidKeys(signature, sealed.k2), None)
    return sealed.size


def check_sealed(file: Path, committed: Committed, k2: bytes) -> None:
    """All that can be seen of a sealed file without the key holders: digest and size, header, identity, both boxes.

    Raises:
        BidFault: what would be found at the opening.
    """
    with file.open("rb") as stream:
        stanza = BidStanza.of(stanzas_of(stream.read(MAX_HEADER)))
        stream.seek(0)
        hasher = hashlib.file_digest(stream, "sha256")
        size = stream.tell()
    if (hasher.digest(), size) != (committed.digest, committed.size):
        raise BidFault(FaultKind.WRONG_FILE, "the sealed file has changed since it was sealed")
    identity = committed.identity.digest()
    if stanza.identity != identity or stanza.boxes != committed.recipients.boxes(k2, identity):
        raise BidFault(FaultKind.BAD_LOCK_TWO, "the sealed file is not what its proof makes")
