"""Where the passphrase of a home comes from."""

from __future__ import annotations

import getpass
import os
import stat
import sys
from pathlib import Path

from chain.kernel.errors import Refused

MINIMUM = 12
"""Shortest passphrase taken, in characters."""


def passphrase_for(home: Path, *, new: bool = False) -> str:
    """The passphrase that unlocks the keys in ``home``.

    Asked in this order: ``YINXIN_PASSPHRASE``, the file named by ``YINXIN_PASSPHRASE_FILE``,
    ``<home>/passphrase`` (only if nobody else may read it), the terminal.

    Args:
        home: the home folder.
        new: ask twice, for keys about to be made.

    Raises:
        Refused: none was given, it is too short, or its file is open to others.
    """
    value = os.environ.get("YINXIN_PASSPHRASE")
    if value is None:
        named = os.environ.get("YINXIN_PASSPHRASE_FILE")
        file = Path(named) if named else home / "passphrase"
        if file.is_file():
            if stat.S_IMODE(file.stat().st_mode) & 0o077:
                raise Refused(
                    f"{file} can be read by others",
                    code="keys.passphrase_open",
                    field="passphrase",
                    fix=f"chmod 600 {file}",
                )
            value = file.read_text(encoding="utf-8").rstrip("\n")
    if value is None and sys.stdin is not None and sys.stdin.isatty():
        value = getpass.getpass("Passphrase of this home: ")
        if new and getpass.getpass("Once more: ") != value:
            raise Refused(
                "the two passphrases differ", code="keys.passphrase_differs", field="passphrase", fix="try again"
            )
    if value is None:
        raise Refused(
            "no passphrase given for the keys of this home",
            code="keys.passphrase_missing",
            field="passphrase",
            fix="set YINXIN_PASSPHRASE or YINXIN_PASSPHRASE_FILE, or run in a terminal",
        )
    if new and len(value) < MINIMUM:
        raise Refused(
            f"the passphrase has fewer than {MINIMUM} characters",
            code="keys.passphrase_short",
            field="passphrase",
            fix="choose a longer one",
        )
    return value
