"""What every command shares: the home, JSON or text, exit codes, progress.

Exit codes: 0 yes, 1 no, 2 could not tell, 64 wrong usage.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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

from chain.kernel.errors import Unavailable, YinxinError
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


def emit(ctx: typer.Context, data: dict[str, Any], text: str | Callable[[Console], None], exit_code: int = YES) -> None:
    """Print the answer in the form asked for and leave with ``exit_code``.

    Args:
        ctx: the command's context.
        data: the whole answer as plain data (printed with --json).
        text: rich markup, or a function that prints to the console.
        exit_code: 0 yes, 1 no, 2 could not tell.
    """
    current = state(ctx)
    if current.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n")
        sys.stdout.flush()
    elif callable(text):
        text(current.out)
    else:
        current.out.print(text)
    if exit_code != YES:
        raise typer.Exit(exit_code)


def exit_code_of(error: YinxinError) -> int:
    """Could-not-check errors are 2; everything else a rule refused is 1."""
    return CANNOT_TELL if isinstance(error, Unavailable) else NO


def show_error(current: State, error: YinxinError) -> None:
    """Print an error with its field and fix."""
    if current.json:
        sys.stdout.write(msgspec.json.encode({"error": error.as_dict()}).decode() + "\n")
        sys.stdout.flush()
        return
    current.err.print(f"[bold red]✗[/] {_escape(error.message)}", highlight=False)
    if error.field:
        current.err.print(f"  field: {_escape(error.field)}", highlight=False)
    if error.fix:
        current.err.print(f"  fix:   {_escape(error.fix)}", highlight=False)


def _escape(text: str) -> str:
    return text.replace("[", "\\[")


@contextmanager
def progress(current: State, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar with a time estimate on standard error; the yielded function takes how many are done.

    Without a terminal, and with --json, one line is printed at the start and one at the end instead.
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
