"""A command loads what it needs and no more: of a person's second before anything happens, most was loading."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import typer

from chain.cli import bid, expert, keyholder, tender
from chain.cli.main import build
from chain.cli.parts import Parts

ROOMS = {"bid": bid.PARTS, "expert": expert.PARTS, "keyholder": keyholder.PARTS, "tender": tender.PARTS}
LOADED = """
import json, sys
from chain.cli.main import build
build(*sys.argv[1:])
print(json.dumps(sorted(sys.modules)))
"""
SERVER = ("fastapi", "granian", "starlette")
NETWORK = ("aiohttp", "requests", "urllib3")
REGISTER_ROOMS = ("alembic", "api", "sqlalchemy")
KEYS = ("awscrt", "eth_account", "eth_keyfile", "eth_keys")
UNNEEDED = {
    ("bid", "submit"): (*SERVER, *NETWORK, *REGISTER_ROOMS, *KEYS, "chain.desk", "chain.evaluation"),
    ("tender", "list"): (*SERVER, *NETWORK, *REGISTER_ROOMS, *KEYS, "chain.claims", "chain.desk.signer", "PIL"),
    ("keyholder", "run"): (*SERVER, *NETWORK, *REGISTER_ROOMS, *KEYS, "chain.catalogue", "chain.evaluation"),
    ("issue",): (*SERVER, *NETWORK, *KEYS, "chain.contracting", "chain.evaluation", "chain.tenders.opening"),
    ("verify",): (*SERVER, *NETWORK, *REGISTER_ROOMS, *KEYS, "chain.ledger", "chain.tenders"),
}
"""Words of a command to packages and modules of which it loads none to begin with."""


@pytest.mark.parametrize("words", UNNEEDED, ids=" ".join)
def test_a_command_loads_nothing_that_it_has_no_use_for(words: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, "-c", LOADED, *words], capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout)
    assert "chain.cli.main" in loaded
    heavy = UNNEEDED[words]
    assert [one for one in loaded if any(one == name or one.startswith(name + ".") for name in heavy)] == []


@pytest.mark.parametrize("room", ROOMS.values(), ids=lambda room: room.package)
def test_a_rooms_table_names_what_its_files_add(room: Parts) -> None:
    for file, words in room.words.items():
        app = typer.Typer()
        Parts(room.package, {file: words}).register(app, None)
        app.callback()(lambda: None)
        root = typer.main.get_command(app)
        assert list(root.commands) == list(words)  # type: ignore[attr-defined]


@pytest.mark.parametrize("noun", ROOMS)
def test_a_second_word_that_is_none_of_a_rooms_gives_all(noun: str) -> None:
    def words_of(second: str | None) -> list[str]:
        return list(typer.main.get_command(build(noun, second)).commands[noun].commands)  # type: ignore[attr-defined]

    assert words_of("nonsense") == words_of("--help") == words_of(None)
    last = list(ROOMS[noun].words.values())[-1]
    assert words_of(last[0]) == list(last)
