"""What is wrong with, or was changed in, one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of one value, without its place.

    Attributes:
        rule: stable dotted name, such as ``date.form``.
        message: in English.
        message_zh: in Chinese.
        fix: what to do, in English.
        fix_zh: what to do, in Chinese.
        level: ``error``, or ``warning`` if the value stands (perhaps normalised).
    """

    rule: str
    message: str
    message_zh: str
    fix: str = ""
    fix_zh: str = ""
    level: Level = "error"
