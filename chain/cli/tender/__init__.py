"""``yinxin tender``: a tender from its notice to the opening and after, for procuring officers; questions for bidders.

Each file adds commands to :data:`app` by its ``register``.
"""

from __future__ import annotations

import typer

from chain.cli.tender import (
    asking,
    awarding,
    candidates,
    cases,
    clarifying,
    clock,
    close,
    committee,
    contract,
    drafting,
    drawing,
    evaluation,
    finish,
    grant,
    guarantees,
    insight,
    letters,
    objections,
    ocds,
    opening,
    pool,
    publishing,
    qualifying,
    showing,
)

app = typer.Typer(help="Tenders 招标: from the draft to the contract.", no_args_is_help=True)

_PARTS = (
    drafting,
    publishing,
    asking,
    showing,
    clock,
    close,
    opening,
    objections,
    finish,
    grant,
    qualifying,
    pool,
    drawing,
    committee,
    evaluation,
    clarifying,
    candidates,
    cases,
    awarding,
    letters,
    contract,
    guarantees,
    insight,
    ocds,
)
for _part in _PARTS:
    _part.register(app)
