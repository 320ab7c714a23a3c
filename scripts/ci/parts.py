"""The parts of the suite: which there are, and how each is run and counted.

A part is a folder of tests (``chain/merkle`` for tests/chain/merkle), ``contracts`` (forge), ``hardhat`` (the second
compiler) or ``web`` (what runs in browsers, under Node). Whoever adds a room gets its part by adding its folder of
tests. A run of the whole suite cuts the long folders into pieces (``api 1/4``) that run side by side.
``api@postgresql`` is ``api`` once more with its registers on PostgreSQL, less the files whose tests run on
both databases anyway.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from scripts.ci import kubo as ci_kubo
from scripts.ci.kubo import find_kubo, why_unbuildable
from scripts.ci.outcome import Outcome, Skip
from scripts.ci.times import Span, Times, cut
from scripts.postgresql import why_none

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
_USES = {"kubo": r"\bkubo", "contracts": r"\bforge\b", "hardhat": r"\bhardhat\b"}
"""Part to what betrays, in a test's text, that the test uses the same tool and its folder."""
_NESTED = ("chain", "api")
_ON_BOTH = "fresh_database"
"""Fixture of the tests that run on both databases by themselves."""
_SUITE = re.compile(r"Ran \d+ test suites?.*: (\d+) tests? passed, (\d+) failed, (\d+) skipped")


_NODE = {word: re.compile(rf"(?m)^. {word} (\d+)$") for word in ("pass", "fail", "cancelled", "skipped", "todo")}
"""The summary that ``node --test`` writes, whichever reporter it uses."""


class NoSuchPart(ValueError):
    """PART names nothing; the message lists what there is."""


@dataclass(frozen=True, slots=True)
class Part:
    """One command whose outcome is counted.

    Attributes:
        name: as PART takes it.
        command: program and arguments, run in the root of the checkout.
        kind: ``pytest``, ``forge``, ``node`` or ``check`` (one check: exit code 0 or not).
        weight: heavier parts start first; seconds, where it is known or guessed.
        share: cores that it keeps busy.
        unfit: why the part cannot run here, or empty.
        needs: parts that must have ended first, because this one uses what they make, or the same folder.
        env: variables that only this part gets.
        files: of tests, for a part of Python tests.
    """

    name: str
    command: tuple[str, ...]
    kind: str
    weight: float = 0
    share: float = 1.0
    unfit: str = ""
    needs: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    files: tuple[Path, ...] = ()

    def count(self, code: int, seconds: float, log: Path, outcomes: Path) -> Outcome:
        """Read what the finished command left behind."""
        if self.kind == "pytest":
            return _count_pytest(self.name, code, seconds, outcomes)
        if self.kind == "forge":
            return _count_forge(self.name, code, seconds, log.read_text(encoding="utf-8", errors="replace"))
        if self.kind == "node":
            return _count_node(self.name, code, seconds, log.read_text(encoding="utf-8", errors="replace"))
        note = f"exit code {code}" if code else ""
        return Outcome(self.name, int(code == 0), int(code != 0), (), seconds, note=note)


def _count_pytest(name: str, code: int, seconds: float, outcomes: Path) -> Outcome:
    if not outcomes.is_file():
        return Outcome(name, 0, 1, (), seconds, note=f"pytest ended with exit code {code} and no counts")
    counts = json.loads(outcomes.read_text(encoding="utf-8"))
    skips = tuple(Skip(one["where"], one["reason"]) for one in counts["skips"])
    unlisted = sum(not one["listed"] for one in counts["skips"])
    failed = int(counts["failed"])
    note = f"{failed} failed" if failed else ""
    if code and not failed and not unlisted:
        failed, note = 1, "pytest found no tests" if code == 5 else f"pytest ended with exit code {code}"
    return Outcome(name, int(counts["passed"]), failed, skips, seconds, note=note)


def _count_forge(name: str, code: int, seconds: float, log: str) -> Outcome:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", log)
    found = _SUITE.findall(plain)
    if not found:
        return Outcome(name, 0, 1, (), seconds, note=f"forge ended with exit code {code} and ran no tests")
    passed, failed, unrun = (sum(int(one[column]) for one in found) for column in range(3))
    if code and not failed:
        failed = 1
    skips = tuple(Skip(name, "vm.skip in a Solidity test") for _ in range(unrun))
    return Outcome(name, passed, failed, skips, seconds, note=f"{failed} failed" if failed else "")


def _count_node(name: str, code: int, seconds: float, log: str) -> Outcome:
    found = {word: [int(one) for one in pattern.findall(log)] for word, pattern in _NODE.items()}
    if any(len(numbers) != 1 for numbers in found.values()) or not found["pass"][0]:
        return Outcome(name, 0, 1, (), seconds, note=f"node --test ended with exit code {code} and no counts")
    passed, failed = found["pass"][0], found["fail"][0] + found["cancelled"][0]
    if code and not failed:
        failed = 1
    skips = tuple(Skip(name, "skip or todo in a test for Node") for _ in range(found["skipped"][0] + found["todo"][0]))
    return Outcome(name, passed, failed, skips, seconds, note=f"{failed} failed" if failed else "")


def _web() -> Part | None:
    if not (ROOT / "web").is_dir():
        return None
    return _timed(Part("web", ("node", "scripts/web/test.mjs"), "node"), Span(60, 60))


def _pytest(name: str, targets: Sequence[Path]) -> Part:
    files = _test_files(targets)
    text = [path.read_text(encoding="utf-8", errors="replace") for path in files]
    span = Times.read().of_files(files, suffix_of(name))
    paths = tuple(str(path.relative_to(ROOT)) for path in targets)
    needs = tuple(part for part, sign in _USES.items() if any(re.search(sign, one) for one in text))
    command = (sys.executable, "-m", "pytest", *paths)
    return Part(name, command, "pytest", span.seconds, span.share, needs=needs, files=tuple(files))


def _timed(part: Part, otherwise: Span) -> Part:
    span = Times.read().of_part(part.name, otherwise)
    return replace(part, weight=span.seconds, share=span.share)


def suffix_of(name: str) -> str:
    """Of the names of files in the table of times, for a part that runs files of another part in its own way."""
    return "@" + name.partition("@")[2].partition(" ")[0] if "@" in name else ""


def cut_long(parts: Sequence[Part]) -> list[Part]:
    """The same tests, with the long parts in pieces of about the same length."""
    times = Times.read()
    pieces: list[Part] = []
    for part in parts:
        groups = cut(part.files, [times.of_file(path, suffix_of(part.name)) for path in part.files])
        if part.unfit or len(groups) == 1:
            pieces.append(part)
            continue
        for number, group in enumerate(groups, 1):
            pieces.append(replace(_pytest(f"{part.name} {number}/{len(groups)}", group), env=part.env))
    return pieces


def _on_postgresql(files: Sequence[Path]) -> Part:
    once = [path for path in files if _ON_BOTH not in path.read_text(encoding="utf-8")]
    part = _pytest("api@postgresql", once)
    return replace(part, unfit=why_none(), env={"YINXIN_TEST_DATABASE": "postgresql"})


def kubo_part() -> Part:
    """The building of Kubo, which takes minutes once and nothing afterwards."""
    built = find_kubo() is not None
    unfit = "" if built else why_unbuildable()
    return Part("kubo", (str(ci_kubo.BUILD),), "check", 10**8, share=0.0 if built else 1.0, unfit=unfit)


def _test_files(targets: Sequence[Path]) -> list[Path]:
    found = [[path] if path.is_file() else sorted(path.rglob("test_*.py")) for path in targets]
    return [path for group in found for path in group]


def _forge() -> Part | None:
    if not (ROOT / "foundry.toml").is_file():
        return None
    forge = ROOT / "node_modules" / ".bin" / "forge"
    unfit = "" if forge.exists() else f"no forge for this platform ({sys.platform}) in package-lock.json"
    return _timed(Part("contracts", (str(forge), "test"), "forge", unfit=unfit), Span(130, 160))


def _hardhat() -> Part | None:
    if not (ROOT / "hardhat.config.js").is_file():
        return None
    hardhat = str(ROOT / "node_modules" / ".bin" / "hardhat")
    env = {"CI": "1", "HARDHAT_DISABLE_TELEMETRY_PROMPT": "true"}
    return _timed(Part("hardhat", (hardhat, "compile", "--force"), "check", env=env), Span(16, 16))


def all_parts() -> list[Part]:
    """Every part of this checkout, by name."""
    parts = [part for part in (_forge(), _hardhat(), _web()) if part is not None]
    for folder in sorted(path for path in TESTS.iterdir() if path.is_dir()):
        if folder.name in _NESTED:
            for room in sorted(path for path in folder.iterdir() if path.is_dir()):
                if _test_files([room]):
                    parts.append(_pytest(f"{folder.name}/{room.name}", [room]))
            if loose := sorted(folder.glob("test_*.py")):
                parts.append(_pytest(folder.name, loose))
                if folder.name == "api":
                    parts.append(_on_postgresql(loose))
        elif _test_files([folder]):
            name = f"{folder.name}/python" if folder.name in ("contracts", "web") else folder.name
            parts.append(_pytest(name, [folder]))
    return parts


def choose(wanted: Sequence[str]) -> list[Part]:
    """The parts that PART names; all of them if it is empty.

    A name is a part, a folder above several (``chain``), or a folder or file below one
    (``chain/merkle/test_tree.py``); ``tests/`` may stand in front.

    Raises:
        NoSuchPart: with the names there are.
    """
    parts = all_parts()
    if not wanted:
        return parts
    chosen: dict[str, Part] = {}
    for raw in wanted:
        name = raw.strip("/").removeprefix("./")
        short = name.removeprefix("tests/")
        matching = [part for part in parts if part.name in (name, short) or part.name.startswith(f"{short}/")]
        path = TESTS / short.split("::")[0]
        if not matching and path.exists() and _test_files([path]):
            part = _pytest(short, [path])
            matching = [replace(part, command=(*part.command[:-1], f"tests/{short}"))]
        if not matching:
            names = "\n  ".join(part.name for part in parts) or "(none yet)"
            raise NoSuchPart(f"PART={raw} names no tests. There are:\n  {names}")
        chosen.update((part.name, part) for part in matching)
    return list(chosen.values())
