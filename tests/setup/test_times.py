"""What tests take is remembered, guessed where it is not, and cuts long folders into even pieces."""

from __future__ import annotations

import json
from pathlib import Path

from scripts.ci.times import ROOT, Span, Times, cut, read_outcomes, write

HERE = "tests/setup/test_times.py"


def test_groups_are_about_as_long_as_each_other_and_hold_everything_once() -> None:
    files = [Path(name) for name in "abcdefgh"]
    spans = [Span(seconds, 1) for seconds in (190, 90, 80, 70, 60, 50, 40, 20)]
    groups = cut(files, spans, 200)
    assert sorted(path for group in groups for path in group) == files
    took = dict(zip(files, (span.seconds for span in spans), strict=True))
    assert [sum(took[path] for path in group) for group in groups] == [210, 200, 190]


def test_what_is_not_long_stays_whole() -> None:
    assert cut([Path("b"), Path("a")], [Span(90, 1), Span(90, 1)], 200) == [[Path("a"), Path("b")]]
    assert cut([], [], 200) == [[]]


def test_one_long_file_cannot_be_cut() -> None:
    assert cut([Path("a")], [Span(900, 1)], 200) == [[Path("a")]]


def test_what_was_measured_is_known_and_the_rest_is_guessed(tmp_path: Path) -> None:
    table = tmp_path / "times.json"
    write(
        {HERE: Span(100, 50), f"{HERE}@postgresql": Span(30, 3), "lint": Span(9, 8), "tests/gone.py": Span(0.1, 0)},
        table,
    )
    times = Times.read(table)
    assert times.of_file(ROOT / HERE).share == 0.5
    assert times.of_file(ROOT / HERE, "@postgresql") == Span(30, 3)
    assert times.of_file(ROOT / HERE, "@elsewhere") == Span(100, 50)
    assert times.of_part("lint", Span(1, 1)) == Span(9, 8)
    assert times.of_part("web", Span(1, 1)) == Span(1, 1)
    quiet, served = tmp_path / "test_quiet.py", tmp_path / "test_served.py"
    quiet.write_text("pass\n" * 1000, encoding="utf-8")
    served.write_text("loopback\n" + "pass\n" * 1000, encoding="utf-8")
    assert 0 < times.of_file(quiet).seconds < times.of_file(served).seconds


def test_where_a_browser_runs_a_core_is_busy_though_it_tells_nothing(tmp_path: Path) -> None:
    table = tmp_path / "times.json"
    table.write_text(json.dumps({"tests/pages/test_site.py": [100, 2]}), encoding="utf-8")
    assert Times.read(table).of_file(ROOT / "tests" / "pages" / "test_site.py").share >= 0.9


def test_a_run_renews_its_own_lines_and_drops_those_of_files_that_are_gone(tmp_path: Path) -> None:
    table = tmp_path / "times.json"
    table.write_text(
        json.dumps({"tests/gone.py": [9, 9], f"{HERE}@postgresql": [5, 5], HERE: [7, 7]}), encoding="utf-8"
    )
    outcomes = tmp_path / "outcomes.json"
    outcomes.write_text(json.dumps({"files": {HERE: [1.25, 1.0]}}), encoding="utf-8")
    write(read_outcomes(outcomes), table)
    assert json.loads(table.read_text(encoding="utf-8")) == {f"{HERE}@postgresql": [5, 5], HERE: [1.2, 1.0]}


def test_a_part_that_left_no_outcomes_says_nothing(tmp_path: Path) -> None:
    assert read_outcomes(tmp_path / "none") == {}
