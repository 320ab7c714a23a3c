"""What stands: the newest ranking, upheld cases that nothing has answered yet, and whether an award may follow."""

from __future__ import annotations

from collections.abc import Sequence

from chain.contracting.award.awards import Award, Reason
from chain.contracting.award.parts import Party
from chain.contracting.award.reading import ReadCase, position
from chain.evaluation.report import Candidate, Candidates, read_candidates
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from chain.kernel.tender_facts import TenderEvent
from chain.kernel.tender_ports import Board
from chain.tenders.opening import LotPlace
from chain.tenders.story import LotStory


def standing_candidates(board: Board, line: LotStory, place: LotPlace) -> Candidates:
    """The candidates named last, from the board.

    Raises:
        Refused: none are named.
        NotFound, Damaged, Unavailable, InvalidInput: their paper is not to be had or not ours.
        Conflict: it is about another lot or number than the ledger says.
    """
    if not line.rankings:
        raise Refused(
            f"no candidates are named for lot {place.lot}", code="award.candidates", field="lot",
            fix=f"yinxin tender candidates {place.tender} --lot {place.lot}",
        )  # fmt: skip
    event = line.rankings[-1]
    paper = read_candidates(board.get(event.values["digest"]))
    if (paper.lot_place, paper.number) != (place, event.values["number"]):
        raise Conflict(
            f"the candidates {hex0x(event.values['digest'])} are of another lot", code="award.paper",
            field="candidates", fix="tell the supervisor",
        )  # fmt: skip
    return paper


def party_of(candidate: Candidate) -> Party:
    """Who is behind a candidate, as the award names it."""
    return Party(candidate.code, candidate.name, candidate.members)


def shaken(line: LotStory, cases: Sequence[ReadCase], before: TenderEvent | None = None) -> list[ReadCase]:
    """Cases that were upheld so that the result does not stand, and that nothing has answered since.

    Until the first award a newer ranking answers them, afterwards a newer award: candidates are not named again then.

    Args:
        line: the lot.
        cases: of it, read.
        before: look only at what stands before this event; None: at everything.
    """
    upheld = [one for one in cases if one.outcome is not None and not one.outcome.stands]
    return [one for one in upheld if _is_last_word(line, one, before)]


def untold(line: LotStory, cases: Sequence[ReadCase], before: TenderEvent) -> list[ReadCase]:
    """Cases whose answer is not to be had, and that :func:`shaken` would give if they were upheld."""
    return [one for one in cases if one.unknown and _is_last_word(line, one, before)]


def _is_last_word(line: LotStory, one: ReadCase, before: TenderEvent | None) -> bool:
    """True if it is settled before that event, and nothing between the two could have answered it."""
    if one.case.settled is None:
        return False
    at, end = position(one.case.settled), None if before is None else position(before)
    if end is not None and at >= end:
        return False
    awarded = any(position(event) < at for event in line.awards)
    answers = [position(event) for event in (line.awards if awarded else line.rankings)]
    return not any(at < answer and (end is None or answer < end) for answer in answers)


def check_known(cases: Sequence[ReadCase]) -> None:
    """See whether it can be told what came of every case. Raises NotFound."""
    lost = next((one for one in cases if one.unknown), None)
    if lost is not None:
        raise NotFound(
            f"what came of case {lost.case.number} cannot be told: {lost.trouble}", code="award.answer", field="cases",
            fix="name a board that has the paper (tenders.boards), or ask who answered for it",
        )  # fmt: skip


def make_award(
    place: LotPlace,
    line: LotStory,
    named_now: Candidates,
    cases: Sequence[ReadCase],
    rank: int,
    given: Sequence[Reason],
    last: Award | None,
) -> Award:
    """The next award of a lot, checked against candidates and cases; periods are checked elsewhere.

    Args:
        place: the lot.
        line: its story.
        named_now: the newest candidates.
        cases: read.
        rank: whom to award.
        given: reasons why those before are passed over; what the last award said of others goes on.
        last: the award that stands, or None.

    Raises:
        Refused: a case was upheld and the result does not stand, a reason is missing, or the same is awarded twice.
        InvalidInput: no such rank, or a reason that is for nobody.
        NotFound: a case's answer is not to be had.
    """
    check_known(cases)
    open_ = shaken(line, cases)
    named = ", ".join(str(one.case.number) for one in open_)
    if open_ and last is None:
        raise Refused(
            f"case {named} was upheld: these candidates do not stand", code="award.upheld", field="cases",
            fix=f"evaluate again and name candidates anew: yinxin tender candidates {place.tender} --lot {place.lot}",
        )  # fmt: skip
    if last is not None and last.rank == rank:
        words = f"case {named} was upheld against this award" if open_ else f"candidate {rank} has the award"
        raise Refused(words, code="award.same", field="--rank", fix="name another candidate with --rank")
    if last is not None and rank < last.rank and not open_:
        raise Refused(
            f"candidate {rank} was passed over in award {last.number}", code="award.back", field="--rank",
            fix="only an upheld case leads back to a candidate before",
        )  # fmt: skip
    chosen = named_now.of_rank(rank)
    if chosen is None:
        ranks = ", ".join(str(one.rank) for one in named_now.candidates)
        raise InvalidInput(f"there is no candidate {rank}", code="award.rank", field="--rank", fix=f"one of {ranks}")
    return Award(
        place, len(line.awards) + 1, sha256(named_now.to_bytes()), rank, chosen.place, party_of(chosen), chosen.price,
        _reasons(named_now, rank, given, last, len(line.cases)),
    )  # fmt: skip


def _reasons(
    named_now: Candidates, rank: int, given: Sequence[Reason], last: Award | None, cases: int
) -> tuple[Reason, ...]:
    passed = [one.rank for one in named_now.candidates if one.rank < rank]
    known = {one.rank: one for one in last.reasons} if last is not None else {}
    known |= {one.rank: one for one in given}
    missing = [number for number in passed if number not in known]
    if missing:
        raise Refused(
            f"candidate {missing[0]} comes before {rank}: say why it is passed over", code="award.reason",
            field="--reason", fix='--ground given-up --reason "…", once for each candidate passed over',
        )  # fmt: skip
    idle = [one.rank for one in given if one.rank not in passed]
    if idle:
        raise InvalidInput(
            f"a reason is given for candidate {idle[0]}, who is not passed over", code="award.reason", field="--reason",
            fix="a reason for each candidate before the one awarded, and no other",
        )  # fmt: skip
    odd = next((one.case for one in given if one.case is not None and not 1 <= one.case <= cases), None)
    if odd is not None:
        raise InvalidInput(f"the lot has no case {odd}", code="award.case", field="--case", fix="yinxin tender cases")
    return tuple(known[number] for number in passed)


def award_contradiction(award: Award, candidates: Candidates) -> str:
    """What an award says otherwise than the candidates it follows; empty: nothing."""
    if award.candidates != sha256(candidates.to_bytes()):
        return "it follows other candidates than those named last"
    chosen = candidates.of_rank(award.rank)
    if chosen is None:
        return f"there is no candidate {award.rank}"
    if (award.place, award.organisation) != (chosen.place, party_of(chosen)):
        return f"candidate {award.rank} is somebody else"
    if award.price != chosen.price:
        return f"its price is {award.price}, the candidate's {chosen.price}"
    passed = [one.rank for one in candidates.candidates if one.rank < award.rank]
    if [one.rank for one in award.reasons] != passed:
        return "its reasons are not of just those who are passed over"
    return ""
