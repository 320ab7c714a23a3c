"""``yinxin tender``: a tender from its notice to the opening and after, for procuring officers; questions for bidders.

Each file adds commands by its ``register``.
"""

from __future__ import annotations

import typer

from chain.cli.parts import Parts

PARTS = Parts(
    "chain.cli.tender",
    {
        "drafting": ("draft", "check"),
        "publishing": ("publish", "amend", "extend", "cancel"),
        "asking": ("ask", "questions", "answer"),
        "showing": ("show", "list"),
        "clock": ("tick", "record"),
        "close": ("close",),
        "opening": ("open",),
        "objections": ("objections", "object", "answer-objection"),
        "finish": ("witness-opening", "finish-opening"),
        "grant": ("grant-keys",),
        "qualifying": ("qualify",),
        "pool": ("pool", "conflicts"),
        "drawing": ("draw", "tie", "drawn"),
        "committee": ("committee", "committee-names"),
        "evaluation": ("commitments", "evaluate", "review", "ranking"),
        "clarifying": ("clarify", "clarifications", "record-clarification"),
        "candidates": ("candidates", "fail"),
        "cases": ("cases", "complain", "decide-complaint"),
        "awarding": ("award",),
        "letters": ("letter", "performance"),
        "contract": ("contract",),
        "guarantees": ("guarantees",),
        "insight": ("statistics", "signals"),
        "ocds": ("ocds",),
    },
)


def group(word: str | None) -> typer.Typer:
    """The commands, or those that one word needs."""
    return PARTS.group("Tenders 招标: from the draft to the contract.", word)
