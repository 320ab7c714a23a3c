"""One custodian: its home, its account, its store, the ledger and the board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from api.custody.quotas import Quotas
from api.custody.room import Room
from api.custody.store import Store
from api.custody.view import View
from chain.kernel.clock import Clock, system_clock
from chain.kernel.errors import Refused
from chain.kernel.home import CustodianSettings
from chain.kernel.tender_ports import Board, TenderActs, TenderLedger
from chain.tenders.typed import BookDomain


@dataclass(slots=True)
class Custodian:
    """What everything here works with.

    Attributes:
        account: its account, 20 bytes.
        key: the account's private key, 32 bytes.
        settings: limits.
        store: files and journal.
        view: the ledger, shared.
        acts: writes from the account; threads may use it at once.
        board: the home's boards, for the custodian's own papers.
        shelf: the folder that this server shows as a board.
        quotas: how much one address may bring.
        domain: of what is signed for this chain and book.
        clock: for days and rates only; deadlines are the chain's.
        room: what the shelf may still hold.
    """

    account: bytes
    key: bytes = field(repr=False)
    settings: CustodianSettings
    store: Store
    view: View
    acts: TenderActs
    board: Board
    shelf: Path
    quotas: Quotas
    domain: BookDomain
    clock: Clock = system_clock
    room: Room = field(init=False)

    def __post_init__(self) -> None:
        self.room = Room(self.shelf)

    def require(self, ledger: TenderLedger, tender: int) -> None:
        """Raises Refused unless the notice names this custodian."""
        if not ledger.is_custodian(tender, self.account):
            raise Refused(
                f"the notice of tender {tender} does not name this custodian", code="custody.not_named", field="tender",
                fix="take a custodian from the notice",
            )  # fmt: skip


def open_custodian(
    *, key: bytes, ledger: TenderLedger, acts: TenderActs, board: Board, shelf: Path, folder: Path,
    settings: CustodianSettings, clock: Callable[[], int] = system_clock,
) -> Custodian:  # fmt: skip
    """Put one together from its parts; ``folder`` is the store's, ``shelf`` the board's that the server shows."""
    return Custodian(
        acts.address, key, settings, Store(folder), View(ledger), acts, board, shelf,
        Quotas(settings), BookDomain(ledger.chain_id, ledger.book), clock,
    )  # fmt: skip
