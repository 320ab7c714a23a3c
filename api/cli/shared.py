"""What the register's commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated

import typer

from api.certificates.office import Office
from chain.cli.common import State, progress, state
from chain.kernel.errors import NotFound

Wait = Annotated[float, typer.Option(help="seconds to wait for the second person and the signer")]
DEFAULT_WAIT = 20.0
_PATIENCE = 5.0
"""Seconds in which a worker beside the command may end what it is just doing."""


@contextmanager
def office_of(ctx: typer.Context, *, writing: bool = False) -> Iterator[Office]:
    """The office of this command's home; closed afterwards. Raises NotFound where there is no home."""
    home = state(ctx).home
    if not home.exists:
        raise NotFound(
            f"there is no home {home.path}",
            code="home.missing",
            field="home",
            fix="name yours with --home, or make one with yinxin init",
        )
    office = Office(home)
    try:
        if writing:
            with office.writing(patience=_PATIENCE):
                yield office
        else:
            yield office
    finally:
        office.close()


_LABELS = {
    "release": "waiting for the second person",
    "certificates": "certificates",
    "signer": "waiting for the signer",
    "anchor": "anchoring",
}


@contextmanager
def batch_progress(current: State) -> Iterator[Callable[[str, int, int], None]]:
    """Turn the steps of a batch into progress bars, one after the other."""
    bars: list[tuple[str, Callable[[int], None]]] = []
    open_bars = ExitStack()

    def close() -> None:
        open_bars.close()

    def show(step: str, done: int, total: int) -> None:
        if not bars or bars[-1][0] != step:
            close()
            bars.append((step, open_bars.enter_context(progress(current, _LABELS.get(step, step), total))))
        bars[-1][1](done)

    try:
        yield show
    finally:
        close()
