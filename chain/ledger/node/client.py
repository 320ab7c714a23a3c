"""Using an embedded node from any process: attach to the running one or start it, and hold a lease meanwhile."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import msgspec

from chain.kernel.errors import Damaged, Unavailable
from chain.ledger._transport import UnixConnection
from chain.ledger.node.layout import NodeDir
from chain.ledger.node.locks import FileLock, is_held
from chain.ledger.node.process import ProcessMark, end, is_alive

LINGER = 5.0
_START_LIMIT = 60.0


@dataclass(slots=True)
class NodeHandle:
    """A node in use. The node stays at least until :meth:`close` (or the end of this process).

    Attributes:
        url: JSON-RPC address of the gateway.
        chain_id: id of the chain.
        genesis_hash: hash of block 0, 32 bytes.
        owner: ``unix:`` address that takes contract creation and every transaction; for the folder's owner only.
        folder: the node folder.
    """

    url: str
    chain_id: int
    genesis_hash: bytes
    owner: str
    folder: Path
    _lease: FileLock = field(repr=False)

    def renew(self) -> None:
        """Start the node again if its supervisor has died; the address is the same unless another took its port.

        Raises:
            Unavailable, Damaged: as :func:`ensure_node`.
        """
        again = ensure_node(self.folder)
        old, self._lease = self._lease, again._lease
        self.url = again.url
        old.release()

    def close(self) -> None:
        """Give up the lease; a node that is not told to stay ends some seconds after its last user."""
        self._lease.release()

    def __enter__(self) -> NodeHandle:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """What a look at a node folder shows.

    Attributes:
        running: a supervisor has the folder.
        url: the gateway's address, or None.
        health: what ``/health`` answered, or None.
    """

    running: bool
    url: str | None
    health: dict[str, Any] | None


def ensure_node(
    folder: Path | str, *, linger: float = LINGER, stay: bool = False, limit: float = _START_LIMIT
) -> NodeHandle:
    """Attach to the node of a folder, starting its supervisor where none runs.

    Any number of processes may do so at once; they get the same node.

    Args:
        folder: the node folder; created where it is not there.
        linger: seconds a supervisor started here stays after its last user has gone.
        stay: it shall stay until :func:`stop_node`.
        limit: seconds to wait until it serves.

    Raises:
        Unavailable: it cannot be started; says why.
        Damaged: its files contradict each other.
    """
    place = NodeDir.at(folder)
    place.make()
    deadline = time.monotonic() + limit
    lease = FileLock(place.users_lock)
    lease.take(shared=True, limit=limit)
    try:
        found = _serving(place) or _start_or_wait(place, linger, stay, deadline)
        if stay:
            control(place, "stay")
    except BaseException:
        lease.release()
        raise
    return NodeHandle(
        url=found["url"],
        chain_id=found["chainId"],
        genesis_hash=bytes.fromhex(found["genesisHash"][2:]),
        owner=f"unix:{place.owner_socket}",
        folder=place.path,
        _lease=lease,
    )


def node_status(folder: Path | str) -> NodeStatus:
    """Look at a node folder without starting anything."""
    place = NodeDir.at(folder)
    running = is_held(place.run_lock)
    found = _serving(place) if running else None
    return NodeStatus(running, found["url"] if found else None, found)


def stop_node(folder: Path | str, *, limit: float = 30.0) -> bool:
    """Stop the node of a folder, whoever uses it; waiting transactions are served first. False if none ran.

    Raises:
        Unavailable: it does not end.
    """
    place = NodeDir.at(folder)
    if not is_held(place.run_lock):
        return False
    endpoint = _read_endpoint(place)
    process = ProcessMark(endpoint["pid"], endpoint["born"]) if endpoint else None
    deadline = time.monotonic() + limit
    try:
        control(place, "stop")
    except Unavailable:
        if process is not None:
            end(process, grace=limit, wait=1.0)
    while time.monotonic() < deadline:
        if not is_held(place.run_lock) and (process is None or not is_alive(process)):
            return True
        time.sleep(0.02)
    raise Unavailable(
        f"the node in {place.path} does not end",
        code="node.stop",
        fix=f"end its process: kill {process.pid if process else '?'}",
    )


def control(place: NodeDir, word: str) -> None:
    """Tell a running supervisor to ``stay`` or ``stop``.

    Raises:
        Unavailable: it does not answer.
    """
    connection = UnixConnection(str(place.owner_socket), 10.0)
    try:
        connection.request("POST", f"/control/{word}")
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise Unavailable(f"the node refused to {word} (HTTP {response.status})", code="node.control")
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(f"the node's owner socket does not answer: {error}", code="node.control") from error
    finally:
        connection.close()


def _start_or_wait(place: NodeDir, linger: float, stay: bool, deadline: float) -> dict[str, Any]:
    start = FileLock(place.start_lock)
    try:
        while time.monotonic() < deadline:
            found = _serving(place)
            if found:
                return found
            if not is_held(place.run_lock) and start.attempt():
                if not is_held(place.run_lock):
                    return _start(place, linger, stay, deadline)
                start.release()
            time.sleep(0.02)
    finally:
        start.release()
    raise Unavailable(f"the node in {place.path} does not serve", code="node.slow", fix=f"read {place.log}")


def _start(place: NodeDir, linger: float, stay: bool, deadline: float) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "chain.ledger.node",
        str(place.path),
        *(["--stay"] if stay else ["--linger", str(linger)]),
    ]
    place.endpoint.unlink(missing_ok=True)
    root = Path(__file__).resolve().parents[3]
    with open(place.crash_log, "wb", opener=_private) as output:
        child = subprocess.Popen(
            command, cwd=root, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    # It shall outlive this process; a thread takes its exit code, so that no zombie is left while we live.
    threading.Thread(target=child.wait, name="node-reaper", daemon=True).start()
    while time.monotonic() < deadline:
        found = _serving(place)
        if found:
            return found
        code = child.returncode
        if code is not None:
            raise _why_it_ended(place, code)
        time.sleep(0.02)
    child.terminate()
    raise Unavailable(f"the node in {place.path} does not serve", code="node.slow", fix=f"read {place.log}")


def _why_it_ended(place: NodeDir, code: int) -> Unavailable | Damaged:
    words = place.crash_log.read_text(encoding="utf-8", errors="replace").strip()
    try:
        told = msgspec.json.decode(words.splitlines()[-1], type=dict[str, str])
        kind = (
            Damaged
            if told["code"] in ("node.snapshot", "node.archive", "node.identity", "node.order", "node.contracts")
            else Unavailable
        )
        return kind(told["message"], code=told["code"], field=told.get("field"), fix=told.get("fix"))
    except (msgspec.DecodeError, IndexError, KeyError):
        return Unavailable(
            f"the node's supervisor ended with code {code}: {words[-600:]}",
            code="node.start",
            fix=f"read {place.log}, run `yinxin doctor`",
        )


def _read_endpoint(place: NodeDir) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = msgspec.json.decode(place.endpoint.read_bytes())
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return found


def _serving(place: NodeDir) -> dict[str, Any] | None:
    """Endpoint and health of the running node, or None while it does not answer."""
    if not is_held(place.run_lock):
        return None
    endpoint = _read_endpoint(place)
    if endpoint is None:
        return None
    address = urlsplit(endpoint["url"])
    connection = http.client.HTTPConnection(_reachable(address.hostname or ""), address.port or 80, timeout=5.0)
    try:
        connection.request("GET", "/health")
        health: dict[str, Any] = msgspec.json.decode(connection.getresponse().read(1 << 20))
    except (OSError, http.client.HTTPException, msgspec.DecodeError):
        return None
    finally:
        connection.close()
    if health.get("instance") != endpoint["instance"]:
        return None
    return endpoint | health | {"url": f"http://{_bracketed(_reachable(address.hostname or ''))}:{address.port}"}


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - a listening address, turned into one to call


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
