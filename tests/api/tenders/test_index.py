"""The index says what the chain says: of a whole tender, after a rebuild, and after a history that changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import select, update

from api.tenders.tables import EVERYTHING, tender_cursor, tender_events
from chain.kernel.encoding import hex0x, sha256
from chain.tenders.story import tell
from tests.api.tenders.office import TenderOffice
from tests.support.pace import in_time
from tests.support.tender_stage import BUREAU, NAME

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def opened(office: TenderOffice, tmp_path_factory: pytest.TempPathFactory) -> int:
    """A tender with two bids, one withdrawn bid less, that was opened and has a record; followed now and then."""
    stage = office.stage

    def bids(seconds: int) -> int:
        found, _ = office.publish(tmp_path_factory.mktemp("notice"), deadline_in=seconds)
        for bidder in (1, 2):
            stage.submit(found, bidder=bidder)
            office.follow()
        return found

    number = in_time(bids, 8)
    stage.close(number)
    stage.wait_until(stage.ledger.tender(number).open_at)  # type: ignore[union-attr]
    keys = stage.board.put(b'{"keys":[]}')
    stage.acts("custodian-1").open(number, 1, 1, stage.live_set_signature(number), keys)
    record = stage.board.put(b'{"format":"a record of a test"}')
    stage.acts("officer").record(number, 1, "opening", record)
    office.follow()
    return number


def everything(office: TenderOffice) -> dict[str, list[Any]]:
    """All rows of the index but the markers of blocks."""
    with office.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all()))
            for table in EVERYTHING
            if table is not tender_cursor
        }


def test_a_tender_is_shown_as_its_events_tell_it(office: TenderOffice, opened: int) -> None:
    story = tell(office.stage.ledger.tender_events(opened), office.stage.ledger.book)
    shown = office.get(f"/v1/tenders/{opened}")
    assert (shown["bureau"], shown["bureauName"], shown["category"]) == (BUREAU, NAME, "goods")
    assert shown["title"]["zh"]
    assert shown["notice"] == hex0x(story.notice_digest)
    assert shown["settled"] is not None
    (lot,) = shown["details"]
    assert (lot["phase"], lot["places"], lot["live"], lot["opened"]) == ("opened", 2, 2, 1)
    assert [one["kind"] for one in shown["records"]] == ["notice", "keys", "opening"]
    assert [(one["what"], one["lot"], one["by"]) for one in shown["next"]] == [("candidates", 1, "officer")]
    moments = office.get(f"/v1/tenders/{opened}/timeline?limit=500")["items"]
    assert [one["name"] for one in moments] == [event.name for event in story.events]
    assert [one["transaction"] for one in moments] == [hex0x(event.transaction) for event in story.events]
    assert [one["block"] for one in moments] == [event.block.number for event in story.events]
    places = office.get(f"/v1/tenders/{opened}/lots/1/places")["items"]
    assert [one["bidder"] for one in places] == [hex0x(bid.bidder) for bid in story.lots[1].bids]


def test_the_timeline_is_walked_in_pages(office: TenderOffice, opened: int) -> None:
    whole = office.get(f"/v1/tenders/{opened}/timeline?limit=500")["items"]
    found, cursor = [], ""
    while True:
        page = office.get(f"/v1/tenders/{opened}/timeline?limit=2{cursor}")
        found += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == whole


def test_only_papers_that_the_tender_names_are_given_out(office: TenderOffice, opened: int) -> None:
    records = office.get(f"/v1/tenders/{opened}")["records"]
    for one in records:
        answer = office.call(None, "GET", f"/v1/tenders/{opened}/papers/{one['digest']}")
        assert answer.status_code == 200, one
        assert hex0x(sha256(answer.content)) == one["digest"]
    assert office.call(None, "GET", f"/v1/tenders/{opened}/lots/1/opening").json() == {"format": "a record of a test"}
    other = office.stage.board.put(b"a paper of nobody's")
    answer = office.call(None, "GET", f"/v1/tenders/{opened}/papers/{hex0x(other)}")
    assert (answer.status_code, answer.json()["code"]) == (404, "paper.unknown")


def test_a_paper_that_a_board_has_altered_is_not_given_out(office: TenderOffice, opened: int) -> None:
    digest = office.get(f"/v1/tenders/{opened}")["records"][1]["digest"][2:]
    file: Path = office.stage.folder / "board" / "papers" / digest[:2] / digest
    before = file.read_bytes()
    file.write_bytes(b"{}")
    try:
        answer = office.call(None, "GET", f"/v1/tenders/{opened}/papers/0x{digest}")
        assert answer.status_code >= 400
        assert answer.json()["code"] == "board.damaged"
    finally:
        file.write_bytes(before)


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("phase=opened", True), ("phase=bidding", False), ("category=goods", True), ("category=works", False),
        (f"bureau={BUREAU}", True), ("bureau=11440100000000001F", False), (f"text={NAME[:4]}", True),
        ("text=%25", False), ("text=nothing-like-it", False),
    ],
)  # fmt: skip
def test_tenders_are_found_by_what_they_are(office: TenderOffice, opened: int, query: str, there: bool) -> None:
    found = [one["number"] for one in office.get(f"/v1/tenders?{query}")["items"]]
    assert (opened in found) == there


def test_a_ceremony_is_shown_with_its_members(office: TenderOffice, opened: int) -> None:
    assert opened
    shown = office.get("/v1/ceremonies/1")
    assert shown["key"] == hex0x(office.stage.key.opening_key.key)
    assert [one["account"] for one in shown["members"]] == [
        hex0x(office.stage.address(f"holder-{place}")) for place in range(1, 6)
    ]
    assert all(one["dealt"] and one["qualified"] for one in shown["members"])
    assert shown["tender"] is None


def test_statistics_are_those_that_anybody_counts_from_ledger_and_board(office: TenderOffice, opened: int) -> None:
    office.service.insight.seconds = 0
    answer = office.call(None, "GET", "/v1/statistics")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=60")
    figures = answer.json()
    assert (figures["tenders"]["lots"], figures["bids"]["openedLots"], figures["bids"]["bids"]) == (opened, 1, 2)
    assert figures["unread"] == 1  # the record of this tender is none
    said = office.stage.run("service", "tender", "statistics")
    assert said.code == 2
    assert {**said.data, "asOf": None} == {**figures, "asOf": None}
    table = office.call(None, "GET", "/v1/statistics.csv")
    assert table.headers["Content-Type"].startswith("text/csv")
    assert "bids.bids,,2" in table.text.splitlines()
    other = office.get("/v1/statistics?until=2001-01-01")
    assert (other["tenders"]["count"], other["bids"]["openedLots"]) == (0, 0)
    wrong = office.call(None, "GET", "/v1/statistics?since=2001-13-01")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "insight.span")


def test_within_a_minute_statistics_are_read_once(office: TenderOffice, opened: int) -> None:
    insight = office.service.insight
    insight.seconds = 60
    first = office.call(None, "GET", "/v1/statistics")
    with mock.patch.object(type(insight.place), "chain", side_effect=AssertionError("the ledger is asked again")):
        again = office.call(None, "GET", "/v1/statistics", params={"since": "2001-01-01"})
        assert again.json()["asOf"] == first.json()["asOf"]
    insight.seconds = 0
    assert opened


def test_signals_are_for_the_supervisor_and_tell_nobody_else(office: TenderOffice, opened: int) -> None:
    path = f"/v1/tenders/{opened}/signals"
    for name in (None, "lead", "bidder", "watch", "authority"):
        assert office.call(name, "GET", path).status_code in (401, 403), name
    appointing = {"account": "watch", "role": "supervisor"}
    there = f"/v1/bureaus/{BUREAU}/tenders/{opened}/appointments"
    assert office.call("lead", "POST", there, json=appointing).status_code == 201
    found = office.get(path, "watch")
    assert (found["items"], found["unread"]) == ([], 1)
    for other in (f"/v1/tenders/{opened + 1}/signals", f"/v1/bureaus/{BUREAU}/signals"):
        assert office.call("watch", "GET", other).status_code == 403


def test_a_rebuild_makes_the_same_index_from_the_chain_alone(office: TenderOffice, opened: int) -> None:
    before = everything(office)
    with office.engine.begin() as connection:
        connection.execute(update(tender_events).values(name="Nothing"))
    said = office.stage.ok("service", "rebuild")
    assert (said["tenders"], said["ceremonies"]) == (opened, 1)
    assert everything(office) == before


def test_what_lies_on_blocks_that_are_gone_is_read_anew(office: TenderOffice, opened: int) -> None:
    before = everything(office)
    with office.engine.begin() as connection:  # as read from a history that the chain has left
        blocks = connection.execute(
            select(tender_events.c.block_number).where(tender_events.c.tender == opened).order_by("block_number")
        ).scalars()
        lost = tender_events.c.block_number > list(blocks)[2]
        connection.execute(update(tender_events).where(lost).values(block_hash=b"\1" * 32, shown={}))
        connection.execute(update(tender_cursor).values(hash=b"\2" * 32))
    office.follow()
    assert everything(office) == before


def test_a_reader_that_is_behind_takes_nothing_away(office: TenderOffice, opened: int) -> None:
    assert opened
    before = everything(office)
    with office.engine.begin() as connection:
        connection.execute(tender_cursor.insert().values(number=2**40, hash=b"\3" * 32, book=office.stage.ledger.book))
    office.follow()
    assert everything(office) == before
    with office.engine.begin() as connection:
        connection.execute(tender_cursor.delete().where(tender_cursor.c.number == 2**40))


def test_a_newer_book_begins_a_new_index(office: TenderOffice, opened: int) -> None:
    assert opened
    before = everything(office)
    with office.engine.begin() as connection:  # as read from the book before
        connection.execute(update(tender_cursor).values(book=b"\4" * 20))
        connection.execute(update(tender_events).values(tender=opened + 1, shown={}))
    office.follow()
    assert everything(office) == before
