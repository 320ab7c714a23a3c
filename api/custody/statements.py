"""After the closing: every live file is read and hashed again, and the custodian says what it has."""

from __future__ import annotations

from api.custody.hashing import Hashed
from api.custody.place import Custodian
from chain.kernel.steps import reached
from chain.kernel.tender_facts import SealedFile
from chain.tenders.custody.statement import DAMAGED, ELSEWHERE, KEPT, MISSING, CustodyStatement, KeptFile
from chain.tenders.story import Story
from chain.tenders.typed import commitment_hash

_SPARE = 3
"""Seconds before the opening by which the statement is on its way, whatever is missing."""


class Statements:
    """Args: ``custodian``; a file that did not change since it was hashed is not hashed again."""

    def __init__(self, custodian: Custodian) -> None:
        self._custodian = custodian
        self._hashed = Hashed()

    def is_due(self, story: Story, lot: int, envelope: int, statement: CustodyStatement, now: int) -> bool:
        """True if the statement is whole, or no lost file can be brought again before the first opening."""
        closed = story.lots[lot].closings[envelope].event.block.time
        until = closed + story.terms.reveal_window
        if envelope == 1:  # the opening time is long past when the second is closed
            until = min(until, story.open_at - _SPARE)
        return not statement.absent() or now > until

    def statement(self, story: Story, genesis: bytes, lot: int, envelope: int) -> CustodyStatement:
        """What this custodian has of a closed envelope, looked at now."""
        line = story.lots[lot]
        closing = line.closings[envelope]
        files = []
        for place, commitment in zip(closing.places, closing.commitments, strict=True):
            file = commitment.first if envelope == 1 else commitment.second
            own = line.bids[place - 1].custodian == self._custodian.account
            files.append(KeptFile(commitment_hash(commitment), file.digest, file.size, self._state(file, own)))
        return CustodyStatement(
            genesis, story.book, story.number, lot, envelope, self._custodian.account, closing.digest, tuple(files)
        )

    def attest(self, statement: CustodyStatement) -> bytes:
        """Put the statement on the board and its digest on the ledger; the digest."""
        digest = self._custodian.board.put(statement.to_bytes())
        reached("custody-stated")
        self._custodian.acts.attest_custody(statement.tender, statement.lot, statement.envelope, digest)
        reached("custody-attested")
        return digest

    def _state(self, file: SealedFile, own: bool) -> str:
        path = self._custodian.store.file_path(file.digest)
        try:
            if self._hashed.is_right(path, file.digest, file.size):
                return KEPT
        except OSError:
            return MISSING if own else ELSEWHERE
        return DAMAGED if own else ELSEWHERE
