"""Headers and receipt proofs: pure checks against independent implementations, and a real chain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rlp
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st
from trie.hexary import HexaryTrie

from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import Damaged, InvalidInput, NotFound
from chain.ledger import _rlp, _trie, proofs
from chain.ledger.anchoring import anchor_batch, change_status
from chain.ledger.events import NO_HEAD, Log, decode_anchored, decode_status_anchored
from chain.ledger.trustroot import ANCHOR_LOG
from chain.ledger.typed import Anchor, lane_head, status_head
from tests.chain.ledger.kit import BUREAU, LANE, LIST, World, account

_ITEMS = st.recursive(st.binary(max_size=70), lambda inner: st.lists(inner, max_size=5), max_leaves=12)


class TestRlp:
    """Equal to the reference; nothing but the shortest form is read."""

    @given(_ITEMS)
    def test_equals_the_reference(self, item: Any) -> None:
        raw = _rlp.encode(item)
        assert raw == rlp.encode(item)
        assert _rlp.decode(raw) == item

    @given(st.binary(max_size=80))
    def test_reads_only_what_it_would_write(self, data: bytes) -> None:
        try:
            item = _rlp.decode(data)
        except InvalidInput:
            return
        assert _rlp.encode(item) == data

    @pytest.mark.parametrize("data", ["", "8100", "b801ff", "b90001ff", "c1", "83ffff", "0000", "f800", "bb00000000"])
    def test_other_forms_are_refused(self, data: str) -> None:
        with pytest.raises(InvalidInput):
            _rlp.decode(bytes.fromhex(data))

    def test_deep_nesting_is_refused(self) -> None:
        with pytest.raises(InvalidInput):
            _rlp.decode(_nested(40))


def _nested(depth: int) -> bytes:
    raw = b"\xc0"
    for _ in range(depth):
        raw = bytes([0xC0 + len(raw)]) + raw
    return raw


class TestTrie:
    """Equal to py-trie; a proof has one form."""

    @pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 127, 128, 129, 300])
    def test_equals_the_reference(self, count: int) -> None:
        values = [b"receipt %04d " % number + b"x" * 40 for number in range(count)]
        reference = HexaryTrie({})
        for number, value in enumerate(values):
            reference[rlp.encode(number)] = value
        trie = _trie.IndexTrie(values)
        assert trie.root == reference.root_hash
        for number in range(count):
            assert _trie.value_of(trie.root, number, trie.path(number)) == values[number]

    def test_the_empty_trie(self) -> None:
        assert _trie.IndexTrie([]).root == HexaryTrie({}).root_hash == _trie.EMPTY_TRIE

    def test_missing_extra_and_foreign_nodes_are_refused(self) -> None:
        trie = _trie.IndexTrie([b"%03d" % number * 20 for number in range(200)])
        path = trie.path(77)
        assert len(path) > 2
        bad = [
            (),
            path[:-1],
            path[1:],
            (*path, path[-1]),
            (*path, b"\xc0"),
            path[::-1],
            (path[0], *path),
            trie.path(78),
        ]
        for nodes in bad:
            with pytest.raises(InvalidInput):
                _trie.value_of(trie.root, 77, nodes)

    def test_every_changed_byte_is_refused(self) -> None:
        trie = _trie.IndexTrie([b"%03d" % number * 20 for number in range(20)])
        path = trie.path(3)
        for at, node in enumerate(path):
            for place in range(len(node)):
                changed = node[:place] + bytes([node[place] ^ 1]) + node[place + 1 :]
                with pytest.raises(InvalidInput):
                    _trie.value_of(trie.root, 3, (*path[:at], changed, *path[at + 1 :]))


class TestEvents:
    """Heads equal the ones that signers and contracts compute; padding must be zero."""

    def test_heads_equal_typed(self) -> None:
        words = [sha256(b"root"), (7).to_bytes(32, "big"), sha256(b"m"), sha256(b"head"), bytes(12) + b"\1" * 20]
        topics = (
            proofs_topic("Anchored"),
            BUREAU.encode().ljust(32, b"\0"),
            LANE.encode().ljust(32, b"\0"),
            (3).to_bytes(32, "big"),
        )
        event = decode_anchored(Log(b"\2" * 20, topics, b"".join(words)), b"\2" * 20)
        assert event is not None
        anchor = Anchor(BUREAU, LANE, 3, sha256(b"root"), 7, sha256(b"m"))
        assert event.head_after(sha256(b"before"), 99) == lane_head(sha256(b"before"), anchor, 99)
        assert decode_anchored(Log(b"\3" * 20, topics, b"".join(words)), b"\2" * 20) is None
        for at, bad in ((1, b"\1" + words[1][1:]), (4, b"\1" + words[4][1:])):
            changed = [*words[:at], bad, *words[at + 1 :]]
            with pytest.raises(InvalidInput):
                decode_anchored(Log(b"\2" * 20, topics, b"".join(changed)), b"\2" * 20)

    def test_status_heads_equal_typed(self) -> None:
        words = [NO_HEAD, sha256(b"head"), sha256(b"token"), bytes(12) + b"\1" * 20]
        topics = (proofs_topic("StatusAnchored"), BUREAU.encode().ljust(32, b"\0"), LIST.encode().ljust(32, b"\0"))
        event = decode_status_anchored(Log(b"\2" * 20, topics, b"".join(words)), b"\2" * 20)
        assert event is not None
        assert event.head_after(99) == status_head(NO_HEAD, BUREAU, LIST, sha256(b"token"), 99)


def proofs_topic(name: str) -> bytes:
    from chain.ledger.abi import contract_abi

    entry = next(item for item in contract_abi(ANCHOR_LOG) if item.get("name") == name and item["type"] == "event")
    return keccak(f"{name}({','.join(part['type'] for part in entry['inputs'])})".encode())


def test_headers_of_qbft_networks_hash_without_seals() -> None:
    """QBFT hashes extra data with round 0 and no seals; the node shows it with both."""

    def extra(round_: bytes, seals: list[bytes]) -> bytes:
        return bytes(rlp.encode([bytes(32), [b"\1" * 20], b"", round_, seals]))

    block = _block(extra(b"", []))
    block["hash"] = hex0x(keccak(proofs.header_rlp(block)))
    hashed = proofs.header_rlp(block)
    shown = block | {"extraData": hex0x(extra(b"\2", [b"\3" * 65]))}
    assert proofs.header_rlp(shown) == hashed
    with pytest.raises(Damaged):
        proofs.header_rlp(block | {"number": "0x6"})


def _block(extra: bytes) -> dict[str, Any]:
    block: dict[str, Any] = {
        name: hex0x(bytes(size)) for name, size in proofs._FIELDS[:15] if size is not None and size > 0
    }
    block |= {name: "0x5" for name, size in proofs._FIELDS[:15] if size is None} | {"extraData": hex0x(extra)}
    items = [proofs._field(block, name, size) for name, size in proofs._FIELDS[:15]]
    return block | {"hash": hex0x(keccak(rlp.encode(items)))}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    built = World.build(tmp_path_factory.mktemp("chain"))
    yield built
    built.close()


@pytest.mark.loopback
class TestRealChain:
    """A block of many transactions on a real node."""

    def test_every_header_gives_its_hash(self, world: World) -> None:
        final = world.rpc.final_block()
        for number in range(final.number + 1):
            block = world.rpc.call("eth_getBlockByNumber", [hex(number), False])
            header = proofs.parse_header(proofs.header_rlp(block))
            assert hex0x(header.hash) == block["hash"]
            assert header.block == world.rpc.block_at(number)

    def test_receipts_of_a_full_block_are_proven(self, world: World) -> None:
        world.rpc.call("evm_setAutomine", [False])
        try:
            hashes = [
                world.rpc.send_raw(
                    account(50 + number)
                    .sign_transaction(
                        {"chainId": 31_415, "nonce": 0, "to": bytes(20), "value": 0, "gas": 30_000, "gasPrice": 0}
                        if number % 2
                        else {
                            "chainId": 31_415,
                            "nonce": 0,
                            "to": bytes(20),
                            "value": 0,
                            "gas": 30_000,
                            "maxFeePerGas": 0,
                            "maxPriorityFeePerGas": 0,
                        }
                    )
                    .raw_transaction
                )
                for number in range(40)
            ]
            world.rpc.call("evm_mine", [])
        finally:
            world.rpc.call("evm_setAutomine", [True])
        seen = set()
        for hash_ in hashes:
            proof = proofs.receipt_proof(world.rpc, hash_)
            header = proofs.parse_header(proof.header)
            assert proofs.verify_receipt(header.receipts_root, proof.index, proof.nodes).succeeded
            seen.add(proof.index)
            with pytest.raises(InvalidInput):
                proofs.verify_receipt(header.receipts_root, proof.index + 1, proof.nodes)
        assert seen == set(range(40))

    def test_anchors_and_statuses_are_read_from_proven_receipts(self, world: World, tmp_path: Path) -> None:
        anchor = anchor_batch(world.sender, world.trust_root, world.batch(1, sha256(b"root")))
        status = change_status(world.sender, world.trust_root, world.status(NO_HEAD, sha256(b"list")))
        log = world.trust_root.ranges(ANCHOR_LOG)[0].address
        for facts, find in ((anchor, proofs.anchored_in), (status, proofs.status_anchored_in)):
            proof = proofs.receipt_proof(world.rpc, facts.transaction)
            header = proofs.parse_header(proof.header)
            receipt = proofs.verify_receipt(header.receipts_root, proof.index, proof.nodes)
            (event,) = find(receipt, log)
            assert event.facts(header.block, facts.transaction) == facts
            assert find(receipt, bytes(20)) == ()

    def test_an_unknown_transaction_is_not_found(self, world: World) -> None:
        with pytest.raises(NotFound):
            proofs.receipt_proof(world.rpc, bytes(32))

    def test_a_lying_node_is_caught(self, world: World) -> None:
        anchor = anchor_batch(world.sender, world.trust_root, world.batch(2, sha256(b"root 2")))

        class Lying:
            def call(self, method: str, params: Any = ()) -> Any:
                answer = world.rpc.call(method, params)
                if method == "eth_getBlockReceipts":
                    answer[0]["logs"][0]["data"] = answer[0]["logs"][0]["data"][:-1] + "0"
                return answer

        with pytest.raises(Damaged):
            proofs.receipt_proof(Lying(), anchor.transaction)
