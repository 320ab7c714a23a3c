"""What a stranger, and a web page of a stranger, can and cannot do."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from chain.kernel.errors import Refused
from chain.ledger.node.answers import METHODS
from chain.ledger.rpc import RpcClient
from tests.chain.ledger.node.conftest import Running
from tests.chain.ledger.node.kit import INIT, Writer, ask, eventually, post, process_of, served, word

pytestmark = pytest.mark.loopback

EVIL = {"Origin": "https://evil.example"}
ZERO = "0x" + "00" * 20

FORBIDDEN: list[tuple[str, list[Any]]] = [
    ("anvil_setStorageAt", [ZERO, "0x0", "0x" + "11" * 32]),
    ("anvil_setBalance", [ZERO, "0xffff"]),
    ("anvil_setCode", [ZERO, "0x00"]),
    ("anvil_impersonateAccount", [ZERO]),
    ("anvil_mine", ["0x10"]),
    ("anvil_dumpState", []),
    ("anvil_loadState", ["0x00"]),
    ("anvil_reset", []),
    ("anvil_reorg", [1, []]),
    ("anvil_nodeInfo", []),
    ("anvil_setNonce", [ZERO, "0x5"]),
    ("anvil_dropTransaction", ["0x" + "11" * 32]),
    ("evm_increaseTime", [3600]),
    ("evm_setNextBlockTimestamp", [4_000_000_000]),
    ("evm_setTime", [4_000_000_000]),
    ("evm_mine", []),
    ("evm_snapshot", []),
    ("evm_revert", ["0x0"]),
    ("evm_setAutomine", [True]),
    ("evm_setIntervalMining", [1]),
    ("hardhat_setStorageAt", [ZERO, "0x0", "0x" + "11" * 32]),
    ("hardhat_mine", ["0x10"]),
    ("hardhat_reset", []),
    ("debug_traceTransaction", ["0x" + "11" * 32]),
    ("debug_getRawHeader", ["latest"]),
    ("trace_block", ["latest"]),
    ("eth_sendTransaction", [{"from": ZERO, "to": ZERO}]),
    ("eth_sendUnsignedTransaction", [{"from": ZERO, "to": ZERO}]),
    ("eth_sign", [ZERO, "0x00"]),
    ("eth_signTransaction", [{"from": ZERO}]),
    ("eth_accounts", []),
    ("eth_subscribe", ["newHeads"]),
    ("eth_newFilter", [{}]),
    ("personal_unlockAccount", [ZERO, "x"]),
    ("personal_sign", ["0x00", ZERO]),
    ("txpool_content", []),
    ("txpool_status", []),
    ("admin_nodeInfo", []),
    ("miner_start", []),
    ("ots_getApiLevel", []),
    ("erigon_getHeaderByNumber", ["0x0"]),
    ("eth_", []),
    ("", []),
]


@pytest.mark.parametrize("headers", [EVIL, {}], ids=["foreign page", "stranger"])
@pytest.mark.parametrize(("method", "params"), FORBIDDEN, ids=[name or "empty" for name, _ in FORBIDDEN])
def test_what_changes_or_shows_the_node_itself_is_not_answered(
    running: Running, method: str, params: list[Any], headers: dict[str, str]
) -> None:
    reply = ask(running.node.url, method, params, **headers)
    assert reply["error"]["code"] == -32601
    assert "result" not in reply
    assert running.rpc.call("eth_getStorageAt", [ZERO, "0x0"]) == "0x" + "00" * 32


def test_every_forbidden_method_is_missing_from_the_allow_list() -> None:
    assert not {name for name, _ in FORBIDDEN} & set(METHODS)
    assert all(name.startswith(("eth_", "net_", "web3_")) for name in METHODS)


def test_a_foreign_page_cannot_send_a_transaction(running: Running) -> None:
    raw = "0x" + running.writer.sign(900, running.contract, word(1)).hex()
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"):
        reply = ask(running.node.url, "eth_sendRawTransaction", [raw], Origin=origin)
        assert "another origin" in reply["error"]["message"]


def test_a_page_that_rebinds_its_name_to_this_machine_cannot_send(running: Running) -> None:
    raw = "0x" + running.writer.sign(900, running.contract, word(1)).hex()
    headers = {"Host": "evil.example", "Origin": "http://evil.example"}
    call = {"jsonrpc": "2.0", "id": 1, "method": "eth_sendRawTransaction", "params": [raw]}
    assert "another origin" in post(running.node.url, call, headers=headers)[2]["error"]["message"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_a_page_may_post_unasked_is_refused(running: Running, kind: str) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
    status, _, reply = post(running.node.url, call, headers={"Content-Type": kind, **EVIL})
    assert status == 415
    assert "application/json" in reply["error"]["message"]


def test_reads_answer_every_origin_without_credentials(running: Running) -> None:
    status, headers, reply = post(
        running.node.url, {"jsonrpc": "2.0", "id": 7, "method": "eth_chainId", "params": []}, headers=EVIL
    )
    assert (status, reply["id"], int(reply["result"], 16)) == (200, 7, running.node.chain_id)
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers


def test_the_preflight_of_a_read_passes(running: Running) -> None:
    asked = {**EVIL, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    status, headers, _ = post(running.node.url, b"", headers=asked, verb="OPTIONS")
    assert status == 204
    assert headers["access-control-allow-origin"] == "*"
    assert "POST" in headers["access-control-allow-methods"]
    assert headers["access-control-allow-headers"] == "content-type"
    assert "access-control-allow-credentials" not in headers


def test_a_stranger_may_only_send_to_our_contracts(running: Running) -> None:
    with pytest.raises(Refused, match="owner's private socket"):
        running.rpc.send_raw(running.writer.sign(1, None, INIT))
    with pytest.raises(Refused, match="is not a contract of this ledger"):
        running.rpc.send_raw(running.writer.sign(1, ZERO))
    other = Writer(1)
    with pytest.raises(Refused, match="is signed for chain 1"):
        running.rpc.send_raw(other.sign(1, running.contract))
    with pytest.raises(Refused, match=r"transaction\.gas"):
        running.rpc.send_raw(running.writer.sign(1, running.contract, gas=10**9))


def test_transactions_of_each_taken_type_are_served_and_may_be_sent_again(running: Running) -> None:
    nonce = int(running.rpc.call("eth_getTransactionCount", [running.writer.address, "pending"]), 16)
    raws = [running.writer.sign(nonce + kind, running.contract, word(5), kind=kind * 2) for kind in (0, 1)]
    hashes = [running.rpc.send_raw(raw) for raw in raws]
    assert [running.rpc.send_raw(raw) for raw in raws] == hashes
    receipts = [served(running.rpc, one) for one in hashes]
    assert [running.rpc.send_raw(raw) for raw in raws] == hashes
    assert [receipt["status"] for receipt in receipts] == ["0x1", "0x1"]
    found = running.rpc.call("eth_getTransactionByHash", ["0x" + hashes[1].hex()])
    assert found["blockHash"] == receipts[1]["blockHash"]


def test_the_pending_count_runs_ahead_of_the_served_one(running: Running) -> None:
    who = running.writer.address
    nonce = int(running.rpc.call("eth_getTransactionCount", [who, "pending"]), 16)
    digest = running.rpc.send_raw(running.writer.sign(nonce, running.contract, word(6)))
    assert int(running.rpc.call("eth_getTransactionCount", [who, "pending"]), 16) == nonce + 1
    served(running.rpc, digest)
    assert int(running.rpc.call("eth_getTransactionCount", [who, "latest"]), 16) == nonce + 1


def test_reads_at_a_block_hash_and_beyond_the_head(running: Running) -> None:
    block = running.rpc.final_block()
    (value,) = running.rpc.read_at(block, [("eth_getStorageAt", [running.contract, "0x0"])])
    assert int(value, 16) <= block.number
    beyond = hex(block.number + 1000)
    assert ask(running.node.url, "eth_getBlockByNumber", [beyond, False])["result"] is None
    assert ask(running.node.url, "eth_getBlockReceipts", [beyond])["result"] is None
    assert ask(running.node.url, "eth_getBlockByHash", ["0x" + "ab" * 32, True])["result"] is None
    assert ask(running.node.url, "eth_call", [{"to": ZERO}, beyond])["error"]["message"] == "unknown block"
    assert (
        ask(running.node.url, "eth_call", [{"to": ZERO}, {"blockHash": "0x" + "ab" * 32}])["error"]["message"]
        == "unknown block"
    )
    assert ask(running.node.url, "eth_getLogs", [{"fromBlock": beyond}])["result"] == []
    for tag in ("latest", "safe", "finalized", "pending"):
        assert int(ask(running.node.url, "eth_getBlockByNumber", [tag, False])["result"]["number"], 16) >= block.number
    assert ask(running.node.url, "eth_getBlockByNumber", ["earliest", False])["result"]["number"] == "0x0"


def test_a_proof_of_storage_fits_the_state_root(running: Running) -> None:
    block = running.rpc.final_block()
    (proof,) = running.rpc.read_at(block, [("eth_getProof", [running.contract, ["0x0"]])])
    assert proof["storageProof"][0]["proof"]
    assert proof["accountProof"]


def test_requests_are_bounded(running: Running) -> None:
    url = running.node.url
    call = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
    assert len(post(url, [call] * 200)[2]) == 200
    assert post(url, [call] * 201)[0] == 400
    assert post(url, [])[0] == 400
    assert post(url, b"[" * 100_000)[0] == 400
    assert post(url, b"\xff\xfe")[0] == 400
    assert post(url, b" " * (2**20 + 1))[0] == 413
    assert post(url, [1, None, {"method": 5}])[2][0]["error"]["code"] == -32600
    assert "above toBlock" in ask(url, "eth_getLogs", [{"fromBlock": "0x1", "toBlock": "0x0"}])["error"]["message"]


def test_logs_are_found_by_address_topic_and_block(running: Running) -> None:
    nonce = int(running.rpc.call("eth_getTransactionCount", [running.writer.address, "pending"]), 16)
    receipt = served(running.rpc, running.rpc.send_raw(running.writer.sign(nonce, running.contract, word(424242))))
    topic = "0x" + word(424242).hex()
    head = running.rpc.final_block().number
    (found,) = running.rpc.logs([running.contract], [topic], 0, head, page=3)
    assert (found["transactionHash"], found["data"]) == (receipt["transactionHash"], topic)
    assert (
        running.rpc.call("eth_getLogs", [{"blockHash": receipt["blockHash"], "topics": [[topic]]}]) == receipt["logs"]
    )
    assert running.rpc.logs([ZERO], [], 0, head) == []
    assert running.rpc.logs([running.contract], [topic, None], 0, head) == []


def test_the_health_page_names_the_chain(running: Running) -> None:
    status, headers, reply = post(running.node.url, b"", verb="GET", path="/health")
    assert (status, reply["chainId"]) == (200, running.node.chain_id)
    assert bytes.fromhex(reply["genesisHash"][2:]) == running.node.genesis_hash
    assert headers["access-control-allow-origin"] == "*"
    assert post(running.node.url, b"", path="/control/stop")[0] == 404


def test_the_owner_socket_is_for_the_owner_alone(running: Running) -> None:
    place = Path(running.node.owner.removeprefix("unix:"))
    assert place.parent.stat().st_mode & 0o077 == 0
    with RpcClient([running.node.owner]) as owner:
        assert owner.chain_id() == running.node.chain_id


def test_the_evm_process_has_no_port_that_anyone_could_reach(running: Running) -> None:
    network = post(running.node.url, b"", verb="GET", path="/health")[2]["network"]
    if network == "none":
        mine = Path("/proc/self/ns/net").readlink()
        assert Path(f"/proc/{process_of(running.node.folder)}/ns/net").readlink() != mine
    else:
        told = "".join(file.read_text(errors="replace") for file in running.node.folder.glob("*.json"))
        assert "anvil" not in told


def test_the_clock_moves_while_somebody_looks_and_never_runs_ahead(running: Running) -> None:
    import time

    first = running.rpc.final_block()
    later = eventually(lambda: (found := running.rpc.final_block()).number > first.number and found)
    assert first.time < later.time <= time.time()


def test_a_slow_or_silent_caller_does_not_hold_others(running: Running) -> None:
    host, port = running.node.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as silent:
        silent.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
        assert running.rpc.chain_id() == running.node.chain_id
