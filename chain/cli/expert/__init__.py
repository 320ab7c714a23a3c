"""``yinxin expert``: for members of evaluation committees, drawn experts and representatives of the procuring entity.

Each file adds commands to :data:`app` by its ``register``.
"""

from __future__ import annotations

import typer

from chain.cli.expert import enrolling

app = typer.Typer(help="Experts 评标专家: enrol for a tender's pool, see whether you were drawn.", no_args_is_help=True)

for _part in (enrolling,):
    _part.register(app)
