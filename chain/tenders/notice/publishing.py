"""Putting a notice on board and ledger, exactly once whatever dies when.

What a draft gave is stored before anything is sent, under the digest of the draft and its documents. The same draft
again finds it: sent already, it is done; not sent, the very same bytes are sent; if somebody else took the number
meanwhile, the notice is made anew with the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chain.kernel.canonical import canonical
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import Conflict, Damaged, InvalidInput, Refused, YinxinError
from chain.kernel.home import write_atomically
from chain.kernel.tender_ports import Board, TenderActs, TenderLedger
from chain.tenders.notice.changes import amendment_findings
from chain.tenders.notice.current import current_notice
from chain.tenders.notice.draft import Drafted, make_notice, read_draft
from chain.tenders.notice.findings import Findings
from chain.tenders.notice.law import Limits, law_findings
from chain.tenders.notice.model import Notice
from chain.tenders.notice.reading import LARGEST_DOCUMENT, read_notice
from chain.tenders.notice.standing import civil, earliest_deadline, ledger_findings, place_of, state_of

CANCELLATION = "yinxin-cancellation-1"
_TRIES = 4


@dataclass(frozen=True, slots=True)
class Prepared:
    """A notice that is ready to be sent.

    Attributes:
        notice: as it will stand, or stands.
        findings: warnings; errors only where there is no way to send it.
        files: digest of a document to its file.
        done: it stands on the ledger already.
    """

    notice: Notice | None
    findings: Findings
    files: dict[bytes, Path]
    done: bool = False


class Publisher:
    """Args: ledger, board, and a folder of the home in which prepared notices are kept; limits of the law."""

    def __init__(self, ledger: TenderLedger, board: Board, store: Path, limits: Limits | None = None) -> None:
        self._ledger, self._board, self._store, self._limits = ledger, board, store, limits

    # --------------------------------------------------------------- first notice, amendment

    def look(self, draft: Path, *, amends: int | None = None) -> Prepared:
        """What a draft gives, and every finding; nothing is stored or sent.

        Args:
            draft: the file.
            amends: number of the tender that it amends; None for a new one.

        Raises:
            InvalidInput: the draft is no TOML or JSON.
            NotFound, Refused, Damaged: the notice that is amended.
        """
        value = read_draft(draft)
        if amends is None:
            place = place_of(self._ledger, self._ledger.tenders() + 1)
            return self._judged(make_notice(value, draft.parent, place), None)
        before = current_notice(self._ledger, self._board, amends)
        place = place_of(self._ledger, amends)
        return self._judged(make_notice(value, draft.parent, place, before), before)

    def prepare(self, draft: Path, *, amends: int | None = None) -> Prepared:
        """As :meth:`look`, but what was prepared or sent for the very same draft is found again, and stored."""
        found = self.look(draft, amends=amends)
        stored = self._stored(draft, found, amends)
        if stored is not None:
            return stored
        if found.notice is not None:
            self._store.mkdir(parents=True, exist_ok=True)
            write_atomically(self._file(draft, found, amends), found.notice.data)
        return found

    def publish(
        self,
        draft: Path,
        prepared: Prepared,
        acts: TenderActs,
        done: Callable[[int], None],
        agree: Callable[[Notice], object] = lambda _: None,
    ) -> Notice:
        """Send a first notice; documents first, then the paper, then the ledger.

        Args:
            draft: the file it was made of.
            prepared: of :meth:`prepare`.
            acts: from the procuring officer's account.
            done: is told how many documents lie on the board.
            agree: is asked before a notice is sent, again for one made anew; what it raises stops it.

        Raises:
            Conflict: others took the number each time.
            Refused, Unavailable: the ledger's or the board's answer.
        """
        for _ in range(_TRIES):
            notice = self._sound(prepared)
            if prepared.done:
                return notice
            agree(notice)
            self._lay_out(notice, prepared.files, done)
            try:
                acts.publish(notice.tender, notice.terms, [one.account for one in notice.custodians])
            except YinxinError:
                self._ledger.refresh()
                if not self._is_taken(notice):
                    raise
            self._ledger.refresh()
            if not self._is_taken(notice):
                return self._as_sent(notice)
            prepared = self.prepare(draft)
        raise Conflict(
            "others published at the same time, again and again",
            code="notice.number",
            field="tender",
            fix="run it again",
        )

    def amend(self, prepared: Prepared, acts: TenderActs, done: Callable[[int], None]) -> Notice:
        """Send an amendment. Raises as :meth:`publish`."""
        notice = self._sound(prepared)
        if prepared.done:
            return notice
        self._lay_out(notice, prepared.files, done)
        acts.amend(notice.tender, notice.number, notice.digest, notice.deadline, notice.open_at)
        self._ledger.refresh()
        return self._as_sent(notice)

    # --------------------------------------------------------------- the rest of a notice's life

    def extend(self, tender: int, deadline: int, open_at: int | None, acts: TenderActs) -> tuple[int, int, bool]:
        """Extend the deadline; the opening moves as far if no other is named.

        Returns:
            Deadline and opening that hold now, and whether this call moved them.

        Raises:
            NotFound, Refused: no such tender; not forward, too late, or after the end of the opening key.
        """
        state = state_of(self._ledger, tender)
        if open_at is None:
            open_at = state.open_at + max(0, deadline - state.deadline)
        if (state.deadline, state.open_at) == (deadline, open_at):
            return deadline, open_at, False
        now = self._ledger.block.time
        if now > state.deadline:
            raise Refused(
                f"the deadline was {civil(state.deadline)}, it is {civil(now)} by the chain's clock",
                code="tender.deadline_over",
                field="deadline",
                fix="nothing extends it any more",
            )
        if deadline <= state.deadline or open_at <= deadline or open_at < state.open_at:
            raise Refused(
                f"deadline {civil(deadline)}, opening {civil(open_at)}: both only move forward, in this order",
                code="tender.forward",
                field="deadline" if deadline <= state.deadline else "open-at",
                fix=f"deadline after {civil(state.deadline)}, opening after it and after {civil(state.open_at - 1)}",
            )
        acts.extend(tender, deadline, open_at)
        self._ledger.refresh()
        return deadline, open_at, True

    def cancel(self, tender: int, reason: str, acts: TenderActs) -> tuple[bytes, bool]:
        """Cancel a tender, with its reasons on the board.

        Returns:
            Digest of the reasons, and whether this call cancelled it.

        Raises:
            NotFound, Conflict, Refused: no such tender; cancelled for other reasons; too late.
        """
        state = state_of(self._ledger, tender)
        ledger = self._ledger
        paper = canonical(
            {
                "format": CANCELLATION,
                "genesis": hex0x(ledger.genesis),
                "book": hex0x(ledger.book),
                "tender": tender,
                "reason": reason,
            }
        )
        digest = sha256(paper)
        if state.cancelled:
            for event in ledger.tender_events(tender):
                if event.name == "TenderCancelled" and event.values["reasonDigest"] == digest:
                    return digest, False
            raise Conflict(
                f"tender {tender} is cancelled already, for other reasons", code="tender.cancelled", field="tender",
                fix=f"see yinxin tender show {tender}",
            )  # fmt: skip
        self._put(paper)
        acts.cancel(tender, digest)
        ledger.refresh()
        return digest, True

    # --------------------------------------------------------------- inside

    def _judged(self, drafted: Drafted, before: Notice | None) -> Prepared:
        findings, notice = drafted.findings, drafted.notice
        if notice is not None:
            findings.add(self._of_day(notice, before))
        return Prepared(None if findings.errors else notice, findings, dict(drafted.files))

    def _of_day(self, notice: Notice, before: Notice | None) -> Findings:
        """What law and ledger say of it today."""
        found = law_findings(notice, self._ledger.block.time, self._limits)
        found.add(ledger_findings(notice, self._ledger) if before is None else self._of_change(before, notice))
        return found

    def _of_change(self, before: Notice, after: Notice) -> Findings:
        findings = amendment_findings(before, after)
        state, now = state_of(self._ledger, after.tender), self._ledger.block.time
        if now > state.deadline or state.cancelled:
            findings.error(
                "deadline", "over", ("nothing is amended after the deadline", "截止后或终止后不得修改"),
                ("an answer or a new tender", "请改用答疑，或重新招标"),
            )  # fmt: skip
            return findings
        earliest = earliest_deadline(state, after.amendment_margin, now)
        if after.deadline < earliest:
            findings.error(
                "deadline", "earliest",
                (f"an amendment now needs a deadline of {civil(earliest)} or later",
                 f"此时修改，截止时间不得早于 {civil(earliest)}"),
                (f"deadline = {earliest}, or later", f"deadline = {earliest} 或更晚"),
            )  # fmt: skip
        if after.open_at < state.open_at:
            findings.error("openAt", "forward", (f"is before {civil(state.open_at)}", f"早于 {civil(state.open_at)}"))
        return findings

    def _file(self, draft: Path, prepared: Prepared, amends: int | None) -> Path:
        return self._store / f"{_key(draft, prepared, amends)}.json"

    def _stored(self, draft: Path, found: Prepared, amends: int | None) -> Prepared | None:
        file = self._file(draft, found, amends)
        if not file.is_file():
            return None
        try:
            notice = read_notice(file.read_bytes())
        except InvalidInput as error:
            raise Damaged(
                f"{file} is no notice", code="notice.stored", field="home", fix="move the file away and run it again"
            ) from error  # fmt: skip
        ledger = self._ledger
        if (notice.genesis, notice.book) != (ledger.genesis, ledger.book):
            return None
        if self._is_on_ledger(notice):
            return Prepared(notice, Findings(), found.files, done=True)
        if amends is None and notice.tender != ledger.tenders() + 1:
            return None
        findings = self._of_day(notice, None if amends is None else current_notice(ledger, self._board, amends))
        return None if findings.errors else Prepared(notice, findings, found.files)

    def _is_on_ledger(self, notice: Notice) -> bool:
        if notice.tender > self._ledger.tenders():
            return False
        for event in self._ledger.tender_events(notice.tender):
            if event.name == "Published" and event.values["notice"].digest == notice.digest:
                return True
            if event.name == "Amended" and event.values["digest"] == notice.digest:
                return True
        return False

    def _is_taken(self, notice: Notice) -> bool:
        return notice.tender <= self._ledger.tenders() and not self._is_on_ledger(notice)

    def _sound(self, prepared: Prepared) -> Notice:
        prepared.findings.raise_first("draft")
        assert prepared.notice is not None
        return prepared.notice

    def _lay_out(self, notice: Notice, files: dict[bytes, Path], done: Callable[[int], None]) -> None:
        for number, document in enumerate(notice.documents, 1):
            if document.digest in files:
                data = files[document.digest].read_bytes()
                if sha256(data) != document.digest:
                    raise Conflict(
                        f"{files[document.digest]} changed meanwhile", code="notice.changed", field="documents",
                        fix="run it again",
                    )  # fmt: skip
                self._put(data)
            else:
                self._board.get(document.digest, limit=LARGEST_DOCUMENT)
            done(number)
        self._put(notice.data)

    def _put(self, data: bytes) -> None:
        if self._board.put(data) != sha256(data):
            raise Damaged("the board answers with another digest", code="board.damaged", field="tenders.boards")

    def _as_sent(self, notice: Notice) -> Notice:
        standing = current_notice(self._ledger, self._board, notice.tender)
        if standing.digest != notice.digest:
            raise Conflict(
                f"another version of the notice of tender {notice.tender} is in force",
                code="notice.other",
                field="tender",
                fix=f"see yinxin tender show {notice.tender}",
            )
        return standing


def _key(draft: Path, prepared: Prepared, amends: int | None) -> str:
    parts = [sha256(draft.read_bytes()), (amends or 0).to_bytes(8, "big"), *sorted(prepared.files)]
    return sha256(b"".join(parts)).hex()
