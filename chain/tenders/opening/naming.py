"""Where the keys of an opening lie, and what is done when whoever opened named something else.

The contract checks the signature over the live set and takes any digest beside it. So whoever sees enough releases may
be the first to open and name a blob that nobody has. Nothing is lost: signatures are unique, there is one right blob,
it is made anew from the releases, and the officer records its digest (docs/adr/0020-tender-contracts.md).
"""

from __future__ import annotations

from chain.kernel.errors import Damaged, InvalidInput, NotFound
from chain.kernel.tender_ports import Board, TenderActs
from chain.sealing import OpeningKey
from chain.tenders.opening.keys import OpeningKeys, check_keys, combine_keys
from chain.tenders.opening.live import LiveBids
from chain.tenders.opening.releases import ReleaseBox, releases_topic
from chain.tenders.story.shapes import LotStory


def keys_kind(envelope: int) -> str:
    """Under which kind the officer records the digest of an envelope's keys."""
    return f"keys-{envelope}"


def named_keys(line: LotStory, envelope: int) -> tuple[bytes, ...]:
    """Digests under which the keys of an opened envelope may lie: the opening's own, then what the officer recorded."""
    recorded = [event.values["digest"] for event in line.records if event.values["kind"] == keys_kind(envelope)]
    return (line.openings[envelope].keys_digest, *recorded)


def published_keys(line: LotStory, board: Board, opening_key: bytes, live: LiveBids) -> tuple[bytes, OpeningKeys]:
    """Digest and keys, each key checked.

    Raises:
        NotFound, Damaged, InvalidInput, Unavailable: what is wrong with the blob that the opening itself names.
    """
    first: Exception | None = None
    for digest in named_keys(line, live.envelope):
        try:
            return digest, check_keys(board.get(digest), opening_key, live)
        except (NotFound, Damaged, InvalidInput) as error:
            first = first or error
    assert first is not None
    raise first


def keys_at_hand(line: LotStory, board: Board, opening_key: OpeningKey, live: LiveBids) -> OpeningKeys:
    """The keys of an opened envelope for anybody: as published, else made anew from the releases on the board.

    Raises:
        NotFound, Damaged, InvalidInput, Unavailable: what is wrong with the blob, where too few releases are there.
    """
    try:
        return published_keys(line, board, opening_key.key, live)[1]
    except (NotFound, Damaged, InvalidInput):
        box = ReleaseBox(opening_key, live)
        if box.take(board.notes(releases_topic(live.tender, live.lot, live.envelope))):
            raise
        return combine_keys(box)


def name_keys(line: LotStory, board: Board, acts: TenderActs, box: ReleaseBox) -> bytes:
    """Make the keys anew from the releases on the board, and record their digest if none names them; the digest.

    Args:
        line: the lot, opened on the ledger.
        board: where releases lie and the blob is put.
        acts: of the officer.
        box: for the messages of this envelope's key holders.

    Raises:
        BidFault: MISSING_SHARES, while too few releases are on the board.
    """
    live = box.live
    box.take(board.notes(releases_topic(live.tender, live.lot, live.envelope)))
    digest = board.put(combine_keys(box).to_bytes())
    if digest not in named_keys(line, live.envelope):
        acts.record(live.tender, live.lot, keys_kind(live.envelope), digest)
    return digest
