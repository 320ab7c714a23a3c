"""Where the commands of key holders work."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import typer

from chain.cli._tenders import TenderPlace, tender_place
from chain.cli.common import State, state, styled
from chain.kernel.errors import InvalidInput
from chain.kernel.tender_ports import TenderActs, TenderLedger
from chain.tenders.holding.papers import SeenBoard
from chain.tenders.holding.places import Place
from chain.tenders.holding.rounds import Holder
from chain.tenders.holding.store import ShareStore

ACCOUNT = "account"
"""Name of a key holder's account, as ``yinxin init keyholder`` makes it."""


@dataclass(frozen=True)
class Desk:
    """Where a key holder's command works.

    Attributes:
        place: ledger, accounts, keys of the home.
        store: seeds, cards' keys and shares.
        board: the shared board; papers that were seen stay in the home.
    """

    place: TenderPlace
    store: ShareStore
    board: SeenBoard

    @property
    def ledger(self) -> TenderLedger:
        """As this home's endpoints tell it."""
        return self.place.ledger

    @cached_property
    def acts(self) -> TenderActs:
        """Of this home's account."""
        return self.place.acts(ACCOUNT)

    @cached_property
    def holder(self) -> Holder:
        """The key holder of this home at work."""
        return Holder(self.ledger, self.acts, self.board, self.store)


@contextmanager
def key_desk(ctx: typer.Context) -> Iterator[Desk]:
    """The desk of a command in a key holder's home. Raises InvalidInput in other homes."""
    home = state(ctx).home
    if home.settings.role != "keyholder":
        raise InvalidInput(
            f"{home.path} is not a key holder's home", code="holding.home", field="--home",
            fix="yinxin --home FOLDER init keyholder",
        )  # fmt: skip
    with tender_place(home) as place:
        store = ShareStore(home / "holding", place.keys, Place.of(place.ledger))
        yield Desk(place, store, SeenBoard(home / "holding" / "papers", place.board))


def one_voice(desk: Desk) -> str:
    """A warning where a single endpoint is believed; empty where several must agree."""
    if desk.place.home.settings.ledger.quorum > 1:
        return ""
    return (
        "[yellow]![/] One endpoint alone is believed about the ledger 仅采信一个节点: name several of different\n"
        "  operators in config.toml, and a quorum of two or more (docs/keyholders.md)\n"
    )


def ask_to_sign(current: State, words: str) -> None:
    """Show what would be signed, and ask. Raises InvalidInput: nobody is there to be asked. Raises Abort: a no."""
    if current.json or not sys.stdin.isatty():
        raise InvalidInput(
            "nobody was asked whether to sign", code="release.unasked", field="--yes",
            fix="run it in a terminal, or give --yes",
        )  # fmt: skip
    current.out.print(styled(words))
    typer.confirm("Sign 签名?", abort=True)
