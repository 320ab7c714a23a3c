"""Choosing parts, counting what they say, and the table that ends a run."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from scripts.ci.outcome import Outcome, Skip, refuse_unlisted, skipped, table, totals
from scripts.ci.parts import ROOT, NoSuchPart, Part, all_parts, choose, cut_long
from scripts.ci.skips import Allowed, read_allowed

FORGE = Part("contracts", ("forge",), "forge")
PYTEST = Part("chain/x", ("pytest",), "pytest")


def outcome_of_forge(tmp_path: Path, text: str, code: int) -> Outcome:
    log = tmp_path / "log"
    log.write_text(text, encoding="utf-8")
    return FORGE.count(code, 1.0, log, tmp_path / "none")


def test_a_folder_of_tests_is_a_part() -> None:
    assert [part.name for part in choose(["setup"])] == ["setup"]


@pytest.mark.parametrize("name", ["setup/test_parts.py", "tests/setup/test_parts.py", "./setup/test_parts.py"])
def test_a_file_below_a_part_can_be_named(name: str) -> None:
    (part,) = choose([name])
    assert part.command[-1] == "tests/setup/test_parts.py"


def test_an_unknown_part_is_refused_and_the_known_ones_are_listed() -> None:
    with pytest.raises(NoSuchPart, match=r"chain/merlke names no tests(?s:.*)setup"):
        choose(["chain/merlke"])


def test_forge_counts_are_read(tmp_path: Path) -> None:
    text = "…\n\x1b[32mRan 3 test suites in 1.2s (2s CPU time): 41 tests passed, 0 failed, 0 skipped (41 total tests)\n"
    assert outcome_of_forge(tmp_path, text, 0) == Outcome("contracts", 41, 0, (), 1.0)


def test_forge_that_does_not_compile_is_a_failure(tmp_path: Path) -> None:
    assert outcome_of_forge(tmp_path, "Error: compiler run failed", 1).failed == 1


def test_forge_that_runs_nothing_is_a_failure(tmp_path: Path) -> None:
    assert outcome_of_forge(tmp_path, "No tests found", 0).failed == 1


NODE = Part("web", ("node",), "node")
COUNTS = "".join(
    f"{{sign}} {word}\n" for word in ("pass {passed}", "fail {failed}", "cancelled 0", "skipped 0", "todo 0")
)


@pytest.mark.parametrize("sign", ["#", "\N{INFORMATION SOURCE}"])
def test_counts_of_node_are_read_from_either_reporter(tmp_path: Path, sign: str) -> None:
    (tmp_path / "log").write_text(COUNTS.format(sign=sign, passed=4, failed=1), encoding="utf-8")
    outcome = NODE.count(1, 1.0, tmp_path / "log", tmp_path / "none")
    assert (outcome.passed, outcome.failed) == (4, 1)


@pytest.mark.parametrize(("text", "code"), [("", 0), ("", 1), (COUNTS.format(sign="#", passed=0, failed=0), 0)])
def test_node_that_runs_nothing_is_a_failure(tmp_path: Path, text: str, code: int) -> None:
    (tmp_path / "log").write_text(text, encoding="utf-8")
    assert NODE.count(code, 1.0, tmp_path / "log", tmp_path / "none").failed == 1


def test_pytest_that_dies_before_it_counts_is_a_failure(tmp_path: Path) -> None:
    assert PYTEST.count(0, 1.0, tmp_path / "log", tmp_path / "none").failed == 1


@pytest.mark.parametrize("code", [2, 3, 5])
def test_pytest_without_failures_but_with_a_bad_exit_code_is_a_failure(tmp_path: Path, code: int) -> None:
    counts = tmp_path / "counts"
    counts.write_text(json.dumps({"passed": 0, "failed": 0, "skipped": 0, "seconds": 0, "skips": []}))
    assert PYTEST.count(code, 1.0, tmp_path / "log", counts).failed == 1


def test_a_part_skipped_without_an_entry_fails() -> None:
    outcome = refuse_unlisted(skipped("contracts", "moon in the wrong house"), read_allowed())
    assert outcome.word == "FAILED"
    assert "moon in the wrong house" in outcome.note


def test_a_part_skipped_with_an_entry_is_reported_with_its_reason() -> None:
    allowed = [Allowed("contracts", "no forge*", "because")]
    outcome = refuse_unlisted(skipped("contracts", "no forge here"), allowed)
    shown = table([outcome, Outcome("chain/merkle", 34, 0, (), 90.0)], 1.5)
    assert "skipped: contracts: no forge here" in shown
    assert shown.splitlines()[3].split() == ["chain/merkle", "run", "34", "0", "0", "1.5"]


def test_the_last_line_counts_everything() -> None:
    outcomes = [Outcome("a", 3, 0, (), 1), Outcome("b", 4, 1, (Skip("b", "x"),), 1)]
    assert totals(outcomes) == "7 passed, 1 failed, 1 skipped"


@pytest.mark.parametrize("entry", ['reason = "*"\nwhy = "x"', 'reason = "y"', 'reason = "y"\nwhy = " "'])
def test_an_entry_that_would_allow_anything_is_refused(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "skips.toml"
    path.write_text(f'[[skip]]\nwhere = "z"\n{entry}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="entry 1"):
        read_allowed(path)


def test_api_runs_once_more_on_postgresql_less_what_runs_on_both_anyway() -> None:
    (there,) = choose(["api@postgresql"])
    here = next(part for part in choose(["api"]) if part.name == "api")
    assert there.env == {"YINXIN_TEST_DATABASE": "postgresql"}
    assert there.unfit == "" or there.unfit.startswith("no PostgreSQL: ")
    assert "tests/api/test_issue.py" in there.command
    assert set(there.command) < set(here.command)
    left_out = set(here.command) - set(there.command)
    assert "tests/api/test_database.py" in left_out
    for name in left_out:
        assert "fresh_database" in (ROOT / name).read_text(encoding="utf-8")


def test_cut_into_pieces_every_file_runs_as_often_as_before() -> None:
    def files(parts: list[Part]) -> dict[str, int]:
        return Counter(f"{path} {part.env}" for part in parts for path in part.files)

    whole, pieces = all_parts(), cut_long(all_parts())
    assert files(pieces) == files(whole)
    assert len({part.name for part in pieces}) == len(pieces) > len(whole)
    for part in pieces:
        named = {ROOT / word for word in part.command if word.startswith("tests/")}
        assert {path for path in part.files if any(path.is_relative_to(one) for one in named)} == set(part.files)
