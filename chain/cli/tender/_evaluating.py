"""What commands about the evaluation share: one lot as ledger and board tell it, and whose account sits there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from chain.cli.common import State
from chain.cli.tender._opening import OpeningHere, opening_here
from chain.evaluation.report.gathering import Scene

LotOption = Annotated[int, typer.Option("--lot", help="number of the lot 标段", min=1)]
ReasonOption = Annotated[str, typer.Option("--reason", help="why it is done anew 理由")]
CaseOption = Annotated[int, typer.Option("--case", help="number of the objection or complaint that caused it; 0: none")]
RoundOption = Annotated[int, typer.Option("--round", help="the next round, where the same committee judges anew")]


@contextmanager
def evaluating(current: State, tender: int, lot: int, envelope: int = 1) -> Iterator[OpeningHere]:
    """One lot, seen from the home in use, as of the newest final block."""
    with opening_here(current, tender, lot, envelope) as here:
        yield here


def scene_of(here: OpeningHere) -> Scene:
    """The lot for the library."""
    return Scene(here.place.ledger, here.place.board, here.story, here.notice, here.lot)
