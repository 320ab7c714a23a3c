"""The contracts of tenders at one final block (:class:`chain.kernel.tender_ports.TenderLedger`).

Nothing is read before the chain is the trust root's and the contracts name each other. State is read at the hash of one
final block. Events count from the addresses and blocks that the trust root names, and are handed out only when they
account for the state at that block (:mod:`chain.ledger.tenders.whole`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import (
    CeremonyPlan,
    CeremonyState,
    Entry,
    LiveSetState,
    LotState,
    Progress,
    TenderEvent,
    TenderState,
)
from chain.ledger._abi import refusal, reverted_with
from chain.ledger._history import check_chain
from chain.ledger.rpc import Reverted, RpcClient
from chain.ledger.tenders.contracts import TenderContracts, find_contracts, range_of
from chain.ledger.tenders.forms import members_of
from chain.ledger.tenders.headers import spanning_headers
from chain.ledger.tenders.history import EventHistory
from chain.ledger.tenders.interface import BOOK, KEY_HOLDERS, PROCEEDINGS, interface
from chain.ledger.tenders.points import compress_g2
from chain.ledger.tenders.whole import check_ceremony, check_tender
from chain.ledger.trustroot import TrustRoot

_Ask = tuple[str, str, tuple[Any, ...]]
"""Contract, function, arguments."""


class TenderReader:
    """A :class:`chain.kernel.tender_ports.TenderLedger` over a live chain; not to be shared between threads.

    Nodes keep the state of recent blocks only (the embedded one 128, one after a restart): refresh before reading.

    Attributes:
        rpc: endpoints.
        trust_root: what is believed without asking.
        contracts: the three contracts.

    Args:
        rpc: endpoints, quorum and finality.
        trust_root: names chain and contracts.
        book: an older book of the trust root, whose tenders still run; its newest one if None.

    Raises:
        NotFound: this ledger has no tenders.
        Conflict: the endpoints serve another chain, or the contracts do not belong together.
        Unavailable: too few endpoints answered.
    """

    def __init__(self, rpc: RpcClient, trust_root: TrustRoot, *, book: bytes | None = None) -> None:
        self.rpc = rpc
        self.trust_root = trust_root
        check_chain(rpc, trust_root)
        self._block = rpc.final_block()
        self.contracts: TenderContracts = find_contracts(rpc, trust_root, self._block, book=book)
        self._at = {
            BOOK: self.contracts.book, PROCEEDINGS: self.contracts.proceedings, KEY_HOLDERS: self.contracts.key_holders,
        }  # fmt: skip
        ranges = {name: range_of(trust_root, name, address) for name, address in self._at.items()}
        self._tender_log = EventHistory(rpc, trust_root, [ranges[BOOK], ranges[PROCEEDINGS]])  # type: ignore[list-item]
        self._ceremony_log = EventHistory(rpc, trust_root, [ranges[KEY_HOLDERS]])  # type: ignore[list-item]
        self._forget()

    def _forget(self) -> None:
        self._answers: dict[_Ask, Any] = {}
        self._checked: set[tuple[str, int]] = set()

    # ------------------------------------------------------------------ which state

    @property
    def chain_id(self) -> int:
        """EIP-155 chain id."""
        return self.trust_root.chain_id

    @property
    def genesis(self) -> bytes:
        """Hash of block 0, 32 bytes."""
        return self.trust_root.genesis_hash

    @property
    def book(self) -> bytes:
        """Address of the TenderBook, 20 bytes."""
        return self.contracts.book

    @property
    def proceedings(self) -> bytes:
        """Address of the TenderProceedings, 20 bytes."""
        return self.contracts.proceedings

    @property
    def key_registry(self) -> bytes:
        """Address of the KeyHolderRegistry, 20 bytes."""
        return self.contracts.key_holders

    @property
    def block(self) -> BlockRef:
        """The final block at which the facts are read."""
        return self._block

    def refresh(self) -> BlockRef:
        """Move to the newest final block; one call while there is no new one.

        Raises:
            Unavailable: too few endpoints answered; nothing has moved.
            Conflict: the new final block is lower than, or contradicts, the one read before.
        """
        block = self.rpc.final_block()
        if block == self._block:
            return block
        if block.number <= self._block.number or self.rpc.block_at(self._block.number) != self._block:
            raise Conflict(
                f"the final block {self._block.number} is another one now, or no longer there", code="ledger.rewound",
                fix="ask another endpoint; this one follows another history",
            )  # fmt: skip
        self._block = block
        self._forget()
        return block

    # ------------------------------------------------------------------ tenders

    def tenders(self) -> int:
        """How many tenders there are."""
        return cast(int, self._one(BOOK, "tenders"))

    def tender(self, tender: int) -> TenderState | None:
        """Where a tender stands; None if there is none of that number."""
        try:
            return cast(TenderState, self._one(BOOK, "tenderOf", tender))
        except Reverted as error:
            if reverted_with(error.data, "UnknownTender"):
                return None
            raise

    def lot(self, tender: int, lot: int) -> LotState:
        """Where a lot stands. Raises NotFound."""
        return cast(LotState, self._known(BOOK, "lotOf", tender, lot))

    def live_set(self, tender: int, lot: int, envelope: int) -> LiveSetState:
        """Live set of an envelope. Raises NotFound."""
        return cast(LiveSetState, self._known(BOOK, "liveSetOf", tender, lot, envelope))

    def entry(self, tender: int, lot: int, bidder: bytes) -> Entry:
        """A bidder's place. Raises NotFound."""
        return cast(Entry, self._known(BOOK, "entryOf", tender, lot, bidder))

    def progress(self, tender: int, lot: int) -> Progress:
        """How far the proceedings have come. Raises NotFound."""
        self.lot(tender, lot)
        return cast(Progress, self._known(PROCEEDINGS, "progressOf", tender, lot))

    def is_custodian(self, tender: int, account: bytes) -> bool:
        """True if that account is a custodian of the tender. Raises NotFound."""
        return cast(bool, self._known(BOOK, "isCustodian", tender, account))

    def is_officer(self, tender: int, account: bytes) -> bool:
        """True if that account is the officer of the tender at :attr:`block`. Raises NotFound."""
        return cast(bool, self._known(BOOK, "isOfficer", tender, account))

    # ------------------------------------------------------------------ ceremonies

    def ceremonies(self) -> int:
        """How many ceremonies there are."""
        return cast(int, self._one(KEY_HOLDERS, "ceremonies"))

    def ceremony(self, ceremony: int) -> CeremonyState | None:
        """A ceremony; None if there is none of that number."""
        functions = ("planOf", "membersOf", "eligible", "publicKeyOf")
        try:
            plan, members, eligible, key = self.ask(*((KEY_HOLDERS, name, (ceremony,)) for name in functions))
        except Reverted as error:
            if reverted_with(error.data, "UnknownCeremony"):
                return None
            raise
        return CeremonyState(cast(CeremonyPlan, plan), members, members_of(eligible), key and compress_g2(key))

    # ------------------------------------------------------------------ what happened

    def tender_events(self, tender: int) -> Sequence[TenderEvent]:
        """Every event about that tender, in order, up to :attr:`block`; empty if there is no such tender.

        Raises:
            Damaged: the events do not account for the contracts' state: an endpoint hides or changes some.
        """
        events = self._tender_log.events(tender, self._block)
        if (BOOK, tender) not in self._checked:
            check_tender(self, tender, events)
            self._checked.add((BOOK, tender))
        return events

    def ceremony_events(self, ceremony: int) -> Sequence[TenderEvent]:
        """Every event about that ceremony, in order, up to :attr:`block`; empty if there is no such ceremony.

        Raises:
            Damaged: the events do not account for the contract's state.
        """
        events = self._ceremony_log.events(ceremony, self._block)
        if (KEY_HOLDERS, ceremony) not in self._checked:
            check_ceremony(self, ceremony, events)
            self._checked.add((KEY_HOLDERS, ceremony))
        return events

    def spanning_headers(self, time: int) -> tuple[bytes, bytes] | None:
        """RLP of the last header with a time of at most ``time`` and of the next; None while there is no next one."""
        return spanning_headers(self.rpc, time, self._block)

    # ------------------------------------------------------------------ inside

    def ask(self, *asked: _Ask) -> list[Any]:
        """Answers of many functions at :attr:`block`, those not known yet in one exchange. Raises Reverted."""
        missing = [item for item in dict.fromkeys(asked) if item not in self._answers]
        if missing:
            sent = [
                ("eth_call", [{"to": hex0x(self._at[name]), "data": hex0x(interface(name).call(function, *given))}])
                for name, function, given in missing
            ]
            for item, data in zip(missing, self.rpc.read_at(self._block, sent), strict=True):
                self._answers[item] = interface(item[0]).answer(item[1], data)
        return [self._answers[item] for item in asked]

    def _one(self, contract: str, function: str, *arguments: Any) -> Any:
        return self.ask((contract, function, arguments))[0]

    def _known(self, contract: str, function: str, *arguments: Any) -> Any:
        try:
            return self._one(contract, function, *arguments)
        except Reverted as error:
            raise refusal(error.data, function) from error
