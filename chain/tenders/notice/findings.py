"""What a check found: the member, the rule, what to do; all at once, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from chain.kernel.errors import InvalidInput

Level = Literal["error", "warning"]
Text = tuple[str, str]
"""The same words in English and in Chinese."""


@dataclass(frozen=True, slots=True)
class NoticeFinding:
    """One fault of a notice, or one thing to know of it.

    Attributes:
        field: path of the member, such as ``lots[0].ceiling``.
        rule: stable name of the rule, such as ``notice.weights``.
        message: in English; message_zh: in Chinese.
        fix: what to do, in English; fix_zh: in Chinese.
        level: ``error`` keeps a notice from being published, ``warning`` does not.
    """

    field: str
    rule: str
    message: str
    message_zh: str
    fix: str = ""
    fix_zh: str = ""
    level: Level = "error"

    def as_dict(self) -> dict[str, str]:
        """As plain data."""
        return {
            "field": self.field, "rule": self.rule, "level": self.level, "message": self.message,
            "messageZh": self.message_zh, "fix": self.fix, "fixZh": self.fix_zh,
        }  # fmt: skip


class Findings:
    """Findings of one check, in the order in which they were met."""

    def __init__(self) -> None:
        self._all: list[NoticeFinding] = []

    def __iter__(self) -> Iterator[NoticeFinding]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def error(self, field: str, rule: str, said: Text, fix: Text = ("", "")) -> None:
        """Note something that must be changed."""
        self._all.append(NoticeFinding(field, f"notice.{rule}", *said, *fix))

    def warning(self, field: str, rule: str, said: Text, fix: Text = ("", "")) -> None:
        """Note something that a person should know before going on."""
        self._all.append(NoticeFinding(field, f"notice.{rule}", *said, *fix, level="warning"))

    def add(self, more: Iterable[NoticeFinding]) -> None:
        """Add those that are not a mere consequence of an error that is noted already, of the same member."""
        known = [one.field for one in self._all if one.level == "error"]
        self._all += [one for one in more if not any(_touches(one.field, field) for field in known)]

    @property
    def errors(self) -> tuple[NoticeFinding, ...]:
        """Those that must be mended."""
        return tuple(one for one in self._all if one.level == "error")

    @property
    def warnings(self) -> tuple[NoticeFinding, ...]:
        """The others."""
        return tuple(one for one in self._all if one.level == "warning")

    def raise_first(self, what: str) -> None:
        """Raises InvalidInput with the first error and the number of the others, if there is any."""
        if not self.errors:
            return
        first, more = self.errors[0], len(self.errors) - 1
        raise InvalidInput(
            f"{what}: {first.field}: {first.message}" + (f" (and {more} more)" if more else ""),
            code=first.rule, field=first.field, fix=first.fix or "see docs/formats/notice.md",
        )  # fmt: skip


def _touches(first: str, second: str) -> bool:
    """True if one member is the other, or lies inside it."""
    short, long = sorted((first, second), key=len)
    return long == short or long.startswith((f"{short}.", f"{short}["))
