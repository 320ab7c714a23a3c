"""``yinxin keyholder``: ceremonies, roll calls, openings, and what becomes of the shares (docs/keyholders.md).

Each file adds commands by its ``register``.
"""

from __future__ import annotations

import typer

from chain.cli.parts import Parts

PARTS = Parts(
    "chain.cli.keyholder",
    {
        "drawing": ("draw",),
        "convening": ("join", "convene", "replace"),
        "running": ("run", "show"),
        "keeping": ("backup", "restore"),
        "roll_call": ("roll-call",),
        "releasing": ("release",),
        "destroying": ("destroy",),
    },
)


def group(word: str | None) -> typer.Typer:
    """The commands, or those that one word needs."""
    return PARTS.group("Key holders 密钥保管人: make an opening key together, sign openings, destroy shares.", word)
