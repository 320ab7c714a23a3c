"""Who starts a node, who shares it, and when it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from chain.kernel.errors import Damaged, Unavailable
from chain.ledger.node import ensure_node, node_status, stop_node
from chain.ledger.node.layout import NodeDir
from chain.ledger.node.locks import is_held
from chain.ledger.node.process import end, is_alive, mark
from chain.ledger.rpc import RpcClient
from tests.chain.ledger.node.kit import Writer, deploy, eventually, process_of, served, supervisor_of, word

pytestmark = pytest.mark.loopback

ROOT = Path(__file__).parents[4]
ATTACH = """
import sys
from chain.ledger.node import ensure_node
node = ensure_node(sys.argv[1], linger=float(sys.argv[2]))
print(node.url, node.chain_id, node.genesis_hash.hex(), flush=True)
sys.stdin.read()
"""


def attach(folder: Path, linger: float = 0.3) -> subprocess.Popen[str]:
    """A process that uses the node until its standard input is closed."""
    return subprocess.Popen(
        [sys.executable, "-c", ATTACH, str(folder), str(linger)],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def let_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.stdout.close()
    assert process.wait(60) == 0


def gone(folder: Path) -> bool:
    return not is_held(folder / "run.lock")


def test_several_processes_at_once_get_the_same_node_which_ends_after_the_last(folder: Path) -> None:
    users = [attach(folder) for _ in range(6)]
    told = {user.stdout.readline() for user in users if user.stdout is not None}
    assert len(told) == 1
    assert told.pop().startswith("http://127.0.0.1:")
    marks = [mark(supervisor_of(folder)), mark(process_of(folder))]
    for user in users[:-1]:
        let_go(user)
    assert node_status(folder).running
    let_go(users[-1])
    eventually(lambda: gone(folder))
    eventually(lambda: not any(one is not None and is_alive(one) for one in marks))
    assert not (folder / "endpoint.json").exists()


def test_a_user_that_is_killed_does_not_keep_the_node(folder: Path) -> None:
    user = attach(folder)
    assert user.stdout is not None
    assert user.stdout.readline()
    user.kill()
    user.wait()
    assert user.stdin is not None
    user.stdin.close()
    user.stdout.close()
    eventually(lambda: gone(folder))


def test_attaching_while_the_node_is_ending_gives_a_node_that_serves(folder: Path) -> None:
    chains = set()
    for _ in range(6):
        with ensure_node(folder, linger=0.0) as node:
            with RpcClient([node.url]) as rpc:
                chains.add((rpc.chain_id(), rpc.block_at(0).hash))
    assert len(chains) == 1


def test_a_node_told_to_stay_ends_when_it_is_stopped(folder: Path) -> None:
    with ensure_node(folder, linger=0.0) as node:
        with ensure_node(folder, stay=True) as again:
            assert again.url == node.url
    status = node_status(folder)
    assert status.health is not None
    assert status.health["stays"] is True
    supervisor, process = mark(supervisor_of(folder)), mark(process_of(folder))
    assert supervisor is not None
    assert process is not None
    assert stop_node(folder)
    assert not is_alive(supervisor)
    assert not is_alive(process)
    assert not stop_node(folder)
    assert node_status(folder).running is False


def test_a_transaction_taken_before_the_stop_is_served_by_it(folder: Path) -> None:
    with ensure_node(folder) as node:
        writer = Writer(node.chain_id)
        contract = deploy(node, writer)
        with RpcClient([node.url]) as rpc:
            digest = rpc.send_raw(writer.sign(1, contract, word(1)))
    stop_node(folder)
    with ensure_node(folder) as node, RpcClient([node.url]) as rpc:
        assert rpc.call("eth_getTransactionReceipt", ["0x" + digest.hex()])["status"] == "0x1"


def test_the_evm_process_dies_with_its_supervisor(folder: Path) -> None:
    with ensure_node(folder) as node:
        process = mark(process_of(folder))
        assert process is not None
        os.kill(supervisor_of(folder), signal.SIGKILL)
        eventually(lambda: not is_alive(process))
        node.renew()
        with RpcClient([node.url]) as rpc:
            assert rpc.chain_id() == node.chain_id


def test_a_dead_evm_process_is_replaced_and_waiting_transactions_go_on(folder: Path) -> None:
    with ensure_node(folder) as node, RpcClient([node.url], timeout=20) as rpc:
        writer = Writer(node.chain_id)
        contract = deploy(node, writer)
        digest = rpc.send_raw(writer.sign(1, contract, word(1)))
        os.kill(process_of(folder), signal.SIGKILL)
        assert served(rpc, digest)["status"] == "0x1"
        assert rpc.call("eth_getCode", [contract, "latest"]) != "0x"


def test_a_process_left_behind_is_known_by_its_birth_and_ended(folder: Path) -> None:
    left = subprocess.Popen(["sleep", "1000"])
    bystander = subprocess.Popen(["sleep", "1000"])
    try:
        found, other = mark(left.pid), mark(bystander.pid)
        assert found is not None
        assert other is not None
        folder.mkdir(mode=0o700)
        listed = [found, msgspec.structs.replace(other, born="another time")]
        (folder / "processes.json").write_bytes(msgspec.json.encode(listed))
        with ensure_node(folder):
            assert left.wait(60) == -signal.SIGKILL
            assert is_alive(other)
    finally:
        for child in (left, bystander):
            child.kill()
            child.wait()


def test_ending_by_mark_spares_a_process_that_took_the_number() -> None:
    bystander = subprocess.Popen(["sleep", "1000"])
    try:
        found = mark(bystander.pid)
        assert found is not None
        assert end(msgspec.structs.replace(found, born="earlier"))
        assert is_alive(found)
        assert end(found, grace=5.0)
        assert bystander.wait(60) == -signal.SIGTERM
    finally:
        bystander.kill()
        bystander.wait()


def test_the_folder_is_shut_to_others_and_its_path_may_be_long(tmp_path: Path) -> None:
    folder = tmp_path / ("long-" * 30) / "node"
    folder.mkdir(parents=True, mode=0o755)
    try:
        with ensure_node(folder) as node, RpcClient([node.owner]) as owner:
            assert folder.stat().st_mode & 0o777 == 0o700
            assert len(str(NodeDir.at(folder).owner_socket)) > 150
            assert owner.chain_id() == node.chain_id
            for file in folder.iterdir():
                assert file.stat().st_mode & 0o007 == 0, file
    finally:
        stop_node(folder)


def test_nothing_is_written_into_the_home_folder(folder: Path) -> None:
    home = Path(os.environ["HOME"])
    before = sorted(home.rglob("*"))
    with ensure_node(folder):
        pass
    stop_node(folder)
    assert sorted(home.rglob("*")) == before


def test_why_a_node_cannot_start_is_told_to_whoever_wanted_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as env:
        env.setenv("YINXIN_ANVIL", "/nowhere/anvil")
        with pytest.raises(Unavailable, match="/nowhere/anvil") as found:
            ensure_node(folder)
        assert found.value.fix == "correct or unset YINXIN_ANVIL"
    (folder / "node.toml").write_text("heartbeet = 4\n")
    with pytest.raises(Unavailable, match="heartbeet"):
        ensure_node(folder)
    (folder / "node.toml").unlink()
    with ensure_node(folder):
        pass
    stop_node(folder)
    (folder / "state.json.gz").write_bytes(b"not a snapshot")
    with pytest.raises(Damaged, match="cannot be read") as damaged:
        ensure_node(folder)
    assert damaged.value.fix is not None


def test_two_chains_of_one_machine_differ(tmp_path: Path) -> None:
    places = [tmp_path / "a", tmp_path / "b"]
    try:
        with ensure_node(places[0]) as one, ensure_node(places[1]) as two:
            assert one.chain_id != two.chain_id
            assert one.genesis_hash != two.genesis_hash
    finally:
        for place in places:
            stop_node(place)


def test_settings_bound_what_is_answered(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "node.toml").write_text(
        'heartbeat = 0.2\nlog_blocks = 2\nbatch_limit = 3\nrate = 1.0\nburst = 40.0\norigins = ["http://localhost:8000"]\n'
    )
    from tests.chain.ledger.node.kit import ask, post

    with ensure_node(folder) as node:
        call = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
        assert post(node.url, [call] * 4)[0] == 400
        eventually(lambda: (node_status(folder).health or {})["head"]["number"] >= 3)
        assert "at most 2 blocks" in ask(node.url, "eth_getLogs", [{"fromBlock": "0x0"}])["error"]["message"]
        raw = "0x" + Writer(node.chain_id).sign(0, "0x" + "11" * 20).hex()
        mine = ask(node.url, "eth_sendRawTransaction", [raw], Origin="http://localhost:8000")
        assert "is not a contract of this ledger" in mine["error"]["message"]
        status, headers = 200, dict[str, str]()
        for _ in range(60):
            status, headers, _ = post(node.url, call)
            if status != 200:
                break
        assert status == 429
        assert int(headers["retry-after"]) >= 1
