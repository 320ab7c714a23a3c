"""``yinxin tender``: a tender from its notice to the opening and after, for procuring officers; questions for bidders.

Each file adds commands to :data:`app` by its ``register``.
"""

from __future__ import annotations

import typer

from chain.cli.tender import (
    asking,
    clock,
    close,
    drafting,
    finish,
    grant,
    insight,
    objections,
    opening,
    publishing,
    showing,
)

app = typer.Typer(help="Tenders 招标: draft, publish, amend, questions, deadline, opening.", no_args_is_help=True)

for _part in (drafting, publishing, asking, showing, clock, close, opening, objections, finish, grant, insight):
    _part.register(app)
