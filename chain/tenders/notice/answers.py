"""Questions of bidders, and the answers that everybody reads (``yinxin-question-1``, ``yinxin-answers-1``).

A question lies on the board without a name: nobody is to know who may bid (Tendering Law art. 22). Answers are one
paper with every question that was answered so far; its digest is put on record under the kind ``answers``, so nobody is
told another answer. A later paper holds all of the earlier ones, unchanged, and goes on from there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.tender_ports import Board, TenderActs, TenderLedger
from chain.tenders.notice.findings import Findings
from chain.tenders.notice.members import Members

QUESTION, ANSWERS = "yinxin-question-1", "yinxin-answers-1"
KIND = "answers"
"""Kind of the record on the ledger."""

MOST_ANSWERS = 2_000
LONGEST_QUESTION, LONGEST_ANSWER = 4_000, 10_000
_LARGEST = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a tender; it names nobody."""

    genesis: bytes
    book: bytes
    tender: int
    text: str

    @property
    def name(self) -> str:
        """Short name of the question, made from its text: 12 hexadecimal digits."""
        return question_name(self.text)

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput if a reader would refuse it."""
        data = canonical(
            {
                "format": QUESTION, "genesis": hex0x(self.genesis), "book": hex0x(self.book), "tender": self.tender,
                "text": self.text,
            }
        )  # fmt: skip
        read_question(data)
        return data


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and its answer."""

    question: str
    answer: str

    @property
    def name(self) -> str:
        """Short name of the question."""
        return question_name(self.question)


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers so far.

    Attributes:
        genesis: of the ledger; book: TenderBook; tender: its number.
        previous: digest of the paper before, or None.
        answers: in the order in which they were given.
    """

    genesis: bytes
    book: bytes
    tender: int
    previous: bytes | None
    answers: tuple[Answer, ...]

    @property
    def digest(self) -> bytes:
        """SHA-256 of the canonical bytes."""
        return sha256(self.to_bytes())

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput if a reader would refuse it."""
        data = canonical(
            {
                "format": ANSWERS, "genesis": hex0x(self.genesis), "book": hex0x(self.book), "tender": self.tender,
                "previous": None if self.previous is None else hex0x(self.previous),
                "answers": [{"question": one.question, "answer": one.answer} for one in self.answers],
            }
        )  # fmt: skip
        read_answers(data)
        return data


def question_name(text: str) -> str:
    """Short name of a question, made from its text."""
    return sha256(text.encode("utf-8", "replace")).hex()[:12]


def tidy(text: str) -> str:
    """Text as papers take it: form NFC, lines ended alike, nothing at its ends."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()


def read_question(data: bytes) -> Question:
    """Inverse of :meth:`Question.to_bytes`. Raises InvalidInput."""
    findings = Findings()
    members = Members(_value(data, QUESTION), "", ("format", "genesis", "book", "tender", "text"), findings)
    question = Question(
        members.hex("genesis", 32), members.hex("book", 20), members.integer("tender", 1),
        members.text("text", most=LONGEST_QUESTION, lines=True),
    )  # fmt: skip
    findings.raise_first("question")
    return question


def read_answers(data: bytes) -> Answers:
    """Inverse of :meth:`Answers.to_bytes`. Raises InvalidInput."""
    findings = Findings()
    names = ("format", "genesis", "book", "tender", "previous", "answers")
    members = Members(_value(data, ANSWERS), "", names, findings)

    def one(value: Any, path: str) -> Answer:
        inner = Members(value, path, ("question", "answer"), findings)
        return Answer(
            inner.text("question", most=LONGEST_QUESTION, lines=True),
            inner.text("answer", most=LONGEST_ANSWER, lines=True),
        )

    answers = Answers(
        members.hex("genesis", 32), members.hex("book", 20), members.integer("tender", 1),
        members.optional("previous", lambda name: members.hex(name, 32)),
        members.items("answers", one, least=1, most=MOST_ANSWERS),
    )  # fmt: skip
    if len({answer.question for answer in answers.answers}) != len(answers.answers):
        findings.error("answers", "answered_twice", ("a question is answered twice", "同一问题重复答复"))
    findings.raise_first("answers")
    return answers


def questions(ledger: TenderLedger, board: Board, tender: int) -> tuple[Question, ...]:
    """Every question about that tender that lies on the board, each once, oldest first; what is none is passed over."""
    found: dict[str, Question] = {}
    for _, data in board.notes(f"questions/{tender}"):
        try:
            question = read_question(data)
        except InvalidInput:
            continue
        if (question.genesis, question.book, question.tender) == (ledger.genesis, ledger.book, tender):
            found.setdefault(question.text, question)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A paper on record that counts for nothing.

    Attributes:
        digest: SHA-256, 32 bytes; block: number of the block in which it was put on record.
        why: it does not count.
    """

    digest: bytes
    block: int
    why: str


def answers_of(ledger: TenderLedger, board: Board, tender: int) -> Answers | None:
    """The newest answers on record that count, or None; raises as :func:`answers_and_others`."""
    return answers_and_others(ledger, board, tender)[0]


def answers_and_others(
    ledger: TenderLedger, board: Board, tender: int
) -> tuple[Answers | None, tuple[PassedOver, ...]]:
    """The newest answers on record that count, or None; and what was put on record beside them.

    In the order of the chain, each paper counts that follows from the one before that counted. So of two that go on
    from the same one the first counts, and no later paper can end or take back the answers.

    Raises:
        NotFound, Damaged, Unavailable: a paper on record is on no board, or altered: it may be the one that counts.
    """
    newest: Answers | None = None
    others: list[PassedOver] = []
    for event in ledger.tender_events(tender):
        if event.name != "Recorded" or event.values["kind"] != KIND or event.values["lot"] != 0:
            continue
        digest = event.values["digest"]
        data = board.get(digest, limit=_LARGEST)
        try:
            paper = read_answers(data)
            if newest is not None and paper == newest:
                continue
            if (paper.genesis, paper.book, paper.tender) != (ledger.genesis, ledger.book, tender):
                raise Refused("answers of another tender", code="answers.other", field="answers")
            check_follows(paper, newest)
        except (InvalidInput, Refused) as error:
            others.append(PassedOver(digest, event.block.number, error.message))
            continue
        newest = paper
    return newest, tuple(others)


def check_follows(paper: Answers, before: Answers | None) -> None:
    """Raises Refused unless ``paper`` holds all that ``before`` says, unchanged and first."""
    known = before.answers if before is not None else ()
    if paper.previous != (before.digest if before is not None else None) or paper.answers[: len(known)] != known:
        raise Refused(
            "answers on record are never taken back or changed", code="answers.changed", field="answers",
            fix="answer anew in words of its own; a change of the rules is an amendment: yinxin tender amend",
        )  # fmt: skip


def unanswered(asked: Iterable[Question], answers: Answers | None) -> tuple[Question, ...]:
    """Questions that wait for an answer."""
    known = {answer.question for answer in answers.answers} if answers is not None else set()
    return tuple(question for question in asked if question.text not in known)


def _value(data: bytes, form: str) -> dict[str, Any]:
    value = read_canonical(data, what=form, limit=_LARGEST)
    if not isinstance(value, dict) or value.get("format") != form:
        raise InvalidInput(f"not a paper of the form {form}", code="notice.format", field="format")
    return value


def read_given(value: Any) -> tuple[Answer, ...]:
    """Answers that a person filled in: ``{"answers": [{"question", "answer"}]}``; empty ones are left out.

    Raises:
        InvalidInput: naming the place.
    """
    findings = Findings()
    members = Members(value, "", ("answers",), findings)

    def one(item: Any, path: str) -> Answer:
        if isinstance(item, dict):
            item = {name: tidy(part) if isinstance(part, str) else part for name, part in item.items()}
        inner = Members(item, path, ("question", "answer"), findings)
        return Answer(
            inner.text("question", most=LONGEST_QUESTION, lines=True),
            inner.text("answer", least=0, most=LONGEST_ANSWER, lines=True),
        )

    found = members.items("answers", one, least=0, most=MOST_ANSWERS)
    findings.raise_first("answers")
    return tuple(answer for answer in found if answer.answer)


def with_answers(ledger: TenderLedger, tender: int, before: Answers | None, given: Iterable[Answer]) -> Answers | None:
    """The next paper of answers; None if all that is given stands on record already.

    Raises:
        Refused: one of them says other than the record.
    """
    known = {one.question: one.answer for one in before.answers} if before is not None else {}
    fresh: list[Answer] = []
    for one in given:
        if known.get(one.question, one.answer) != one.answer:
            raise Refused(
                f"{one.name} is answered already, in other words", code="answers.changed", field="answers",
                fix="answers are never taken back; answer a new question, or amend the notice: yinxin tender amend",
            )  # fmt: skip
        if one.question not in known:
            known[one.question] = one.answer
            fresh.append(one)
    if not fresh:
        return None
    earlier = before.answers if before is not None else ()
    previous = before.digest if before is not None else None
    return Answers(ledger.genesis, ledger.book, tender, previous, (*earlier, *fresh))


def record_answers(ledger: TenderLedger, board: Board, acts: TenderActs, paper: Answers) -> None:
    """Put the paper on the board and its digest on record. Raises Refused, Unavailable."""
    board.put(paper.to_bytes())
    acts.record(paper.tender, 0, KIND, paper.digest)
    ledger.refresh()
