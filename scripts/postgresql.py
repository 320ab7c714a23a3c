"""A private PostgreSQL server for tests and tries: on a unix socket of its own, never as root, gone afterwards.

    python -m scripts.postgresql            start one, print its address, end it with Ctrl-C
    python -m scripts.postgresql --find     print where the server's programs are, or why there are none
    python -m scripts.postgresql --install  as root on Debian: install its package if there is no server yet

The exit code is 1 where there is none, and why is said.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts import apt

_USERS = ("postgres", "nobody")
_PORT = 5432
"""Only the name of the socket: nothing listens on the network."""
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "wal_recycle": "off",
    "wal_init_zero": "off",
    "max_wal_size": "256MB",
    "autovacuum": "off",
    "listen_addresses": "",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
}
"""Speed before safety: the data lives as long as the tests."""
_DURABLE = dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "on")
"""For servers that are killed: what was committed is there afterwards."""


class NoServer(Exception):
    """This machine has no PostgreSQL server; the message says why."""


def find_programs() -> Path:
    """The folder with ``initdb`` and ``postgres``. Raises NoServer."""
    for folder in (
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
        *(Path(found).parent for found in [shutil.which("postgres")] if found),
    ):
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise NoServer(
        "no PostgreSQL: neither under /usr/lib/postgresql nor on PATH, and Debian's package is not installed"
    )


def why_none() -> str:
    """Why no server can be started here; empty if one can."""
    try:
        find_programs()
    except NoServer as error:
        return str(error)
    return ""


def install() -> str:
    """Install Debian's package where that is possible and needed; why it was not done, or empty.

    Only the programs are wanted: no cluster is made and nothing is started.
    """
    if not why_none():
        return ""
    if apt.unfit():
        return "no PostgreSQL: not root on Debian, so its package cannot be installed"
    settings = Path("/etc/postgresql-common/createcluster.conf")
    if not settings.exists():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("create_main_cluster = false\n")
    if why := apt.install(("postgresql",), "-o", "Dpkg::Options::=--force-confold"):
        return f"no PostgreSQL: {why}"
    return why_none()


@dataclass
class Server:
    """A running server.

    Attributes:
        url: of its database ``postgres``, as SQLAlchemy takes it.
        data: its folder.
    """

    url: str
    data: Path
    _launch: Callable[[], subprocess.Popen[bytes]]
    _process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Number of the process that the others are children of."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it; after :meth:`kill` it recovers. Raises NoServer."""
        status = self.data / "postmaster.pid"
        status.unlink(missing_ok=True)  # that of a dead one says "ready", too
        self._process = self._launch()
        _wait(self._process, status)

    def kill(self) -> None:
        """kill -9 the server and all its children, as a power cut would; Linux only."""
        assert self._process is not None
        others = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        self._process.kill()
        self._process.wait()
        for other in map(int, others):
            with contextlib.suppress(ProcessLookupError):
                os.kill(other, signal.SIGKILL)
        until = time.monotonic() + 30
        while any(_runs(int(other)) for other in others) and time.monotonic() < until:
            time.sleep(0.01)

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            _end(self._process)


@contextlib.contextmanager
def running(*, durable: bool = False) -> Iterator[Server]:
    """A new, empty server until the block is left. Raises NoServer.

    Args:
        durable: what was committed outlives a crash of the server.
    """
    programs = find_programs()
    # In /tmp itself: the path of a unix socket holds 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="yx-pg-", dir="/tmp"))
    try:
        user, group = _drop_to(folder)
        data = folder / "d"
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "HOME": str(folder)}
        made = subprocess.run(
            [programs / "initdb", "-D", data, "-U", "yinxin", "--auth=trust", "-E", "UTF8", "--no-sync"],
            capture_output=True, text=True, env=environment, cwd=folder, check=False, user=user, group=group,
        )  # fmt: skip
        if made.returncode:
            raise NoServer(f"no PostgreSQL: initdb failed: {made.stderr.strip()[-300:]}")
        settings = _SETTINGS | (_DURABLE if durable else {})
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

        def launch() -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                [programs / "postgres", "-D", data, "-p", str(_PORT), "-k", folder, *options],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
                cwd=folder, user=user, group=group,
            )  # fmt: skip

        server = Server(f"postgresql+psycopg://yinxin@/postgres?host={folder}&port={_PORT}", data, launch)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _drop_to(folder: Path) -> tuple[int | None, int | None]:
    """Whom the server runs as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None, None
    for name in _USERS:
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            os.chown(folder, user.pw_uid, user.pw_gid)
            folder.chmod(0o755)
            return user.pw_uid, user.pw_gid
    raise NoServer("no PostgreSQL: it does not run as root, and there is neither postgres nor nobody to run it as")


def _wait(server: subprocess.Popen[bytes], status: Path) -> None:
    """The server writes ``ready`` into its pid file once it answers."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if server.poll() is not None:
            raise NoServer(f"no PostgreSQL: the server ended with exit code {server.returncode}")
        with contextlib.suppress(OSError):
            if "ready" in status.read_text().split():
                return
        time.sleep(0.02)
    raise NoServer("no PostgreSQL: the server did not answer within a minute")


def _end(server: subprocess.Popen[bytes]) -> None:
    """Ask for a fast shutdown; insist if it does not come."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait(20)


def main() -> int:
    """Start one, or tell where the programs are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--find", action="store_true")
    parser.add_argument("--install", action="store_true")
    options = parser.parse_args()
    try:
        if options.install and (why := install()):
            raise NoServer(why)
        if options.find or options.install:
            print(find_programs())
            return 0
        with running() as server, contextlib.suppress(KeyboardInterrupt):
            print(server.url, flush=True)
            signal.pause()
    except NoServer as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
