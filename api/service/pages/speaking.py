"""Which language a page speaks, and its words: the room's own list first, then what all pages share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request

from chain.words import LANGUAGES, Words, read

COOKIE = "yinxin_language"
TAGS = {"zh": "zh-CN", "en": "en"}
"""BCP 47, for ``lang`` attributes."""
SHARED = "pages"
"""Name of the list of words that every page has."""


def asked(request: Request) -> str | None:
    """The language that the address asks for (``?lang=``), or None."""
    found = request.query_params.get("lang")
    return found if found in LANGUAGES else None


def language_of(request: Request) -> str:
    """``zh`` or ``en``: by the address, the cookie, the browser's own setting; Chinese if none says."""
    kept = request.cookies.get(COOKIE)
    return asked(request) or (kept if kept in LANGUAGES else None) or _accepted(request.headers.get("Accept-Language"))


def _accepted(header: str | None) -> str:
    """By ``Accept-Language`` (RFC 9110, section 12.5.4): the first of ours in order of preference."""
    best = (0.0, "zh")
    for part in (header or "").split(","):
        tag, _, weight = part.strip().partition(";")
        primary = tag.partition("-")[0].lower()
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0.0
        if primary in LANGUAGES and quality > best[0]:
            best = (quality, primary)
    return best[1]


@dataclass(frozen=True)
class Speaker:
    """The words of one page in one language.

    Attributes:
        language: ``zh`` or ``en``.
        lists: where a key is looked up, in this order.
    """

    language: str
    lists: tuple[Words, ...]

    @classmethod
    def of(cls, language: str, *names: str) -> Speaker:
        """Of lists of ``chain/words`` by name; the shared one comes last by itself."""
        return cls(language, tuple(read(name) for name in (*names, SHARED)))

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key. Raises KeyError if no list has it, or a value is missing."""
        return self._entry(key)[self.language].format_map({name: str(value) for name, value in values.items()})

    def has(self, key: str) -> bool:
        """True if one of the lists has the key."""
        return any(key in one for one in self.lists)

    def _entry(self, key: str) -> Mapping[str, str]:
        for one in self.lists:
            if key in one:
                return one[key]
        raise KeyError(f"no word {key!r}: add it to the room's list in chain/words")


__all__ = ["COOKIE", "SHARED", "TAGS", "Speaker", "asked", "language_of"]
