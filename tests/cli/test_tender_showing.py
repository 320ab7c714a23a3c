"""What is shown of a tender: a notice that contradicts the chain is no success, and a title makes no lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer

from chain.cli.common import one_line
from chain.cli.keyholder.releasing import release_words
from chain.cli.tender import showing
from chain.cli.tender._common import shown
from chain.kernel.errors import Damaged, YinxinError
from chain.tenders.holding.releasing import ReadyRelease
from chain.tenders.notice import Words
from tests.chain.sealing.samples import BOOK
from tests.chain.tenders.events import Teller


class Emitted:
    """What a command answered."""

    def __init__(self) -> None:
        self.code, self.data, self.text = -1, dict[str, Any](), ""

    def __call__(self, _ctx: object, data: dict[str, Any], text: Any, code: int = 0) -> None:
        self.code, self.data, self.text = code, data, text.plain


@pytest.fixture
def emitted(monkeypatch: pytest.MonkeyPatch) -> Emitted:
    teller = Teller()
    teller.publish()
    ledger = SimpleNamespace(
        refresh=lambda: None, tender_events=lambda _: teller.events, book=BOOK, block=teller.events[-1].block
    )

    @contextmanager
    def place(_home: object) -> Iterator[Any]:
        yield SimpleNamespace(ledger=ledger, board=None)

    found = Emitted()
    for name, value in (
        ("emit", found), ("tender_place", place), ("state", lambda _: SimpleNamespace(home=None)),
        ("state_of", lambda *_: None), ("differences", lambda *_: []),
        ("answers_and_others", lambda *_: (None, (SimpleNamespace(digest=bytes(32), block=9, why="a\nb"),))),
    ):  # fmt: skip
        monkeypatch.setattr(showing, name, value)
    return found


@pytest.mark.parametrize("fault", [None, Damaged("the notice is another one")])
def test_a_notice_that_contradicts_the_chain_is_no_success(
    emitted: Emitted, monkeypatch: pytest.MonkeyPatch, fault: YinxinError | None
) -> None:
    def read(*_: object) -> Any:
        if fault is not None:
            raise fault
        title, bureau = Words("示例", ""), SimpleNamespace(name="局\n局", uscc="1")
        return [SimpleNamespace(title=title, bureau=bureau, ocid="x", questions_until=0, previous=None)]

    monkeypatch.setattr(showing, "notices", read)
    showing.show(cast(typer.Context, None), 3)
    assert emitted.code == (0 if fault is None else 1)
    assert ("the notice is another one" in emitted.text) == (fault is not None)


def test_answers_that_do_not_count_are_named(emitted: Emitted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "notices", lambda *_: (_ for _ in ()).throw(Damaged("x")))
    showing.show(cast(typer.Context, None), 3)
    assert emitted.data["answersPassedOver"] == [{"paper": "0x" + "00" * 32, "block": 9, "why": "a\nb"}]
    assert "0x" + "00" * 32 in emitted.text
    assert "a b" in emitted.text


@pytest.mark.parametrize("title", ["a\nb", "a\r\n\tb", " a\v b\u2028", "a\u0085b"])
def test_a_title_stands_on_one_line(title: str) -> None:
    assert one_line(title) == "a b"
    assert shown(Words(title, "")) == "a b"
    assert showing.shown_title({"zh": title, "en": ""}) == "a b"


def test_a_title_drives_no_terminal() -> None:
    assert one_line("a\x1b[2Jb\u202e") == "a\ufffd[2Jb\ufffd"


def test_a_title_puts_no_lines_before_whoever_signs() -> None:
    words = Words("甲\n  bids 有效投标    9", "x")
    ready = SimpleNamespace(
        tender=1, title=words, lot=1, lot_title=words, envelope=1, count=2, digest=bytes(32), open_at=0,
        custodians=(), ceremony=1, key_holder=1,
    )  # fmt: skip
    said = release_words(cast(ReadyRelease, ready))
    assert sum(line.startswith("  bids") for line in said.splitlines()) == 1
