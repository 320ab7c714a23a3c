"""The supervisor's look at the officer's drafts: which are of this opening, what they say otherwise, what is signed.

A draft is a note on the board, and anybody may leave one. So no single one decides: each that can be read and is of
this live set is compared with what the supervisor's own key showed, and each that contradicts nothing is signed. What
the officer then records is one of them, or it carries no signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from chain.kernel.canonical import canonical
from chain.kernel.errors import InvalidInput, YinxinError
from chain.kernel.tender_ports import Board
from chain.sealing import FaultKind
from chain.tenders.opening.bids import SHOWN_BY_K2, OpenedBid, Outcome
from chain.tenders.opening.finishing import session_topic
from chain.tenders.opening.live import LiveBids
from chain.tenders.opening.papers import WitnessNote
from chain.tenders.opening.record import NamedOrganisation, OpeningRecord, RecordedFault, RecordedObjection, read_record
from chain.tenders.opening.releases import ReleaseBox

_T = TypeVar("_T")

MOST = 20
"""So many drafts are signed at once, and so many k2 tried for a bid: the oldest and the newest."""
_OWN_EVIDENCE = frozenset({"asked", "recipient"})
"""What of a fault's evidence depends on who looked: which custodians answered how, and whose box was tried."""


def is_of(record: OpeningRecord, live: LiveBids) -> bool:
    """True if a record is about this live set, bid by bid."""
    place = record.place
    return (
        (place.genesis, place.book, place.tender, place.lot) == (live.genesis, live.book, live.tender, live.lot)
        and (record.envelope, record.live) == (live.envelope, live.digest)
        and [(bid.place, bid.commitment) for bid in record.bids] == [(bid.place, bid.hash) for bid in live.bids]
    )


def drafts(board: Board, live: LiveBids) -> Iterator[OpeningRecord]:
    """Distinct drafts of this live set's record that were left on the board, oldest first; all else is passed over."""
    seen: set[bytes] = set()
    for name, data in board.notes(session_topic(live.tender, live.lot, live.envelope)):
        if name != "draft":
            continue
        try:
            record = read_record(data)
        except YinxinError:
            continue
        if is_of(record, live) and record.content not in seen:
            seen.add(record.content)
            yield record


def published_k2(found: Iterable[OpeningRecord]) -> Mapping[int, Sequence[bytes]]:
    """k2 that drafts publish as evidence, by place; nothing of it is believed before it is proved against the file."""
    out: dict[int, dict[bytes, None]] = {}
    for record in found:
        for bid in record.bids:
            if bid.fault is not None and bid.fault.k2 is not None and bid.fault.kind in SHOWN_BY_K2:
                out.setdefault(bid.place, {})[bid.fault.k2] = None
    return {place: _ends(list(k2s)) for place, k2s in out.items()}


def k2_to_show(found: Iterable[OpeningRecord], opened: Iterable[OpenedBid]) -> Mapping[int, bytes]:
    """k2 by place, as one's own box held it, of bids for which a draft says that the officer's box is shut."""
    shut = {bid.place for record in found for bid in record.bids if bid.outcome is Outcome.UNDECIDED}
    return {one.bid.place: one.k2 for one in opened if one.k2 is not None and one.bid.place in shut}


def signable(
    mine: OpeningRecord, box: ReleaseBox, objections: Sequence[RecordedObjection], found: Iterable[OpeningRecord]
) -> tuple[list[OpeningRecord], list[str]]:
    """The drafts that contradict nothing; if there is none, what the one that comes nearest says otherwise.

    Args:
        mine: the record as one's own opening showed it.
        box: the key holders' messages that lie on one's own board.
        objections: as the ledger has them now.
        found: drafts of this live set, oldest first.
    """
    right: list[OpeningRecord] = []
    nearest: list[str] | None = None
    alone = False
    for draft in found:
        said = [*contradictions(mine, draft), *unlike_key_holders(box, draft)]
        said += ["objections"] if draft.objections != tuple(objections) else []
        if draft.alone is not None:  # nobody is asked to sign it
            alone = True
        elif not said:
            right.append(draft)
        elif nearest is None or len(said) <= len(nearest):
            nearest = said
    if right:
        return _ends(right), []
    return [], nearest or (["alone"] if alone else ["no draft lies on the board"])


def contradictions(mine: OpeningRecord, theirs: OpeningRecord) -> Iterator[str]:
    """Where another's record says something else than one's own opening showed; members and places are named.

    Objections and key holders are facts of ledger and board, not of an opening (:func:`unlike_key_holders`). What
    speaks against an organisation in words is not compared: that is looked up at another second.
    """
    for name in ("place", "envelope", "notice", "opened_at", "live", "keys", "organisations", "minimum"):
        if getattr(mine, name) != getattr(theirs, name):
            yield name
    if len(mine.bids) != len(theirs.bids):
        yield "bids"
        return
    for one, other in zip(mine.bids, theirs.bids, strict=True):
        for name in ("place", "commitment", "bidder", "version", "outcome", "figures"):
            if getattr(one, name) != getattr(other, name):
                yield f"bids[{one.place}].{name}"
        if _said_of(one.organisation) != _said_of(other.organisation):
            yield f"bids[{one.place}].organisation"
        for name in _unlike_faults(one.fault, other.fault):
            yield f"bids[{one.place}].fault{name}"


def unlike_key_holders(box: ReleaseBox, theirs: OpeningRecord) -> Iterator[str]:
    """Where a record says of key holders what the messages on one's own board do not bear out.

    Messages may come after a draft was made; so it may name fewer than the board has by now, but no others.
    """
    enough = min(box.key.threshold, len(box.releases))
    if not set(theirs.signed) <= set(box.releases) or len(theirs.signed) < enough:
        yield "keyHolders.signed"
    wrong: dict[int, set[int]] = {}
    for one in box.refused:
        if one.key_holder in box.key.key_holders:
            wrong.setdefault(one.key_holder or 0, set()).update(one.places)
    if any(not set(places) <= wrong.get(holder, set()) or holder not in wrong for holder, places in theirs.refused):
        yield "keyHolders.refused"


def signature_for(board: Board, live: LiveBids, record: OpeningRecord, supervisor: bytes) -> bytes | None:
    """The supervisor's signature over this very content, if it was left on the board."""
    for name, data in board.notes(session_topic(live.tender, live.lot, live.envelope)):
        if name == "witness":
            try:
                note = WitnessNote.from_bytes(data)
            except InvalidInput:
                continue
            if note.content == record.content and note.signer == supervisor:
                return note.signature
    return None


def _unlike_faults(mine: RecordedFault | None, theirs: RecordedFault | None) -> Iterator[str]:
    if mine is None or theirs is None:
        if mine is not theirs:
            yield ""
        return
    if mine.kind is not theirs.kind:
        yield ".kind"
        return
    if bool(mine.message) is not bool(theirs.message):
        yield ".message"
    if _common(mine) != _common(theirs):
        yield ".evidence"
    if mine.k2 != theirs.k2:
        yield ".k2"


def _common(fault: RecordedFault) -> bytes:
    own = _OWN_EVIDENCE if fault.kind in (FaultKind.SHUT_BOX, FaultKind.MISSING_FILE) else frozenset()
    return canonical({name: value for name, value in fault.evidence.items() if name not in own})


def _said_of(one: NamedOrganisation | None) -> tuple[Any, ...] | None:
    return None if one is None else (one.result, one.code, one.name, one.members)


def _ends(items: list[_T]) -> list[_T]:
    """The oldest and the newest, at most :data:`MOST`."""
    half = MOST // 2
    return items if len(items) <= MOST else items[:half] + items[-half:]
