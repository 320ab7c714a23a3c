"""Adds every command."""

from __future__ import annotations

import typer

from api.cli import (
    approving,
    backups,
    claims,
    corrections,
    custodian,
    deciding,
    handover,
    holders,
    imports,
    issuing,
    life,
    printing,
    reading,
    retention,
    service,
    types,
    upkeep,
    working,
)
from api.cli.sources import open_home_sources
from chain.cli.verify import provide_sources

_MODULES = (
    issuing,
    imports,
    corrections,
    approving,
    deciding,
    claims,
    life,
    holders,
    handover,
    reading,
    printing,
    types,
    upkeep,
    retention,
    backups,
    service,
    working,
    custodian,
)


def register(app: typer.Typer) -> None:
    """Add the register's commands to the application."""
    provide_sources(open_home_sources)
    for module in _MODULES:
        module.register(app)
