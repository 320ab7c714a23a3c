"""Adds every command."""

from __future__ import annotations

import typer

from api.cli import approving, backups, issuing, life, reading, upkeep
from api.cli.sources import open_home_sources
from chain.cli.verify import provide_sources


def register(app: typer.Typer) -> None:
    """Add the register's commands to the application."""
    provide_sources(open_home_sources)
    for module in (issuing, approving, life, reading, upkeep, backups):
        module.register(app)
