"""The real server, `yinxin serve`, as its own process over the homes of a hall; and the real signer beside it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.api.service.hall import WORD, Hall
from tests.api.town import YINXIN


@dataclass
class Served:
    """A running server.

    Attributes:
        process: the one that starts and restarts the workers.
        url: where it answers, without a slash at the end.
        log: everything it writes.
    """

    process: subprocess.Popen[str]
    url: str
    log: Path

    @property
    def site(self) -> str:
        """Where browsers find it: under localhost, as they demand for cameras and workers."""
        return self.url.replace("127.0.0.1", "localhost")

    def token(self, name: str) -> str:
        """A session's token, signed in by password."""
        answer = httpx.post(f"{self.url}/v1/sessions", json={"name": name, "password": WORD}, timeout=60)
        assert answer.status_code == 201, answer.text
        token: str = answer.json()["token"]
        return token

    def client(self, name: str | None = None) -> httpx.Client:
        """Calls as an account."""
        headers = {} if name is None else {"Authorization": f"Bearer {self.token(name)}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)

    def workers(self) -> list[int]:
        """Numbers of the processes that answer."""
        return children(self.process.pid)

    def kill(self) -> None:
        """kill -9 every process of it."""
        everybody = [self.process.pid, *self.workers()]
        for pid in everybody:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        while any(alive(pid) for pid in everybody):
            threading.Event().wait(0.01)


def children(pid: int) -> list[int]:
    """Numbers of the processes started by a process, the resource tracker of Python aside."""
    found = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(line.split()[0]) for line in found.stdout.splitlines() if "resource_tracker" not in line]


def alive(pid: int) -> bool:
    """The process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def serving(
    hall: Hall, *, workers: int = 2, pass_fds: tuple[int, ...] = (), **environment: str
) -> contextlib.AbstractContextManager[Served]:
    """The server of a hall on a free port, until the block is left."""
    home, folder = hall.service.home.path, hall.town.folder
    return serving_home(home, folder, workers=workers, pass_fds=pass_fds, **environment)


@contextlib.contextmanager
def serving_home(
    home: Path, folder: Path, *, workers: int = 2, pass_fds: tuple[int, ...] = (), **environment: str
) -> Iterator[Served]:
    """The server of a home on a free port, until the block is left; its log lies in the folder."""
    with tempfile.NamedTemporaryFile(prefix="served-", suffix=".log", dir=folder, delete=False) as log:
        process = subprocess.Popen(
            [YINXIN, "--home", str(home), "serve", "--port", "0", "--workers", str(workers)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, **environment},
            pass_fds=pass_fds,
        )
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        assert url.startswith("http://"), Path(log.name).read_text()
        served = Served(process, url.replace("localhost", "127.0.0.1"), Path(log.name))
        _until_it_answers(served)
        yield served
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        process.stdout.close()


def _until_it_answers(served: Served) -> None:
    retrying = httpx.HTTPTransport(retries=8)  # waits half a second, then one, two, four …
    with httpx.Client(transport=retrying, timeout=60) as client:
        assert client.get(f"{served.url}/healthz").status_code == 200


@contextlib.contextmanager
def beside(hall: Hall, home: Path, command: str) -> Iterator[None]:
    """The real signer or worker as its own process, until the block is left; what it writes goes to a file."""
    with (hall.town.folder / f"{command}.log").open("w") as log:
        process = subprocess.Popen([YINXIN, "--home", str(home), command], stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)
