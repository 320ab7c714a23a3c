"""Check characters of ISO/IEC 7064:2003: MOD 37,36 (hybrid) and MOD 11-2 (pure).

Both catch every single-character substitution. MOD 11-2 also catches every transposition of two
neighbours; MOD 37,36 misses a few of them (docs/identifiers.md states the measured rate).
"""

from __future__ import annotations

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Characters of MOD 37,36; the value of each is its position."""

START_37_36 = 36
"""State of MOD 37,36 before the first character."""


def _transitions() -> dict[str, tuple[int, ...]]:
    table: dict[str, tuple[int, ...]] = {}
    for value, character in enumerate(ALPHANUMERIC):
        row = [0]
        for state in range(1, 37):
            row.append(((state + value) % 36 or 36) * 2 % 37)
        table[character] = tuple(row)
    return table


_NEXT = _transitions()


def advance_37_36(state: int, text: str) -> int:
    """State of MOD 37,36 after reading ``text`` (digits and capitals only) in ``state``.

    Raises:
        KeyError: a character outside 0-9 A-Z.
    """
    table = _NEXT
    for character in text:
        state = table[character][state]
    return state


def mod_37_36(text: str, *, state: int = START_37_36) -> str:
    """The check character that follows ``text`` (ISO/IEC 7064 section 9.2, hybrid system MOD 37,36).

    Args:
        text: digits and capital letters.
        state: where to begin, if a prefix was already read with :func:`advance_37_36`.

    Raises:
        KeyError: a character outside 0-9 A-Z.
    """
    return ALPHANUMERIC[(37 - advance_37_36(state, text)) % 36]


_WEIGHTS_11_2 = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECKS_11_2 = "10X98765432"


def mod_11_2(digits: str) -> str:
    """The check character (0-9 or X) that follows 17 digits (ISO/IEC 7064 MOD 11-2, as GB 11643 uses it).

    Raises:
        ValueError: not 17 ASCII digits.
    """
    if len(digits) != 17 or not (digits.isascii() and digits.isdigit()):
        raise ValueError("MOD 11-2 here takes 17 digits")
    return _CHECKS_11_2[sum(map(int.__mul__, map(int, digits), _WEIGHTS_11_2)) % 11]
