"""Follows the chain block by block and signs what holds; refuses, with evidence, a chain that contradicts it.

For every block, in order:

1. its header, recomputed from its fields, gives its hash, and its parent is the block before;
2. its receipts, if it has any, give its receipts root, so no event can be hidden or added;
3. every event of AnchorLog follows from the head before it and the block's time;
4. at the newest block the heads equal the contract's own views.

The last block of a stretch must be the one the endpoints agree on. Blocks with events of our contracts, every
``every``-th block and, at most every ``interval`` seconds, the newest one are signed; the first two are the same
for every witness of a chain, so that signatures of several can be put together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, Damaged, Refused, Unavailable
from chain.kernel.ports import BlockRef
from chain.ledger import proofs
from chain.ledger._abi import call_data, results
from chain.ledger._trie import EMPTY_TRIE
from chain.ledger.events import Log, word
from chain.ledger.rpc import RpcClient
from chain.ledger.trustroot import ANCHOR_LOG, TrustRoot
from chain.ledger.witness import heads as head_rules
from chain.ledger.witness import tree
from chain.ledger.witness.checkpoint import CheckpointBody, cosign, origin_of
from chain.ledger.witness.heads import Head, HeadKey
from chain.ledger.witness.store import WitnessStore
from chain.merkle import leaf_hash

EVERY = 1024
"""Every block whose number plus 1 is a multiple of this is signed."""
_CHUNK = 2048
_BATCH = 100


class Contradiction(Conflict):
    """The chain served now is not the one this witness signed.

    Attributes:
        number: lowest block known to differ.
        ours: its hash as signed, 32 bytes.
        theirs: header of the block served now, RLP; empty if it could not be had.
    """

    code = "witness.contradiction"

    def __init__(self, message: str, number: int, ours: bytes, theirs: bytes) -> None:
        super().__init__(
            message, field="chain",
            fix="find out who rewrote the chain; the signed checkpoint proves it. Do not delete this home",
        )  # fmt: skip
        self.number = number
        self.ours = ours
        self.theirs = theirs


@dataclass(frozen=True, slots=True)
class Progress:
    """What one look at the chain came to.

    Attributes:
        size: blocks seen.
        signed: largest size signed.
        new: blocks seen for the first time.
        behind: True if the endpoints' final block is older than what was seen before.
    """

    size: int
    signed: int
    new: int
    behind: bool = False


class Walker:
    """One witness at work.

    Args:
        store: its memory.
        rpc: its own endpoints.
        trust_root: chain and contracts.
        name: its name in signed notes.
        key: its private key.
        clock: the device's time.
        every: see :data:`EVERY`.
        interval: least seconds between two signatures that only show that the chain goes on.
    """

    def __init__(
        self,
        store: WitnessStore,
        rpc: RpcClient,
        trust_root: TrustRoot,
        name: str,
        key: Ed25519PrivateKey,
        clock: Callable[[], int],
        *,
        every: int = EVERY,
        interval: int = 10,
    ) -> None:
        self._store, self._rpc, self._root = store, rpc, trust_root
        self._name, self._key, self._clock = name, key, clock
        self._every, self._interval = every, interval
        self._heads: dict[HeadKey, Head] = {}

    def use(self, rpc: RpcClient) -> None:
        """Ask other endpoints from now on."""
        self._rpc = rpc

    def step(self, progress: Callable[[int, int], None] | None = None, *, sign_tip: bool = False) -> Progress:
        """Look at the chain once: check what is new and sign it.

        Args:
            sign_tip: sign the newest block whatever the interval.
            progress: called with (blocks seen, blocks there are).

        Raises:
            Contradiction: the chain is not the one signed before.
            Damaged: the endpoint's answers contradict each other, or events do not follow from heads.
            Conflict, Unavailable: another chain id, or no answer.
        """
        found = self._rpc.chain_id()
        if found != self._root.chain_id:
            raise Conflict(f"the endpoints serve chain {found}, not {self._root.chain_id}", code="ledger.chain_id")
        final = self._rpc.final_block()
        behind = self._compare(final)
        before = self._store.size
        while not behind and self._store.size <= final.number:
            end = min(final.number, self._store.size + _CHUNK - 1)
            self._stretch(final if end == final.number else self._rpc.block_at(end))
            if progress is not None:
                progress(self._store.size, final.number + 1)
        if not behind:
            self._still_there(final, sign_tip)
        return Progress(self._store.size, self._store.signed[0], self._store.size - before, behind)

    # ------------------------------------------------------------------ the past must be the past

    def _compare(self, final: BlockRef) -> bool:
        """True if the endpoints are behind; forgets unsigned blocks that are gone. Raises Contradiction."""
        size, (signed, _) = self._store.size, self._store.signed
        if size == 0:
            return False
        tip = min(final.number, size - 1)
        served = final if tip == final.number else self._rpc.block_at(tip)
        if served.hash != self._store.hash_of(tip):
            if tip < signed:
                raise self._contradiction(tip)
            self._contradicted_below(signed)
            with self._store.writing():
                self._store.truncate(signed)
            return False
        return final.number < size - 1

    def _contradicted_below(self, signed: int) -> None:
        if signed and self._rpc.block_at(signed - 1).hash != self._store.hash_of(signed - 1):
            raise self._contradiction(signed - 1)

    def _contradiction(self, known: int) -> Contradiction:
        """The error, with the lowest block that differs, found by halving."""
        low, high = 0, known
        try:
            while low < high:
                middle = (low + high) // 2
                if self._rpc.block_at(middle).hash != self._store.hash_of(middle):
                    high = middle
                else:
                    low = middle + 1
            theirs = self._header(high)
        except (Unavailable, Damaged):
            high, theirs = known, b""
        ours = self._store.hash_of(high) or b""
        signed, _ = self._store.signed
        now = hex0x(proofs.parse_header(theirs).hash) if theirs else "another one"
        return Contradiction(
            f"block {high} is now {now}, but this witness signed {signed} blocks with {hex0x(ours)} at that place: "
            "the chain was rewritten; nothing was signed",
            high, ours, theirs,
        )  # fmt: skip

    def _header(self, number: int) -> bytes:
        answer = self._rpc.call("eth_getBlockByNumber", [hex(number), False])
        if not isinstance(answer, dict):
            raise Unavailable(f"the endpoint does not know block {number}", code="ledger.block")
        return proofs.header_rlp(answer)

    # ------------------------------------------------------------------ new blocks

    def _stretch(self, target: BlockRef) -> None:
        first = self._store.size
        with self._store.writing():
            self._heads = self._store.heads()
            changed: set[HeadKey] = set()
            number = first
            while number <= target.number:
                numbers = range(number, min(target.number + 1, number + _BATCH))
                for header, logs in self._read(numbers):
                    changed |= self._take(header, logs, target)
                number = numbers.stop
            if self._store.hash_of(target.number) != target.hash:
                raise Damaged(
                    f"the walk to block {target.number} ends in another block than the endpoints agree on",
                    code="ledger.block_hash", fix="ask another endpoint",
                )  # fmt: skip
            for key in changed:
                self._store.put_head(key, self._heads[key])
            self._views(changed, target)

    def _read(self, numbers: range) -> list[tuple[proofs.Header, list[Log] | None]]:
        answers = self._rpc.batch([("eth_getBlockByNumber", [hex(number), False]) for number in numbers])
        headers: list[proofs.Header] = []
        for number, answer in zip(numbers, answers, strict=True):
            if not isinstance(answer, dict):
                raise Unavailable(f"the endpoint does not know block {number}", code="ledger.block")
            headers.append(proofs.parse_header(proofs.header_rlp(answer)))
        busy = [header for header in headers if header.receipts_root != EMPTY_TRIE]
        receipts = self._rpc.batch([("eth_getBlockReceipts", [hex0x(header.hash)]) for header in busy]) if busy else []
        logs: dict[bytes, list[Log]] = {}
        for header, found in zip(busy, receipts, strict=True):
            if not isinstance(found, list):
                raise Unavailable(f"the endpoint gives no receipts of block {header.number}", code="ledger.receipts")
            logs[header.hash] = _logs(header, found)
        return [(header, logs.get(header.hash)) for header in headers]

    def _take(self, header: proofs.Header, logs: list[Log] | None, target: BlockRef) -> set[HeadKey]:
        number = self._store.size
        parent = self._store.hash_of(number - 1) if number else bytes(32)
        if header.number != number or header.parent_hash != parent:
            raise Damaged(f"block {number} does not follow from the one before", code="ledger.block_hash")
        if number == 0 and header.hash != self._root.genesis_hash:
            raise Conflict(
                f"the genesis block is {hex0x(header.hash)}, the trust root names {hex0x(self._root.genesis_hash)}",
                code="ledger.genesis", field="ledger.endpoints",
                fix="use the endpoints of the chain the trust root names",
            )  # fmt: skip
        self._store.append(number, header.hash, header.time, leaf_hash(header.hash))
        changed: set[HeadKey] = set()
        ours = {contract.address for contract in self._root.contracts if contract.holds(number)}
        contract = self._root.contract_at(ANCHOR_LOG, number)
        if logs and contract is not None:
            changed = head_rules.apply(self._heads, logs, contract.address, header.time)
        if (logs and any(log.address in ours for log in logs)) or (number + 1) % self._every == 0:
            self._sign(header.block, kept=True)
        elif number == target.number and self._clock() - self._store.signed[1] >= self._interval:
            self._sign(header.block, kept=False)
        return changed

    def _views(self, changed: set[HeadKey], block: BlockRef) -> None:
        """Rule 4, for the heads that changed; only the newest block's state can be relied on to be there."""
        current = self._root.contract_at(ANCHOR_LOG, block.number)
        keys = sorted(key for key in changed if current is not None and key.contract == current.address)
        if not keys or block != self._rpc.final_block():
            return
        calls = []
        for key in keys:
            view = "laneHead(bytes18,bytes32)" if key.kind == head_rules.LANE else "statusHead(bytes18,bytes32)"
            data = call_data(view, key.bureau.encode("ascii"), word(key.name))
            calls.append(("eth_call", [{"to": hex0x(key.contract), "data": hex0x(data)}]))
        for key, answer in zip(keys, self._rpc.read_at(block, calls), strict=True):
            head = self._heads[key]
            if key.kind == head_rules.LANE:
                same = results("(uint64,bytes32)", answer) == (head.sequence, head.value)
            else:
                same = results("(bytes32)", answer) == (head.value,)
            if not same:
                raise Damaged(
                    f"{key.bureau} {key.name}: the contract's view is not what its events give", code="witness.heads"
                )

    def _still_there(self, final: BlockRef, at_once: bool) -> None:
        """Sign the newest block again if nothing was signed for a while, so that readers see how new the facts are."""
        size, time = self._store.signed
        if at_once and size == final.number + 1:
            return
        if final.number + 1 == self._store.size and (at_once or self._clock() - time >= self._interval):
            with self._store.writing():
                self._heads = self._store.heads()
                self._sign(final, kept=False)

    def _sign(self, block: BlockRef, *, kept: bool) -> None:
        size, last = block.number + 1, self._store.signed[1]
        now = self._clock()
        if now < last:
            raise Refused(
                f"the device's clock says {now}, before the last signature at {last}", code="witness.clock",
                field="clock", fix="set the clock right",
            )  # fmt: skip
        root = tree.root(self._store.node, size)
        origin = origin_of(self._root.chain_id, self._root.genesis_hash)
        body = CheckpointBody(origin, size, root, block, head_rules.digest(self._heads)).text()
        before = self._store.checkpoint(size)
        if before is not None and before[0] != body:
            raise Damaged(
                f"a checkpoint of {size} blocks with other content was signed before", code="witness.other_body",
                field="trust_root",
                fix="the trust root now names other contracts for past blocks; put the old ranges back",
            )  # fmt: skip
        note = body + "\n" + cosign(body, self._name, self._key, now)
        self._store.put_checkpoint(size, body, note, now, kept=kept)


def _logs(header: proofs.Header, receipts: list[dict[str, Any]]) -> list[Log]:
    proofs.receipts_trie(header, receipts)
    ordered = sorted(receipts, key=lambda receipt: int(receipt["transactionIndex"], 16))
    return [
        log
        for receipt in ordered
        for parsed in [proofs.parse_receipt(proofs.receipt_rlp(receipt))]
        if parsed.succeeded
        for log in parsed.logs
    ]
