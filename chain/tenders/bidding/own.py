"""A bidder's look at his own bid in the opening record: is what was read out what I sealed?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chain.sealing import Manifest
from chain.tenders.bidding.statement import read_statement
from chain.tenders.notice import Notice
from chain.tenders.opening import OpeningRecord, Outcome, RecordedBid
from chain.tenders.story import LotStory
from chain.tenders.typed import commitment_hash


@dataclass(frozen=True, slots=True)
class Objectionable:
    """One thing in the record that is not as it was sealed.

    Attributes:
        code: stable name.
        message: in English.
        message_zh: in Chinese.
    """

    code: str
    message: str
    message_zh: str

    def as_dict(self) -> dict[str, str]:
        """Plain data."""
        return {"code": self.code, "message": self.message, "messageZh": self.message_zh}


def bid_in(record: OpeningRecord, commitment: bytes) -> RecordedBid | None:
    """The bid of that commitment in a record, or None."""
    return next((bid for bid in record.bids if bid.commitment == commitment), None)


def stood(line: LotStory, envelope: int, commitment: bytes) -> bool:
    """True if that commitment was live when the envelope was closed: what was withdrawn or dropped stands in no record.

    Args:
        line: the lot, as its events tell it.
        envelope: 1 or 2.
        commitment: hash, 32 bytes.
    """
    closing = line.closings.get(envelope)
    return closing is not None and any(commitment_hash(one) == commitment for one in closing.commitments)


def compare(
    record: OpeningRecord, commitment: bytes, form_root: bytes, manifest: Manifest, notice: Notice
) -> tuple[Objectionable, ...]:
    """What in the record is not as the bidder sealed it.

    Args:
        record: of one envelope; whether it is the one on the ledger is asked elsewhere.
        commitment: hash of the commitment that was accepted last.
        form_root: root of the form in that commitment, for this envelope.
        manifest: what was sealed.
        notice: newest.
    """
    return tuple(_compare(record, commitment, form_root, manifest, notice))


def _compare(
    record: OpeningRecord, commitment: bytes, form_root: bytes, manifest: Manifest, notice: Notice
) -> Iterator[Objectionable]:
    bid = bid_in(record, commitment)
    if bid is None:
        yield Objectionable("missing", "your bid is not in the record", "记录中没有您的投标")
        return
    if bid.outcome is not Outcome.OPENED:
        fault = bid.fault.kind.value if bid.fault is not None else "?"
        yield Objectionable(
            "unopened", f"said not to open ({fault}, {bid.outcome.value}): show your proof, yinxin bid prove",
            f"记录称您的投标无法开启({fault}):请出示证明 yinxin bid prove",
        )  # fmt: skip
        return
    yield from _organisation(bid, manifest)
    sealed = {figure.name: figure.value for figure in manifest.form.figures}
    identity = manifest.identity.digest()
    shown = {one.figure.name: one for one in bid.figures}
    for name, one in shown.items():
        if not one.proves(form_root, identity):
            yield Objectionable(
                "unproved", f"{name}: does not lead to your form's root", f"{name}:与您承诺的开标一览表不符"
            )
        elif sealed.get(name) != one.figure.value:
            yield Objectionable(
                "figure", f"{name}: read out {one.figure.value}, sealed {sealed.get(name)}",
                f"{name}:唱标为 {one.figure.value},密封为 {sealed.get(name)}",
            )  # fmt: skip
    envelope = notice.envelope(record.envelope)
    asked = {line.name for line in envelope.form} if envelope is not None else set()
    for name in sealed:
        if name in asked and name not in shown:
            yield Objectionable("unread", f"{name}: was not read out", f"{name}:未唱标")


def _organisation(bid: RecordedBid, manifest: Manifest) -> Iterator[Objectionable]:
    code = read_statement(manifest.organisation).parties[0].code
    said = bid.organisation
    if said is None or said.result == "invalid":
        why = "" if said is None else "; ".join(said.findings)
        yield Objectionable("organisation", f"your organisation is refused: {why}", f"投标主体未获认可:{why}")
    elif said.code != code:
        yield Objectionable("organisation", f"stands under {said.code}, not {code}", f"记为 {said.code},应为 {code}")
