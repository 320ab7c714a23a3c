"""Text that a stranger wrote, on its way into a paper or before people."""

from __future__ import annotations

from unicodedata import category

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls, marks of direction and the like, halves of characters, line ends; not rare characters in private use."""


def excerpt(text: str, most: int) -> str:
    """At most ``most`` characters of a text on one line, "…" at the end if more follow.

    Controls and marks of direction become U+FFFD, and so do lone surrogates, which no JSON of ours can carry.
    """
    short = text if len(text) <= most else text[: most - 1] + "…"
    return "".join("\ufffd" if category(char) in _HIDDEN else char for char in short)
