"""``yinxin tender``: a tender from its notice to the opening and after, for procuring officers; questions for bidders.

Each file adds commands to :data:`app` by its ``register``.
"""

from __future__ import annotations

import typer

from chain.cli.tender import (
    asking,
    awarding,
    cases,
    clock,
    close,
    contract,
    drafting,
    finish,
    grant,
    insight,
    letters,
    objections,
    opening,
    publishing,
    showing,
)

app = typer.Typer(help="Tenders 招标: from the draft to the contract.", no_args_is_help=True)

for _part in (drafting, publishing, asking, showing, clock, close, opening, objections, finish, grant, insight):
    _part.register(app)
for _part in (cases, awarding, letters, contract):
    _part.register(app)
