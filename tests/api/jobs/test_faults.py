"""A full disk and an endpoint that hangs: the worker says so, waits, and goes on; nothing is doubled."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from chain.kernel.home import Home
from chain.ledger import writes
from chain.ledger.node import ensure_node
from tests.api.jobs.kit import batch_state, draft, eventually, jobs, make_service, working
from tests.api.test_kill import Books
from tests.api.town import BUREAU, LICENCE, Town, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(240)]

SIZE = 40
ANCHOR = writes.anchor(BUREAU, LICENCE, 1, bytes(32), 1, bytes(32), bytes(65))[:4]
"""Which function of the contract a batch's root goes to."""


def check(town: Town, size: int = SIZE) -> None:
    """Issued once, valid, nothing left."""
    books = Books(town)
    books.check()
    assert [facts.size for facts in books.anchors[LICENCE]] == [size]
    assert len(books.rows) == size
    assert jobs(town) == []
    assert town.verdict(town.bundle(books.rows[-1].identifier)) == "VALID"


# --------------------------------------------------------------------------- a full disk


@contextlib.contextmanager
def small_disk(folder: Path, kibibytes: int) -> Iterator[None]:
    """While this lasts the folder lies on a file system of that size."""
    kept = folder.with_name(folder.name + ".kept")
    folder.rename(kept)
    folder.mkdir(mode=0o700)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kibibytes}k,mode=0700", "tmpfs", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        folder.rmdir()
        kept.rename(folder)
        pytest.skip(f"no small disk: {done.stderr.strip()}")
    try:
        shutil.copytree(kept, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sock"))
        yield
        rest = folder.with_name(folder.name + ".rest")
        shutil.copytree(folder, rest, ignore=shutil.ignore_patterns("*.sock"))
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()
    shutil.rmtree(kept)
    rest.rename(folder)


def fill(folder: Path) -> Path:
    """Take all that is free; answers the file that does."""
    file = folder / "filler"
    with file.open("wb", buffering=0) as out:
        with contextlib.suppress(OSError):
            while True:
                out.write(bytes(4096))
    return file


def test_with_the_registers_disk_full_it_waits_for_space_and_then_ends_the_batch(town: Town) -> None:
    make_service(town)
    draft(town, licences(SIZE))
    with small_disk(town.officer, 6000):
        with working(town) as worker:
            eventually(lambda: [job for job in jobs(town) if job.state == "waiting"], why=worker.log_file.read_text)
            filler = fill(town.officer)
            town.ok(town.approver, "approve", "--all")
            eventually(
                lambda: any(line.get("code") == "disk.full" for line in worker.log), why=worker.log_file.read_text
            )
            filler.unlink()
            assert batch_state(town, 1) != "complete"
            with town.signing():
                eventually(lambda: batch_state(town, 1) == "complete", why=worker.log_file.read_text)
                eventually(lambda: not jobs(town), why=worker.log_file.read_text)
    check(town)


def test_with_the_workers_own_disk_full_it_goes_on_once_there_is_space(town: Town) -> None:
    home = make_service(town)
    with small_disk(home, 2000):
        with working(town) as worker, town.signing():
            eventually(lambda: worker.events("worker.started"))
            filler = fill(home)
            draft(town, licences(SIZE))
            eventually(
                lambda: [line for line in worker.log if line.get("code") == "disk.full"], why=worker.log_file.read_text
            )
            filler.unlink()
            eventually(lambda: batch_state(town, 1) == "complete", why=worker.log_file.read_text)
    check(town)


def test_with_the_disk_of_the_records_full_nothing_is_half_stored(town: Town) -> None:
    make_service(town)
    draft(town, licences(SIZE))
    blobs = town.folder / "blobs"
    blobs.mkdir(exist_ok=True)
    with small_disk(blobs, 1000):
        filler = fill(blobs)
        with working(town) as worker, town.signing():
            eventually(
                lambda: any(line.get("code") == "disk.full" for line in worker.log), why=worker.log_file.read_text
            )
            filler.unlink()
            eventually(lambda: batch_state(town, 1) == "complete", why=worker.log_file.read_text)
            eventually(lambda: not jobs(town), why=worker.log_file.read_text)
    check(town)


# --------------------------------------------------------------------------- an endpoint that hangs


class Front:
    """A socket before the node: passes everything on, or takes everything and never answers.

    Attributes:
        hang_at: words in a request at which it begins to hang, if any.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.hanging = threading.Event()
        self.hang_at: bytes | None = None
        self.swallowed = 0
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        self._server.settimeout(0.1)
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                client, _ = self._server.accept()
                thread = threading.Thread(target=self._carry, args=(client,))
                thread.start()
                self._threads.append(thread)

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._target) as node:
            while not self._stop.is_set():
                ready, _, _ = select.select([client, node], [], [], 0.1)
                for one in ready:
                    try:
                        data = one.recv(65536)
                    except OSError:
                        return
                    if not data:
                        return
                    if one is client and self.hang_at is not None and self.hang_at in data:
                        self.hang_at = None
                        self.hanging.set()
                    if self.hanging.is_set():
                        self.swallowed += 1
                        continue
                    with contextlib.suppress(OSError):
                        (node if one is client else client).sendall(data)

    def close(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._server.close()


@pytest.fixture
def front(town: Town) -> Iterator[Front]:
    """The officer's home reaches the ledger through it."""
    handle = ensure_node(town.folder / "ledger")
    host, port = handle.url.removeprefix("http://").rstrip("/").split(":")
    found = Front((host, int(port)))
    config = (town.officer / "config.toml").read_text("utf-8")
    changed = config.replace('node = "../ledger"', f'endpoints = ["http://127.0.0.1:{found.port}"]')
    assert changed != config
    (town.officer / "config.toml").write_text(changed, "utf-8")
    try:
        yield found
    finally:
        found.close()
        handle.close()


@pytest.mark.parametrize("state", ["waiting", "signed"])
def test_an_endpoint_that_takes_requests_and_never_answers(town: Town, front: Front, state: str) -> None:
    make_service(town)
    draft(town, licences(SIZE))
    if state == "waiting":
        front.hanging.set()
    else:
        front.hang_at = ANCHOR.hex().encode()  # the words with which a batch's root is sent
    with working(town, ledger_timeout=1.5) as worker, town.signing():
        fault = eventually(
            lambda: [line for line in worker.events("job.fault") if line["kind"] == "batch"],
            why=worker.log_file.read_text,
        )
        assert fault[0]["step"] == "retrying", fault
        (job,) = [job for job in jobs(town) if job.kind == "batch"]
        assert job.state == "retrying"
        assert job.fix
        assert front.swallowed
        assert batch_state(town, 1) == ("released" if state == "waiting" else "signed")
        front.hanging.clear()
        eventually(lambda: batch_state(town, 1) == "complete", why=worker.log_file.read_text)
        eventually(lambda: not jobs(town), why=lambda: jobs(town))
    check(town)


def test_the_town_is_where_it_was(town: Town) -> None:
    """Guards the helpers above: a home on a small disk comes back whole."""
    if os.geteuid() != 0:
        pytest.skip("no small disk: only root mounts")
    before = sorted(file.name for file in town.officer.iterdir())
    with small_disk(town.officer, 6000):
        assert Home(town.officer).settings.role == "officer"
    assert sorted(file.name for file in town.officer.iterdir()) == before
