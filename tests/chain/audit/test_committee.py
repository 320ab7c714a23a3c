"""Pool, draws, committee and names under audit: one thing is wrong each time, and one rule speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from chain.audit import Report, Result
from chain.audit.tenders.case import TenderCase
from chain.audit.tenders.committee import audit_committee, audit_pool
from chain.evaluation import Pool, draw_order, draw_point, seed_of, tie_paper
from chain.evaluation.committee import CommitteeNames, FloatPointDrawn, TieDrawn, current_committee
from chain.evaluation.committee.standing import float_message
from chain.kernel.encoding import sha256
from chain.tenders.notice.evaluation import Reference
from tests.chain.tenders.events import TERMS
from tests.support.draw_case import COMPANY, LOT, OFFICER, DrawCase, expert, signature

FLOATS = tuple(Decimal(one) for one in ("2", "2.5", "3"))


def audited(case: DrawCase) -> Report:
    report = Report()
    under = TenderCase(report, case.ledger, case.board, case.story, notice=case.notice)
    audit_committee(under, 1, audit_pool(under))
    return report


def broken(case: DrawCase) -> set[str]:
    return {one.rule for one in audited(case).findings if one.result is Result.BROKEN}


def played(folder: Path, **how: object) -> DrawCase:
    """A draw, one replaced, a float point, a tie, the committee; not awarded yet."""
    case = DrawCase.opened(folder, **how)  # type: ignore[arg-type]
    reference = Reference(5, 1, 1, Decimal(0), FLOATS, 2)
    case.notice = replace(case.notice, evaluation=replace(case.notice.evaluation, reference=reference))
    drawn = case.complete(case.draw(case.seats(excluded=[2]))).seats
    case.complete(case.draw(case.seats(1, replaced=drawn[:1])))
    case.record("float", float_point(case).to_bytes())
    case.record("tie", tie_paper([1, 3]))
    case.record("tie-drawn", tie(case).to_bytes())
    case.commit()
    return case


def float_point(case: DrawCase) -> FloatPointDrawn:
    signed = signature(float_message(case.notice, 1))
    return FloatPointDrawn(LOT, case.notice.digest, 1, signed, draw_point(FLOATS, seed_of(signed)))


def tie(case: DrawCase) -> TieDrawn:
    turn = next(one for one in case.draws.turns if one.kind == "tie")
    signed = signature(turn.message(LOT))
    return TieDrawn(LOT, turn.digest, turn.counter, signed, draw_order(turn.places, seed_of(signed)))


def names(case: DrawCase) -> CommitteeNames:
    digest, committee = current_committee(case.ledger, case.board, case.story, case.notice, 1)
    shown = tuple((place, case.pool.experts[place]) for place in sorted(case.draws.drawn))
    return CommitteeNames(LOT, digest, shown, tuple((one.account, "示例代表") for one in committee.owners))


def test_a_whole_committee_is_clean_and_what_rests_on_words_is_noted(tmp_path: Path) -> None:
    case = played(tmp_path)
    case.award()
    case.record("committee-names", names(case).to_bytes())
    report = audited(case)
    assert {(one.rule, one.result) for one in report.findings} == {("A1005", Result.NOTE)}
    assert any("病假" in one.detail for one in report.findings)
    assert any("place 2: declared: 示例理由" in one.detail for one in report.findings)
    assert set(report.looked) == {f"A10{number:02}" for number in range(1, 12)}


def _late_pool(case: DrawCase) -> None:
    event = next(one for one in case.teller.events if one.values.get("kind") == "expert-pool")
    place = case.teller.events.index(event)
    case.teller.events[place] = replace(event, block=replace(event.block, time=TERMS.deadline + 1))


def _replace_first(case: DrawCase, kind: str, data: bytes) -> None:
    """Another paper than the true one was recorded under that kind."""
    event = next(one for one in case.teller.events if one.values.get("kind") == kind)
    place = case.teller.events.index(event)
    values = {**event.values, "digest": case.board.put(data)}
    case.teller.events[place] = replace(event, values=values)


def _swapped(case: DrawCase) -> bytes:
    result = case.draws.completed[0].result
    return replace(result, seats=result.seats[::-1]).to_bytes()  # type: ignore[union-attr, call-arg]


def _another_point(case: DrawCase) -> bytes:
    right = float_point(case)
    return replace(right, point=next(one for one in FLOATS if one != right.point)).to_bytes()


def _other_committee(case: DrawCase, **changed: object) -> None:
    made = replace(case.committee(number=2), **changed)  # type: ignore[arg-type]
    case.commit(made)


def _stranger(case: DrawCase) -> None:
    made = case.committee(number=2)
    place = next(at for at in range(12) if at not in case.draws.drawn)
    line = case.paper.lines[place]
    chosen = replace(made.members[0], place=place, account=line.account, box=line.box)
    case.commit(replace(made, members=(chosen, *made.members[1:])))


def _officer(case: DrawCase) -> None:
    made = case.committee(number=2)
    case.commit(replace(made, members=(*made.members[:-1], replace(made.members[-1], account=OFFICER))))


TAMPERED: dict[str, tuple[Callable[[DrawCase], object], str]] = {
    "a second pool": (lambda case: case.record("expert-pool", Pool([expert(70)]).paper().to_bytes(), lot=0), "A1001"),
    "a free draw": (lambda case: case.draw(case.seats(4)), "A1002"),
    "a draw that is no paper": (lambda case: case.record("draw", b"junk"), "A1002"),
    "a tie drawn twice": (lambda case: case.record("tie", tie_paper([3, 1])), "A1002"),
    "other seats than signed": (lambda case: _replace_first(case, "drawn", _swapped(case)), "A1004"),
    "a point that was not drawn": (lambda case: _replace_first(case, "float", _another_point(case)), "A1007"),
    "a second point": (lambda case: case.record("float", _another_point(case)), "A1007"),
    "another order": (
        lambda case: case.record("tie-drawn", replace(tie(case), order=tie(case).order[::-1]).to_bytes()), "A1008",
    ),
    "a chosen expert": (_stranger, "A1006"),
    "fewer members": (lambda case: _other_committee(case, members=case.committee().members[:-1]), "A1006"),
    "the officer as a member": (_officer, "A1006"),
    "names before the award": (lambda case: case.record("committee-names", names(case).to_bytes()), "A1009"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_tampered_with_is_named_by_its_rule(tmp_path: Path, what: str) -> None:
    case = played(tmp_path)
    assert broken(case) == set()
    tamper, rule = TAMPERED[what]
    tamper(case)
    assert rule in broken(case)
    if what not in ("other seats than signed",):
        assert broken(case) == {rule}


def test_without_the_opening_record_nobody_is_cleared_of_working_for_a_bidder(tmp_path: Path) -> None:
    case = played(tmp_path)
    case.award()
    case.record("committee-names", names(case).to_bytes())
    opened = next(one for one in case.teller.events if one.values.get("kind") == "opening")
    (path,) = (tmp_path / "board" / "papers").rglob(opened.values["digest"].hex())
    path.unlink()
    assert ("A1010", Result.UNKNOWN) in {(one.rule, one.result) for one in audited(case).findings}


def test_representatives_who_change_are_noted(tmp_path: Path) -> None:
    case = played(tmp_path)
    made = case.committee(number=2)
    last = replace(made.members[-1], account=sha256(b"somebody else")[:20], box=sha256(b"another box"))
    case.commit(replace(made, members=(*made.members[:-1], last)))
    noted = [one.detail for one in audited(case).findings if (one.rule, one.result) == ("A1006", Result.NOTE)]
    assert noted == ["other representatives of the procuring entity than before"]
    case.award()
    case.commit(case.committee(number=3))
    assert broken(case) == {"A1006"}, "nobody joins a committee after the award"


def test_a_pool_that_came_late_is_none(tmp_path: Path) -> None:
    case = DrawCase.opened(tmp_path)
    case.draw(case.seats())
    assert broken(case) == set()
    _late_pool(case)
    case.teller.events.sort(key=lambda one: one.block.number)
    assert {"A1001", "A1002"} <= broken(case)


def test_a_draw_that_was_dropped_is_broken_once_there_are_candidates(tmp_path: Path) -> None:
    """The officer saw the seats and went on without them."""
    case = DrawCase.opened(tmp_path)
    case.draw(case.seats())
    assert [(one.rule, one.result) for one in audited(case).findings if one.rule == "A1003"] == [("A1003", Result.NOTE)]
    case.award()
    assert "A1003" in broken(case)


def test_candidates_without_any_committee_on_record_are_found(tmp_path: Path) -> None:
    """Nothing was drawn and nobody was seated; there is no paper of a committee that could be wrong."""
    case = DrawCase.opened(tmp_path)
    assert broken(case) == set()
    case.award()
    assert broken(case) == {"A1011"}


def test_a_committee_that_is_seated_after_the_candidates_comes_too_late(tmp_path: Path) -> None:
    case = played(tmp_path)
    rankings = [event for event in case.teller.events if event.name == "CandidatesNamed"]
    assert rankings == []
    case.award()
    assert broken(case) == set()
    seated = next(one for one in case.teller.events if one.values.get("kind") == "committee")
    named = next(one for one in case.teller.events if one.name == "CandidatesNamed")
    first, second = case.teller.events.index(seated), case.teller.events.index(named)
    case.teller.events[first] = replace(named, block=seated.block, index=seated.index)
    case.teller.events[second] = replace(seated, block=named.block, index=named.index)
    assert "A1011" in broken(case)


def test_names_that_open_no_leaf_or_leave_somebody_out_are_found(tmp_path: Path) -> None:
    def renamed(true: CommitteeNames) -> CommitteeNames:
        place, line = true.experts[0]
        return replace(true, experts=((place, replace(line, name="示例别人")), *true.experts[1:]))

    lies: list[Callable[[CommitteeNames], CommitteeNames]] = [
        renamed,
        lambda true: replace(true, experts=true.experts[1:]),
        lambda true: replace(true, owners=()),
        lambda true: replace(true, committee=sha256(b"another")),
    ]
    for number, lie in enumerate(lies):
        (tmp_path / str(number)).mkdir()
        case = played(tmp_path / str(number))
        case.award()
        case.record("committee-names", lie(names(case)).to_bytes())
        assert broken(case) == {"A1009"}


def test_an_expert_of_a_bidder_who_was_drawn_all_the_same_is_found_after_the_award(tmp_path: Path) -> None:
    """The keeper of the pool knew the employer and did not exclude the place."""
    case = played(tmp_path, pool=Pool([expert(number, employer=COMPANY) for number in range(12)]))
    assert broken(case) == set(), "nobody can know it yet"
    case.award()
    case.record("committee-names", names(case).to_bytes())
    assert broken(case) == {"A1010"}


def test_a_paper_that_is_hidden_leaves_it_open(tmp_path: Path) -> None:
    case = played(tmp_path)
    digest = case.draws.turns[0].digest
    for path in (case.folder / "board" / "papers").rglob(digest.hex()):
        path.unlink()
    report = audited(case)
    assert {one.rule for one in report.findings if one.result is Result.UNKNOWN} >= {"A1002", "A1006"}
    assert report.exit_code == 2
