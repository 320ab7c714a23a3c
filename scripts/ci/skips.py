"""Reads tests/skips.toml, the list of every skip that is allowed and why."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

LIST = Path(__file__).resolve().parents[2] / "tests" / "skips.toml"


@dataclass(frozen=True, slots=True)
class Allowed:
    """One entry of tests/skips.toml.

    Attributes:
        where: pattern over the name of the test or of the part.
        reason: pattern over the reason given.
        why: what makes the skip acceptable.
    """

    where: str
    reason: str
    why: str

    def covers(self, where: str, reason: str) -> bool:
        """Does this entry allow that skip?"""
        return fnmatchcase(where, self.where) and fnmatchcase(reason, self.reason)


def read_allowed(path: Path = LIST) -> list[Allowed]:
    """The entries of tests/skips.toml.

    Raises:
        ValueError: an entry without ``where``, ``reason`` or ``why``, or one that allows every reason.
    """
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("skip", [])
    allowed = []
    for number, entry in enumerate(entries, 1):
        values = {key: str(entry.get(key, "")).strip() for key in ("where", "reason", "why")}
        for key, value in values.items():
            if not value or (key == "reason" and not value.strip("*? ")):
                raise ValueError(f"{path.name}, entry {number}: {key} is empty or says nothing")
        allowed.append(Allowed(**values))
    return allowed


def is_listed(where: str, reason: str, allowed: Iterable[Allowed]) -> bool:
    """True if some entry covers the skip."""
    return any(entry.covers(where, reason) for entry in allowed)
