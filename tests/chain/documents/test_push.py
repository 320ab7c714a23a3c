"""``yinxin blobs``: from the local store to IPFS, stopped and gone on with."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from chain.cli.blobs import app
from chain.cli.common import State
from chain.documents import LocalStore
from chain.documents.kubo import KuboNode
from chain.documents.push import push
from chain.documents.stores import IpfsStore
from chain.kernel.errors import Unavailable
from chain.kernel.home import Home
from tests.chain.documents.store_contract import MIB


@pytest.fixture
def local(tmp_path: Path) -> Iterator[LocalStore]:
    made = LocalStore(tmp_path / "blobs")
    yield made
    made.close()


@pytest.fixture
def ipfs(kubo_nodes: tuple[KuboNode, KuboNode]) -> Iterator[IpfsStore]:
    made = IpfsStore(kubo_nodes[0].api, timeout=20)
    yield made
    made.close()


def fill(local: LocalStore, count: int) -> list[str]:
    return [*local.put_many([os.urandom(300) for _ in range(count)]), local.put(os.urandom(MIB + 5))]


class TestPush:
    def test_everything_arrives_pinned(self, local: LocalStore, ipfs: IpfsStore) -> None:
        stored = fill(local, 50)
        seen: list[int] = []
        report = push(local, ipfs, done=seen.append)
        assert (report.blobs, report.sent, report.damaged) == (51, 51, ())
        assert all(ipfs.get(cid) == local.get(cid) for cid in stored)
        assert all(ipfs.is_pinned(pin) for pin in report.pins)
        assert seen[-1] == 51

    def test_a_second_run_sends_nothing(self, local: LocalStore, ipfs: IpfsStore) -> None:
        fill(local, 10)
        push(local, ipfs)
        report = push(local, ipfs, read_all=True)
        assert (report.blobs, report.sent, report.read_back) == (11, 0, 11)

    def test_an_interrupted_run_goes_on(
        self, local: LocalStore, ipfs: IpfsStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for _ in range(3):
            local.put_many([os.urandom(100) for _ in range(10)])
        sent: list[int] = []
        real = ipfs.put_batch

        def second_fails(roots: list[bytes], blocks: Any) -> str:
            sent.append(len(roots))
            if len(sent) == 2:
                raise Unavailable("unplugged")
            return real(roots, blocks)

        monkeypatch.setattr(ipfs, "put_batch", second_fails)
        with pytest.raises(Unavailable):
            push(local, ipfs, per_pin=10)
        report = push(local, ipfs, per_pin=10)
        assert (report.blobs, report.sent) == (30, 20)

    def test_a_damaged_blob_is_named_and_the_others_arrive(self, local: LocalStore, ipfs: IpfsStore) -> None:
        stored = fill(local, 5)
        path = min(local.path.glob("segments/*/*"))
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)
        report = push(local, ipfs)
        assert report.damaged == (stored[4],)
        assert report.blobs == 5
        assert ipfs.has(stored[0])

    def test_a_node_that_lost_a_block_is_caught(self, local: LocalStore, ipfs: IpfsStore) -> None:
        (cid,) = local.put_many([os.urandom(500)])
        push(local, ipfs)
        block = ipfs._client.block
        ipfs._client.pin.rm(ipfs.batch_cid(next(local.groups())))
        block._client.request("/block/rm", [cid], decoder="json")
        assert push(local, ipfs).sent == 1


def run(home: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    state = State(Home(home), True, Console(), Console(stderr=True))
    done = CliRunner().invoke(app, list(arguments), obj=state, catch_exceptions=False)
    return done.exit_code, json.loads(done.stdout)


class TestCommand:
    def test_stat_and_check(self, local: LocalStore, tmp_path: Path) -> None:
        fill(local, 4)
        assert run(tmp_path, "stat")[1]["blobs"] == 5
        assert run(tmp_path, "check") == (0, {"sound": 5, "faults": []})
        path = max(local.path.glob("segments/*/*"))
        path.write_bytes(path.read_bytes()[:-1])
        code, answer = run(tmp_path, "check")
        assert code == 1
        assert len(answer["faults"]) == 1

    def test_push_to_an_address_and_switch(
        self, local: LocalStore, kubo_nodes: tuple[KuboNode, KuboNode], tmp_path: Path
    ) -> None:
        fill(local, 4)
        code, answer = run(tmp_path, "push", "--to", kubo_nodes[1].api, "--read-all", "--switch")
        assert code == 0
        assert (answer["blobs"], answer["readBack"], answer["switched"]) == (5, 5, True)
        settings = Home(tmp_path).settings.documents
        assert (settings.store, settings.ipfs_api) == ("ipfs", kubo_nodes[1].api)
        assert run(tmp_path, "push")[1]["sent"] == 0

    def test_push_to_the_homes_own_node(
        self, local: LocalStore, tmp_path: Path, kubo_program: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chain.documents.kubo.find_binary", lambda: kubo_program)
        fill(local, 2)
        code, answer = run(tmp_path, "push")
        assert (code, answer["sent"], answer["switched"]) == (0, 3, False)
        assert Home(tmp_path).settings.documents.store == "local"
        with KuboNode(tmp_path / "kubo", binary=kubo_program) as node:
            store = IpfsStore(node.api)
            assert all(store.has(cid) for cid in local.cids())
            store.close()
