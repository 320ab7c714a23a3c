"""``yinxin witness`` as a person runs it: exit codes, the background process, and a kill at any moment."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chain.cli.main import run
from chain.kernel.encoding import sha256, unb64url
from chain.ledger.anchoring import anchor_batch
from chain.ledger.trustroot import TrustRoot, WitnessKey
from chain.ledger.witness.background import ensure_witness, stop_witness, witness_url
from chain.ledger.witness.client import FolderSource, open_source, witnessed
from tests.chain.ledger.kit import World

pytestmark = pytest.mark.loopback
NAME = "witness.example/w1"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    built = World.build(tmp_path)
    yield built
    built.close()


@pytest.fixture
def home(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("YINXIN_PASSPHRASE", "a passphrase for tests only")
    monkeypatch.setenv("YINXIN_LEDGER__FINALITY", "latest")
    folder = tmp_path / "witness"
    assert run(["--home", str(folder), "witness", "init", "--name", NAME, "--endpoint", world.anvil.url]) == 0
    trusted(world, folder).save(folder / "trust-root.json")
    yield folder
    stop_witness(folder)


def trusted(world: World, home: Path) -> TrustRoot:
    card = json.loads((home / "keys" / "witness.public.json").read_bytes())
    return world.trust_root.with_witnesses([WitnessKey(NAME, unb64url(card["public"]))], 1)


def test_once_signs_and_exits_1_when_the_chain_was_rewritten(
    world: World, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(home), "--json", "witness", "once"]) == 0
    capsys.readouterr()
    assert run(["--home", str(home), "--json", "witness", "show"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["checkpoint"]["signers"] == [NAME]
    world.rpc.call("anvil_reorg", [2, []])
    assert run(["--home", str(home), "--json", "witness", "once"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "witness.contradiction"
    assert run(["--home", str(home), "--json", "witness", "show"]) == 1
    assert json.loads(capsys.readouterr().out)["contradictions"]


def test_a_second_init_is_refused(home: Path) -> None:
    assert run(["--home", str(home), "witness", "init", "--name", "another"]) == 1


def test_runs_in_the_background_until_stopped(world: World, home: Path) -> None:
    url = ensure_witness(home)
    assert ensure_witness(home) == url == witness_url(home)
    anchor = anchor_batch(world.sender, world.trust_root, world.batch(1, sha256(b"root")))
    assert witnessed([open_source(url)], trusted(world, home), anchor.block, wait=60) is not None
    assert stop_witness(home)
    assert not stop_witness(home)
    assert witness_url(home) is None


def test_the_running_witness_ends_with_1_when_the_chain_is_rewritten(world: World, home: Path) -> None:
    ensure_witness(home)
    while not (home / "published" / "checkpoint").exists():
        time.sleep(0.01)
    world.rpc.call("anvil_reorg", [3, []])
    deadline = time.monotonic() + 60
    while witness_url(home) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert witness_url(home) is None
    assert list((home / "evidence").iterdir())
    assert "the chain was rewritten" in (home / "witness.log").read_text()


def test_killed_at_any_moment_it_signs_one_history(world: World, home: Path) -> None:
    """Six kills while anchors come in: what was ever published stays part of what is published later."""
    root = trusted(world, home)
    published = FolderSource(home / "published")
    seen: set[str] = set()
    for number in range(1, 7):
        ensure_witness(home)
        anchor_batch(world.sender, world.trust_root, world.batch(number, sha256(b"root %d" % number)))
        if number % 2:
            found = witnessed([published], root, world.rpc.final_block(), wait=60)
            assert found is not None
            seen.add(found.note.partition("\n\n")[0])
        pid = json.loads((home / "endpoint.json").read_bytes())["pid"]
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while witness_url(home) is not None and time.monotonic() < deadline:
            time.sleep(0.01)
    assert run(["--home", str(home), "witness", "once"]) == 0
    assert not (home / "evidence").exists()
    kept = {published.checkpoint(size).partition("\n\n")[0] for size in published.sizes()}
    assert seen <= kept
