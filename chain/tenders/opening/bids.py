"""Opening each bid on its own, and saying on whose side the evidence puts what does not open.

One bad file stops nothing. The law tells two cases apart: a bid that cannot be opened by its bidder's fault is revoked
撤销 (the guarantee is forfeit), by another's fault it is withdrawn 撤回 (the bidder may claim damages). What neither
side's evidence shows yet is undecided, and says what is to be shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from chain.containers import stanzas_of
from chain.containers.header import MAX_HEADER
from chain.kernel.errors import InvalidInput
from chain.sealing import (
    BidFault,
    BidKeys,
    BidStanza,
    Committed,
    FaultKind,
    Manifest,
    Party,
    Recipients,
    open_bid,
    open_box,
)
from chain.tenders.opening.keys import OpeningKeys
from chain.tenders.opening.live import LiveBid, LiveBids


class Outcome(StrEnum):
    """What became of a live bid at the opening."""

    OPENED = "opened"
    REVOKED = "revoked"
    """撤销: does not open, and that is the bidder's fault."""
    WITHDRAWN = "withdrawn"
    """撤回: does not open, and that is another's fault."""
    UNDECIDED = "undecided"
    """Does not open; the evidence at hand does not say whose fault that is."""

    @classmethod
    def of(cls, party: Party) -> Outcome:
        """Of a fault on that side."""
        by_party = {Party.BIDDER: cls.REVOKED, Party.UNDECIDED: cls.UNDECIDED}
        return by_party.get(party, cls.WITHDRAWN)


SHOWN_BY_K2 = frozenset({FaultKind.BAD_LOCK_TWO, FaultKind.BAD_CIPHERTEXT, FaultKind.BAD_MANIFEST, FaultKind.FOREIGN})
"""Faults of which k2 is published as evidence: nothing of such a file is a bid that anybody could have evaluated.

Where a whole and readable manifest lies behind k2 (a wrong form, document or padding), publishing it would open the
bidder's documents to everybody. There the proof is shown to those concerned: the supervisor has k2 from a box of its
own, the bidder kept it, an auditor is granted it (docs/formats/opening-record.md, "k2")."""


@dataclass(frozen=True, slots=True)
class OpenedBid:
    """One bid after the opening.

    Attributes:
        bid: which.
        manifest: what it says of itself, or None.
        fault: why it does not open, or None.
        k2: what lock 2 holds, 16 bytes, if it came to light. Secret.
    """

    bid: LiveBid
    manifest: Manifest | None
    fault: BidFault | None
    k2: bytes | None = field(default=None, repr=False)

    @property
    def outcome(self) -> Outcome:
        """What became of it."""
        return Outcome.OPENED if self.fault is None else Outcome.of(self.fault.party)

    @property
    def evidence_k2(self) -> bytes | None:
        """k2 where it is published as evidence of a fault, or None."""
        shown = self.fault is not None and self.fault.kind in SHOWN_BY_K2 and self.fault.party is Party.BIDDER
        return self.k2 if shown and not _seen_from_outside(self.fault) else None


def committed_to(live: LiveBids, bid: LiveBid, opening_key: bytes, recipients: Recipients) -> Committed:
    """What ledger and notice say of a bid before it is opened."""
    file = bid.file(live.envelope)
    return Committed(live.identity(bid), opening_key, recipients, file.digest, file.size, file.form)


def keys_by_place(keys: OpeningKeys) -> dict[int, bytes]:
    """The key holders' signature over each bid's identity, by place."""
    return {one.place: one.signature for one in keys.bids}


def open_live_bid(
    bid: LiveBid,
    file: Path | None,
    committed: Committed,
    signature: bytes,
    box: tuple[str, bytes],
    target: Path | None,
    shown: Iterable[bytes] = (),
) -> OpenedBid:
    """Open one bid into a folder, or say what is wrong; never raises for what is wrong with the bid.

    Args:
        bid: which.
        file: the sealed file, or None if nobody has it.
        committed: what ledger and notice say of it.
        signature: the key holders', over its identity, 48 bytes.
        box: whose box of lock 2 is tried, ``officer`` or ``supervisor``, with that recipient's private key.
        target: folder to write; it appears whole or not at all. None: only check.
        shown: k2 as others have shown it, tried if the box does not open.

    Raises:
        Conflict: ``target`` exists.
    """
    try:
        k2s, shut = _lock_keys(file, committed, signature, box, shown)
    except BidFault as fault:
        return OpenedBid(bid, None, fault)
    last: BidFault | None = shut
    for k2 in k2s:
        assert file is not None
        try:
            return OpenedBid(bid, open_bid(file, committed, BidKeys(signature, k2), target), None, k2)
        except BidFault as fault:
            if fault.kind is not FaultKind.WRONG_LOCK_KEY:
                return OpenedBid(bid, None, fault, k2)
            last = last or fault
    return OpenedBid(bid, None, last)


def _lock_keys(
    file: Path | None, committed: Committed, signature: bytes, box: tuple[str, bytes], shown: Iterable[bytes]
) -> tuple[list[bytes], BidFault | None]:
    """The candidates for k2, and the shut box if it is one. Raises what can be seen without any k2."""
    if file is None:
        raise BidFault(
            FaultKind.MISSING_FILE, "no custodian has the sealed file",
            evidence={"digest": committed.digest.hex(), "size": committed.size},
            fix="the identical file may be handed in within the window",
        )  # fmt: skip
    seen = _without_k2(file, committed, signature)
    if seen is not None:
        raise seen
    with file.open("rb") as stream:
        stanza = BidStanza.of(stanzas_of(stream.read(MAX_HEADER)))
    try:
        return [open_box(stanza, *box), *shown], None
    except BidFault as shut:
        return list(shown), shut


def _without_k2(file: Path, committed: Committed, signature: bytes) -> BidFault | None:
    """What is wrong with the file that is seen without lock 2; the whole file is read, for its digest."""
    try:
        open_bid(file, committed, BidKeys(signature, b""), None)
    except BidFault as fault:
        return None if fault.kind is FaultKind.WRONG_LOCK_KEY else fault
    raise InvalidInput("a bid that opens without k2", code="opening.k2")


def _seen_from_outside(fault: BidFault | None) -> bool:
    """True if the fault is one of the header, which needs no k2."""
    return fault is not None and fault.kind is FaultKind.FOREIGN and isinstance(fault.evidence.get("found"), str)
