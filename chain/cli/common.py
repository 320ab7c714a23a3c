"""What every command shares: the home, JSON or text, exit codes, progress.

Exit codes: 0 yes, 1 no, 2 could not tell, 64 wrong usage.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from chain.kernel.errors import InvalidInput, Unavailable, YinxinError
from chain.kernel.home import Home

YES, NO, CANNOT_TELL, USAGE = 0, 1, 2, 64


@dataclass(slots=True)
class State:
    """What the options before the command said.

    Attributes:
        home: the home folder in use.
        json: print one JSON document instead of text.
        out: where text for people goes.
        err: where progress and errors go.
    """

    home: Home
    json: bool
    out: Console
    err: Console


def state(ctx: typer.Context) -> State:
    """The :class:`State` of this command."""
    found = ctx.find_root().obj
    assert isinstance(found, State)
    return found


def emit(
    ctx: typer.Context, data: dict[str, Any], text: str | Text | Callable[[Console], None], exit_code: int = YES
) -> None:
    """Print the answer in the form asked for and leave with ``exit_code``.

    Args:
        ctx: the command's context.
        data: the whole answer as plain data (printed with --json).
        text: our own words, for :func:`styled`; what others wrote, as ``Text``; or a function that prints.
        exit_code: 0 yes, 1 no, 2 could not tell.
    """
    current = state(ctx)
    if current.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n")
        sys.stdout.flush()
    elif callable(text):
        text(current.out)
    else:
        current.out.print(Text(printable(text.plain), spans=text.spans) if isinstance(text, Text) else styled(text))
    if exit_code != YES:
        raise typer.Exit(exit_code)


def read_named(file: Path, *, code: str, field: str, fix: str | None = None) -> bytes:
    """The bytes of a file that somebody named. Raises InvalidInput, with that code, field and fix, if it has none."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{file}: {error.strerror}", code=code, field=field, fix=fix) from error


def exit_code_of(error: YinxinError) -> int:
    """Could-not-check errors are 2; everything else a rule refused is 1."""
    return CANNOT_TELL if isinstance(error, Unavailable) else NO


_FIXES: tuple[tuple[str, str, str], ...] = (
    ("ledger.bureau_exists", "bureau", "it is registered already; go on with yinxin authority accredit"),
    ("ledger.key_exists", "card", "the key is entered already, and a key is entered once; go on"),
    ("ledger.unknown_key", "thumbprint", "compare with yinxin keys list in the home that has the key"),
    ("ledger.unknown_bureau", "bureau", "register it first: yinxin authority register"),
    ("ledger.period_in_past", "from", "leave the time out to begin now; nothing begins in the past"),
    ("ledger.bureau", "bureau", "give the unified social credit code, 18 characters"),
    ("encoding.hex", "", "copy the whole value, 0x and lower-case digits, from where it was shown"),
    ("encoding.", "", "copy the whole value again from where it was shown"),
    ("canonical.", "file", "give the file as it was made; one that was edited or formatted anew is refused"),
    ("snapshot.missing", "file", "name the file that yinxin snapshot make wrote"),
    ("snapshot.", "file", "take a new snapshot from the bureau or a witness"),
    ("trustroot.", "file", "give the trust root's file as the authority published it"),
    ("deploy.", "deployment", "name the deployment.json in the authority's home"),
    ("documents.kubo", "documents.store", ""),
    ("ledger.", "ledger", "look at yinxin doctor"),
    ("node.", "ledger.node", "look at yinxin doctor"),
)
"""By the beginning of an error's code: field and fix, for errors that come without."""


def complete(error: YinxinError) -> YinxinError:
    """The error with a field and a fix, where the one who raised it could not know them."""
    if error.field is None or error.fix is None:
        field, fix = next((item[1:] for item in _FIXES if error.code.startswith(item[0])), ("", ""))
        error.field = error.field or field or None
        error.fix = error.fix or fix or "see --help of this command, and yinxin doctor for the state of this home"
    return error


def show_error(current: State, error: YinxinError) -> None:
    """Print an error with its field and fix."""
    error = complete(error)
    if current.json:
        sys.stdout.write(msgspec.json.encode({"error": error.as_dict()}).decode() + "\n")
        sys.stdout.flush()
        return
    current.err.print(Text.assemble(("✗", "bold red"), f" {printable(error.message)}"))
    if error.field:
        current.err.print(Text(f"  field: {printable(error.field)}"))
    if error.fix:
        current.err.print(Text(f"  fix:   {printable(error.fix)}"))


_TAG = re.compile(r"(\[(?:/|bold|green|yellow|bold red|bold yellow)\])")


def styled(text: str) -> Text:
    """Text with the few styles that answers use: ``[bold]``, ``[green]``, ``[yellow]``, ``[bold red]``, ``[/]``.

    Anything else in brackets stands as it is, because names, reasons and paths come from outside.
    """
    out = Text()
    open_styles: list[str] = []
    for piece in _TAG.split(text):
        if piece == "[/]" and open_styles:
            open_styles.pop()
        elif piece != "[/]" and _TAG.fullmatch(piece):
            open_styles.append(piece[1:-1])
        else:
            out.append(printable(piece), style=" ".join(open_styles) or None)
    return out


def printable(text: str) -> str:
    """The text with control characters and direction marks replaced: they must not drive a terminal."""
    if all(char == "\n" or char.isprintable() for char in text):
        return text
    return "".join(char if char == "\n" or char.isprintable() else "\ufffd" for char in text)


def one_line(text: str) -> str:
    """A title or a name on one line, as :func:`printable`: what strangers wrote makes no lines of its own."""
    return printable(" ".join(text.split()))


@contextmanager
def progress(current: State, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar with a time estimate on standard error; the yielded function takes how many are done.

    Without a terminal one line is printed at the start instead; with --json nothing.
    """
    if current.json:
        yield lambda _done: None
        return
    if not current.err.is_terminal:
        current.err.print(f"{label} …", highlight=False)
        yield lambda _done: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=current.err, transient=True) as bar:
        task: TaskID = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)
