"""A page's words: the room's own list first, then what all pages share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.service.languages import COOKIE, TAGS, asked, language_of
from chain.words import FaultWords, Words, fault_words, field_words, read

SHARED = "pages"
"""Name of the list of words that every page has."""


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

    def fault(self, code: str) -> FaultWords | None:
        """What an error's code says, or None if no word tells it."""
        return fault_words(code, self.language)

    def field(self, name: str) -> str | None:
        """Name of an input at fault, or None if it has none in this language."""
        return field_words(name, self.language)

    def _entry(self, key: str) -> Mapping[str, str]:
        for one in self.lists:
            if key in one:
                return one[key]
        raise KeyError(f"no word {key!r}: add it to the room's list in chain/words")


__all__ = ["COOKIE", "SHARED", "TAGS", "Speaker", "asked", "language_of"]
