"""What is kept of an error: its code and the name of the field, never a message, which may quote what it is about."""

from __future__ import annotations

import errno
import random
import re
import sqlite3
from dataclasses import dataclass

import httpx
from sqlalchemy.exc import DBAPIError

from chain.kernel.errors import Damaged, Unavailable, YinxinError

STUCK_AFTER = 5
"""Passes in a row that may fail for one of the reasons that a person must mend."""

_FIRST, _LONGEST, _LONGEST_STUCK = 0.5, 30.0, 300.0
_NAME = re.compile(r"[A-Za-z_][\w.-]{0,62}")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

_FIXES: tuple[tuple[str, str], ...] = (
    ("office.busy", "another command writes in this register; it is tried again by itself"),
    ("disk.full", "free space on the disk of this home; it is tried again by itself"),
    ("database.", "look at the disk and the permissions of the register, or of the database server"),
    ("keys.", "give the worker the passphrase of that bureau's home: YINXIN_PASSPHRASE, or a file passphrase there"),
    ("desk.closed", "let the approver open the desk: yinxin signer in the approver's home"),
    ("desk.approver", "ask the approver whether the key was replaced; then delete approver-seen.json in the home"),
    ("desk.", "run the same by hand to read the signer's words: yinxin batch run, yinxin acts"),
    ("office.signature", "let the authority enter the approver's key: yinxin authority enter"),
    ("office.", "compare config.toml of that bureau's home with docs/configuration.md"),
    ("status.list", "make the register anew: yinxin rebuild"),
    ("slots.", "make the register anew: yinxin rebuild"),
    ("register.open", "check that the disk is not full, and the register's permissions"),
    ("register.damaged", "make the register anew: yinxin rebuild"),
    ("register.", "look at yinxin doctor in that bureau's home"),
    ("sender.funds", "fund the account that sends"),
    ("ledger.may_not", "ask the authority: accreditation or key has ended, or the bureau is suspended"),
    ("ledger.", "look at yinxin doctor: the ledger must answer"),
    ("node.", "look at yinxin doctor: the node must run"),
    ("rpc.", "look at yinxin doctor: the ledger's endpoints must answer"),
    ("board.", "look at tenders.boards of the service's home, and whether the board answers"),
    ("mail.", "look at [mail] of the service's home: docs/tender-service.md"),
    ("ipfs.", "look at yinxin doctor: the IPFS node must answer"),
    ("store.", "look at the store's disk: yinxin blobs check"),
    ("documents.", "look at the store's disk: yinxin blobs check"),
    ("fault.", "report it (SECURITY.md says where) with the version and this code"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a pass failed.

    Attributes:
        code: stable, dotted, lower-case.
        field: name of the field at fault, or empty.
        passing: it may pass by itself; else a person must mend it.
    """

    code: str
    field: str
    passing: bool

    @property
    def fix(self) -> str:
        """What to do, by the code alone."""
        return fix_of(self.code)


def fault_of(error: BaseException) -> Fault:
    """What may be kept of an error."""
    if is_full(error) or getattr(error, "code", "") in ("register.full", "service.full"):
        return Fault("disk.full", "disk", False)
    if isinstance(error, YinxinError):
        field = error.field or ""
        return Fault(error.code[:64], field if _NAME.fullmatch(field) else "", isinstance(error, Unavailable))
    if isinstance(error, DBAPIError):
        name = getattr(error.orig, "sqlite_errorname", "") or type(error.orig).__name__
        return Fault(f"database.{name.lower()}"[:64], "register", True)
    if isinstance(error, OSError):
        return Fault("system." + errno.errorcode.get(error.errno or 0, type(error).__name__).lower(), "", True)
    if isinstance(error, httpx.HTTPError):
        return Fault("http." + type(error).__name__.lower(), "", True)
    return Fault(f"fault.{type(error).__name__.lower()}"[:64], "", False)


def is_full(error: BaseException | None) -> bool:
    """True if a full disk is at the bottom of it."""
    seen = 0
    while error is not None and seen < 8:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorname", "") == "SQLITE_FULL":
            return True
        if isinstance(error, DBAPIError) and getattr(error.orig, "sqlite_errorname", "") == "SQLITE_FULL":
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def wants_reopening(error: BaseException) -> bool:
    """True if ledger, store and register should be opened anew before the next pass."""
    return isinstance(error, Unavailable | Damaged | OSError | DBAPIError)


def fix_of(code: str) -> str:
    """What to do about a code, in one sentence."""
    if not code:
        return ""
    return next((fix for start, fix in _FIXES if code.startswith(start)), "run the same by hand to read the words")


def pause(attempts: int, *, stuck: bool) -> float:
    """Seconds until the next pass after that many failures in a row: doubling, with jitter."""
    longest = _LONGEST_STUCK if stuck else _LONGEST
    return float(min(longest, _FIRST * 2 ** min(attempts - 1, 12)) * random.uniform(0.7, 1.0))  # noqa: S311 - jitter
