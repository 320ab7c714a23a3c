"""Lists too long for one request: their parts on the desk may be lost, spoilt or old, and the batch still ends."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from api.certificates import laying
from tests.api.town import BUREAU, LICENCE, Town, licences
from tests.api.walk import run_until

pytestmark = pytest.mark.loopback

CHUNK, SIZE = 2, 7
TYPE = ("--type", "business-licence")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of two rows, also in this process."""
    monkeypatch.setattr(laying, "CHUNK", CHUNK)


def parts(town: Town) -> list[Path]:
    return sorted((town.desk / "parts").glob("*")) if (town.desk / "parts").is_dir() else []


def stopped_at(town: Town, step: str) -> None:
    """A list issued up to that step, the officer's command killed there."""
    file = town.write_list("list.csv", licences(SIZE))
    arguments = ["--home", str(town.officer), "--json", "issue", str(file), *TYPE, "--wait", "60"]
    assert run_until(arguments, step, chunk=CHUNK).code == -signal.SIGKILL


def check(town: Town) -> None:
    """All issued once, nothing left on the desk, and a bundle verifies."""
    with town.reader() as reader:
        assert [facts.size for facts in reader.anchors(BUREAU, LICENCE)] == [SIZE]
    assert parts(town) == []
    assert not list((town.desk / "requests").iterdir())
    identifiers = town.identifiers(1)
    assert len(set(identifiers)) == SIZE
    assert [town.verdict(town.bundle(identifiers[place])) for place in (0, SIZE - 1)] == ["VALID"] * 2


def test_a_list_in_parts_goes_its_way_and_leaves_nothing_on_the_desk(town: Town) -> None:
    assert town.issue(licences(SIZE))["issued"] == SIZE
    check(town)


def remove(file: Path) -> None:
    file.unlink()


def spoil(file: Path) -> None:
    file.write_bytes(b"junk")


@pytest.mark.parametrize("harm", [remove, spoil])
def test_parts_lost_before_the_root_was_asked_for_are_read_back_from_the_store(
    town: Town, harm: Callable[[Path], None]
) -> None:
    with town.signing():
        stopped_at(town, "manifest")
        assert len(parts(town)) == 4
        for file in parts(town)[1:]:
            harm(file)
        if harm is spoil:
            said = town.run(town.officer, "batch", "run", "1", "--wait", "60")
            assert (said.code, said.data["error"]["code"]) == (2, "batch.desk")
        assert town.ok(town.officer, "batch", "run", "1", "--wait", "60")["issued"] == SIZE
    check(town)


def test_drafts_lost_before_the_release_are_laid_anew(town: Town) -> None:
    file = town.write_list("list.csv", licences(SIZE))
    assert town.run(town.officer, "issue", str(file), *TYPE, "--wait", "0").code == 2
    remove(parts(town)[2])
    (waiting,) = town.ok(town.approver, "approvals")["waiting"]
    assert waiting["size"] == SIZE
    assert town.run(town.approver, "approve", "--all").code == 1
    said = town.run(town.officer, "batch", "run", "1", "--wait", "0")
    assert (said.code, said.data["error"]["code"]) == (2, "batch.desk")
    with town.signing():
        assert town.ok(town.officer, "batch", "run", "1", "--wait", "60")["issued"] == SIZE
    check(town)


def test_parts_of_a_recalled_batch_are_gone_and_the_same_list_is_issued_anew(town: Town) -> None:
    with town.signing():
        stopped_at(town, "sealed")
        assert parts(town)
        town.ok(town.officer, "batch", "recall", "1", "--wait", "30")
        assert parts(town) == []
    assert town.issue(licences(SIZE))["issued"] == SIZE
    with town.reader() as reader:
        assert [facts.size for facts in reader.anchors(BUREAU, LICENCE)] == [SIZE]
    assert parts(town) == []
