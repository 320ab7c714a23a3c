"""The steps of an opening, each safe to be stopped anywhere and begun again; ledger, board and custodians come in.

    close_envelope(ledger, acts, 7, 1, 1)              # until the live set stands on the ledger
    box.take(board.notes(releases_topic(7, 1, 1)))     # until box.missing is 0
    publish_keys(ledger, acts, board, combine_keys(box))  # one transaction, once
    open_bids(…)                                       # each bid on its own
    draft_record(…)                                    # what is read out, as a paper

What was done is asked of the ledger and of the folder, never remembered elsewhere.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from chain.kernel.encoding import hex0x, sha256_file
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused, YinxinError
from chain.kernel.steps import reached
from chain.kernel.tender_facts import CaseKind, Phase, SealedFile, TenderEvent
from chain.kernel.tender_ports import Board, TenderActs, TenderLedger
from chain.sealing import Disclosure, Manifest, read_manifest
from chain.tenders.notice import Notice
from chain.tenders.opening.bids import OpenedBid, committed_to, keys_by_place, open_live_bid
from chain.tenders.opening.keys import OpeningKeys
from chain.tenders.opening.live import LiveBids
from chain.tenders.opening.organisations import Judge
from chain.tenders.opening.papers import LotPlace
from chain.tenders.opening.record import (
    NamedOrganisation,
    OpeningRecord,
    RecordedBid,
    RecordedFault,
    RecordedObjection,
    distinct,
)
from chain.tenders.opening.releases import ReleaseBox
from chain.tenders.story import LotStory, Story

PAGE = 200
"""Places that one transaction looks at while closing."""
_LOOKS, _PAUSE = 10, 0.5
"""How often, and after how many seconds, the ledger is looked at for what somebody else did."""


class FileSource(Protocol):
    """A custodian, or a folder of files."""

    def fetch(self, digest: bytes, size: int, target: Path) -> None:
        """The sealed file with that digest, whole or not at all. Raises NotFound, Damaged, Unavailable."""
        ...


@dataclass(frozen=True, slots=True)
class FileFolder:
    """Sealed files in a folder, whatever they are called, or one file; what was handed in at the opening."""

    path: Path

    def fetch(self, digest: bytes, size: int, target: Path) -> None:
        """The file with that digest. Raises NotFound."""
        found = sorted(self.path.iterdir()) if self.path.is_dir() else [self.path]
        for one in found:
            if one.is_file() and one.stat().st_size == size and sha256_file(one)[0] == digest:
                part = target.with_name(f".{target.name}.part")
                shutil.copyfile(one, part)
                part.replace(target)
                return
        raise NotFound(f"no file with the digest {hex0x(digest)} in {self.path}", code="opening.file", field="files")


def close_envelope(
    ledger: TenderLedger, acts: TenderActs, tender: int, lot: int, envelope: int, told: Callable[[int], None]
) -> Phase:
    """Close page by page until the live set stands on the ledger; the phase that the lot is in then.

    ``told`` is given the number of places looked at. Raises what the ledger says if it may not be closed yet.
    """
    before = Phase.BIDDING if envelope == 1 else Phase.REVIEWED

    def looked_at() -> tuple[bool, int]:
        return ledger.lot(tender, lot).phase is before, ledger.live_set(tender, lot, envelope).cursor

    def page() -> object:
        return acts.close(tender, lot, envelope, PAGE)

    while (seen := looked_at())[0]:
        _by_anybody(ledger, page, partial(_is_another, looked_at, seen))
        reached("opening-page")
        ledger.refresh()
        told(ledger.live_set(tender, lot, envelope).cursor)
    return ledger.lot(tender, lot).phase


def publish_keys(ledger: TenderLedger, acts: TenderActs, board: Board, keys: OpeningKeys) -> bytes:
    """Put the keys on the board, then open on the ledger; SHA-256 of the blob. The blob lies there before it counts."""
    data = keys.to_bytes()
    digest = board.put(data)
    reached("opening-keys-put")
    before = Phase.CLOSED if keys.envelope == 1 else Phase.PRICE_CLOSED
    _by_anybody(
        ledger,
        lambda: acts.open(keys.tender, keys.lot, keys.envelope, keys.live_signature, digest),
        lambda: ledger.lot(keys.tender, keys.lot).phase > before,
    )
    reached("opening-sent")
    return digest


def _is_another(look: Callable[[], tuple[bool, int]], seen: tuple[bool, int]) -> bool:
    return look() != seen


def _by_anybody(ledger: TenderLedger, act: Callable[[], object], done: Callable[[], bool]) -> None:
    """Do what anybody may do, such as a custodian's server at the same second; refused only if nobody did it."""
    try:
        act()
    except (Conflict, Refused):
        for _ in range(_LOOKS):
            ledger.refresh()
            if done():
                return
            time.sleep(_PAUSE)
        raise


def fetch_file(
    sources: Sequence[FileSource], file: SealedFile, target: Path, *, kept: bool = True
) -> tuple[Path | None, tuple[str, ...]]:
    """The committed file from the first source that has it; else None, and why not, one reason a source.

    What lies there already is taken if it is the committed file, whoever put it there; unless ``kept`` is false.
    A source that answers oddly is one that does not have it: none of them stops the others.
    """
    if kept and target.exists() and target.stat().st_size == file.size and sha256_file(target)[0] == file.digest:
        return target, ()
    target.parent.mkdir(parents=True, exist_ok=True)
    reasons = []
    for source in sources:
        try:
            source.fetch(file.digest, file.size, target)
            return target, ()
        except YinxinError as error:
            reasons.append(error.message)
    return None, tuple(reasons)


def open_bids(
    live: LiveBids,
    keys: OpeningKeys,
    notice: Notice,
    sources: Sequence[FileSource],
    box: tuple[str, bytes],
    folder: Path,
    shown: Mapping[int, Sequence[bytes]],
    lost: Collection[int] = (),
) -> Iterator[OpenedBid]:
    """Open every bid of the live set, one after the other, into ``folder/bids/<place>``.

    Args:
        live: what is opened.
        keys: its keys, checked.
        notice: of the tender; names the recipients of lock 2.
        sources: where sealed files lie.
        box: ``officer`` or ``supervisor``, with that recipient's private key.
        folder: sealed files are kept in ``files``, opened bids in ``bids``. What is there already is not made again.
        shown: k2 that others showed, by place.
        lost: places whose file has to come from a source, whatever lies in ``files``.
    """
    envelope = notice.envelope(live.envelope)
    if envelope is None:
        raise InvalidInput("the notice has no such envelope", code="opening.envelope", field="envelope")
    signatures = keys_by_place(keys)
    (folder / "bids").mkdir(parents=True, exist_ok=True)
    for bid in live.bids:
        known = committed_to(live, bid, notice.opening_key, envelope.recipients)
        target = folder / "bids" / str(bid.place)
        manifest = _opened_before(target, known.identity.digest(), known.form_root)
        path, reasons = fetch_file(
            sources, bid.file(live.envelope), folder / "files" / f"{bid.place}.age", kept=bid.place not in lost
        )
        reached("opening-file")
        if manifest is not None and path is not None:
            found = open_live_bid(bid, path, known, signatures[bid.place], box, None, shown.get(bid.place, ()))
        else:
            found = open_live_bid(bid, path, known, signatures[bid.place], box, target, shown.get(bid.place, ()))
        if path is None and found.fault is not None:
            found.fault.evidence["asked"] = list(reasons)
        reached("opening-bid")
        yield found


def _opened_before(target: Path, identity: bytes, root: bytes) -> Manifest | None:
    """The manifest of a bid that was opened before into that folder; the folder is dropped if it is not this bid's."""
    if not target.exists():
        return None
    try:
        manifest = read_manifest((target / "manifest.json").read_bytes())
        if manifest.identity.digest() == identity and manifest.form.root(identity) == root:
            return manifest
    except (OSError, InvalidInput):
        pass
    shutil.rmtree(target)
    return None


def recorded_bid(live: LiveBids, opened: OpenedBid, notice: Notice, judge: Judge) -> RecordedBid:
    """What is read out of a bid: its organisation, and every figure that the notice's form names."""
    bid, manifest, fault = opened.bid, opened.manifest, opened.fault
    envelope = notice.envelope(live.envelope)
    identity = live.identity(bid)
    figures: tuple[Disclosure, ...] = ()
    organisation: NamedOrganisation | None = None
    if manifest is not None and envelope is not None:
        there = {figure.name for figure in manifest.form.figures}
        names = [field.name for field in envelope.form if field.name in there]
        figures = manifest.form.disclose(identity.digest(), names)
        organisation = judge(bid, manifest)
    return RecordedBid(
        bid.place, bid.hash, identity.bidder, identity.version, opened.outcome, organisation,
        figures,
        None if fault is None else RecordedFault(fault.kind, fault.message, fault.evidence, opened.evidence_k2),
    )  # fmt: skip


def draft_record(
    story: Story, live: LiveBids, notice: Notice, keys_digest: bytes, box: ReleaseBox, bids: Sequence[RecordedBid]
) -> OpeningRecord:
    """The record of what was opened, with the objections that were filed so far."""
    line = story.lots[live.lot]
    opening = line.openings[live.envelope]
    refused: dict[int, set[int]] = {}
    for one in box.refused:
        if one.key_holder in box.key.key_holders:
            refused.setdefault(one.key_holder or 0, set()).update(one.places)
    return OpeningRecord(
        LotPlace(live.genesis, live.book, live.tender, live.lot), live.envelope, notice.digest,
        opening.event.block.time, live.digest, keys_digest, tuple(sorted(box.releases)),
        tuple((holder, tuple(sorted(places))) for holder, places in sorted(refused.items())),
        tuple(bids), distinct(tuple(bids)), story.terms.minimum_bids if live.envelope == 1 else 1,
        objections_of(line, live.envelope),
    )  # fmt: skip


def objections_of(line: LotStory, envelope: int) -> tuple[RecordedObjection, ...]:
    """The objections filed in the session of that envelope: after its opening, and before the next phase."""
    since = line.openings[envelope].event
    ends = [one for one in (line.review, *line.rankings[:1]) if one is not None]
    return tuple(
        RecordedObjection(case.number, case.by, case.digest, case.answer)
        for case in line.cases
        if case.kind is CaseKind.OBJECTION
        and _place(case.filed) > _place(since)
        and not any(_place(since) < _place(end) < _place(case.filed) for end in ends)
    )


def _place(event: TenderEvent) -> tuple[int, int]:
    return (event.block.number, event.index)
