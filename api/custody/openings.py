"""Once enough key holders' messages lie on the board, the envelope is opened: anybody may, so this one does."""

from __future__ import annotations

from api.custody.place import Custodian
from chain.kernel.steps import reached
from chain.tenders.holding import opening_key
from chain.tenders.opening import ReleaseBox, combine_keys, live_bids, releases_topic
from chain.tenders.story import Story


class Openings:
    """Args: ``custodian``; each note is looked at once."""

    def __init__(self, custodian: Custodian) -> None:
        self._custodian = custodian
        self._boxes: dict[tuple[int, int, int], ReleaseBox] = {}

    def open(self, story: Story, lot: int, envelope: int) -> bool:
        """Open an envelope if enough messages lie there; whether they did.

        The blob with the keys is on the board before its digest is on the ledger. It is the same whoever makes it, so
        several who open at once put the same on record.

        Raises:
            NotFound, Conflict, Damaged: the ceremony's papers are not there, or contradict the ledger.
            Refused: it is open already.
            Unavailable: board or ledger does not answer.
        """
        place = (story.number, lot, envelope)
        box = self._boxes.get(place)
        if box is None:
            box = self._boxes[place] = self._box(story, lot, envelope)
        if box.take(self._custodian.board.notes(releases_topic(*place))):
            return False
        keys = combine_keys(box)
        digest = self._custodian.board.put(keys.to_bytes())
        reached("custody-opening")
        self._custodian.acts.open(*place, keys.live_signature, digest)
        reached("custody-opened")
        del self._boxes[place]
        return True

    def _box(self, story: Story, lot: int, envelope: int) -> ReleaseBox:
        with self._custodian.view.newest() as ledger:
            key = opening_key(ledger, self._custodian.board, story.terms.ceremony)
            return ReleaseBox(key, live_bids(story, ledger.genesis, lot, envelope))
