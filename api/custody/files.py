"""Sealed files are given out once their envelope is closed on the chain, and only those of the live set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from api.custody.decoys.plans import Plans
from api.custody.names import Names
from api.custody.place import Custodian
from chain.kernel.encoding import b64url, sha256_file
from chain.kernel.errors import NotFound
from chain.kernel.tender_facts import Phase
from chain.keys.signatures import address_of
from chain.tenders.story import LotStory, Story


def given_out(custodian: Custodian, digest: bytes) -> tuple[Path, int]:
    """Path and size of a file that may be read now.

    One answer stands for all that may not: whether a file lies here is told before the closing to nobody.

    Raises:
        NotFound: it is not here, its envelope is not closed, or it is of no live bid.
        Unavailable: the ledger does not answer.
    """
    path = custodian.store.file_path(digest)
    tenders = custodian.store.rows("SELECT tender, size FROM uploads WHERE digest = ? AND whole = 1", digest)
    for tender, size in tenders:
        story = custodian.view.story(tender)
        owner = Names(custodian).owner(story, digest)
        for lot in story.lots.values():
            if owner is not None and is_public(story, lot, digest, owner) and path.is_file():
                return path, int(size)
    raise NotFound(
        "no such file is given out", code="custody.file", field="digest",
        fix="files of live bids are, once their envelope is closed on the ledger",
    )  # fmt: skip


def is_public(story: Story, lot: LotStory, digest: bytes, owner: bytes) -> bool:
    """True if the owner's commitment in a closed envelope's live set names it, and it need not stay sealed for good."""
    ended = story.phase(lot.number) in (Phase.FAILED, Phase.CANCELLED)
    for envelope, closing in lot.closings.items():
        if ended and envelope not in lot.openings:
            continue
        for commitment in closing.commitments:
            file = commitment.first if envelope == 1 else commitment.second
            if (file.digest, commitment.bidder) == (digest, owner):
                return True
    return False


def look_at(custodian: Custodian, tender: int | None = None) -> list[Callable[[], dict[str, Any]]]:
    """One function for each file kept here; each hashes its file and answers digest, size, tender and state.

    States are ``kept``, ``missing``, ``damaged``; a ``decoy`` never had a file.
    """
    rows = custodian.store.rows("SELECT digest, size, tender FROM uploads WHERE whole = 1 ORDER BY tender, digest")
    tenders = {row[2] for row in rows if tender in (None, row[2])}
    decoys = {digest for number in tenders for digest in _of_decoys(custodian, number)}

    def look(digest: bytes, size: int, number: int) -> dict[str, Any]:
        path = custodian.store.file_path(digest)
        if not path.is_file():
            found = "decoy" if digest in decoys else "missing"
        else:
            found = "kept" if path.stat().st_size == size and sha256_file(path)[0] == digest else "damaged"
        return {"digest": b64url(digest), "size": size, "tender": number, "state": found}

    return [lambda row=row: look(*row) for row in rows if row[2] in tenders]  # type: ignore[misc]


def _of_decoys(custodian: Custodian, tender: int) -> Iterator[bytes]:
    story = custodian.view.story(tender)
    for decoy in Plans(custodian.store, custodian.key).of(tender):
        bid = story.lots[decoy.lot].of(address_of(decoy.key))
        commitments = [event.values["commitment"] for event in bid.history] if bid else []
        for commitment in [*commitments, *([decoy.newest] if decoy.newest else [])]:
            yield from (commitment.first.digest, commitment.second.digest)
