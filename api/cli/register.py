"""Adds the commands: all of them, or those that one word needs, so that a command starts fast."""

from __future__ import annotations

import typer

from chain.cli.parts import Parts

PARTS = Parts(
    "api.cli",
    {
        "issuing": ("issue", "renew", "change", "batch"),
        "imports": ("import",),
        "corrections": ("correct", "reprint", "reprints"),
        "approving": ("approvals", "approve", "refuse", "signer"),
        "deciding": ("decisions",),
        "claims": ("activation", "claims"),
        "life": ("suspend", "reinstate", "revoke", "cancel", "penalise", "close", "lapse", "transfer", "acts"),
        "holders": ("holder",),
        "handover": ("handover",),
        "reading": ("find", "show", "bundle"),
        "printing": ("pdf", "batch"),
        "types": ("type",),
        "upkeep": ("shred", "rebuild"),
        "retention": ("retention",),
        "backups": ("backup", "restore"),
        "service": ("serve", "account", "audit-log"),
        "working": ("worker", "jobs"),
        "custodian": ("custodian",),
    },
)
"""What this room adds."""

VERIFY = "verify"
"""A word of the toolkit's that this room helps."""


def register(app: typer.Typer, word: str | None) -> bool:
    """Add the register's commands to the application.

    Args:
        app: takes them.
        word: the first word of the line: only what it needs is loaded, which is nothing if it is not one of ours. None
            loads every command.

    Returns:
        True if the word is one of ours.
    """
    if word in (None, VERIFY):
        _help_to_verify()
    return PARTS.register(app, word)


def _help_to_verify() -> None:
    """``yinxin verify`` asks the register of its home, too."""
    from api.cli.sources import open_home_sources
    from chain.cli.verify import provide_sources

    provide_sources(open_home_sources)
