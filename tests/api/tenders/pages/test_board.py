"""The public board: what is chosen by text, stage, deadline and entity; a page at a time; and its words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from api.tenders import query
from api.tenders.pages.board import CLOSINGS, DAY, PAGE, STATES, Asked, listed
from api.tenders.pages.showing import telling
from api.tenders.pages.telling import TONES
from api.tenders.tables import tender_lots, tender_notices
from chain.kernel.tender_facts import Phase
from tests.api.tenders.pages.made import an_index, faults, plain, written
from tests.api.tenders.rows import BUREAU, a_tender

NOW = 1_800_000_000
OTHER = "11440100000000002J"


def put(engine: Engine, number: int, title: str, phase: Phase, **more: Any) -> None:
    """A tender with one lot in that phase and a notice of that title."""
    digest = number.to_bytes(32, "big")
    a_tender(engine, number, notice=digest, **more)
    with engine.begin() as connection:
        connection.execute(
            insert(tender_lots).values(
                tender=number, lot=1, phase=int(phase), since=0, places=0, closed=0, opened=0, attested={}, rankings=0,
                awards=0, open_cases=0,
            )
        )  # fmt: skip
        connection.execute(
            insert(tender_notices).values(
                digest=digest, tender=number, category="goods" if number % 2 else "works", bureau_name="示例市教育局",
                title_zh=title, title_en="", words=f"示例市教育局 {title}".lower(), questions_until=NOW, documents=[],
            )
        )  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = an_index()
    put(made, 1, "课桌椅采购", Phase.BIDDING, deadline=NOW + 600)
    put(made, 2, "校舍修缮", Phase.BIDDING, deadline=NOW + 3 * DAY)
    put(made, 3, "课桌椅第二批", Phase.BIDDING, deadline=NOW - 60)
    put(made, 4, "道路工程", Phase.CANDIDATES, deadline=NOW - 40 * DAY, bureau=OTHER)
    put(made, 5, "图书采购", Phase.FAILED, deadline=NOW - 50 * DAY)
    put(made, 6, "名" * 200, Phase.CANCELLED, deadline=NOW - 60 * DAY, cancelled=True)
    yield made
    made.dispose()


def found(engine: Engine, **asked: Any) -> list[int]:
    return [line.number for line in listed(engine, Asked(**asked), language="zh", now=NOW).lines]


def test_tenders_are_found_by_stage_deadline_text_kind_and_entity(engine: Engine) -> None:
    assert found(engine) == [6, 5, 4, 3, 2, 1]
    assert found(engine, state="bidding") == [1, 2]  # the nearest deadline first
    assert found(engine, state="opening") == [3]
    assert found(engine, state="candidates") == [4]
    assert found(engine, state="cancelled") == [6]
    assert found(engine, text="课桌椅") == [3, 1]
    assert found(engine, text="教育局 第二批") == [3]
    assert found(engine, text="100%") == []
    assert found(engine, category="works", closing="week") == [2]
    assert found(engine, closing="day") == [1]
    assert found(engine, closing="passed", bureau=BUREAU) == [6, 5, 3]
    assert found(engine, bureau=OTHER) == [4]


def test_every_stage_is_a_place_of_some_phase() -> None:
    assert {phase for phases in STATES.values() for phase in phases} == set(Phase) - {Phase.NONE}


def test_thousands_are_shown_a_page_at_a_time() -> None:
    many = an_index()
    for number in range(1, 2 * PAGE + 4):
        a_tender(many, number, deadline=NOW + number)
    pages = [listed(many, Asked(page=page), language="en", now=NOW) for page in (1, 2, 3, 4)]
    assert [len(one.lines) for one in pages] == [PAGE, PAGE, 3, 0]
    assert {(one.total, one.pages) for one in pages} == {(2 * PAGE + 3, 3)}
    assert [line.number for one in pages for line in one.lines] == list(range(2 * PAGE + 3, 0, -1))
    many.dispose()


def test_another_page_of_the_same_has_an_address() -> None:
    assert Asked().at(1) == "/tenders"
    assert Asked(text="课桌", state="bidding").at(2) == "/tenders?text=%E8%AF%BE%E6%A1%8C&state=bidding&page=2"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_says_how_many_and_when_they_close(engine: Engine, language: str) -> None:
    def board(**asked: Any) -> str:
        one = Asked(**asked)
        shown = listed(engine, one, language=language, now=NOW)
        return written(
            "tenders/board.html", language, asked=one, lines=shown.lines, total=shown.total, pages=shown.pages,
            states=tuple(STATES), closings=tuple(CLOSINGS), bureaus=query.bureaus(engine), now=NOW,
            h=telling(language), tones=TONES, may_publish=True,
        )  # fmt: skip

    full = board()
    assert faults(full) == []
    assert 'data-until="1800000600"' in full
    assert ("10 分" if language == "zh" else "10 min") in plain(full)
    empty = board(text="没有的东西")
    assert faults(empty) == []
    assert ("没有符合条件的招标" if language == "zh" else "No tender fits") in plain(empty)


def test_spans_have_their_largest_unit_and_the_next() -> None:
    span = telling("en").span
    assert [span(one) for one in (-5, 0, 59, 60, 3661, 86_400, 90_061, 10 * 86_400 + 7)] == [
        "0 s", "0 s", "59 s", "1 min", "1 h 1 min", "1 d", "1 d 1 h", "10 d",
    ]  # fmt: skip
