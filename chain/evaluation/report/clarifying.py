"""Clarifications under way: asking, answering, voting, and putting what came of it on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chain.evaluation.committee import Committee
from chain.evaluation.report.gathering import Scene, check_clarification, question_of
from chain.evaluation.sheets.clarifying import (
    ASKED,
    KIND,
    Clarification,
    ClarificationAnswer,
    ClarificationQuestion,
    ClarificationVote,
    clarifications_topic,
)
from chain.evaluation.sheets.standing import committee_before
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.kernel.steps import reached
from chain.kernel.tender_ports import TenderActs


@dataclass(frozen=True, slots=True)
class Matter:
    """One question, and what came of it so far.

    Attributes:
        digest: SHA-256 of the question's paper, 32 bytes.
        question: the question.
        answer: as signed by whoever acts for the bid, or None.
        votes: of members of the committee in office, on this answer.
        members: how many members it has.
        decision: what more than half of them say, or None.
        recorded: SHA-256 of the clarification on record, or None.
    """

    digest: bytes
    question: ClarificationQuestion
    answer: ClarificationAnswer | None
    votes: tuple[ClarificationVote, ...]
    members: int
    decision: bool | None
    recorded: bytes | None


def ask(
    acts: TenderActs, scene: Scene, place: int, matter: str, text: str, seconds: int
) -> tuple[bytes, ClarificationQuestion]:
    """Put a question on record; digest and paper. The same question to the same bid is not asked twice.

    Raises:
        NotFound: no such bid is evaluated.
        InvalidInput: an empty or overlong text.
    """
    envelope = max(scene.line.openings, default=0)
    if not envelope or place not in {bid.place for bid in scene.line.live()}:
        raise NotFound(
            f"no bid of place {place} is evaluated", code="clarification.bid", field="PLACE",
            fix="name the place of an opened bid",
        )  # fmt: skip
    for digest, known in questions_of(scene):
        if (known.envelope, known.bid, known.matter, known.text) == (envelope, place, matter, text):
            return digest, known
    question = ClarificationQuestion(
        scene.place, envelope, place, matter, text, scene.ledger.block.time + seconds
    )  # fmt: skip
    digest = scene.board.put(question.to_bytes())
    reached("question-put")
    acts.record(scene.story.number, scene.lot, ASKED, digest)
    reached("question-recorded")
    return digest, question


def questions_of(scene: Scene) -> Iterator[tuple[bytes, ClarificationQuestion]]:
    """Digest and paper of every question of the lot on record, oldest first."""
    for event in (one for one in scene.line.records if one.values["kind"] == ASKED):
        try:
            found = question_of(scene, event.values["digest"])
        except (InvalidInput, NotFound):
            continue
        if found.lot_place == scene.place:
            yield event.values["digest"], found


def open_question(scene: Scene, place: int) -> tuple[bytes, ClarificationQuestion]:
    """The newest question to a bid. Raises NotFound."""
    found = [one for one in questions_of(scene) if one[1].bid == place]
    if not found:
        raise NotFound(
            f"place {place} has not been asked anything", code="clarification.none", field="PLACE",
            fix="yinxin tender clarifications lists the questions",
        )  # fmt: skip
    return found[-1]


def answer(scene: Scene, place: int, text: str, key: bytes) -> ClarificationAnswer:
    """Leave the answer to the newest question, signed with the private key of the address that acts for the bid.

    Raises:
        NotFound: nothing was asked.
        Refused: the time is over, or another address acts for the bid.
    """
    digest, question = open_question(scene, place)
    made = ClarificationAnswer.sign(scene.place, place, digest, text, key)
    acting = next((bid.bidder for bid in scene.line.bids if bid.place == place), None)
    if made.signer != acting:
        raise Refused("another address acts for this bid", code="clarification.signer", field="place")
    if scene.ledger.block.time > question.until:
        raise Refused("the time for an answer is over", code="clarification.late", field="until")
    scene.board.post(clarifications_topic(scene.story.number, scene.lot), "answer", made.to_bytes())
    reached("answer-left")
    return made


def vote(scene: Scene, place: int, accept: bool, reason: str, account: bytes, key: bytes) -> ClarificationVote:
    """Leave a member's vote on the newest question's answer, signed with the private key of the member's account.

    Raises:
        NotFound: nothing was asked, or the lot has no committee.
        Refused: the account does not sit there, or the time for an answer is not over and none came.
    """
    digest, question = open_question(scene, place)
    office = _office(scene)
    if office[1].member(account) is None:
        raise Refused("this account does not sit on the committee", code="clarification.member", field="account")
    given = answer_of(scene, digest, question)
    if given is None and scene.ledger.block.time <= question.until:
        raise Refused(
            "no answer has come, and the time for one is not over", code="clarification.early", field="answer",
            fix="wait for the answer",
        )  # fmt: skip
    made = ClarificationVote(
        scene.place, place, digest, None if given is None else given.digest, office[0], account, accept, reason
    ).signed(key)
    scene.board.post(clarifications_topic(scene.story.number, scene.lot), "vote", made.to_bytes())
    reached("vote-left")
    return made


def answer_of(scene: Scene, digest: bytes, question: ClarificationQuestion) -> ClarificationAnswer | None:
    """The first answer to a question that is signed by whoever acts for the bid, or None."""
    acting = next((bid.bidder for bid in scene.line.bids if bid.place == question.bid), None)
    for name, data in scene.board.notes(clarifications_topic(scene.story.number, scene.lot)):
        if name != "answer":
            continue
        try:
            found = ClarificationAnswer.from_bytes(data)
        except InvalidInput:
            continue
        own = (found.lot_place, found.bid, found.question, found.signer)
        if own == (scene.place, question.bid, digest, acting):
            return found
    return None


def matters_of(scene: Scene) -> Iterator[Matter]:
    """Every question of the lot with its answer, votes and outcome."""
    for digest, question in questions_of(scene):
        yield matter_of(scene, digest, question)


def matter_of(scene: Scene, digest: bytes, question: ClarificationQuestion) -> Matter:
    """One question: what is on record, or else what lies on the board."""
    for event in reversed([one for one in scene.line.records if one.values["kind"] == KIND]):
        try:
            found = check_clarification(scene, event)
        except (InvalidInput, Refused, NotFound):
            continue
        if found.clarification.question == digest:
            paper = found.clarification
            return Matter(
                digest, question, paper.answer, paper.votes, found.members, found.accepted, found.digest
            )  # fmt: skip
    given = answer_of(scene, digest, question)
    office = _office(scene)
    votes = _votes(scene, digest, question, None if given is None else given.digest, office)
    paper = Clarification(scene.place, question.bid, digest, given, office[0], votes)
    members = len(office[1].members)
    return Matter(digest, question, given, votes, members, paper.decision(members), None)


def record_outcome(acts: Callable[[], TenderActs], scene: Scene, place: int) -> Matter:
    """Put the newest question to a bid with answer and votes on record, once decided; as it stands otherwise."""
    digest, question = open_question(scene, place)
    found = matter_of(scene, digest, question)
    if found.recorded is not None or found.decision is None:
        return found
    paper = Clarification(scene.place, place, digest, found.answer, _office(scene)[0], found.votes)
    recorded = scene.board.put(paper.to_bytes())
    reached("clarification-put")
    acts().record(scene.story.number, scene.lot, KIND, recorded)
    reached("clarification-recorded")
    return Matter(digest, question, found.answer, found.votes, found.members, found.decision, recorded)


def _votes(
    scene: Scene, digest: bytes, question: ClarificationQuestion, given: bytes | None, office: tuple[bytes, Committee]
) -> tuple[ClarificationVote, ...]:
    """Votes of the members in office on this very answer, in the order of the seats; of each the first."""
    found: dict[bytes, ClarificationVote] = {}
    for name, data in scene.board.notes(clarifications_topic(scene.story.number, scene.lot)):
        if name != "vote":
            continue
        try:
            one = ClarificationVote.from_bytes(data)
        except InvalidInput:
            continue
        own = (one.lot_place, one.bid, one.question, one.answer, one.committee)
        if own == (scene.place, question.bid, digest, given, office[0]) and one.is_signed:
            found.setdefault(one.account, one)
    return tuple(found[one.account] for one in office[1].members if one.account in found)


def _office(scene: Scene) -> tuple[bytes, Committee]:
    found = committee_before(scene.ledger, scene.board, scene.story, scene.notice, scene.lot, None)
    if found is None:
        raise NotFound(
            "the lot has no committee on record", code="committee.none", field="lot", fix="yinxin tender committee"
        )
    return found
