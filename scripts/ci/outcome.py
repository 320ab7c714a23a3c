"""What came of one part of the suite, and the table that ends a run."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from scripts.ci.skips import Allowed, is_listed


@dataclass(frozen=True, slots=True)
class Skip:
    """One test or part that did not run.

    Attributes:
        where: its name.
        reason: the reason it gave.
    """

    where: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One part of the suite after it ran, or after it was skipped.

    Attributes:
        part: its name, such as ``chain/merkle``.
        passed: number of tests, or of checks.
        failed: the same; a part that broke without counting has 1.
        skips: what did not run.
        seconds: how long it took.
        ran: False for a part that was skipped as a whole.
        note: one line for a failure.
    """

    part: str
    passed: int
    failed: int
    skips: tuple[Skip, ...]
    seconds: float
    ran: bool = True
    note: str = ""

    @property
    def word(self) -> str:
        """``run``, ``skipped`` or ``FAILED``."""
        if self.failed:
            return "FAILED"
        return "run" if self.ran else "skipped"


def skipped(part: str, reason: str) -> Outcome:
    """A part that did not run at all."""
    return Outcome(part, 0, 0, (Skip(part, reason),), 0.0, ran=False)


def refuse_unlisted(outcome: Outcome, allowed: Sequence[Allowed]) -> Outcome:
    """Turn each skip that tests/skips.toml does not list into a failure."""
    bad = [skip for skip in outcome.skips if not is_listed(skip.where, skip.reason, allowed)]
    if not bad:
        return outcome
    note = "; ".join(f"skip not in tests/skips.toml: {skip.where}: {skip.reason}" for skip in bad)
    note = f"{outcome.note}; {note}" if outcome.note else note
    kept = tuple(skip for skip in outcome.skips if skip not in bad)
    return Outcome(outcome.part, outcome.passed, outcome.failed + len(bad), kept, outcome.seconds, outcome.ran, note)


def table(outcomes: Sequence[Outcome], minutes: float) -> str:
    """The parts, one a line, with what they counted and the minutes they used; then the reasons for skips."""
    head = ("part", "state", "passed", "failed", "skipped", "minutes")
    rows = [
        (one.part, one.word, str(one.passed), str(one.failed), str(len(one.skips)), f"{one.seconds / 60:.1f}")
        for one in outcomes
    ]
    widths = [max(_width(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = []
    for row in (head, *rows):
        cells = zip(row, widths, strict=True)
        lines.append("  ".join(_pad(cell, width, column > 1) for column, (cell, width) in enumerate(cells)))
    lines.insert(1, "  ".join("-" * width for width in widths))
    reasons: dict[str, int] = {}
    for one in outcomes:
        for skip in one.skips:
            line = f"skipped: {one.part}: {skip.reason}"
            reasons[line] = reasons.get(line, 0) + 1
    lines += [line if count == 1 else f"{line} ({count} times)" for line, count in reasons.items()]
    lines += [f"FAILED: {one.part}: {one.note or 'see above'}" for one in outcomes if one.failed]
    lines.append(f"{minutes:.1f} minutes in all")
    return "\n".join(lines)


def totals(outcomes: Sequence[Outcome]) -> str:
    """``N passed, N failed, N skipped``."""
    passed, failed = (sum(getattr(one, name) for one in outcomes) for name in ("passed", "failed"))
    return f"{passed} passed, {failed} failed, {sum(len(one.skips) for one in outcomes)} skipped"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _pad(text: str, width: int, right: bool) -> str:
    fill = " " * (width - _width(text))
    return fill + text if right else text + fill
