"""Every lesson in index.toml is kept by something that exists; those of verification are run here by name."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from chain.credentials.verification import Result, verify_stamp
from chain.credentials.verification.inputs import verify_input
from chain.ledger.evidence import LedgerProofs
from chain.merkle import Tree, leaf_hash
from tests.support.cases import outcome, read
from tests.support.stage import Stage
from tests.support.verification_cases import FOLDER

ROOT = Path(__file__).parents[2]
INDEX: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("index.toml").read_text(encoding="utf-8"))[
    "pitfall"
]
FAULTS = [
    pytest.param(entry["number"], name, id=f"{entry['number']:02}-{name}")
    for entry in INDEX
    for name in entry.get("vectors", [])
]


def test_every_lesson_from_1_to_35_is_listed_and_kept() -> None:
    assert [entry["number"] for entry in INDEX] == list(range(1, 36))
    for entry in INDEX:
        assert entry["fault"]
        assert entry["keeps"]
        assert entry.get("vectors") or entry.get("tests"), entry["number"]


@pytest.mark.parametrize(("number", "name"), FAULTS)
def test_fault(number: int, name: str) -> None:
    value = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    case = read(value)
    assert outcome(case.run()) == case.expect


def test_vectors_and_index_name_each_other() -> None:
    by_vector = {
        (path.stem, number)
        for path in FOLDER.glob("*.json")
        for number in json.loads(path.read_text(encoding="utf-8"))["pitfalls"]
    }
    by_index = {(name, entry["number"]) for entry in INDEX for name in entry.get("vectors", [])}
    assert by_vector <= by_index


@pytest.mark.parametrize("name", sorted({name for entry in INDEX for name in entry.get("tests", [])}))
def test_a_named_test_exists(name: str) -> None:
    file, _, function = name.partition("::")
    text = (ROOT / file).read_text(encoding="utf-8")
    assert re.search(rf"(?:def|function) {re.escape(function)}\(", text), name


def test_a_photographed_code_says_compare_with_the_person() -> None:
    stage = Stage.fresh()
    found = verify_stamp(stage.one.stamp, trust=stage.world.source(), index=stage.world.index, at=stage.world.now)
    holder = found.step("holder")
    assert holder.result is Result.SKIPPED
    assert "photographed" in holder.detail()
    assert "核对" in holder.detail("zh")


def test_paths_grow_by_one_hash_when_the_batch_doubles() -> None:
    trees = [Tree([leaf_hash(bytes([0])) for _ in range(2**power)]) for power in (1, 5, 10)]
    assert [len(tree.path(0)) for tree in trees] == [1, 5, 10]


def test_an_address_in_a_document_is_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_door(*_: object, **__: object) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr("socket.socket.connect", no_door)
    monkeypatch.setattr("socket.getaddrinfo", no_door)
    stage = Stage.fresh()
    fields = {"certificateNumber": "http://169.254.169.254/", "KZ_link": "https://evil.example/list.json"}
    made = stage.world.issue(count=1, content={"fields": fields})[0]
    for data in (made.data, made.credential.text.encode(), b"https://evil.example/certificate"):
        proofs = LedgerProofs(stage.world.ledger.trust_root)
        trust, index = stage.world.source(), stage.world.index
        found = verify_input(data, trust=trust, index=index, proofs=proofs, at=stage.world.now)
        assert str(found.verdict) in ("VALID", "UNKNOWN")
