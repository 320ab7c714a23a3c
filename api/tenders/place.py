"""The ledger of tenders and their boards, as a service's home reaches them: one of each a process and thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from chain.cli._tenders import TenderPlace
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, NotFound
from chain.kernel.home import Home
from chain.kernel.tender_ports import Board, TenderActs, TenderLedger
from chain.ledger.connection import Ledger, open_ledger
from chain.tenders.boards import open_board

ACCOUNT = "account"
"""Key of the service's home that sends what anybody may send; the home may do without."""

_PAGE = 10_000


@dataclass
class Tenders:
    """Tenders as one home reaches them; opened when first asked for.

    Attributes:
        home: the service's.
    """

    home: Home
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @cached_property
    def _connection(self) -> Ledger:
        return open_ledger(self.home)

    @cached_property
    def board(self) -> Board:
        """Where public papers lie."""
        return open_board(self.home.settings.tenders.boards, self.home.path)

    @property
    def are_there(self) -> bool:
        """True if the trust root names contracts of tenders."""
        try:
            return bool(self._connection.trust_root.ranges("TenderBook"))
        except NotFound:
            return False

    @contextmanager
    def chain(self) -> Iterator[LedgerChain]:
        """The ledger at its newest final block, for one thread at a time.

        A chain that goes back (a reorganisation beyond what was final here) is read anew from its beginning.
        """
        with self._lock:
            try:
                self._connection.tenders.refresh()
            except Conflict as error:
                if error.code != "ledger.rewound":
                    raise
                self.close()
            yield LedgerChain(self._connection)

    @property
    def may_send(self) -> bool:
        """True if the home has an account of its own for what anybody may send."""
        return (self.home / "keys" / f"{ACCOUNT}.public.json").is_file()

    @cached_property
    def acts(self) -> TenderActs | None:
        """What the service's own account may send; None where its home has no such key. Raises Refused (passphrase)."""
        return TenderPlace(self.home, self._connection).acts(ACCOUNT) if self.may_send else None

    def close(self) -> None:
        """Let go of the ledger; the next use opens it anew."""
        with self._lock:
            self.__dict__.pop("acts", None)
            connection = self.__dict__.pop("_connection", None)
            if connection is not None:
                connection.close()


@dataclass(frozen=True, slots=True)
class LedgerChain:
    """The ledger at one final block, as the indexer reads it (:class:`api.tenders.follow.Chain`)."""

    connection: Ledger

    @property
    def ledger(self) -> TenderLedger:
        """What the contracts say."""
        return self.connection.tenders

    def hash_of(self, number: int) -> bytes:
        """Hash of a block."""
        return self.connection.rpc.block_at(number).hash

    def touched_after(self, number: int) -> set[tuple[int, int]]:
        """Tender and ceremony of every event after that block: hints only, each is then read and checked as a whole."""
        ledger = self.ledger
        found = set()
        for contracts, most, of_tenders in (
            ((ledger.book, ledger.proceedings), ledger.tenders(), True),
            ((ledger.key_registry,), ledger.ceremonies(), False),
        ):
            addresses = [hex0x(address) for address in contracts]
            for entry in self.connection.rpc.logs(addresses, [], number + 1, ledger.block.number, page=_PAGE):
                topic = int(entry["topics"][1], 16) if len(entry["topics"]) > 1 else 0
                if 1 <= topic <= most:  # else it tells of the contract's own life
                    found.add((topic, 0) if of_tenders else (0, topic))
        return found
