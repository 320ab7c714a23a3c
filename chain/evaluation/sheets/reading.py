"""Reading the bids: a member opens each one in a home of its own, with keys that the officer granted to its box.

What opens a bid is the published key and k2; both are worth nothing unless the committed file opens with them, so a
member who reads has checked. The figures are compared with those that the opening record read out.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chain.kernel.errors import InvalidInput, NotFound
from chain.kernel.steps import reached
from chain.sealing import BidFault, BidKeys, Manifest, open_bid, read_manifest
from chain.tenders.notice import Notice
from chain.tenders.opening import LiveBids, OpeningKeys, OpeningRecord, committed_to, keys_by_place
from chain.tenders.opening.session import FileSource, fetch_file


@dataclass(frozen=True, slots=True)
class ReadBid:
    """A bid as a member could read it.

    Attributes:
        place: in its lot.
        folder: with its documents, or None.
        problem: why it could not be read; empty if it could.
        differs: names of figures that the opening record reads out otherwise than the bid states them.
    """

    place: int
    folder: Path | None
    problem: str = ""
    differs: tuple[str, ...] = ()


def read_bids(
    live: LiveBids,
    keys: OpeningKeys,
    notice: Notice,
    record: OpeningRecord,
    places: Collection[int],
    sources: Sequence[FileSource],
    granted: Mapping[bytes, bytes],
    out: Path,
) -> Iterator[ReadBid]:
    """Open those places into ``out/<place>``; what is there already is not opened again.

    Args:
        live: the live bids of the envelope.
        keys: published and checked.
        notice: names the recipients of lock 2.
        record: the opening record of the envelope.
        places: which bids; those that the members have to judge.
        sources: where sealed files lie.
        granted: k2 (16 bytes) by digest of a bid's identity.
        out: folder; sealed files are kept in ``out/.sealed``.
    """
    envelope = notice.envelope(live.envelope)
    if envelope is None:
        raise InvalidInput("the notice has no such envelope", code="sheet.envelope", field="envelope")
    signatures = keys_by_place(keys)
    said = {bid.place: {one.figure.name: one.figure.value for one in bid.figures} for bid in record.bids}
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    for bid in (one for one in live.bids if one.place in places):
        known = committed_to(live, bid, notice.opening_key, envelope.recipients)
        k2 = granted.get(known.identity.digest())
        if k2 is None:
            yield ReadBid(bid.place, None, "its key was not granted to you")
            continue
        target = out / str(bid.place)
        path, reasons = fetch_file(sources, bid.file(live.envelope), out / ".sealed" / f"{bid.place}.age")
        if path is None:
            yield ReadBid(bid.place, None, "; ".join(reasons) or "nobody has its file")
            continue
        try:
            manifest = _there(target, known.identity.digest())
            if manifest is None:
                manifest = open_bid(path, known, BidKeys(signatures[bid.place], k2), target)
        except BidFault as fault:
            yield ReadBid(bid.place, None, f"{fault.kind.value}: {fault.message}")
            continue
        reached("expert-bid")
        states = {figure.name: figure.value for figure in manifest.form.figures}
        named = {field.name for field in envelope.form} & states.keys()
        differs = [name for name in named | said[bid.place].keys() if states.get(name) != said[bid.place].get(name)]
        yield ReadBid(bid.place, target, "", tuple(sorted(differs)))


def unread(found: Collection[ReadBid]) -> tuple[int, ...]:
    """Places that could not be read, or were read out otherwise. Raises NotFound if nothing was there to read."""
    if not found:
        raise NotFound("there is no bid to judge", code="sheet.nothing", field="lot")
    return tuple(one.place for one in found if one.problem or one.differs)


def _there(target: Path, identity: bytes) -> Manifest | None:
    """What was opened there before; another bid's folder is removed."""
    if not target.exists():
        return None
    try:
        manifest = read_manifest((target / "manifest.json").read_bytes())
        if manifest.identity.digest() == identity:
            return manifest
    except (OSError, InvalidInput):
        pass
    shutil.rmtree(target)
    return None
