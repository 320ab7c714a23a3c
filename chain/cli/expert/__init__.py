"""``yinxin expert``: for members of evaluation committees, drawn experts and representatives of the procuring entity.

Each file adds commands by its ``register``.
"""

from __future__ import annotations

import typer

from chain.cli.parts import Parts

PARTS = Parts(
    "chain.cli.expert",
    {
        "enrolling": ("enrol", "show"),
        "reading": ("read",),
        "sheets": ("sheet", "commit", "reveal"),
        "voting": ("vote",),
    },
)


def group(word: str | None) -> typer.Typer:
    """The commands, or those that one word needs."""
    return PARTS.group("Experts 评标专家: enrol, read bids, judge them unseen.", word)
