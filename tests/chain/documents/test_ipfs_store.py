"""The IPFS store on real Kubo nodes: the contract, two nodes, and every way a node can answer wrongly."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from chain.documents import cids
from chain.documents.car import batch_root
from chain.documents.cids import cid_of, parse_cid
from chain.documents.kubo import KuboNode
from chain.documents.stores import IpfsStore
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Refused, Unavailable
from tests.chain.documents.store_contract import MIB, StoreContract


@pytest.fixture
def store(kubo_nodes: tuple[KuboNode, KuboNode]) -> Iterator[IpfsStore]:
    made = IpfsStore(kubo_nodes[0].api, timeout=3)
    yield made
    made.close()


@pytest.fixture
def other(kubo_nodes: tuple[KuboNode, KuboNode]) -> Iterator[IpfsStore]:
    made = IpfsStore(kubo_nodes[1].api, timeout=10)
    yield made
    made.close()


class TestIpfsStore(StoreContract):
    """The contract, on a real node."""


class TestTwoNodes:
    @pytest.mark.parametrize("size", [0, 1, 3000, MIB, 2 * MIB + 1])
    def test_stored_on_one_read_back_by_cid_through_the_other(
        self, store: IpfsStore, other: IpfsStore, size: int
    ) -> None:
        data = os.urandom(size)
        cid = store.put(data)
        assert size == 0 or not other.has(cid)
        assert other.get(cid) == data

    def test_a_batch_stored_on_one_is_read_through_the_other(self, store: IpfsStore, other: IpfsStore) -> None:
        blobs = [os.urandom(3000) for _ in range(40)]
        assert [other.get(cid) for cid in store.put_many(blobs)] == blobs

    def test_deleting_on_one_leaves_the_others_copy(self, store: IpfsStore, other: IpfsStore) -> None:
        data = os.urandom(3000)
        cid = store.put(data)
        assert other.put(data) == cid
        store.delete(cid)
        assert not store.has(cid)
        assert other.has(cid)
        assert other.is_pinned(cid)


class TestPins:
    def test_a_single_blob_has_a_pin_of_its_own(self, store: IpfsStore) -> None:
        assert store.is_pinned(store.put(os.urandom(100)))

    def test_a_batch_hangs_on_one_pin(self, store: IpfsStore) -> None:
        stored = store.put_many([os.urandom(100) for _ in range(50)])
        roots = [parse_cid(cid).raw for cid in stored]
        assert store.has_batch(roots)
        assert not store.has_batch(roots[1:])
        assert not store.is_pinned(stored[0])

    def test_deleting_one_of_a_batch_keeps_the_others_pinned(self, store: IpfsStore) -> None:
        stored = store.put_many([os.urandom(100) for _ in range(5)])
        roots = [parse_cid(cid).raw for cid in stored]
        store.delete(stored[2])
        assert not store.has_batch(roots)
        assert store.has_batch(roots[:2] + roots[3:])
        assert not store.has(str(cids.read_cid(batch_root(roots).cid)))

    def test_a_blob_in_two_batches_goes_from_both(self, store: IpfsStore) -> None:
        blobs = [os.urandom(100) for _ in range(3)]
        one, two, three = store.put_many(blobs)
        store.put_many(blobs[:2])
        store.put(blobs[0])
        store.delete(one)
        assert [store.has(cid) for cid in (one, two, three)] == [False, True, True]

    def test_a_strangers_pin_is_not_touched(self, store: IpfsStore, kubo_nodes: tuple[KuboNode, KuboNode]) -> None:
        data = os.urandom(2 * MIB)
        large = store.put(data)
        leaf = str(cids.read_cid(cids.leaf_block(data[:MIB]).cid))
        with pytest.raises(Refused) as caught:
            store.delete(leaf)
        assert caught.value.code == "ipfs.pinned"
        assert store.get(large) == data

    def test_many_batches_hold_many_blobs(self, store: IpfsStore, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("chain.documents.stores.ipfs.BATCH_BLOBS", 7)
        blobs = [os.urandom(100) for _ in range(20)]
        stored = store.put_many(blobs)
        roots = [parse_cid(cid).raw for cid in stored]
        assert [store.has_batch(roots[at : at + 7]) for at in (0, 7, 14)] == [True, True, True]


class TestAddresses:
    @pytest.mark.parametrize(
        "api", ["", "localhost:5001", "http://127.0.0.1:5001", "/ip4/127.0.0.1", "/dns/x/udp/1", "/unix/A/a.sock"]
    )
    def test_what_is_no_address_is_refused(self, api: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            IpfsStore(api)
        assert caught.value.code == "ipfs.address"

    def test_nobody_there_is_said_with_a_fix(self, tmp_path: Path) -> None:
        with pytest.raises(Unavailable) as caught:
            IpfsStore(f"/unix{tmp_path}/no.sock")
        assert caught.value.code == "ipfs.unreachable"
        assert caught.value.fix


@contextmanager
def answering(answer: Callable[[str], tuple[int, object]]) -> Iterator[str]:
    """A server that answers RPC calls as told; yields its multiaddr."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = self.headers.get("Content-Length")
            if size:
                self.rfile.read(int(size))
            elif self.headers.get("Transfer-Encoding") == "chunked":
                while length := int(self.rfile.readline(), 16):
                    self.rfile.read(length + 2)
                self.rfile.readline()
            status, body = answer(self.path)
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if not isinstance(body, bytes) else "text/plain")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that hung up is what some of these tests want."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"/ip4/127.0.0.1/tcp/{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


DATA = b"the blob"
CID = cid_of(DATA)
OTHER = cid_of(b"another blob")


def node(**answers: object) -> Callable[[str], tuple[int, object]]:
    """A node of a good version that gives these answers (status, body) by command."""

    def answer(path: str) -> tuple[int, object]:
        command = path.split("?")[0].removeprefix("/api/v0/").replace("/", "_")
        found = answers.get(command, (200, {"Version": "0.39.0"}) if command == "version" else (500, {"Message": "?"}))
        assert isinstance(found, tuple)
        return found

    return answer


@pytest.mark.loopback
class TestWrongAnswers:
    @pytest.mark.parametrize("version", ["0.4.23", "0.36.0", "1.0.0", "rubbish"])
    def test_an_unsupported_version_is_named(self, version: str) -> None:
        with answering(node(version=(200, {"Version": version}))) as api:
            with pytest.raises(Unavailable) as caught:
                IpfsStore(api)
        assert caught.value.code == "ipfs.version"
        assert version in caught.value.message

    @pytest.mark.parametrize("body", [{}, [], b"<html>", b"", {"Version": 3}])
    def test_what_is_no_ipfs_node_is_said(self, body: object) -> None:
        with answering(lambda _: (200, body)) as api:
            with pytest.raises(Unavailable):
                IpfsStore(api)

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_missing_authorization_is_said(self, status: int) -> None:
        with answering(lambda _: (status, b"no")) as api:
            with pytest.raises(Refused) as caught:
                IpfsStore(api)
        assert caught.value.code == "ipfs.authorization"

    def test_a_node_that_stored_something_else_is_not_believed(self) -> None:
        answers = node(add=(200, {"Hash": OTHER}), pin_rm=(200, {"Pins": [OTHER]}))
        with answering(answers) as api, _opened(api) as store:
            with pytest.raises(Damaged) as caught:
                store.put(DATA)
        assert caught.value.code == "ipfs.cid"

    def test_a_write_without_a_pin_is_not_stored(self) -> None:
        answers = node(
            add=(200, {"Hash": CID}), pin_ls=(500, {"Message": f"path '{CID}' is not pinned", "Type": "error"})
        )
        with answering(answers) as api, _opened(api) as store:
            with pytest.raises(Unavailable) as caught:
                store.put(DATA)
        assert caught.value.code == "ipfs.pin"

    def test_a_batch_that_was_not_pinned_is_not_stored(self) -> None:
        root = str(cids.read_cid(batch_root([parse_cid(CID).raw]).cid))
        for answer in (
            {"Root": {"Cid": {"/": root}, "PinErrorMsg": "block missing"}},
            {"Root": {"Cid": {"/": OTHER}, "PinErrorMsg": ""}},
        ):
            with answering(node(dag_import=(200, answer))) as api, _opened(api) as store:
                with pytest.raises(Unavailable) as caught:
                    store.put_many([DATA])
            assert caught.value.code == "ipfs.pin"

    @pytest.mark.parametrize("body", [b"the blo", b"the blob.", b"", b"another blob"])
    def test_a_read_altered_or_cut_off_is_damage(self, body: bytes) -> None:
        with answering(node(block_stat=(200, {"Key": CID, "Size": 8}), cat=(200, body))) as api, _opened(api) as store:
            with pytest.raises(Damaged):
                store.get(CID)

    def test_a_flood_is_cut_at_the_limit(self) -> None:
        with answering(node(block_stat=(200, {"Key": CID}), cat=(200, bytes(5 * MIB)))) as api, _opened(api) as store:
            with pytest.raises(InvalidInput):
                store.get(CID, limit=MIB)

    def test_a_block_that_is_not_found_is_told_from_a_broken_node(self) -> None:
        answers = node(
            block_stat=(500, {"Message": "block was not found locally (offline): ipld: could not find x"}),
            cat=(500, {"Message": "context deadline exceeded"}),
        )
        with answering(answers) as api, _opened(api) as store:
            assert not store.has(CID)
            with pytest.raises(NotFound):
                store.get(CID)
        with (
            answering(node(block_stat=(500, {"Message": "lock held by another process"}))) as api,
            _opened(api) as store,
        ):
            with pytest.raises(Unavailable):
                store.has(CID)

    def test_a_node_that_never_answers_is_given_up(self) -> None:
        waiting = threading.Event()

        def answer(path: str) -> tuple[int, object]:
            if not path.startswith("/api/v0/version"):
                waiting.wait(10)
            return 200, {"Version": "0.39.0"}

        with answering(answer) as api, _opened(api, timeout=0.3) as store:
            with pytest.raises(Unavailable) as caught:
                store.put(DATA)
            waiting.set()
        assert caught.value.code == "ipfs.timeout"


@contextmanager
def _opened(api: str, timeout: float = 5) -> Iterator[IpfsStore]:
    store = IpfsStore(api, timeout=timeout)
    try:
        yield store
    finally:
        store.close()
