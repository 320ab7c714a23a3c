"""Puts the ``yinxin`` command together.

``--home`` and ``--json`` may stand anywhere on the line. Other packages add commands through the
entry point group ``yinxin.commands``: each is a function that takes the typer application and the first word of
the line. For None it adds all its commands; for a word of its own what that word needs, and answers True; for any
other word nothing.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

import typer
from rich.console import Console
from typer.exceptions import Abort, Exit, TyperException

from chain.cli.common import USAGE, State, exit_code_of, show_error
from chain.kernel.errors import Damaged, InvalidInput, Unavailable, YinxinError
from chain.kernel.home import Home

_NOUNS = (
    "approver", "authority", "bid", "blobs", "claim", "expert", "id", "keyholder", "keys", "node", "snapshot", "tender",
    "trust", "witness",
)  # fmt: skip
_ROOMS = frozenset({"bid", "expert", "keyholder", "tender"})
"""Nouns of so many commands that only those of the second word are loaded."""
_VERBS = ("audit", "decide", "doctor", "init", "open", "seal", "verify")

_HELP = """Electronic certificates on a ledger that anyone can check. 电子证照,人人可验。

Every command takes [bold]--home FOLDER[/] (or YINXIN_HOME) and [bold]--json[/].
Exit codes: 0 yes, 1 no, 2 could not tell, 64 wrong usage.
"""


def build(word: str | None = None, second: str | None = None, home: Home | None = None) -> typer.Typer:
    """The application.

    Args:
        word: the first word of the line, if known: then only what it needs is loaded, so that a scan starts fast.
            Any other word, or none, loads every command.
        second: the word after it: of a large group only its commands are loaded, if it names one.
        home: the home in use; the register's commands help to verify only where it has a register.
    """
    app = typer.Typer(
        name="yinxin",
        help=_HELP,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def _root() -> None:
        pass

    with _nothing_thrown_away():
        _add_commands(app, word, second, home)
    return app


@contextmanager
def _nothing_thrown_away() -> Iterator[None]:
    """Modules are loaded for good: looking for garbage among them costs an eighth of the time of a start."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _add_commands(app: typer.Typer, word: str | None, second: str | None, home: Home | None) -> None:
    if word in _NOUNS:
        _add_noun(app, word, second)
    elif word in _VERBS:
        import_module(f"chain.cli.{word}").register(app)
        if word == "verify" and home is not None and home.may_have_register:
            for entry in _entries():
                entry.load()(app, word)
    elif word is None or not any(entry.load()(app, word) for entry in _entries()):
        for noun in _NOUNS:
            _add_noun(app, noun, None)
        for verb in _VERBS:
            import_module(f"chain.cli.{verb}").register(app)
        for entry in _entries():
            entry.load()(app, None)


@cache
def _entries() -> list[EntryPoint]:
    return sorted(entry_points(group="yinxin.commands"), key=lambda entry: entry.name)


def _add_noun(app: typer.Typer, noun: str, second: str | None) -> None:
    found = import_module(f"chain.cli.{noun}")
    app.add_typer(found.group(second) if noun in _ROOMS else found.app, name=noun)


def _take(arguments: list[str]) -> tuple[list[str], str | None, bool]:
    """Take --home and --json out of the arguments, wherever they stand before a bare ``--``."""
    rest: list[str] = []
    home: str | None = None
    as_json = False
    position = 0
    while position < len(arguments):
        word = arguments[position]
        if word == "--":
            rest += arguments[position:]
            break
        if word == "--json":
            as_json = True
        elif word == "--home":
            if position + 1 >= len(arguments):
                raise ValueError("--home needs a folder")
            position += 1
            home = arguments[position]
        elif word.startswith("--home="):
            home = word.removeprefix("--home=")
        else:
            rest.append(word)
        position += 1
    return rest, home, as_json


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        rest, home, as_json = _take(arguments)
    except ValueError as error:
        sys.stderr.write(f"yinxin: {error}\n")
        return USAGE
    folder = home or os.environ.get("YINXIN_HOME") or os.path.join("~", ".yinxin")
    current = State(Home(folder), as_json, Console(soft_wrap=True), Console(stderr=True, soft_wrap=True))
    try:
        word, second = [*rest, None, None][:2]
        app = build(word, second, current.home)
        code = app(rest, standalone_mode=False, obj=current, prog_name="yinxin")
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except Exit as error:
        return error.exit_code
    except (Abort, KeyboardInterrupt):
        current.err.print("stopped; run the same command again to go on")
        return 130
    except TyperException as error:
        show = getattr(error, "show", None)
        if as_json:
            said = getattr(error, "format_message", None)
            message = said() if callable(said) else str(error)
            show_error(current, InvalidInput(message, code="usage", fix="see yinxin … --help"))
        elif callable(show):
            show()
        else:
            sys.stderr.write(f"yinxin: {error}\n")
        return USAGE
    except YinxinError as error:
        show_error(current, error)
        return exit_code_of(error)
    except BrokenPipeError:
        # Whoever read our answer has seen enough; nothing may be written at the end of the process either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except Exception as error:  # noqa: BLE001 - the last door: no traceback may reach a person
        found = _unforeseen(error)
        show_error(current, found)
        if os.environ.get("YINXIN_DEBUG"):
            traceback.print_exc()
        return exit_code_of(found)


def _unforeseen(error: Exception) -> YinxinError:
    """What no command foresaw, said so that a person can act on it."""
    if isinstance(error, OSError):
        return Unavailable(
            f"{error.strerror or type(error).__name__}" + (f": {error.filename}" if error.filename else ""),
            code="system." + type(error).__name__.lower(),
            field=str(error.filename) if error.filename else None,
            fix="check that the path is right, may be read and written, and that the disk is not full",
        )
    if any(one.__name__ == "DatabaseError" for one in type(error).__mro__):
        return Damaged(
            f"a database of this home: {error.__cause__ or error}".splitlines()[0],
            code="database",
            field="home",
            fix="look at yinxin doctor; the register is made anew by yinxin rebuild",
        )
    return Unavailable(
        f"a fault in this program: {type(error).__name__}: {error}".splitlines()[0],
        code="fault",
        fix="run it again with YINXIN_DEBUG=1 and report what it prints (SECURITY.md says where)",
    )


def main() -> None:
    """Entry point of the ``yinxin`` command."""
    sys.exit(run(sys.argv[1:]))
