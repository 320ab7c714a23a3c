"""Who may open which page, written down by hand; whoever adds a page adds its line.

Keys are names of the functions that show the pages; people are those of tests/api/service/hall.py, for the bureau
11440100000000001F where the path names one.
"""

from __future__ import annotations

ANYBODY: frozenset[str] = frozenset({"show_first_page", "show_sign_in", "sign_in_here", "sign_out_here"})
"""Pages that need no account."""

SIGNED_IN: frozenset[str] = frozenset()
"""Pages for everybody who has an account."""

ALLOWED: dict[str, set[str]] = {}
"""Page to the people who may open it."""
