"""What the commands of a bid have in common: ledger, notice, folder and keys of one lot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import typer

from chain.cli._licences import evidence_of
from chain.cli._tenders import TenderPlace, tender_place
from chain.cli.common import State
from chain.kernel.encoding import unb64url
from chain.kernel.errors import InvalidInput, NotFound
from chain.kernel.home import Home
from chain.kernel.tender_ports import TenderLedger
from chain.tenders.bidding import BidPlace, Evidence
from chain.tenders.bidding.folder import BidFolder, folder_of
from chain.tenders.notice import Notice, current_notice
from chain.tenders.typed import BookDomain

PAPERS = "papers"
"""Name of the X25519 key to which a bidder's secrets are encrypted."""

Tender = Annotated[int, typer.Argument(help="number of the tender", min=1)]
LotOption = Annotated[int, typer.Option("--lot", help="number of the lot 标段", min=1)]


@dataclass
class BidHere:
    """One lot, seen from one home."""

    place: TenderPlace
    tender: int
    lot: int

    @property
    def home(self) -> Home:
        """The home."""
        return self.place.home

    @property
    def ledger(self) -> TenderLedger:
        """What the contracts say."""
        return self.place.ledger

    @cached_property
    def folder(self) -> BidFolder:
        """The working folder."""
        return folder_of(self.home / "bids", self.tender, self.lot)

    @cached_property
    def notice(self) -> Notice:
        """The newest notice, compared with the ledger. Raises as ``current_notice``; InvalidInput: no such lot."""
        notice = current_notice(self.ledger, self.place.board, self.tender)
        if notice.lot(self.lot) is None:
            raise InvalidInput(
                f"tender {self.tender} has {len(notice.lots)} lot(s)", code="bidding.lot", field="lot",
                fix="name one of them with --lot",
            )  # fmt: skip
        return notice

    @property
    def domain(self) -> BookDomain:
        """Where signatures count."""
        return BookDomain(self.ledger.chain_id, self.ledger.book)

    @property
    def current(self) -> tuple[str, BidPlace]:
        """Name of the key that acts for the bid now, and its place."""
        return self.folder.current(self.ledger)

    @cached_property
    def evidence(self) -> Evidence:
        """Where licences and bindings are looked up."""
        return evidence_of(self.home, self.place.connection)

    @property
    def papers(self) -> bytes:
        """Public part of the home's papers key, 32 bytes."""
        return papers_of(self.place)

    def secret(self, name: str) -> bytes:
        """Private key of one of the home's accounts, 32 bytes."""
        if not name:
            raise NotFound(
                "that key is not in this home", code="bidding.key", field="key", fix="give the recovery kit with --kit"
            )
        return bytes(self.place.keys.account(name).key)


@contextmanager
def bid_here(current: State, tender: int, lot: int) -> Iterator[BidHere]:
    """One lot, seen from the home in use, as of the newest final block."""
    with tender_place(current.home) as place:
        place.ledger.refresh()
        yield BidHere(place, tender, lot)


def papers_of(place: TenderPlace) -> bytes:
    """Public part of the home's papers key, made if there is none."""
    if not place.keys.has(PAPERS):
        place.keys.create(PAPERS, "desk")
    return unb64url(place.keys.card(PAPERS).public)
