"""Whoever decides on a list too long for its request has all its rows at hand, and her own device holds them to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.approvals import drafts_page
from api.certificates import laying
from chain.issuing.contents import Draft, rows_digest
from chain.kernel.errors import Conflict, NotFound
from tests.api.people import Person
from tests.api.town import Town, licences

pytestmark = pytest.mark.loopback

CHUNK, SIZE = 2, 7
TYPE = ("--type", "business-licence")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than two rows are too many for a request."""
    monkeypatch.setattr(laying, "CHUNK", CHUNK)


@pytest.fixture
def anna(town: Town) -> Person:
    return Person(town, "anna").move_in().listed()


@pytest.fixture
def handed(town: Town, anna: Person) -> tuple[Path, Path]:
    """A list that waits: its request, and all its rows."""
    file = town.write_list("list.csv", licences(SIZE))
    assert town.run(town.officer, "issue", str(file), *TYPE, "--wait", "0").data["waitingFor"] == "release"
    request, rows = anna.home / "batch-1.json", anna.home / "rows.jsonl"
    town.ok(town.officer, "decisions", "content", "batch-1", "--out", str(request), "--drafts", str(rows))
    return request, rows


def refused(town: Town, person: Person, request: Path, *words: str) -> str:
    said = town.run(person.home, "decide", "--request-file", str(request), "--key", str(person.wallet), *words)
    assert said.code != 0
    return str(said.data["error"]["code"])


def test_a_yes_needs_all_rows_and_is_obeyed(town: Town, anna: Person, handed: tuple[Path, Path]) -> None:
    request, rows = handed
    assert len(json.loads(request.read_bytes())["body"]["drafts"]) == 5
    assert refused(town, anna, request, "--approve") == "decide.drafts"
    shown = town.ok(anna.home, "decide", "--request-file", str(request))
    assert "only 5 of 7 rows" in shown["lines"][-1]
    decided = anna.decide(request, "--drafts", str(rows), "--approve")
    assert "all 7 rows" in decided["lines"][-1]
    town.ok(town.officer, "decisions", "submit", "batch-1", decided["decision"])
    with town.signing(approve=False):
        assert town.ok(town.officer, "batch", "run", "1", "--wait", "60")["issued"] == SIZE


def test_a_no_needs_none(anna: Person, handed: tuple[Path, Path]) -> None:
    assert anna.decide(handed[0], "--refuse", "--reason", "not on file")["approve"] is False


@pytest.mark.parametrize("place", [0, 6])
def test_another_row_is_noticed(town: Town, anna: Person, handed: tuple[Path, Path], place: int) -> None:
    request, rows = handed
    lines = rows.read_bytes().splitlines(keepends=True)
    changed = json.loads(lines[place])
    changed["fields"]["certificateHolderName"] = "示例市别的公司"
    lines[place] = json.dumps(changed).encode() + b"\n"
    rows.write_bytes(b"".join(lines))
    assert refused(town, anna, request, "--drafts", str(rows), "--approve") == "desk.rows"


@pytest.mark.parametrize("form", ["fewer", "more", "swapped"])
def test_other_rows_are_noticed(town: Town, anna: Person, handed: tuple[Path, Path], form: str) -> None:
    request, rows = handed
    lines = rows.read_bytes().splitlines(keepends=True)
    told = {"fewer": lines[:-1], "more": [*lines, lines[0]], "swapped": [*lines[:5], lines[6], lines[5]]}[form]
    rows.write_bytes(b"".join(told))
    assert refused(town, anna, request, "--drafts", str(rows), "--approve") == "desk.rows"


@pytest.mark.parametrize("text", [b"junk\n", b"[]\n", b'{"items": [1]}\n'])
def test_a_file_of_another_form_is_refused(town: Town, anna: Person, handed: tuple[Path, Path], text: bytes) -> None:
    request, rows = handed
    rows.write_bytes(text)
    assert refused(town, anna, request, "--drafts", str(rows), "--approve") in ("decide.drafts", "issuing.draft")


def test_pages_are_the_rows_that_the_release_names(town: Town, handed: tuple[Path, Path]) -> None:
    with town.office() as office:
        found: list[Draft] = []
        while kept := drafts_page(office, "batch-1", first=len(found), limit=3).drafts[:3]:
            found += kept
        page = drafts_page(office, "batch-1", first=0, limit=3)
        assert (page.size, len(page.drafts)) == (SIZE, 4), "one more says that there are more"
        assert rows_digest(found) == page.rows_digest
        for reference in ("act-1", "batch-9", "x"):
            with pytest.raises(NotFound):
                drafts_page(office, reference, first=0, limit=3)


def test_a_list_that_waits_no_more_shows_nothing(town: Town) -> None:
    town.issue(licences(SIZE))
    with town.office() as office, pytest.raises(Conflict):
        drafts_page(office, "batch-1", first=0, limit=3)
