"""What an error's code says to people. The list ``faults`` has words for single codes and for families of them.

``fault.batch.unknown`` are the words of that code, ``fault.batch`` those of all codes ``batch.…`` without words of
their own; ``fix.…`` says what to do, ``field.…`` names an input. The English message that an error carries says
which batch; programs get that, and whoever wants to know more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chain.words.catalogue import read

LIST = "faults"


@dataclass(frozen=True, slots=True)
class FaultWords:
    """An error in one language.

    Attributes:
        what: what is wrong; a sentence.
        fix: what to do; a sentence.
    """

    what: str
    fix: str


def fault_words(code: str, language: str) -> FaultWords | None:
    """Words of an error's code, or None if neither it nor its family has any.

    Args:
        code: such as ``batch.unknown``.
        language: ``zh`` or ``en``.
    """
    words = read(LIST)
    for name in _families(code):
        if f"fault.{name}" in words:
            return FaultWords(words[f"fault.{name}"][language], words[f"fix.{name}"][language])
    return None


def field_words(field: str, language: str) -> str | None:
    """Name of an input, such as ``body.reason``, in a language; None if it has no words."""
    found = read(LIST).get(f"field.{field.rpartition('.')[2]}")
    return None if found is None else found[language]


def _families(code: str) -> Iterator[str]:
    """The code itself, then what it belongs to, the narrowest first."""
    while code:
        yield code
        code = code.rpartition(".")[0]


__all__ = ["FaultWords", "fault_words", "field_words"]
