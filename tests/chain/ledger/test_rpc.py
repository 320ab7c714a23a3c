"""Several endpoints of one chain, some of which lie, lag, follow a fork, or do not answer as they should."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from chain.kernel.errors import InvalidInput, Refused, Unavailable
from chain.kernel.ports import BlockRef
from chain.ledger.node import NodeHandle, ensure_node, stop_node
from chain.ledger.rpc import Reverted, RpcClient, RpcFailure
from tests.chain.ledger.node.kit import Writer, deploy, eventually, served, word

pytestmark = pytest.mark.loopback

Alter = Callable[[str, list[Any], Any], Any]
"""Takes method, parameters and the honest result; gives what is told instead."""


class Mirror(ThreadingHTTPServer):
    """A real HTTP endpoint that repeats what an honest node says, altered."""

    daemon_threads = True

    def __init__(self, node: str, alter: Alter) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.node, self.alter = node, alter
        self.raw: Callable[[bytes], tuple[int, bytes]] | None = None
        self.connections = 0
        self.may_answer = threading.Event()
        self.may_answer.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Mirror

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.may_answer.wait(20)
        status, answer = (self.server.raw or self._altered)(body)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        try:
            self.wfile.write(answer)
        except OSError:
            pass

    def _altered(self, body: bytes) -> tuple[int, bytes]:
        request = urllib.request.Request(self.server.node, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as response:
            replies = json.loads(response.read())
        calls = json.loads(body)
        for call, reply in zip(*(item if isinstance(item, list) else [item] for item in (calls, replies)), strict=True):
            if "result" in reply:
                reply["result"] = self.server.alter(call["method"], call["params"], reply["result"])
        return 200, json.dumps(replies).encode()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@contextmanager
def mirror(node: str, alter: Alter) -> Iterator[Mirror]:
    """A mirror that is shut down afterwards."""
    server = Mirror(node, alter)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.may_answer.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Setting:
    """One honest node and any number of mirrors of it."""

    def __init__(self, node: NodeHandle, contract: str, stack: ExitStack) -> None:
        self.node, self.contract, self._stack = node, contract, stack

    def mirror(self, alter: Alter = lambda _method, _params, result: result) -> Mirror:
        return self._stack.enter_context(mirror(self.node.url, alter))

    def client(self, *ends: Mirror | str, **options: Any) -> RpcClient:
        names = [end if isinstance(end, str) else end.url for end in ends]
        return self._stack.enter_context(RpcClient(names, **options))

    def late(self, behind: int) -> Mirror:
        """An endpoint that is some blocks behind."""
        with RpcClient([self.node.url]) as rpc:
            number = rpc.final_block().number - behind
            stale = rpc.call("eth_getBlockByNumber", [hex(number), False])

        def alter(method: str, params: list[Any], result: Any) -> Any:
            if method == "eth_getBlockByNumber":
                if params[0] in ("latest", "finalized"):
                    return stale
                return result if int(params[0], 16) <= number else None
            return result

        return self.mirror(alter)

    def forked(self) -> Mirror:
        """An endpoint whose newest blocks have other hashes."""

        def alter(method: str, _params: list[Any], result: Any) -> Any:
            if method == "eth_getBlockByNumber" and result and int(result["number"], 16) > 0:
                return {**result, "hash": "0x" + "f0" * 32}
            return result

        return self.mirror(alter)

    def lying(self, method: str, lie: Any) -> Mirror:
        """An endpoint that answers one method with a lie."""
        return self.mirror(lambda asked, _params, result: lie if asked == method else result)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[NodeHandle, str]]:
    """A node with one contract and three blocks or more."""
    place: Path = tmp_path_factory.mktemp("chain")
    with ensure_node(place) as node:
        contract = deploy(node, Writer(node.chain_id))
        with RpcClient([node.url]) as rpc:
            served(rpc, rpc.send_raw(Writer(node.chain_id).sign(1, contract, word(1))))
            eventually(lambda: rpc.final_block().number >= 3)
        yield node, contract
    stop_node(place)


@pytest.fixture
def setting(chain: tuple[NodeHandle, str]) -> Iterator[Setting]:
    """Fresh mirrors for one test."""
    with ExitStack() as stack:
        yield Setting(*chain, stack)


def frozen(setting: Setting) -> Mirror:
    """An honest mirror whose newest block does not move while a test compares."""
    return setting.late(0)


class TestFinalBlock:
    def test_honest_endpoints_agree(self, setting: Setting) -> None:
        rpc = setting.client(frozen(setting), setting.node.url, quorum=2)
        block = rpc.final_block()
        assert rpc.block_at(block.number) == block

    def test_a_late_endpoint_lowers_the_block_when_it_is_needed(self, setting: Setting) -> None:
        late, fresh = setting.late(2), frozen(setting)
        assert (
            setting.client(late, fresh, quorum=2).final_block().number + 2 == setting.client(fresh).final_block().number
        )

    def test_a_late_endpoint_does_not_hold_back_a_quorum_without_it(self, setting: Setting) -> None:
        late, fresh, other = setting.late(2), frozen(setting), frozen(setting)
        block = setting.client(late, fresh, other, quorum=2).final_block()
        assert block.number >= setting.client(late).final_block().number + 2

    def test_endpoints_on_different_forks_are_named(self, setting: Setting) -> None:
        forked, honest = setting.forked(), frozen(setting)
        for quorum in (1, 2):
            with pytest.raises(Unavailable, match="disagree on block") as found:
                setting.client(honest, forked, quorum=quorum).final_block()
            assert forked.url in found.value.message
            assert honest.url in found.value.message
            assert found.value.code == "rpc.disagree"

    def test_a_dead_endpoint_is_named_when_the_quorum_fails(self, setting: Setting) -> None:
        dead = "http://127.0.0.1:9"
        assert setting.client(dead, setting.node.url).final_block().number >= 3
        with pytest.raises(Unavailable, match=r"1 of 2 endpoints name a final block.*127\.0\.0\.1:9"):
            setting.client(dead, setting.node.url, quorum=2).final_block()

    def test_confirmations_stand_below_the_newest_block(self, setting: Setting) -> None:
        end = frozen(setting)
        newest = setting.client(end, finality="latest").final_block().number
        assert setting.client(end, finality=2).final_block().number == newest - 2
        with pytest.raises(Unavailable, match="no block is final yet"):
            setting.client(end, finality=10**6).final_block()

    @pytest.mark.parametrize(
        "lie", [{}, {"number": "0x1"}, {"number": "five", "hash": "0x", "timestamp": "0x0"}, [], "x", 5]
    )
    def test_a_block_without_form_is_no_answer(self, setting: Setting, lie: Any) -> None:
        with pytest.raises((Unavailable, InvalidInput)) as found:
            setting.client(setting.lying("eth_getBlockByNumber", lie)).final_block()
        assert isinstance(found.value, Unavailable)


class TestReadAt:
    def calls(self, setting: Setting) -> list[tuple[str, list[Any]]]:
        return [("eth_getStorageAt", [setting.contract, "0x0"]), ("eth_getCode", [setting.contract])]

    def test_reads_name_the_block_by_its_hash(self, setting: Setting) -> None:
        asked: list[Any] = []

        def note(method: str, params: list[Any], result: Any) -> Any:
            asked.append((method, params[-1]))
            return result

        end = setting.mirror(note)
        rpc = setting.client(end, setting.node.url, quorum=2)
        block = rpc.final_block()
        value, code = rpc.read_at(block, self.calls(setting))
        assert 0 < int(value, 16) <= block.number
        assert code != "0x"
        assert asked[-1][1] == {"blockHash": "0x" + block.hash.hex(), "requireCanonical": True}

    def test_a_liar_is_outvoted_by_a_quorum(self, setting: Setting) -> None:
        liar = setting.lying("eth_getStorageAt", "0x" + "66" * 32)
        rpc = setting.client(liar, setting.node.url, frozen(setting), quorum=2)
        value, _ = rpc.read_at(rpc.final_block(), self.calls(setting))
        assert value != "0x" + "66" * 32

    @pytest.mark.parametrize("quorum", [1, 2])
    def test_without_a_quorum_against_it_a_lie_makes_the_answer_unknown(self, setting: Setting, quorum: int) -> None:
        liar = setting.lying("eth_getStorageAt", "0x" + "66" * 32)
        rpc = setting.client(liar, setting.node.url, quorum=quorum)
        with pytest.raises(Unavailable, match="disagree on eth_getStorageAt") as found:
            rpc.read_at(rpc.final_block(), self.calls(setting))
        assert liar.url in found.value.message

    def test_two_quorums_for_two_answers_are_a_disagreement(self, setting: Setting) -> None:
        liars = [setting.lying("eth_getCode", "0x66") for _ in range(2)]
        rpc = setting.client(*liars, setting.node.url, frozen(setting), quorum=2)
        with pytest.raises(Unavailable, match="disagree on eth_getCode"):
            rpc.read_at(rpc.final_block(), self.calls(setting))

    def test_a_block_that_an_endpoint_does_not_know_is_no_answer_from_it(self, setting: Setting) -> None:
        rpc = setting.client(setting.node.url)
        with pytest.raises(Unavailable, match="unknown block"):
            rpc.read_at(BlockRef(1, b"\xab" * 32, 0), self.calls(setting))

    def test_a_revert_carries_its_data(self, setting: Setting) -> None:
        rpc = setting.client(setting.node.url, frozen(setting), quorum=2)
        # PUSH4 deadbeef, MSTORE, REVERT(28, 4)
        with pytest.raises(Reverted) as found:
            rpc.read_at(rpc.final_block(), [("eth_call", [{"data": "0x63deadbeef5f526004601cfd"}])])
        assert found.value.data == bytes.fromhex("deadbeef")


class TestLogs:
    def test_a_hidden_log_is_a_disagreement(self, setting: Setting) -> None:
        liar = setting.lying("eth_getLogs", [])
        honest = setting.client(setting.node.url, frozen(setting), quorum=2)
        head = honest.final_block().number
        (log,) = honest.logs([setting.contract], [], 0, head, page=2)
        assert log["topics"] == ["0x" + word(1).hex()]
        with pytest.raises(Unavailable, match="disagree on eth_getLogs"):
            setting.client(liar, setting.node.url, quorum=2).logs([setting.contract], [], 0, head)

    def test_what_clients_add_or_write_in_capitals_is_no_difference(self, setting: Setting) -> None:
        def other_client(method: str, _params: list[Any], result: Any) -> Any:
            if method == "eth_getLogs":
                return [{**log, "address": log["address"].upper().replace("0X", "0x"), "extra": 1} for log in result]
            return result

        rpc = setting.client(setting.mirror(other_client), setting.node.url, quorum=2)
        assert len(rpc.logs([setting.contract], [], 0, rpc.final_block().number)) == 1

    def test_a_page_that_is_too_large_is_halved(self, setting: Setting) -> None:
        sizes: list[int] = []

        def narrow(body: bytes) -> tuple[int, bytes]:
            call = json.loads(body)
            where = call["params"][0]
            size = int(where["toBlock"], 16) - int(where["fromBlock"], 16) + 1
            sizes.append(size)
            part: dict[str, Any] = {"error": {"code": -32005, "message": "too many"}} if size > 3 else {"result": []}
            return 200, json.dumps({"jsonrpc": "2.0", "id": call["id"], **part}).encode()

        end = setting.mirror()
        end.raw = narrow
        done: list[int] = []
        assert setting.client(end).logs([], [], 0, 20, page=16, progress=done.append) == []
        assert max(size for size in sizes if size <= 3) >= 2
        assert done[-1] == 21

    def test_logs_without_form_are_no_answer(self, setting: Setting) -> None:
        rpc = setting.client(setting.lying("eth_getLogs", [{"address": 5}]))
        with pytest.raises(Unavailable, match="usable form"):
            rpc.logs([], [], 0, 1)


class TestTransport:
    @pytest.mark.parametrize(
        ("answer", "status"),
        [
            (b"", 200),
            (b"<html>", 200),
            (b"{}", 200),
            (b"[]", 200),
            (b"null", 200),
            (b'{"jsonrpc":"2.0","id":5,"result":"0x1"}', 200),
            (b'{"jsonrpc":"2.0","id":null,"result":"0x1"}', 200),
            (b'{"jsonrpc":"2.0","id":true,"result":"0x1"}', 200),
            (b"\xff", 200),
            (b'{"error":{"code":1,"message":"no"}}', 429),
            (b"gone", 502),
            (b"[" * 100000, 200),
        ],
    )
    def test_what_is_no_answer_to_the_question_is_unavailable(
        self, setting: Setting, answer: bytes, status: int
    ) -> None:
        end = setting.mirror()
        end.raw = lambda _body: (status, answer)
        with pytest.raises(Unavailable) as found:
            setting.client(end).call("eth_chainId")
        assert end.url in found.value.message

    def test_answers_in_another_order_find_their_questions(self, setting: Setting) -> None:
        end = setting.mirror()

        def shuffled(body: bytes) -> tuple[int, bytes]:
            return 200, json.dumps(
                [{"id": call["id"], "result": call["method"]} for call in reversed(json.loads(body))]
            ).encode()

        end.raw = shuffled
        assert setting.client(end).batch([("a", []), ("b", []), ("c", [])]) == ["a", "b", "c"]

    def test_one_answer_twice_and_another_missing_is_unavailable(self, setting: Setting) -> None:
        end = setting.mirror()
        end.raw = lambda _body: (200, b'[{"id":0,"result":1},{"id":0,"result":2}]')
        with pytest.raises(Unavailable, match="does not answer what was asked"):
            setting.client(end).batch([("a", []), ("b", [])])

    def test_a_reply_larger_than_the_limit_is_not_read(self, setting: Setting) -> None:
        end = setting.mirror()
        end.raw = lambda _body: (200, b" " * 2_000_000 + b'{"id":0,"result":1}')
        with pytest.raises(Unavailable, match="larger than 1000000"):
            setting.client(end, reply_limit=1_000_000).call("eth_chainId")

    def test_a_silent_endpoint_costs_its_timeout_and_the_next_is_asked(self, setting: Setting) -> None:
        end = setting.mirror()
        end.may_answer.clear()
        assert setting.client(end, setting.node.url, timeout=1.5).chain_id() == setting.node.chain_id
        with pytest.raises(Unavailable, match="no answer in time"):
            setting.client(end, timeout=0.3).call("eth_chainId")

    def test_connections_are_kept_and_a_closed_one_is_opened_again(self, setting: Setting) -> None:
        end = setting.mirror()
        rpc = setting.client(end)
        for _ in range(5):
            rpc.call("eth_chainId")
        assert end.connections == 1
        rpc.close()
        rpc.call("eth_chainId")
        assert end.connections == 2

    def test_long_batches_are_sent_in_parts(self, setting: Setting) -> None:
        rpc = setting.client(setting.node.url, batch_size=7)
        assert rpc.batch([("eth_chainId", [])] * 50) == [hex(setting.node.chain_id)] * 50

    def test_errors_may_be_kept_in_their_places(self, setting: Setting) -> None:
        rpc = setting.client(setting.node.url)
        good, bad = rpc.batch([("eth_chainId", []), ("evm_mine", [])], errors=True)
        assert int(good, 16) == setting.node.chain_id
        assert isinstance(bad, RpcFailure)
        assert bad.rpc_code == -32601

    @pytest.mark.parametrize(
        "address",
        ["", "127.0.0.1:8545", "ftp://x", "http://", "http://user:secret@host", "file:///etc", "http://x:99999"],
    )
    def test_addresses_of_other_kinds_are_refused(self, address: str) -> None:
        with pytest.raises(InvalidInput) as found:
            RpcClient([address])
        assert found.value.field == "ledger.endpoints"

    @pytest.mark.parametrize(
        ("ends", "quorum"), [([], 1), (["http://a"], 2), (["http://a", "http://a"], 2), (["http://a"], 0)]
    )
    def test_a_quorum_that_cannot_be_reached_is_refused(self, ends: list[str], quorum: int) -> None:
        with pytest.raises(InvalidInput):
            RpcClient(ends, quorum=quorum)


class TestSending:
    def test_every_endpoint_gets_the_transaction_and_one_taker_is_enough(self, setting: Setting) -> None:
        writer = Writer(setting.node.chain_id, seed=7)
        got: list[bytes] = []
        refusing = setting.mirror()

        def refuse(body: bytes) -> tuple[int, bytes]:
            got.append(body)
            return 200, b'{"id":0,"error":{"code":-32000,"message":"pool is full"}}'

        refusing.raw = refuse
        raw = writer.sign(0, setting.contract, word(2))
        digest = setting.client(refusing, setting.node.url).send_raw(raw)
        assert raw.hex().encode() in got[0]
        with RpcClient([setting.node.url]) as rpc:
            assert served(rpc, digest)["status"] == "0x1"
        with pytest.raises(Refused, match="pool is full"):
            setting.client(refusing).send_raw(raw)

    def test_a_transaction_the_endpoint_already_has_counts_as_taken(self, setting: Setting) -> None:
        end = setting.mirror()
        end.raw = lambda _body: (200, b'{"id":0,"error":{"code":-32000,"message":"already known"}}')
        assert len(setting.client(end).send_raw(b"\2\1")) == 32

    def test_nobody_there_is_not_a_refusal(self, setting: Setting) -> None:
        with pytest.raises(Unavailable):
            setting.client("http://127.0.0.1:9").send_raw(b"\2\1")
