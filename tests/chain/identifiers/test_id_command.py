from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.console import Console
from typer.exceptions import Exit

from chain.cli.common import State
from chain.cli.id import app
from chain.kernel.errors import InvalidInput
from chain.kernel.home import Home

GOOD = "1.2.156.3005.2.11100000MB0143028R001.11440100000000001F.4401002026000001.001.7"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str, as_json: bool = True) -> tuple[int, Any]:
        root = typer.Typer()
        root.callback()(lambda: None)
        root.add_typer(app, name="id")
        console = Console(soft_wrap=True)
        state = State(Home(str(tmp_path)), as_json, console, Console(stderr=True))
        try:
            code = root(["id", *arguments], standalone_mode=False, obj=state) or 0
        except Exit as error:
            code = error.exit_code
        text = capsys.readouterr().out
        return code, json.loads(text) if as_json else text

    return call


def test_a_right_identifier_is_a_yes(run: Any) -> None:
    code, answer = run("check", GOOD)
    assert code == 0
    assert answer["ok"] is True
    assert answer["wrong"] is None
    assert [one["part"] for one in answer["parts"]] == ["root", "type", "issuer", "serial", "version", "check"]


def test_a_wrong_one_is_a_no_that_names_the_part(run: Any) -> None:
    code, answer = run("check", GOOD[:-1] + "8")
    assert code == 1
    assert answer["wrong"] == "check"


def test_a_foreign_one_is_a_yes_with_a_warning(run: Any) -> None:
    code, answer = run("check", "--foreign", GOOD[:-1] + "8")
    assert code == 0
    assert [one["level"] for one in answer["parts"] if not one["ok"]] == ["warning"]


def test_text_output_shows_values_as_they_are(run: Any) -> None:
    code, text = run("check", "[red]x[/]", as_json=False)
    assert code == 1
    assert "[red]x[/]" in text


def test_mint(run: Any) -> None:
    assert run("mint", "11100000MB0143028R001", "11440100000000001F", "4401002026000001") == (
        0,
        {"identifier": GOOD, "check": "7"},
    )
    with pytest.raises(InvalidInput):
        run("mint", "11100000MB0143028R001", "11440100000000001F", "1")


def test_uscc(run: Any) -> None:
    assert run("uscc", "11440100000000001")[1]["uscc"] == "11440100000000001F"
    assert run("uscc", "11440100000000001F")[0] == 0
    assert run("uscc", "11440100000000001G")[0] == 1


def test_holder(run: Any) -> None:
    assert run("holder", "440100190001010006")[1]["kinds"][0]["slug"] == "citizen"
    assert run("holder", "--kind", "111", "440100190001010005")[0] == 1
    assert run("holder", "?")[0] == 1


def test_name(run: Any) -> None:
    code, answer = run("name", "示例•样本")
    assert (code, answer["canonical"], answer["masked"]) == (0, "示例·样本", "示例·*")
    assert run("name", "示例3")[0] == 1
