"""``yinxin expert``: for members of evaluation committees, drawn experts and representatives of the procuring entity.

Each file adds commands to :data:`app` by its ``register``.
"""

from __future__ import annotations

import typer

from chain.cli.expert import enrolling, reading, sheets, voting

app = typer.Typer(help="Experts 评标专家: enrol, read bids, judge them unseen.", no_args_is_help=True)

for _part in (enrolling, reading, sheets, voting):
    _part.register(app)
