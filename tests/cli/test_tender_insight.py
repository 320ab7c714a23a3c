"""Statistics and signals on the command line: figures with the block they are of, advice with its reasons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer
from rich.text import Text

from chain.cli.tender import insight
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput, NotFound
from chain.kernel.ports import AnchorFacts
from chain.sealing import BidIdentity, Form
from chain.sealing.manifest import Document, Manifest
from tests.chain.contracting.insight.whole import PRICES, WholeTender, lose
from tests.chain.sealing.samples import GENESIS
from tests.chain.tenders.events import BOOK, address


class Desk:
    """What a command needs, around a whole tender of nobody's; and what it answered."""

    def __init__(self, folder: Path) -> None:
        self.whole = WholeTender(folder)
        self.story = self.whole.story
        self.home = folder / "home"
        self.code, self.data, self.text = -1, dict[str, Any](), ""

    def emit(self, _ctx: object, data: dict[str, Any], text: Text, code: int = 0) -> None:
        self.code, self.data, self.text = code, data, text.plain

    @contextmanager
    def place(self, _home: object) -> Iterator[Any]:
        block = self.story.events[-1].block
        ledger = SimpleNamespace(
            refresh=lambda: None, block=block, book=BOOK, genesis=GENESIS, tenders=lambda: 3,
            tender_events=lambda number: self.story.events if number == 3 else [],
        )  # fmt: skip
        anchors = [
            AnchorFacts("b", lane, 1, b"", size, b"", b"", b"", at, b"")
            for lane, size, at in (("11100000MB0143028R001", 12, self.story.events[0].block), ("$events", 5, block))
        ]
        log = SimpleNamespace(
            lanes=lambda: [("b", one.lane) for one in anchors],
            anchors=lambda _, lane: [one for one in anchors if one.lane == lane],
        )
        yield SimpleNamespace(
            ledger=ledger, board=self.whole.board, home=self.home, connection=SimpleNamespace(refresh=lambda: log)
        )

    def open(self, place: int, document: bytes) -> None:
        """This home has opened that bid, with that document in it."""
        identity = BidIdentity(GENESIS, BOOK, 3, 1, 1, address(place), 1)
        form, papers = (
            Form.of({"price": PRICES[place]}),
            (Document("plan.pdf", "application/pdf", 1, sha256(document)),),
        )
        folder = self.home / "openings" / "3-1-1" / "bids" / str(place)
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_bytes(Manifest(identity, {}, form, papers).to_bytes())


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    found = Desk(tmp_path)

    @contextmanager
    def quiet(*_: object) -> Iterator[Any]:
        yield lambda _: None

    for name, value in (
        ("emit", found.emit), ("tender_place", found.place), ("state", lambda _: SimpleNamespace(home=None)),
        ("progress", quiet), ("state_of", lambda *_: None),
        ("stories", lambda _: [found.story]),
    ):  # fmt: skip
        monkeypatch.setattr(insight, name, value)
    return found


CTX = cast(typer.Context, None)


def test_statistics_say_of_which_block_they_are_and_write_the_table(desk: Desk, tmp_path: Path) -> None:
    insight.figures(CTX, csv=tmp_path / "figures.csv")
    assert (desk.code, desk.data["unread"]) == (0, 0)
    block = desk.story.events[-1].block
    assert desk.data["asOf"]["block"] == block.number
    assert f"as of block {block.number}" in desk.text
    assert desk.data["certificates"]["issued"]["certificates"] == 12
    assert "awarded 中标 3300000.00" in desk.text
    table = (tmp_path / "figures.csv").read_text(encoding="utf-8-sig")
    assert "values.awarded.sum,CNY,3300000.00" in table


def test_a_missing_paper_leaves_statistics_open(desk: Desk, tmp_path: Path) -> None:
    lose(desk.whole.board, tmp_path, desk.whole.notice.digest)
    insight.figures(CTX)
    assert desk.code == 2
    assert "could not be read" in desk.text


def test_signals_come_with_figures_reasons_and_innocent_explanations(desk: Desk) -> None:
    insight.signals(CTX, 3)
    assert (desk.code, desk.data["openedLots"]) == (0, 1)
    (said,) = [one for one in desk.data["signals"] if one["code"] == "first-stepped-back"]
    assert said["places"] == [1, 2]
    assert said["seen"]["dearer"] == "10.0000"
    for lang in ("zh", "en"):
        assert said["why"][lang] in desk.text
        assert said["innocent"][lang] in desk.text


def test_what_this_home_has_opened_is_looked_at_too(desk: Desk) -> None:
    for place in PRICES:
        desk.open(place, b"one plan" if place < 3 else b"another")
    insight.signals(CTX, 3, 1)
    (said,) = [one for one in desk.data["signals"] if one["code"] == "documents-same"]
    assert said["places"] == [1, 2]
    assert said["seen"]["names"] == "plan.pdf"


def test_before_the_opening_there_is_nothing_to_look_at(desk: Desk) -> None:
    desk.story = desk.whole.until("closed")
    insight.signals(CTX, 3)
    assert (desk.code, desk.data["signals"], desk.data["openedLots"]) == (2, [], 0)


def test_thresholds_from_a_file_are_used_and_told(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"prices-close.spread": "50"}))
    insight.signals(CTX, everything=True, limits=file)
    assert desk.data["thresholds"]["prices-close.spread"] == "50"
    assert "prices-close" in {one["code"] for one in desk.data["signals"]}
    assert desk.data["across"] == []
    file.write_text("prices")
    with pytest.raises(InvalidInput, match="JSON"):
        insight.signals(CTX, 3, limits=file)


def test_one_tender_or_all_and_only_lots_that_there_are(desk: Desk) -> None:
    for wrong in ({"tender": None}, {"tender": 3, "everything": True}):
        with pytest.raises(InvalidInput, match="--all"):
            insight.signals(CTX, **wrong)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        insight.signals(CTX, 3, 2)
