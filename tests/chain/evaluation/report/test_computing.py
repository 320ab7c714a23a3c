"""The report from its papers: who is out, points, ranking; beside a second computation written out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.evaluation.qualifying import Answer, Qualification, QualifiedBid, RuleAnswer
from chain.evaluation.report import read_report
from chain.evaluation.report.computing import Basis, compute, members_look_at
from chain.kernel.encoding import sha256
from chain.kernel.errors import Refused
from tests.chain.evaluation.report import town
from tests.chain.evaluation.report.town import asked, basis, bid, judged, sheet

GOOD = {"price": "1000000.00", "delivery.days": "30", "warranty": "3y"}


def offer(price: str, days: str = "30", warranty: str = "3y") -> dict[str, str]:
    return {"price": price, "delivery.days": days, "warranty": warranty}


def alike(places: Sequence[int], points: str = "20") -> list[Any]:
    """Five sheets that all say the same."""
    return [sheet(seat, [judged(one, points) for one in places]) for seat in range(1, 6)]


# --------------------------------------------------------------------------- a second computation

_figures = st.fixed_dictionaries(
    {
        "price": st.decimals("900000", "3700000", places=2).map(str),
        "delivery.days": st.integers(1, 95).map(str),
        "warranty": st.sampled_from(["1y", "3y", "5y"]),
    }
)
_said = st.one_of(st.none(), st.integers(0, 60))
"""A member's points for a bid, in halves; None: the member fails it."""


def by_hand(bids: Sequence[Mapping[str, str]], marks: Sequence[Sequence[int | None]]) -> list[tuple[int, str]]:
    """Places, best first, with totals, for the desks: written out, in decimals of 200 digits."""
    with localcontext() as context:
        context.prec = 200

        def cut(value: Decimal) -> Decimal:
            return max(Decimal(0), value).quantize(Decimal("0.01"), ROUND_HALF_UP)

        left = []
        for place, one in enumerate(bids, 1):
            if Decimal(one["price"]) > 3_600_000 or int(one["delivery.days"]) > 90:
                continue
            if [row[place - 1] for row in marks].count(None) > 2:
                continue
            left.append(place)
        if not left:
            return []
        lowest = min(Decimal(bids[place - 1]["price"]) for place in left)
        rows = []
        for place in left:
            one, price = bids[place - 1], Decimal(bids[place - 1]["price"])
            own = sorted(Decimal(row[place - 1] or 0) / 2 for row in marks if row[place - 1] is not None)
            own = own[1:-1] if len(own) > 2 else own
            total = (
                cut(50 * lowest / price)
                + cut(min(Decimal(10), Decimal(10) * (90 - int(one["delivery.days"])) / 60))
                + {"1y": Decimal(2), "3y": Decimal(6), "5y": Decimal(10)}[one["warranty"]]
                + cut(sum(own, Decimal(0)) / len(own))
            )
            rows.append((-total, price, place))
        return [(place, f"{-total:.2f}") for total, _, place in sorted(rows)]


@settings(max_examples=120, deadline=None)
@given(data=st.data(), count=st.integers(1, 6))
def test_two_computations_of_the_whole_report_agree(data: st.DataObject, count: int) -> None:
    bids = data.draw(st.lists(_figures, min_size=count, max_size=count))
    marks = data.draw(st.lists(st.lists(_said, min_size=count, max_size=count), min_size=5, max_size=5))
    rows = [bid(place, one) for place, one in enumerate(bids, 1)]
    seen = members_look_at(town.record(rows), town.notice())
    sheets = [
        sheet(seat, [
            judged(place, None, formal="不响应") if marks[seat - 1][place - 1] is None
            else judged(place, str(Decimal(marks[seat - 1][place - 1] or 0) / 2))
            for place in seen
        ])
        for seat in range(1, 6)
    ]  # fmt: skip
    # Nobody asks about prices here: a low one is accepted, so that both computations have the same bids.
    found = compute(basis(rows, sheets, asked=tuple(asked(place, [True] * 3) for place in seen)))
    other = by_hand(bids, marks)
    assert found.complete or found.open_ties
    assert sorted((one.place, f"{one.total:.2f}") for one in found.report.bids) == sorted(other)
    assert [f"{one.total:.2f}" for one in found.report.bids] == [total for _, total in other]
    if not found.report.undecided:
        assert [one.place for one in found.report.bids] == [place for place, _ in other]
    assert {one.place for one in found.report.dropped} == set(range(1, count + 1)) - {place for place, _ in other}
    assert read_report(found.report.to_bytes()) == found.report


# --------------------------------------------------------------------------- who is out


def out(found: Any) -> dict[int, str]:
    return {one.place: one.step for one in found.report.dropped}


def test_what_record_and_notice_say_by_themselves() -> None:
    bids = [
        bid(1, GOOD),
        bid(2, None),
        bid(3, GOOD, result="invalid"),
        bid(4, {"price": "1000000.00", "warranty": "3y"}),
        bid(5, offer("1000000.00", days="91")),
        bid(6, offer("3600000.01")),
        bid(7, GOOD, code="SAME"),
        bid(8, GOOD, code="SAME"),
        bid(9, GOOD, code="CODE1", result="error"),
        bid(10, offer("3600000.00")),
    ]
    assert members_look_at(town.record(bids), town.notice()) == (1, 9, 10)
    found = compute(basis(bids, alike([1, 9, 10])))
    assert out(found) == {2: "opening", **dict.fromkeys((3, 4, 5, 6, 7, 8), "formal")}
    reasons = {one.place: " ".join(one.reasons) for one in found.report.dropped}
    for place, word in {
        2: "bad_header",
        4: "delivery.days",
        5: "90",
        6: "3,600,000.00",
        7: "place 8",
        8: "place 7",
    }.items():
        assert word in reasons[place]


@pytest.mark.parametrize(("failing", "dropped"), [(2, False), (3, True)])
@pytest.mark.parametrize("step", ["formal", "qualification"])
def test_more_than_half_of_all_members_drop_a_bid(failing: int, dropped: bool, step: str) -> None:
    why = {"formal": "formal", "qualification": "skill"}[step]
    sheets = [
        sheet(seat, [judged(1, None, **{why: f"第{seat}席"}) if seat <= failing else judged(1, "10"), judged(2, "20")])
        for seat in range(1, 6)
    ]
    found = compute(basis([bid(1, GOOD), bid(2, offer("1100000.00"))], sheets))
    assert out(found) == ({1: step} if dropped else {})
    if dropped:
        assert found.report.dropped[0].reasons == ("第1席", "第2席", "第3席")
    else:  # those who failed it gave no points, so the mean is of the others
        assert next(one for one in found.report.bids if one.place == 1).points["quality"] == Decimal("10.00")


def test_a_qualification_paper_drops_what_fails_and_leaves_what_is_unknown_to_the_members() -> None:
    def qualified(place: int, answer: Answer) -> QualifiedBid:
        return QualifiedBid(place, (RuleAnswer("licence", True, answer, answer),))

    paper = Qualification(
        town.place(), 1, sha256(b"record"), (1, 1), (2, 2),
        (qualified(1, Answer.PASS), qualified(2, Answer.FAIL), qualified(3, Answer.UNKNOWN)),
    )  # fmt: skip
    bids = [bid(place, GOOD) for place in (1, 2, 3)]
    found = compute(basis(bids, alike([1, 2, 3]), qualification=(sha256(b"paper"), paper)))
    assert out(found) == {2: "qualification"}
    assert "licence" in found.report.dropped[0].reasons[0]
    assert found.report.qualification == sha256(b"paper")


# --------------------------------------------------------------------------- low prices


LOW = [bid(1, offer("600000.00")), bid(2, offer("1000000.00")), bid(3, offer("1000000.00"))]


def test_a_low_price_holds_the_report_up_until_the_members_have_decided() -> None:
    open_ = compute(basis(LOW, alike([1, 2, 3])))
    assert (open_.open_low, open_.complete, open_.report.low) == ((1,), False, (1,))
    for votes in ([], [True, True], [True, True, False, False]):
        assert compute(basis(LOW, alike([1, 2, 3]), asked=(asked(1, votes),))).open_low == (1,)
    kept = compute(basis(LOW, alike([1, 2, 3]), asked=(asked(1, [True, True, True]),)))
    assert (kept.open_low, kept.report.low, kept.report.bids[0].place) == ((), (1,), 1)
    gone = compute(basis(LOW, alike([1, 2, 3]), asked=(asked(1, [False, False, True, False]),)))
    assert out(gone) == {1: "low-price"}
    assert gone.report.dropped[0].reasons == ("第1席意见", "第2席意见", "第4席意见")


def test_without_the_lowest_the_others_are_looked_at_again() -> None:
    bids = [bid(place, offer(price)) for place, price in
            ((1, "100000.00"), (2, "650000.00"), (3, "1000000.00"), (4, "1000000.00"))]  # fmt: skip
    everybody = alike([1, 2, 3, 4])
    refused = asked(1, [False] * 3)
    first = compute(basis(bids, everybody))
    assert first.open_low == (1,)
    second = compute(basis(bids, everybody, asked=(refused,)))
    assert (out(second), second.open_low) == ({1: "low-price"}, (2,))
    last = compute(basis(bids, everybody, asked=(refused, asked(2, [True] * 4))))
    assert (last.open_low, last.report.low) == ((), (2,))


def test_a_clarification_of_its_form_drops_a_bid_too() -> None:
    found = compute(basis(LOW[1:], alike([2, 3]), asked=(asked(2, [False] * 3, "formal"),)))
    assert out(found) == {2: "formal"}


# --------------------------------------------------------------------------- ties, envelopes


def test_equals_wait_for_a_draw_of_exactly_them_if_they_would_be_candidates() -> None:
    bids = [bid(place, GOOD) for place in (1, 2, 3)]
    sheets = [sheet(seat, [judged(1, "20"), judged(2, "20"), judged(3, "10")]) for seat in range(1, 6)]
    found = compute(basis(bids, sheets))
    assert (found.open_ties, found.complete) == (((1, 2),), False)
    others = ((sha256(b"of all"), (3, 2, 1)),)
    assert compute(basis(bids, sheets, ties=others)).open_ties == ((1, 2),)
    draws = (*others, (sha256(b"first"), (2, 1)), (sha256(b"second"), (1, 2)))
    drawn = compute(basis(bids, sheets, ties=draws))
    assert [(one.place, one.rank) for one in drawn.report.bids] == [(2, 1), (1, 2), (3, 3)]
    assert drawn.report.ties == ((sha256(b"first"), (2, 1)),)


def test_equals_behind_the_candidates_are_left_equal() -> None:
    bids = [bid(place, GOOD) for place in range(1, 6)]
    marks = ["30", "29", "28", "10", "10"]
    sheets = [sheet(seat, [judged(place, mark) for place, mark in enumerate(marks, 1)]) for seat in range(1, 6)]
    found = compute(basis(bids, sheets))
    assert (found.complete, found.report.undecided) == (True, ((4, 5),))


def roads_basis(**more: Any) -> Basis:
    """The technical side of three road bids."""
    figures = [{"period.days": days, "crew": "80"} for days in ("100", "125", "200")]
    said = town.record([bid(place, one) for place, one in enumerate(figures, 1)], "roads")
    sheets = tuple(
        sheet(seat, [judged(place, mark, "plan") for place, mark in ((1, "20"), (2, "25"))]
              + [judged(3, None, "plan", skill="人员不足") if seat < 4 else judged(3, "20", "plan")])
        for seat in range(1, 6)
    )  # fmt: skip
    plain = basis([], sheets)
    return replace(
        plain, notice=town.notice("roads"), lot_place=town.place("roads"), record=(sha256(b"first"), said), **more
    )


def test_a_technical_result_has_no_prices_and_the_price_report_has_both() -> None:
    technical = compute(roads_basis()).report
    assert out(compute(roads_basis())) == {3: "qualification"}
    assert [(one.place, one.points, one.total, one.price, one.rank) for one in technical.bids] == [
        (1, {"plan": Decimal("20.00"), "period": Decimal("10.00")}, Decimal("30.00"), None, None),
        (2, {"plan": Decimal("25.00"), "period": Decimal("8.00")}, Decimal("33.00"), None, None),
    ]
    prices = town.record(
        [bid(place, {"price": price}) for place, price in ((1, "10000000.00"), (2, "10500000.00"))], "roads", 2
    )
    second = replace(
        roads_basis(), envelope=2, first=roads_basis().record[1], record=(sha256(b"second"), prices),
        technical=(technical.digest, technical),
    )  # fmt: skip
    with pytest.raises(Refused, match="float point"):
        compute(second)
    report = compute(replace(second, float_point=(sha256(b"float"), Decimal("2")))).report
    assert report.reference == Decimal("10045000.00")  # (10,000,000 + 10,500,000) / 2 less 2 %
    assert (report.technical, report.commitments, report.sheets) == (technical.digest, None, ())
    assert [(one.place, one.rank, one.points) for one in report.bids] == [
        (1, 1, {"price": Decimal("59.78"), "plan": Decimal("20.00"), "period": Decimal("10.00")}),
        (2, 2, {"price": Decimal("55.47"), "plan": Decimal("25.00"), "period": Decimal("8.00")}),
    ]
    assert [(one.place, one.step) for one in report.dropped] == [(3, "qualification")]


def test_nobody_left_is_a_report_too() -> None:
    found = compute(basis([bid(1, None), bid(2, GOOD, result="invalid")], [], committee=None, commitments=None))
    assert (found.complete, found.report.bids, found.report.committee) == (True, (), None)
    with pytest.raises(Refused, match="committee"):
        compute(basis([bid(1, GOOD)], [], committee=None))
    with pytest.raises(Refused, match="sheet"):
        compute(basis([bid(1, GOOD)], alike([1])[:4]))
