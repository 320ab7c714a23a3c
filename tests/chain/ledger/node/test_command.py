"""``yinxin node``: start, status, stop."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.console import Console
from typer.exceptions import Exit

from chain.cli import node as node_command
from chain.cli.common import State
from chain.kernel.home import Home
from chain.ledger.node import stop_node

pytestmark = pytest.mark.loopback


def run(home: Path, *words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON of one command."""
    app = typer.Typer()
    app.add_typer(node_command.app, name="node")
    quiet = Console(file=io.StringIO())
    try:
        code = app(["node", *words], standalone_mode=False, obj=State(Home(home), True, quiet, quiet))
    except Exit as error:
        code = error.exit_code
    return int(code or 0), json.loads(capsys.readouterr().out)


def test_a_node_is_started_looked_at_and_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        assert run(tmp_path, "status", capsys=capsys) == (
            1,
            {"running": False, "folder": str(tmp_path / "node"), "url": None},
        )
        code, started = run(tmp_path, "start", capsys=capsys)
        assert code == 0
        code, found = run(tmp_path, "status", capsys=capsys)
        assert (code, found["url"], found["chainId"], found["stays"]) == (0, started["url"], started["chainId"], True)
        assert run(tmp_path, "start", capsys=capsys)[1]["url"] == started["url"]
        assert run(tmp_path, "stop", capsys=capsys) == (0, {"stopped": True, "running": False})
        assert run(tmp_path, "stop", capsys=capsys) == (0, {"stopped": False, "running": False})
        assert run(tmp_path, "status", capsys=capsys)[0] == 1
    finally:
        stop_node(tmp_path / "node")
