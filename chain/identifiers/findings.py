"""What a check says about one part of a code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class PartFinding:
    """The verdict on one part of a code.

    Attributes:
        part: which part, such as ``issuer`` or ``check``.
        ok: True if the part keeps its rule.
        value: the part as it was read (may be empty).
        rule: stable dotted name of the rule, such as ``identifier.check``.
        message: what was found, in English.
        message_zh: the same in Chinese.
        level: ``error`` if the code must be refused for it, ``warning`` if it may stand. Meaningless when ok.
        fix: what to do about it, or None.
    """

    part: str
    ok: bool
    value: str
    rule: str
    message: str
    message_zh: str
    level: Level = "error"
    fix: str | None = None

    def as_dict(self) -> dict[str, str | bool]:
        """Plain data for JSON output."""
        out: dict[str, str | bool] = {
            "part": self.part,
            "ok": self.ok,
            "value": self.value,
            "rule": self.rule,
            "message": self.message,
            "messageZh": self.message_zh,
        }
        if not self.ok:
            out["level"] = self.level
        if self.fix is not None:
            out["fix"] = self.fix
        return out


def passes(findings: Iterable[PartFinding]) -> bool:
    """True if no finding is an error (warnings may stand)."""
    return all(finding.ok or finding.level == "warning" for finding in findings)


def first_error(findings: Iterable[PartFinding]) -> PartFinding | None:
    """The first finding for which the code must be refused, or None."""
    return next((finding for finding in findings if not finding.ok and finding.level == "error"), None)
