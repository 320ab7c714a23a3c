"""Block headers and receipt proofs: an event is in a block, checked without asking any node.

Checking (:func:`parse_header`, :func:`verify_receipt`, :func:`anchored_in`, :func:`status_anchored_in`)
is pure. Making (:func:`header_rlp`, :func:`receipt_proof`) starts from a node's answers and is itself
checked against the block's hash before it returns.

Sources: Ethereum Yellow Paper section 4.3; EIP-1559, 4895, 4844, 4788, 7685 (header fields), 2718 and 658
(typed receipts, status).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from eth_hash.auto import keccak

from chain.kernel.errors import Damaged, InvalidInput, NotFound
from chain.kernel.ports import BlockRef
from chain.ledger import _rlp, _trie
from chain.ledger.events import Anchored, Log, StatusAnchored, decode_anchored, decode_status_anchored

_FIELDS: tuple[tuple[str, int | None], ...] = (
    ("parentHash", 32), ("sha3Uncles", 32), ("miner", 20), ("stateRoot", 32), ("transactionsRoot", 32),
    ("receiptsRoot", 32), ("logsBloom", 256), ("difficulty", None), ("number", None), ("gasLimit", None),
    ("gasUsed", None), ("timestamp", None), ("extraData", -1), ("mixHash", 32), ("nonce", 8),
    ("baseFeePerGas", None), ("withdrawalsRoot", 32), ("blobGasUsed", None), ("excessBlobGas", None),
    ("parentBeaconBlockRoot", 32), ("requestsHash", 32),
)  # fmt: skip
"""Name and kind in order: a fixed size, None for an integer, -1 for bytes of any length."""
_LEAST = 15
MAX_HEADER = 16_384
"""A longer header is refused."""
_MAX_RECEIPT = 2**24


@dataclass(frozen=True, slots=True)
class Header:
    """What a block header says.

    Attributes:
        hash: Keccak-256 of the header, 32 bytes.
        parent_hash: 32 bytes.
        number: height.
        time: seconds since 1970 UTC.
        state_root: 32 bytes.
        receipts_root: 32 bytes.
    """

    hash: bytes
    parent_hash: bytes
    number: int
    time: int
    state_root: bytes
    receipts_root: bytes

    @property
    def block(self) -> BlockRef:
        """The block, as the ports name it."""
        return BlockRef(self.number, self.hash, self.time)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a transaction did.

    Attributes:
        succeeded: False if it was reverted.
        logs: its events, in order.
    """

    succeeded: bool
    logs: tuple[Log, ...]


@dataclass(frozen=True, slots=True)
class ReceiptProof:
    """A receipt with its way to the block's receipts root.

    Attributes:
        header: RLP of the block's header.
        index: place of the transaction in the block.
        nodes: RLP of the trie nodes, root first.
    """

    header: bytes
    index: int
    nodes: tuple[bytes, ...]


class Rpc(Protocol):
    """The one thing needed of an RPC client here."""

    def call(self, method: str, params: Sequence[Any] = ()) -> Any:
        """Result of one JSON-RPC call. Raises Unavailable, NotFound, Refused."""
        ...


# --------------------------------------------------------------------------- checking: pure


def parse_header(data: bytes) -> Header:
    """Read a header.

    Raises:
        InvalidInput: too long, not strict RLP, or not the fields of a header up to the fork Prague.
    """
    if len(data) > MAX_HEADER:
        raise InvalidInput("block header: too long", code="proof.header", field="chain.header")
    items = _rlp.as_list(_rlp.decode(data, what="block header"), "block header")
    if not _LEAST <= len(items) <= len(_FIELDS):
        raise InvalidInput(f"block header: {len(items)} fields", code="proof.header", field="chain.header")
    values: dict[str, Any] = {}
    for (name, kind), item in zip(_FIELDS, items, strict=False):
        where = "block header: " + name
        if kind is None:
            values[name] = _rlp.as_int(item, where)
        else:
            values[name] = _rlp.as_bytes(item, where, None if kind < 0 else kind)
    if values["number"] >= 2**53 or values["timestamp"] >= 2**53:
        raise InvalidInput("block header: number or time out of range", code="proof.header", field="chain.header")
    return Header(
        keccak(data), values["parentHash"], values["number"], values["timestamp"], values["stateRoot"],
        values["receiptsRoot"],
    )  # fmt: skip


def verify_receipt(receipts_root: bytes, index: int, nodes: Sequence[bytes]) -> Receipt:
    """The receipt that ``nodes`` prove to be number ``index`` under ``receipts_root``.

    Every node must be used and stand in its place, so a proof has one form.

    Raises:
        InvalidInput: the proof or the receipt is not what it must be.
    """
    if sum(len(node) for node in nodes) > _MAX_RECEIPT:
        raise InvalidInput("receipt proof: too long", code="proof.receipt", field="chain.receipt")
    return parse_receipt(_trie.value_of(receipts_root, index, nodes))


def parse_receipt(data: bytes) -> Receipt:
    """Read a receipt as it lies in the trie (EIP-2718). Raises InvalidInput."""
    what = "receipt"
    if data[:1] and data[0] < 0x80:
        if data[0] == 0:
            raise InvalidInput("receipt: type 0 is written without a type", code="proof.receipt", field=what)
        data = data[1:]
    fields = _rlp.as_list(_rlp.decode(data, what=what), what)
    if len(fields) != 4:
        raise InvalidInput(f"receipt: {len(fields)} fields", code="proof.receipt", field=what)
    status = _rlp.as_int(fields[0], what, 2)
    _rlp.as_int(fields[1], what)
    _rlp.as_bytes(fields[2], what, 256)
    logs = []
    for entry in _rlp.as_list(fields[3], what):
        parts = _rlp.as_list(entry, what)
        if len(parts) != 3:
            raise InvalidInput("receipt: a log has three parts", code="proof.receipt", field=what)
        topics = tuple(_rlp.as_bytes(topic, what, 32) for topic in _rlp.as_list(parts[1], what))
        logs.append(Log(_rlp.as_bytes(parts[0], what, 20), topics, _rlp.as_bytes(parts[2], what)))
    return Receipt(status == 1, tuple(logs))


def anchored_in(receipt: Receipt, contract: bytes) -> tuple[Anchored, ...]:
    """All ``Anchored`` events of AnchorLog at that address in a receipt. Raises InvalidInput if one is malformed."""
    found = (decode_anchored(log, contract) for log in receipt.logs if receipt.succeeded)
    return tuple(event for event in found if event is not None)


def status_anchored_in(receipt: Receipt, contract: bytes) -> tuple[StatusAnchored, ...]:
    """As :func:`anchored_in` for ``StatusAnchored`` events."""
    found = (decode_status_anchored(log, contract) for log in receipt.logs if receipt.succeeded)
    return tuple(event for event in found if event is not None)


# --------------------------------------------------------------------------- making: from a node's answers


def header_rlp(block: Mapping[str, Any]) -> bytes:
    """RLP of the header in a JSON-RPC block, recomputed from its fields; its Keccak-256 equals the block's hash.

    Networks under QBFT hash the header without the validators' commit seals and the round; that form is
    recognised, and returned, since it is the one whose hash is the block's.

    Raises:
        Damaged: the fields do not give the hash the node names.
    """
    try:
        items = [_field(block, name, kind) for name, kind in _FIELDS[:_LEAST]]
        for name, kind in _FIELDS[_LEAST:]:
            if block.get(name) is None:
                break
            items.append(_field(block, name, kind))
        named = _bytes(block["hash"])
    except (KeyError, TypeError, ValueError) as error:
        raise Damaged(f"the node's block has no usable {error}", code="ledger.block", field="block") from error
    raw = _rlp.encode(items)
    if keccak(raw) == named:
        return raw
    sealless = _without_seals(items[12])
    if sealless is not None:
        items[12] = sealless
        raw = _rlp.encode(items)
        if keccak(raw) == named:
            return raw
    raise Damaged(
        f"block {block.get('number')}: its fields do not give its hash", code="ledger.block_hash", field="block",
        fix="ask another endpoint; this one or the fork it runs cannot be checked",
    )  # fmt: skip


def receipt_rlp(receipt: Mapping[str, Any]) -> bytes:
    """A JSON-RPC receipt as it lies in the trie (EIP-2718)."""
    kind = int(receipt.get("type") or "0x0", 16)
    logs = [
        [_bytes(log["address"]), [_bytes(topic) for topic in log["topics"]], _bytes(log["data"])]
        for log in receipt["logs"]
    ]
    body = _rlp.encode(
        [_rlp.encode_int(int(receipt["status"], 16)), _rlp.encode_int(int(receipt["cumulativeGasUsed"], 16)),
         _bytes(receipt["logsBloom"]), logs]
    )  # fmt: skip
    return body if kind == 0 else bytes([kind]) + body


def receipts_trie(header: Header, receipts: Sequence[Mapping[str, Any]]) -> _trie.IndexTrie:
    """The receipts trie of a whole block, checked against its header.

    Raises:
        Damaged: these are not all the receipts of that block.
    """
    try:
        ordered = sorted(receipts, key=lambda receipt: int(receipt["transactionIndex"], 16))
        trie = _trie.IndexTrie([receipt_rlp(receipt) for receipt in ordered])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Damaged(f"block {header.number}: a receipt has no usable {error}", code="ledger.receipts") from error
    if trie.root != header.receipts_root:
        raise Damaged(
            f"block {header.number}: the node's receipts do not give the receipts root", code="ledger.receipts",
            field="receipts", fix="ask another endpoint",
        )  # fmt: skip
    return trie


def receipt_proof(rpc: Rpc, transaction: bytes) -> ReceiptProof:
    """Header, index and trie nodes that prove what a mined transaction did.

    Raises:
        NotFound: the transaction is not in any block.
        Damaged: the node's answers contradict each other.
        Unavailable: no answer.
    """
    found = rpc.call("eth_getTransactionReceipt", ["0x" + transaction.hex()])
    if not found:
        raise NotFound(f"transaction 0x{transaction.hex()} is in no block", code="ledger.transaction")
    block = rpc.call("eth_getBlockByHash", [found["blockHash"], False])
    receipts = rpc.call("eth_getBlockReceipts", [found["blockHash"]])
    if not block or not receipts:
        raise NotFound(f"block {found['blockHash']} is gone", code="ledger.block", field="block", fix="ask again")
    header = header_rlp(block)
    trie = receipts_trie(parse_header(header), receipts)
    index = int(found["transactionIndex"], 16)
    return ReceiptProof(header, index, trie.path(index))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def _field(block: Mapping[str, Any], name: str, kind: int | None) -> bytes:
    if kind is None:
        return _rlp.encode_int(int(block[name], 16))
    return _bytes(block[name])


def _without_seals(extra: bytes) -> bytes | None:
    """QBFT extra data (vanity, validators, vote, round, seals) as it is hashed on chain: round 0, no seals."""
    try:
        parts = _rlp.as_list(_rlp.decode(extra), "extra data")
    except InvalidInput:
        return None
    return _rlp.encode([*parts[:3], b"", []]) if len(parts) == 5 else None
