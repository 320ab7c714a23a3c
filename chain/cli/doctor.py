"""``yinxin doctor``: looks at every part and names the exact fault and its fix."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from chain.cli.common import CANNOT_TELL, NO, YES, emit, state
from chain.desk.proposals import TENDERS
from chain.kernel.errors import YinxinError
from chain.kernel.home import Home
from chain.keys import Keystore, passphrase_for
from chain.ledger.connection import Ledger, open_ledger
from chain.ledger.node.checks import Check, run_checks
from chain.ledger.trustroot import TrustRoot

_TENDER_ROLES = ("procurement", "supervisor", "keyholder", "custodian", "bidder")
VERIFIER_FILE = Path(__file__).resolve().parents[2] / "build" / "web" / "single" / "yinxin-verify.html"
"""Where ``make web`` puts the verifier as one file (docs/browser.md)."""


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("doctor")
    def doctor(ctx: typer.Context) -> None:
        """Check each part of this installation and this home."""
        home = state(ctx).home
        checks = [check for part in _PARTS for check in _safely(part, home)]
        worst = (
            NO
            if any(check.ok is False for check in checks)
            else CANNOT_TELL
            if any(check.ok is None for check in checks)
            else YES
        )
        data: dict[str, Any] = {
            "home": str(home.path),
            "checks": [{"name": item.name, "ok": item.ok, "detail": item.detail, "fix": item.fix} for item in checks],
        }

        def show(console: Console) -> None:
            for item in checks:
                mark = {True: "✓", False: "✗", None: "?"}[item.ok]
                console.print(f"{mark} {item.name}: {item.detail}", highlight=False, markup=False)
                if item.fix and item.ok is not True:
                    console.print(f"    fix: {item.fix}", highlight=False, markup=False)

        emit(ctx, data, show, worst)


def _safely(part: Callable[[Home], Iterator[Check]], home: Home, name: str = "") -> list[Check]:
    found: list[Check] = []
    try:
        for check in part(home):
            found.append(check)
    except YinxinError as error:
        found.append(Check(name or part.__name__.strip("_"), False, error.message, error.fix or ""))
    except OSError as error:
        found.append(
            Check(name or part.__name__.strip("_"), False, str(error), "check the file's permissions and the disk")
        )
    return found


def _python(home: Home) -> Iterator[Check]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Check("python", sys.version_info >= (3, 11), version, "use Python 3.11 or newer")


def _home(home: Home) -> Iterator[Check]:
    if home.path.exists() and not home.exists:
        yield Check("home", False, f"{home.path} is a file, not a folder", "name your home with --home")
        return
    if not home.exists:
        yield Check("home", None, f"{home.path} does not exist", "make one with yinxin init, or name yours with --home")
        return
    settings = home.settings
    yield Check("home", True, f"{home.path}, role {settings.role or 'not set'}", "")
    if home.path.stat().st_mode & 0o077:
        yield Check("home permissions", False, "others can look into the home", f"chmod 700 {home.path}")


def _keys(home: Home) -> Iterator[Check]:
    store = Keystore(home / "keys", None)
    cards = store.cards()
    if not cards:
        yield Check("keys", True, "none needed or none made", "")
        return
    for file in (home / "keys").iterdir():
        if not file.name.endswith(".public.json") and file.stat().st_mode & 0o077:
            yield Check("keys", False, f"{file.name} can be read by others", f"chmod 600 {file}")
    passphrase = passphrase_for(home.path)
    unlocked = Keystore(home / "keys", passphrase)
    openers: dict[str, Callable[[str], object]] = {
        "account": unlocked.account,
        "secret": unlocked.secret,
        "witness": unlocked.witness,
        "desk": unlocked.desk,
        "credential": unlocked.signer,
        "seal": unlocked.signer,
    }
    for card in cards:
        openers[card.kind](card.name)
    yield Check("keys", True, ", ".join(card.name for card in cards), "")
    if (home / "passphrase").is_file():
        yield Check(
            "passphrase",
            True,
            "kept in the home itself, so whoever has the folder has the keys: fit for a demonstration only",
            "remove the file and type the passphrase",
        )


def _trust(home: Home) -> Iterator[Check]:
    path = home.resolve(home.settings.ledger.trust_root)
    if not path.is_file():
        yield Check("trust root", None, f"none at {path}", "pin one: yinxin trust pin FILE")
        return
    root = TrustRoot.load(path)
    names = (
        f"{len(root.witnesses)} witnesses, {root.threshold} needed"
        if root.witnesses
        else "no witness: ledger kept by one operator"
    )
    yield Check("trust root", True, f"chain {root.chain_id}, {names}", "")


def _ledger(home: Home) -> Iterator[Check]:
    settings = home.settings.ledger
    pinned = home.resolve(settings.trust_root).is_file()
    ledger = open_ledger(home)
    answers: list[Check] = []
    try:
        # Asked first, so that an embedded node runs while it is looked at.
        if pinned:
            answers = _safely(lambda _home: _answers(home, ledger), home, "ledger")
        if settings.node is not None and not settings.endpoints:
            for check in run_checks(home.resolve(settings.node)):
                # A node that is not running is no fault: whatever needs it starts it.
                starts_on_demand = check.name == "node" and check.ok is None
                yield replace(check, ok=True, fix="") if starts_on_demand else check
        yield from answers
    finally:
        ledger.close()


def _answers(home: Home, ledger: Ledger) -> Iterator[Check]:
    reader = ledger.reader
    yield Check("ledger", True, reader.describes, "")
    uscc = home.settings.bureau.uscc
    if uscc:
        facts = reader.bureau(uscc)
        yield Check(
            "bureau",
            facts is not None,
            f"{uscc} {facts.name}" if facts else f"{uscc} is not registered",
            "" if facts else "ask the authority to register and accredit it",
        )
    yield from _tenders(home, ledger)


def _tenders(home: Home, ledger: Ledger) -> Iterator[Check]:
    """The contracts of tenders, where the ledger has them or this role works with them."""
    role = home.settings.role
    if ledger.trust_root.ranges("TenderBook"):
        book = ledger.tenders
        detail = f"book 0x{book.book.hex()}: {book.tenders()} tenders, {book.ceremonies()} ceremonies"
        yield Check("tenders", True, detail, "")
    elif role in _TENDER_ROLES:
        fix = "have the authority deploy the contracts of tenders, and pin its new trust root"
        yield Check("tenders", False, "this ledger has no contracts of tenders", fix)
    if role == "procurement":
        facts = ledger.reader.bureau(home.settings.bureau.uscc)
        periods = facts.accreditations.get(TENDERS, ()) if facts else ()
        may = any(period.holds(ledger.reader.block.time) for period in periods)
        detail = "may procure by sealed tender now" if may else "is not accredited for tenders now"
        fix = f"have the authority run: yinxin authority accredit {home.settings.bureau.uscc} --type tenders"
        yield Check("accreditation", may, detail, "" if may else fix)


def _documents(home: Home) -> Iterator[Check]:
    from chain.documents.checks import document_checks

    for check in document_checks(home):
        yield Check(check.name, check.ok, check.detail, check.fix)


def _compiler(home: Home) -> Iterator[Check]:
    from chain.ledger.compile import resolve_compiler

    compiler = resolve_compiler()
    yield Check("solidity compiler", True, f"solc {compiler.version}, {compiler.kind} at {compiler.path}", "")


def _register(home: Home) -> Iterator[Check]:
    path: Path = home / "register.sqlite"
    if home.settings.database.url:
        yield Check("register", True, "in a database of its own: database.url", "")
        return
    if path.is_file():
        import sqlite3

        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as register:
                found = str(register.execute("PRAGMA quick_check").fetchone()[0])
        except sqlite3.Error as error:
            found = str(error)
        yield Check("register", found == "ok", found, "" if found == "ok" else "rebuild it: yinxin rebuild")


def _verifier_file(home: Home) -> Iterator[Check]:
    """The verifier as one file, where a build left it: what people compare before they trust a copy."""
    path = VERIFIER_FILE
    if not path.is_file():
        return
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    beside = path.with_name(path.name + ".sha256")
    told = beside.read_text(encoding="ascii", errors="replace").split() if beside.is_file() else []
    good = told[:1] == [digest]
    fix = "" if good else "build it again: make web"
    yield Check("verifier file", good, f"{path.name}, SHA-256 {digest}" + ("" if good else ", not the one built"), fix)


_PARTS = (_python, _home, _keys, _trust, _ledger, _documents, _register, _compiler, _verifier_file)
