"""The award 定标: the newest candidates from the board, the paper, the ledger; exactly once."""

from __future__ import annotations

from collections.abc import Sequence

from chain.contracting.award.awards import Award, Reason
from chain.contracting.award.periods import check_over, check_settled
from chain.contracting.award.reading import read_cases
from chain.contracting.award.standing import make_award, shaken, standing_candidates
from chain.evaluation.report import Candidates
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import Conflict, Refused
from chain.kernel.steps import reached
from chain.kernel.tender_facts import Phase
from chain.kernel.tender_ports import Board, TenderActs
from chain.tenders.opening import LotPlace
from chain.tenders.story import LotStory, Story


def standing_award(board: Board, line: LotStory, place: LotPlace) -> Award | None:
    """The award that stands, from the board; None if there is none.

    Raises:
        NotFound, Damaged, Unavailable: its paper is not to be had.
        Conflict: it is about another lot or number than the ledger says.
    """
    if not line.awards:
        return None
    event = line.awards[-1]
    paper = Award.from_bytes(board.get(event.values["digest"]))
    if (paper.lot_place, paper.number) != (place, event.values["number"]):
        raise Conflict(
            f"the award {hex0x(event.values['digest'])} is about another lot", code="award.paper", field="award",
            fix="tell the supervisor",
        )  # fmt: skip
    return paper


def award_lot(
    acts: TenderActs,
    board: Board,
    story: Story,
    place: LotPlace,
    rank: int,
    given: Sequence[Reason],
    now: int,
) -> tuple[bytes, Award]:
    """Award a lot; SHA-256 of the paper, and the paper. The same one again awards nothing more.

    Args:
        acts: of the officer.
        board: for the paper.
        story: of the tender.
        place: the lot.
        rank: whom to award.
        given: why those before are passed over.
        now: time of the newest final block, seconds.

    Raises:
        Refused: the standstill runs, cases wait, a result does not stand, reasons are missing, or it is not the phase.
        InvalidInput: no such rank, or a reason for nobody.
        NotFound, Damaged, Unavailable: a paper is not to be had.
    """
    line = story.lots[place.lot]
    candidates = standing_candidates(board, line, place) if line.rankings else None
    last, cases = standing_award(board, line, place), read_cases(board, line, place)
    if last is not None and _says_the_same(last, candidates, rank, given) and not shaken(line, cases):
        return sha256(last.to_bytes()), last
    phase = story.phase(place.lot)
    if candidates is None or phase not in (Phase.CANDIDATES, Phase.AWARDED):
        raise Refused(
            f"lot {place.lot} is {phase.name.lower()}: an award follows candidates", code="award.phase", field="lot",
            fix=f"yinxin tender candidates {place.tender} --lot {place.lot}",
        )  # fmt: skip
    if phase is Phase.CANDIDATES:
        check_over(story, place.lot, now, "the award")
    else:
        check_settled(line)
    paper = make_award(place, line, candidates, cases, rank, given, last)
    digest = board.put(paper.to_bytes())
    reached("award-put")
    acts.award(place.tender, place.lot, paper.number, digest)
    reached("award-sent")
    return digest, paper


def _says_the_same(last: Award, candidates: Candidates | None, rank: int, given: Sequence[Reason]) -> bool:
    """True if that award was made already, whatever was carried over to it from the one before."""
    if candidates is None or (last.candidates, last.rank) != (sha256(candidates.to_bytes()), rank):
        return False
    return all(one in last.reasons for one in given)
