"""Parts run side by side, wait for what they need, and end when their time is up."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scripts.ci import lanes as ci_lanes
from scripts.ci.lanes import Lanes
from scripts.ci.parts import Part


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ci_lanes, "OUT", tmp_path / "out")
    monkeypatch.setattr(ci_lanes, "ROOT", tmp_path)


def part(name: str, program: str, *needs: str, weight: int = 0) -> Part:
    return Part(name, (sys.executable, "-c", program), "check", weight, needs=needs)


def test_outcomes_come_back_in_the_order_of_the_parts() -> None:
    outcomes = Lanes([]).run([part("b", "pass"), part("a", "raise SystemExit(3)", weight=9)])
    assert [(one.part, one.passed, one.failed) for one in outcomes] == [("b", 1, 0), ("a", 0, 1)]


def test_a_part_waits_for_what_it_needs(tmp_path: Path) -> None:
    made = tmp_path / "made"
    first = part("first", f"import pathlib; pathlib.Path({str(made)!r}).touch()")
    second = part(
        "second", f"import pathlib, sys; sys.exit(not pathlib.Path({str(made)!r}).exists())", "first", weight=9
    )
    assert [one.failed for one in Lanes([]).run([second, first])] == [0, 0]


def meet(folder: Path, name: str, other: str, seconds: float) -> str:
    """A program that waits until another one stands beside it and has seen it, and gives up after a while."""
    return f"""
import pathlib, sys, time
here, end = pathlib.Path({str(folder)!r}), time.monotonic() + {seconds}
def seen(file):
    while not (here / file).exists():
        if time.monotonic() > end: return False
        time.sleep(0.01)
    return True
(here / {name!r}).touch()
if seen({other!r}):
    (here / "{name} met").touch()
    sys.exit(not seen("{other} met"))
(here / {name!r}).unlink()
sys.exit(1)
"""


@pytest.mark.parametrize(("share", "failed", "seconds"), [(0.5, 0, 60.0), (1.0, 1, 1.5)])
def test_parts_run_side_by_side_as_far_as_the_cores_bear_it(
    tmp_path: Path, share: float, failed: int, seconds: float
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    parts = [
        Part(name, (sys.executable, "-c", meet(place, name, other, seconds)), "check", 1, share)
        for name, other in ("ab", "ba")
    ]  # 1.1 shares fit on one core
    assert [one.failed for one in Lanes([], cores=1).run(parts)] == [failed, failed]


@pytest.mark.parametrize(("weight", "passed"), [(300.0, True), (600.0, False)])
def test_nothing_lighter_passes_a_long_part_that_could_begin(tmp_path: Path, weight: float, passed: bool) -> None:
    def at(name: str, weight: float, share: float, seconds: float) -> Part:
        program = f"""
import pathlib, time
here, end = pathlib.Path({str(tmp_path)!r}), time.monotonic() + {seconds}
while time.monotonic() < end and not (here / "b").exists(): time.sleep(0.01)
(here / "{name}.part").write_text(str(time.monotonic_ns()))
(here / "{name}.part").rename(here / {name!r})
"""
        return Part(name, (sys.executable, "-c", program), "check", weight, share)

    patience = 60 if passed else 0.8  # for b to come beside it
    parts = [at("first", 900, 0.6, patience), at("long", weight, 1.0, 0.4), at("a", 9, 0.1, 0), at("b", 9, 0.4, 0)]
    Lanes([], cores=1, lanes=3).run(parts)
    ended = {name: int((tmp_path / name).read_text(encoding="utf-8")) for name in ("first", "long", "a", "b")}
    assert (ended["b"] < ended["first"]) is passed
    assert (ended["b"] < ended["long"]) is passed


def test_a_part_that_is_more_than_the_cores_bear_runs_alone() -> None:
    assert [one.failed for one in Lanes([], cores=1).run([part("wide", "pass", weight=2), part("b", "pass")])] == [0, 0]
    (outcome,) = Lanes([], cores=1).run([Part("wide", (sys.executable, "-c", "pass"), "check", 1, 40.0)])
    assert outcome.failed == 0


def test_the_parts_of_a_run_share_a_folder_that_ends_with_it(tmp_path: Path) -> None:
    program = f"""
import os, pathlib, sys
shared = pathlib.Path(os.environ["YINXIN_TEST_PREPARED"])
note = pathlib.Path({str(tmp_path)!r}) / "note"
if note.exists(): sys.exit(not (note.read_text() == str(shared) and (shared / "made").exists()))
note.write_text(str(shared)); (shared / "made").touch()
"""
    assert [one.failed for one in Lanes([], lanes=1).run([part("a", program), part("b", program)])] == [0, 0]
    assert not Path((tmp_path / "note").read_text(encoding="utf-8")).exists()


def test_a_part_that_takes_too_long_is_ended_with_its_children() -> None:
    program = (
        "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(9999)']).wait()"
    )
    (outcome,) = Lanes([], limit=0.5).run([part("slow", program)])
    assert outcome.failed == 1
    assert "stopped after" in outcome.note


def test_what_failed_is_shown_with_its_last_lines(capsys: pytest.CaptureFixture[str]) -> None:
    Lanes([]).run([part("loud", "print('the reason'); raise SystemExit(1)")])
    shown = capsys.readouterr().out
    assert "FAILED   loud" in shown
    assert "  | the reason" in shown


def test_a_part_that_cannot_run_here_needs_an_entry() -> None:
    unfit = Part("odd", ("true",), "check", unfit="no moon")
    (outcome,) = Lanes([]).run([unfit])
    assert "skip not in tests/skips.toml" in outcome.note


def test_a_part_may_keep_what_it_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each of the thousands of commands that tests start compiles the house anew."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert [one.failed for one in Lanes([]).run([part("a", "import sys; sys.exit(sys.dont_write_bytecode)")])] == [0]
