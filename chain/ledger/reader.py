"""The chain as a trust source: facts read at one final block, through as few round trips as possible.

Rules it keeps, by number (cited below):

1. Nothing is read before chain id and genesis hash equal the trust root's.
2. Contract state is read at the hash of one final block; :meth:`LedgerReader.refresh` moves to a newer one.
3. An event counts only from the address and in the blocks that the trust root names.
4. An event's time is its block's, from a header whose fields give the block's hash.
5. Heads close the gaps: a list's newest event must carry the head that the contract shows at that block, and
   histories must link without a gap from the first to that head.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, Damaged, InvalidInput, Refused, Unavailable
from chain.kernel.ports import AnchorFacts, BlockRef, BureauFacts, KeyFacts, StatusFacts
from chain.ledger import proofs
from chain.ledger._abi import call_data, results
from chain.ledger._history import Found, LogReader, check_chain, gap, linked, topic, usable
from chain.ledger._registry import RegistryReader
from chain.ledger.events import ANCHORED, NO_HEAD, STATUS_ANCHORED, Anchored, word
from chain.ledger.rpc import RpcClient
from chain.ledger.trustroot import ANCHOR_LOG, REGISTRY, ContractRange, TrustRoot

_Place = tuple[str, str, int]


class LedgerReader:
    """A :class:`chain.kernel.ports.TrustSource` over a live chain.

    Attributes:
        forgotten: how often :meth:`forget` was needed; while it stays, what was answered holds at :attr:`block`, too.

    Args:
        rpc: endpoints, quorum and finality.
        trust_root: what is believed without asking.
        block: read at this block instead of the newest final one; it must be final and on the chain.

    Raises:
        Conflict: the endpoints serve another chain than the trust root names (rule 1), or not that block.
        Unavailable: too few endpoints answered.
    """

    def __init__(self, rpc: RpcClient, trust_root: TrustRoot, *, block: BlockRef | None = None) -> None:
        self.rpc = rpc
        self.trust_root = trust_root
        check_chain(rpc, trust_root)
        self._block = rpc.final_block()
        if block is not None and block != self._block:
            if block.number > self._block.number or rpc.block_at(block.number) != block:
                raise Conflict(f"block {block.number} is not final, or another one", code="ledger.block", field="block")
            self._block = block
        self._logs = LogReader(rpc, trust_root)
        self._anchors: dict[_Place, AnchorFacts] = {}
        self._statuses: dict[tuple[str, str], tuple[StatusFacts, ...]] = {}
        self._storage: tuple[str, ...] | None = None
        self.forgotten = 0
        self.forget()

    def forget(self) -> None:
        """Read anew whatever may change; anchors and states of lists that were read stay."""
        self.forgotten += 1
        self._bureaus: dict[str, BureauFacts | None] = {}
        self._keys: dict[tuple[str, bytes], KeyFacts | None] = {}
        self._heads: dict[tuple[str, str], StatusFacts | None] = {}
        self._registry = RegistryReader(self.rpc, self._address(REGISTRY), self._block)

    # ------------------------------------------------------------------ which state

    @property
    def block(self) -> BlockRef:
        """The final block at which facts are read."""
        return self._block

    @property
    def expires(self) -> int | None:
        """None: a live chain does not expire; the block's time says how old the facts are."""
        return None

    @property
    def describes(self) -> str:
        """Which chain, and how many endpoints agree."""
        count, quorum = len(self.rpc.endpoints), self.rpc.quorum
        ends = "1 endpoint" if count == 1 else f"{count} endpoints, {quorum} of them agreeing"
        return f"chain {self.trust_root.chain_id} at block {self._block.number}, {ends}"

    def refresh(self) -> BlockRef:
        """Move to the newest final block; what cannot change is kept, and everything if the contracts' state did not.

        One call while no block is new; with a new one, and at first, one exchange more.

        Raises:
            Unavailable: too few endpoints answered; nothing has moved.
            Conflict: the new final block is lower than, or contradicts, the one read before.
        """
        block = self.rpc.final_block()
        if block == self._block:
            if self._storage is None:
                self._storage = self._storage_at(block)
            return block
        if block.number <= self._block.number:
            raise Conflict(
                f"the final block went from {self._block.number} back to {block.number}", code="ledger.rewound",
                fix="ask another endpoint; this one follows another history",
            )  # fmt: skip
        storage = self._storage_at(block)
        same = storage is not None and storage == self._storage and self._contracts(block) == self._contracts()
        self._block, self._storage = block, storage
        if not same:
            self.forget()
        return block

    def _contracts(self, block: BlockRef | None = None) -> tuple[ContractRange | None, ...]:
        number = (block or self._block).number
        return tuple(self.trust_root.contract_at(name, number) for name in (REGISTRY, ANCHOR_LOG))

    def _storage_at(self, block: BlockRef) -> tuple[str, ...] | None:
        """Roots of all that the contracts store at that block (EIP-1186), or None where an endpoint gives none.

        Equal roots mean equal answers to every call that reads storage alone, as all of ours do; so this is what
        reading everything again would show, in one exchange.
        """
        addresses = [contract.address for contract in self._contracts(block) if contract is not None]
        try:
            proofs_ = self.rpc.read_at(block, [("eth_getProof", [hex0x(address), []]) for address in addresses])
            return tuple(str(proof["storageHash"]) for proof in proofs_)
        except (Unavailable, Refused, KeyError, TypeError):
            return None

    # ------------------------------------------------------------------ registry

    def bureau(self, uscc: str) -> BureauFacts | None:
        """Facts of a bureau with all accreditations and suspensions, or None. Two round trips, then none."""
        if uscc not in self._bureaus:
            self._bureaus[uscc] = self._registry.bureau(uscc)
        return self._bureaus[uscc]

    def bureaus(self) -> tuple[str, ...]:
        """USCCs of every bureau, in the order of registration."""
        return self._registry.bureaus()

    def key(self, uscc: str, thumbprint: bytes) -> KeyFacts | None:
        """Facts of a key by its 32-byte thumbprint, or by the first 8 bytes of a P-256 key's; or None."""
        if len(thumbprint) not in (8, 32):
            raise InvalidInput("a thumbprint has 32 bytes, or 8 as in a stamp", code="ledger.thumbprint")
        if (uscc, thumbprint) not in self._keys:
            self._keys[uscc, thumbprint] = self._registry.key(uscc, thumbprint)
        return self._keys[uscc, thumbprint]

    def keys(self, uscc: str) -> tuple[KeyFacts, ...]:
        """Every key the bureau ever had, in the order they were entered."""
        return self._registry.keys(uscc)

    # ------------------------------------------------------------------ anchors

    def learn(self, header: bytes) -> None:
        """Remember a block by its header (RLP), so that an event in it needs no call for its time.

        The header's Keccak-256 is the block's hash; that the block is on the chain, only an event of the chain says.

        Raises:
            InvalidInput: no header.
        """
        self._logs.learn(proofs.parse_header(header).block)

    def anchor(self, uscc: str, lane: str, sequence: int) -> AnchorFacts | None:
        """The anchor at that place, or None. Its root never changes, so it is asked for once."""
        if (uscc, lane, sequence) not in self._anchors:
            self.fetch_anchors([(uscc, lane, sequence)])
        return self._anchors.get((uscc, lane, sequence))

    def fetch_anchors(self, places: Iterable[tuple[str, str, int]]) -> None:
        """Read many anchors ahead: one request for the events of each lane, one for all their blocks."""
        wanted = {place for place in places if place not in self._anchors}
        found: list[Found[Anchored]] = []
        for uscc, lane in sorted({(uscc, lane) for uscc, lane, _ in wanted}):
            numbers = sorted(place[2] for place in wanted if place[:2] == (uscc, lane) and 0 < place[2] < 2**64)
            if not numbers or not usable(uscc, lane):
                continue
            topics = [hex0x(ANCHORED), hex0x(word(uscc)), hex0x(word(lane)), [topic(number) for number in numbers]]
            found += self._logs.anchored(topics, self._block.number)
        times = self._logs.blocks({(number, hash_) for _, number, hash_, _ in found})
        for event, number, _, transaction in found:
            facts = event.facts(times[number], transaction)
            place = (facts.bureau, facts.lane, facts.sequence)
            before = self._anchors.setdefault(place, facts)
            if before.root != facts.root:
                # Two contracts of a retired and a successor log may both count; the older place keeps its name.
                self._anchors[place] = min(before, facts, key=lambda one: one.block.number)

    def lane_head(self, uscc: str, lane: str) -> tuple[int, bytes]:
        """Last sequence and head of a lane as AnchorLog shows them at :attr:`block`; (0, zeros) if it is empty."""
        head = self._view("laneHead(bytes18,bytes32)", uscc, lane)
        sequence, value = results("(uint64,bytes32)", head)
        return sequence, value

    def anchors(self, uscc: str, lane: str) -> Iterator[AnchorFacts]:
        """Every anchor of a lane, oldest first, linked without a gap up to the head at :attr:`block` (rule 5).

        Raises:
            Damaged: an event is missing or changed.
        """
        events = self._logs.anchored([hex0x(ANCHORED), hex0x(word(uscc)), hex0x(word(lane))], self._block.number)
        times = self._logs.blocks({(number, hash_) for _, number, hash_, _ in events})
        head, sequence = NO_HEAD, 0
        chained: list[AnchorFacts] = []
        for event, number, _, transaction in events:
            if event.sequence == 1 and event.head_after(NO_HEAD, times[number].time) == event.head:
                head, sequence = NO_HEAD, 0
            if event.sequence != sequence + 1 or event.head_after(head, times[number].time) != event.head:
                raise gap(f"anchor {event.sequence} of {uscc} in lane {lane}")
            head, sequence = event.head, event.sequence
            chained.append(event.facts(times[number], transaction))
        shown = self.lane_head(uscc, lane)
        if shown != (sequence, head) and shown != (0, NO_HEAD):
            raise gap(f"lane {lane} of {uscc}: the events end at {sequence}, the contract says {shown[0]}")
        if shown == (0, NO_HEAD) and events and events[-1][1] >= self.trust_root.ranges(ANCHOR_LOG)[-1].from_block:
            raise gap(f"lane {lane} of {uscc}: the contract knows no anchor")
        self._anchors.update({(facts.bureau, facts.lane, facts.sequence): facts for facts in chained})
        return iter(chained)

    def lanes(self) -> tuple[tuple[str, str], ...]:
        """(bureau, lane) of every lane in which something was anchored, in order."""
        events = self._logs.anchored([hex0x(ANCHORED), None, None, topic(1)], self._block.number)
        return tuple(sorted({(event.bureau, event.lane) for event, *_ in events}))

    # ------------------------------------------------------------------ status lists

    def status_head(self, uscc: str, list_name: str) -> StatusFacts | None:
        """The newest state of a list, equal to the head the contract shows at :attr:`block` (rule 5), or None."""
        key = (uscc, list_name)
        if key not in self._heads:
            history = self._status_events(uscc, list_name)
            self._heads[key] = history[-1] if history else None
        return self._heads[key]

    def status_history(self, uscc: str, list_name: str) -> Sequence[StatusFacts]:
        """Every state of a list, oldest first, linked without a gap up to the newest (rule 5)."""
        return self._status_events(uscc, list_name)

    def status_lists(self) -> tuple[tuple[str, str], ...]:
        """(bureau, list) of every status list with a state, in order."""
        events = self._logs.status_anchored([hex0x(STATUS_ANCHORED)], self._block.number)
        return tuple(sorted({(event.bureau, event.list) for event, *_ in events}))

    def _status_events(self, uscc: str, list_name: str) -> tuple[StatusFacts, ...]:
        if not usable(uscc, list_name):
            return ()
        known = self._statuses.get((uscc, list_name), ())
        (shown,) = results("(bytes32)", self._view("statusHead(bytes18,bytes32)", uscc, list_name))
        if known and known[-1].head == shown:
            return known
        start = known[-1].block.number + 1 if known else 0
        topics = [hex0x(STATUS_ANCHORED), hex0x(word(uscc)), hex0x(word(list_name))]
        events = self._logs.status_anchored(topics, self._block.number, start)
        blocks = self._logs.blocks({(number, hash_) for _, number, hash_, _ in events})
        history = (*known, *linked(known, events, blocks))
        newest = history[-1] if history else None
        fresh = self.trust_root.ranges(ANCHOR_LOG)[-1].from_block
        if shown != (newest.head if newest else NO_HEAD) and not (
            shown == NO_HEAD and newest is not None and newest.block.number < fresh
        ):
            raise gap(f"status list {list_name} of {uscc}: the newest event is not the head the contract shows")
        self._statuses[uscc, list_name] = history
        return history

    # ------------------------------------------------------------------ evidence

    def stamp_anchor(self, stamp_digest: bytes) -> AnchorFacts | None:
        """None: a chain holds no stamps."""
        return None

    def receipt_proof(self, anchor: AnchorFacts) -> proofs.ReceiptProof:
        """Header and receipt proof of an anchor, checked against it.

        Raises:
            Damaged: the proof shows another anchor than the event did.
        """
        proof = proofs.receipt_proof(self.rpc, anchor.transaction)
        header = proofs.parse_header(proof.header)
        contract = self.trust_root.contract_at(ANCHOR_LOG, header.number)
        receipt = proofs.verify_receipt(header.receipts_root, proof.index, proof.nodes)
        events = proofs.anchored_in(receipt, contract.address) if contract else ()
        if all(event.facts(header.block, anchor.transaction) != anchor for event in events):
            raise Damaged("the receipt does not show this anchor", code="ledger.receipts", fix="ask another endpoint")
        return proof

    # ------------------------------------------------------------------ inside

    def _address(self, name: str) -> bytes:
        contract = self.trust_root.contract_at(name, self._block.number)
        if contract is None:
            raise Conflict(
                f"no {name} counts in block {self._block.number} by the trust root", code="ledger.contract",
                fix="wait until the chain is past the contracts' first block",
            )  # fmt: skip
        return contract.address

    def _view(self, signature: str, uscc: str, name: str) -> str:
        data = call_data(signature, uscc.encode("ascii"), word(name))
        call = {"to": hex0x(self._address(ANCHOR_LOG)), "data": hex0x(data)}
        return str(self.rpc.read_at(self._block, [("eth_call", [call])])[0])
