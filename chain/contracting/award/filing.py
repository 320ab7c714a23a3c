"""Complaints 投诉 filed, and decided by the supervisor; objections are filed as at the opening."""

from __future__ import annotations

from chain.contracting.award.cases import Complaint, ComplaintDecision
from chain.contracting.award.periods import check_window
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import Conflict, NotFound, Refused
from chain.kernel.tender_facts import CaseKind, Phase
from chain.kernel.tender_ports import Board, TenderActs
from chain.tenders.opening import Decision, LotPlace
from chain.tenders.opening.finishing import object_to
from chain.tenders.opening.papers import Objection
from chain.tenders.story import Case, LotStory, Story


def filed_by(line: LotStory, digest: bytes, account: bytes) -> Case | None:
    """The case that this account filed with this paper, or None."""
    return next((one for one in line.cases if (one.digest, one.by) == (digest, account)), None)


def check_party(story: Story, lot: int, account: bytes, *, officer: bool) -> None:
    """See whether an account has a part in the lot: who has a place in it, officer or supervisor. Raises Refused."""
    line = story.lots[lot]
    if account in line.moved or (line.of(account) is None and account != story.terms.supervisor and not officer):
        raise Refused(
            f"{hex0x(account)} has no place in lot {lot}", code="case.party", field="account",
            fix="use the home that holds the bid; others who are concerned go to the officer or supervisor",
        )  # fmt: skip


def object_in_time(
    acts: TenderActs, board: Board, story: Story, place: LotPlace, text: str, now: int, officer: bool
) -> bytes:
    """File an objection while the contract takes it; SHA-256 of its paper. The same one again files nothing more.

    Raises:
        Refused: the period is over, the phase takes none, or the account has no part in the lot.
    """
    digest = sha256(Objection(place, text).to_bytes())
    if filed_by(story.lots[place.lot], digest, acts.address) is None:
        check_window(story, place.lot, now)
        check_party(story, place.lot, acts.address, officer=officer)
    return object_to(acts, board, place, text)


def complain(acts: TenderActs, board: Board, story: Story, paper: Complaint, now: int, *, officer: bool) -> bytes:
    """File a complaint; SHA-256 of its paper. The same one again files nothing more.

    Args:
        acts: of who complains.
        board: for the paper.
        story: of the tender.
        paper: what is said.
        now: time of the newest final block, seconds.
        officer: true if the account is an officer of the tender.

    Raises:
        Refused: the period is over, the account has no part in the lot, or the objection before it is missing.
        NotFound: no such objection.
    """
    place, data = paper.place, paper.to_bytes()
    line, digest = story.lots[place.lot], sha256(data)
    if filed_by(line, digest, acts.address) is None:
        check_window(story, place.lot, now)
        check_party(story, place.lot, acts.address, officer=officer)
        check_objection(line, paper, acts.address)
    board.put(data)
    acts.file(place.tender, place.lot, CaseKind.COMPLAINT, digest)
    return digest


def check_objection(line: LotStory, paper: Complaint, account: bytes) -> None:
    """See whether the objection before a complaint is named where the law asks for one, and is the account's own.

    Before the award a complaint is about documents, opening or candidates, for which an objection comes first.

    Raises:
        Refused: none is named, or another's.
        NotFound: no such objection.
    """
    if paper.objection is None:
        if line.phase is not Phase.AWARDED:
            raise Refused(
                "a complaint about the opening or the candidates names the objection before it", code="case.objection",
                field="--objection", fix="yinxin tender object first, then --objection NUMBER",
            )  # fmt: skip
        return
    found = next((one for one in line.cases if one.number == paper.objection), None)
    if found is None or found.kind is not CaseKind.OBJECTION:
        raise NotFound(
            f"lot {line.number} has no objection {paper.objection}", code="case.objection", field="--objection",
            fix=f"yinxin tender cases {paper.place.tender} --lot {line.number}",
        )  # fmt: skip
    if found.by != account:
        raise Refused(
            f"objection {paper.objection} was filed by another account", code="case.objection", field="--objection",
            fix="name your own objection",
        )  # fmt: skip


def decide(
    acts: TenderActs, board: Board, story: Story, place: LotPlace, number: int, outcome: Decision, text: str
) -> bytes:
    """Decide a complaint, as the supervisor; SHA-256 of the decision. The same one again settles nothing more.

    Raises:
        NotFound: no complaint of that number.
        Conflict: it was decided otherwise.
        Refused: the account is not the supervisor's.
    """
    case = next((one for one in story.lots[place.lot].cases if one.number == number), None)
    if case is None or case.kind is not CaseKind.COMPLAINT:
        raise NotFound(
            f"lot {place.lot} has no complaint {number}", code="complaint.unknown", field="number",
            fix=f"yinxin tender cases {place.tender} --lot {place.lot}",
        )  # fmt: skip
    if acts.address != story.terms.supervisor:
        raise Refused(
            "this account is not the tender's supervisor", code="complaint.supervisor", field="account",
            fix="use the home of the supervisor whom the notice names",
        )  # fmt: skip
    digest = board.put(ComplaintDecision(place, number, case.digest, outcome, text).to_bytes())
    if case.answer not in (None, digest):
        raise Conflict(
            f"complaint {number} is decided already", code="complaint.decided", field="number",
            fix=f"yinxin tender cases {place.tender} --lot {place.lot}",
        )  # fmt: skip
    if case.answer is None:
        acts.settle_case(place.tender, place.lot, number, digest)
    return digest
