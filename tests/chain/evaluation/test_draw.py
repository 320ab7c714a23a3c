"""The draw: repeatable by anyone, unbiased, out of everybody's hands."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.evaluation import Expert, Pool, PoolPaper, Quota, Seats, draw_experts, draw_point, read_pool_paper, seed_of
from chain.evaluation.draw import read_tie, tie_paper, tie_subject
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput, Refused


def _expert(number: int) -> Expert:
    account, box = sha256(b"account %d" % number)[:20], sha256(b"box %d" % number)
    field = "A08" if number % 3 else "B01"
    return Expert(f"ZJ-{number:04}", f"示例专家{number}", "", field, account, box, sha256(b"%d" % number))


_POOL = Pool([_expert(number) for number in range(60)])
PAPER = _POOL.paper()
SEATS = Seats(PAPER.digest(), (Quota("A08", 4), Quota("B01", 3)), (3, 17, 41), sha256(b"reasons"))


def _seed(number: int) -> bytes:
    return seed_of(number.to_bytes(48, "big"))


def _numbers(seed: bytes) -> Iterator[int]:
    """The stream once more, from the page alone."""
    stream = b"".join(hashlib.sha256(seed + block.to_bytes(8, "big")).digest() for block in range(1_000))
    return (int.from_bytes(stream[at : at + 8], "big") for at in range(0, len(stream), 8))


def _by_the_page(paper: PoolPaper, seats: Seats, seed: bytes) -> list[int]:
    numbers, out = _numbers(seed), []
    for quota in seats.quotas:
        rest = [
            at for at, one in enumerate(paper.lines) if one.specialty == quota.specialty and at not in seats.excluded
        ]
        for last in reversed(range(1, len(rest))):
            value = next(number for number in numbers if number < 2**64 - 2**64 % (last + 1))
            rest[last], rest[value % (last + 1)] = rest[value % (last + 1)], rest[last]
        out += rest[: quota.seats]
    return out


@pytest.mark.parametrize("number", range(20))
def test_whoever_follows_the_page_draws_the_same(number: int) -> None:
    drawn = draw_experts(PAPER, SEATS, _seed(number))
    assert list(drawn) == _by_the_page(PAPER, SEATS, _seed(number))
    assert len(set(drawn)) == 7
    assert not set(drawn) & set(SEATS.excluded)
    assert [PAPER.lines[place].specialty for place in drawn] == ["A08"] * 4 + ["B01"] * 3


def test_everybody_is_drawn_about_as_often() -> None:
    """Chi-square over 3,000 seeds: 37 free places of A08, 4 seats; the bound is passed by chance once in a million."""
    seen = Counter(place for number in range(3_000) for place in draw_experts(PAPER, SEATS, _seed(number))[:4])
    free = [at for at, line in enumerate(PAPER.lines) if line.specialty == "A08" and at not in SEATS.excluded]
    expected = 3_000 * 4 / len(free)
    assert set(seen) == set(free)
    assert sum((seen[place] - expected) ** 2 / expected for place in free) < 95


def test_each_float_point_is_as_likely() -> None:
    points = [Decimal(text) for text in ("2", "2.5", "3", "3.5", "4", "4.5", "5")]
    seen = Counter(draw_point(points, _seed(number)) for number in range(7_000))
    assert sorted(seen) == points
    assert sum((count - 1_000) ** 2 / 1_000 for count in seen.values()) < 40


@pytest.mark.parametrize("points", [[], [Decimal(1), Decimal("1.0")]])
def test_float_points_that_are_none_are_refused(points: list[Decimal]) -> None:
    with pytest.raises(InvalidInput):
        draw_point(points, _seed(1))


@pytest.mark.parametrize(
    "changed",
    [
        replace(SEATS, pool=sha256(b"other")),
        replace(SEATS, quotas=SEATS.quotas[::-1]),
        replace(SEATS, quotas=(Quota("A08", 5), Quota("B01", 3))),
        replace(SEATS, excluded=(3, 17)),
        replace(SEATS, reasons=sha256(b"others")),
    ],
)
def test_whatever_is_settled_before_the_draw_is_in_what_is_signed(changed: Seats) -> None:
    assert changed.subject() != SEATS.subject()


def test_a_specialty_with_too_few_experts_is_said() -> None:
    with pytest.raises(Refused, match="B01: 30 seats"):
        draw_experts(PAPER, replace(SEATS, quotas=(Quota("B01", 30),)), _seed(1))
    with pytest.raises(InvalidInput, match="another pool"):
        draw_experts(PAPER, replace(SEATS, pool=bytes(32)), _seed(1))


def test_the_pool_shows_no_name_and_a_shown_line_proves_its_place() -> None:
    data = PAPER.to_bytes()
    assert read_pool_paper(data) == PAPER
    assert "示例" not in data.decode()
    assert b"ZJ-" not in data
    shown = _POOL.experts[draw_experts(PAPER, SEATS, _seed(1))[0]]
    assert PAPER.place_of(shown) == draw_experts(PAPER, SEATS, _seed(1))[0]
    lies: list[dict[str, Any]] = [
        {"name": "示例别人"}, {"salt": bytes(32)}, {"specialty": "B01"}, {"account": bytes(20)}, {"box": bytes(32)},
    ]  # fmt: skip
    for lie in lies:
        with pytest.raises(InvalidInput):
            PAPER.place_of(replace(shown, **lie))


@given(st.data())
def test_no_altered_pool_paper_is_read(data: st.DataObject) -> None:
    raw = bytearray(PAPER.to_bytes())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    try:
        found = read_pool_paper(bytes(raw))
    except InvalidInput:
        return
    assert found.digest() != PAPER.digest()


def test_a_draw_is_read_as_it_was_written_and_in_no_other_form() -> None:
    data = SEATS.to_bytes()
    assert Seats.from_bytes(data) == SEATS
    assert SEATS.subject() == sha256(data)
    for lie in (
        data.replace(b"[3,17,41]", b"[17,3,41]"), data.replace(b'"seats":4', b'"seats":0'),
        data.replace(b"yinxin-draw-1", b"yinxin-draw-2"), data[:-1] + b',"x":1}',
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            Seats.from_bytes(lie)


def test_a_tie_is_two_places_or_more() -> None:
    assert read_tie(tie_paper([5, 2])) == (2, 5)
    assert tie_subject([2, 5]) == sha256(tie_paper([5, 2]))
    for places in ([2], [2, 2], [0, 1]):
        with pytest.raises(InvalidInput):
            read_tie(tie_paper(places))


def test_an_account_is_in_a_pool_once() -> None:
    one, other, *_ = _POOL.experts
    for field in ("account", "box"):
        twice: dict[str, Any] = {field: getattr(one, field)}
        with pytest.raises(InvalidInput, match=field):
            Pool([one, replace(other, **twice)]).paper()
