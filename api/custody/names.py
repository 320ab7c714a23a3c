"""Whose file it is: a digest belongs to the first bidder who commits to it, of bids and of decoys alike.

Sealing binds a file to one address, so nobody has a reason to commit to another's. Digests stand on the ledger for
everybody to read: were they signed for again, the answers would tell bids, whose files are here, from decoys, which
have none; and a price file would be given out early as somebody else's first envelope.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from api.custody.place import Custodian
from chain.kernel.errors import Refused
from chain.kernel.tender_facts import NO_FILE, Commitment
from chain.tenders.story import Story


class Names:
    """Args: ``custodian``; what it signed for is on its disk, what others did stands on the ledger."""

    def __init__(self, custodian: Custodian) -> None:
        self._custodian = custodian

    def owner(self, story: Story, digest: bytes) -> bytes | None:
        """The bidder whose file that is in the story's tender, 20 bytes; None if nobody committed to it."""
        row = self._custodian.store.row(
            "SELECT bidder FROM named WHERE tender = ? AND digest = ?", story.number, digest
        )
        return bytes(row[0]) if row is not None else _first_on_chain(story, digest)

    def is_named(self, tender: int, digest: bytes) -> bool:
        """True if this custodian signed for it, or made it up; asks no ledger."""
        found = self._custodian.store.row("SELECT 1 FROM named WHERE tender = ? AND digest = ?", tender, digest)
        return found is not None

    def check(self, commitment: Commitment) -> None:
        """Raises Refused, with the same words for bids and decoys, if one of its files is another bidder's."""
        story = self._custodian.view.story(commitment.tender)
        for digest in _digests(commitment):
            if self.owner(story, digest) not in (None, commitment.bidder):
                raise _taken()

    def keep(self, commitment: Commitment) -> None:
        """Name the files of a commitment for its bidder. Raises Refused if another was faster; then none is named."""
        with self._custodian.store.writing() as database:
            for digest in _digests(commitment):
                _insert(database, commitment, digest)


def _insert(database: sqlite3.Connection, commitment: Commitment, digest: bytes) -> None:
    place = (commitment.tender, digest)
    database.execute("INSERT INTO named VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (*place, commitment.bidder))
    row = database.execute("SELECT bidder FROM named WHERE tender = ? AND digest = ?", place).fetchone()
    if row[0] != commitment.bidder:
        raise _taken()


def _digests(commitment: Commitment) -> Iterator[bytes]:
    return (file.digest for file in (commitment.first, commitment.second) if file != NO_FILE)


def _first_on_chain(story: Story, digest: bytes) -> bytes | None:
    for event in story.events:
        if event.name == "BidCommitted":
            commitment: Commitment = event.values["commitment"]
            if digest in _digests(commitment):
                return commitment.bidder
    return None


def _taken() -> Refused:
    return Refused(
        "one of these files belongs to another bidder", code="custody.named", field="file1",
        fix="seal your own bid for this address, and commit to that",
    )  # fmt: skip
