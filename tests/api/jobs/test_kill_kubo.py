"""A private Kubo node under the worker, killed by SIGKILL while it stores: nothing of what was acknowledged is lost.

Nobody but the worker starts it again.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chain.documents.cids import cid_of_sha256
from chain.documents.kubo import KuboNode
from chain.documents.push import push
from chain.documents.stores import IpfsStore, LocalStore
from chain.kernel.home import Home
from tests.api.jobs.kit import jobs, make_service, rows
from tests.api.jobs.walks import KUBO, TABLE, check, settle, worker_until
from tests.api.test_kill import Books, show
from tests.api.town import Town, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(900)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINXIN_SERVICE__EVERY", "1")


@pytest.fixture
def node(town: Town, kubo_program: Path) -> Iterator[KuboNode]:
    """A node beside the town, made and in use."""
    with KuboNode(town.folder / "kubo", binary=kubo_program) as found:
        yield found


def settings(town: Town, **documents: str) -> None:
    """Change where the officer's records lie."""
    values: dict[str, Any] = Home(town.officer).settings.model_dump(exclude_none=True)
    Home(town.officer).write_config(values | {"documents": values["documents"] | {"kubo": "../kubo"} | documents})


def kill_kubo(town: Town) -> int:
    """kill -9 the daemon, if it runs; whatever watches over it ends by itself. How many were killed."""
    killed = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if b"\0daemon\0" not in (process / "cmdline").read_bytes():
                continue
            if f"IPFS_PATH={town.folder / 'kubo'}".encode() in (process / "environ").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)
                killed += 1
    assert killed <= 1
    return killed


@pytest.mark.parametrize("name", ["issue", "expiry"])
def test_kubo_killed_while_the_worker_stores(town: Town, node: KuboNode, name: str) -> None:
    settings(town, store="kubo")
    walk = TABLE[name]
    make_service(town)
    walk.prepare(town)
    killed: list[str] = []

    def seen(step: str) -> None:
        if step in KUBO[name] and step not in killed:
            # Nobody may have needed it since the step before, where it died: then it is dead here, too.
            deaths.append(kill_kubo(town))
            killed.append(step)

    deaths: list[int] = []
    with town.signing():
        run = worker_until(town, None, seen)
        assert run.code == 0, run
        settle(town, walk)
    assert deaths[0] == 1
    assert sum(deaths) >= 2, deaths
    show([(step, run) for step in killed])
    assert set(killed) == set(KUBO[name])
    check(town, walk)
    node.stop()
    node.start()
    with contextlib.closing(IpfsStore(node.api)) as store:
        wanted = every_cid(town)
        for cid in wanted:
            assert store.get(cid), cid  # hashed again as it is read
    print(f"{len(wanted)} blobs read back from the node and hashed")


def every_cid(town: Town) -> set[str]:
    """Everything that the register and the ledger rely on: records, manifests, status lists."""
    found = {row[0] for table in ("certificates", "act_entries") for row in rows(town, f"SELECT cid FROM {table}")}
    for table in ("batches", "acts"):
        found |= {cid_of_sha256(bytes(row[0])) for row in rows(town, f"SELECT manifest_digest FROM {table}")}
    found |= {cid_of_sha256(digest) for digest in Books(town).tokens}
    return found


def test_kubo_and_the_worker_killed_while_blobs_are_pushed(town: Town, node: KuboNode) -> None:
    settings(town, push="kubo")
    make_service(town)
    town.issue(licences(3))
    run = worker_until(town, "pushed")
    assert (run.steps[-1], run.code) == ("pushed", -signal.SIGKILL)
    killed: list[str] = []

    def seen(step: str) -> None:
        if step == "pushed" and not killed:
            killed.append(step)
            assert kill_kubo(town) == 1

    while worker_until(town, None, seen).code == 0 and not (town.officer / "pushed").is_file():
        pass
    assert killed == ["pushed"]
    assert jobs(town) == []
    node.stop()
    node.start()
    with (
        contextlib.closing(LocalStore(town.folder / "blobs")) as local,
        contextlib.closing(IpfsStore(node.api)) as ipfs,
    ):
        report = push(local, ipfs, read_all=True)
    assert (report.sent, report.damaged) == (0, ())
    assert report.blobs == report.read_back == local_size(town) > 3


def local_size(town: Town) -> int:
    """Blobs of the local store."""
    with contextlib.closing(LocalStore(town.folder / "blobs")) as local:
        return int(local.stat().blobs)
