"""Where the commands about tenders stand: ledger, accounts, boards and keys of one home."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from chain.kernel.home import Home
from chain.kernel.tender_ports import Board, TenderActs, TenderLedger
from chain.keys import Keystore, passphrase_for
from chain.ledger.connection import Ledger, open_ledger
from chain.tenders.boards import open_board


@dataclass
class TenderPlace:
    """One home's way to tenders; nothing is opened before it is used.

    Attributes:
        home: the home.
        connection: its ledger with everything else on it: registry, sender, checkpoints.
    """

    home: Home
    connection: Ledger = field(repr=False)

    @property
    def ledger(self) -> TenderLedger:
        """What the contracts of tenders say. Raises NotFound: no trust root, or this ledger has no tenders."""
        return self.connection.tenders

    def acts(self, key: str) -> TenderActs:
        """Writes from the account of that name in this home. Raises NotFound, Refused (passphrase)."""
        return self.connection.acts(self.keys.account(key))

    @cached_property
    def keys(self) -> Keystore:
        """The home's keys; asks for the passphrase where none is at hand."""
        return Keystore(self.home / "keys", passphrase_for(self.home.path))

    @cached_property
    def board(self) -> Board:
        """Where public papers lie: folders and addresses of ``tenders.boards``. Raises InvalidInput: none is named."""
        return open_board(self.home.settings.tenders.boards, self.home.path)


@contextmanager
def tender_place(home: Home) -> Iterator[TenderPlace]:
    """What a command about tenders needs of that home, closed afterwards."""
    connection = open_ledger(home)
    try:
        yield TenderPlace(home, connection)
    finally:
        connection.close()
