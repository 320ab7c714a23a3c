"""One endpoint: keep-alive HTTP connections, a deadline for each exchange, bounded replies, typed faults."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from chain.kernel.errors import InvalidInput, Refused, Unavailable
from chain.kernel.json_reader import read_json
from chain.ledger._unix import connect_unix

REPLY_LIMIT = 64 * 2**20
_IDLE_KEPT = 8
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}


class RpcFailure(Unavailable):
    """An endpoint answered with a JSON-RPC error that is not a revert.

    Attributes:
        rpc_code: the JSON-RPC error code.
    """

    code = "rpc.error"

    def __init__(self, message: str, rpc_code: int) -> None:
        super().__init__(message)
        self.rpc_code = rpc_code


class Reverted(Refused):
    """A contract refused the call.

    Attributes:
        data: ABI-encoded revert data (selector first), empty if there is none.
    """

    code = "rpc.reverted"

    def __init__(self, message: str, data: bytes) -> None:
        super().__init__(message)
        self.data = data


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connect the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.sock.settimeout(self.timeout)
            connect_unix(self.sock, self._path)
        except BaseException:
            self.sock.close()
            raise


class Endpoint:
    """One JSON-RPC server.

    Attributes:
        name: its address, as configured.
    """

    def __init__(self, name: str, timeout: float, reply_limit: int) -> None:
        self.name = name
        self._timeout = timeout
        self._limit = reply_limit
        self._idle: list[http.client.HTTPConnection] = []
        self._lock = threading.Lock()
        self._unix: str | None = None
        self._host, self._port, self._target, self._tls = "localhost", 0, "/", False
        if name.startswith("unix:"):
            self._unix = name.removeprefix("unix:")
            return
        try:
            parts = urlsplit(name)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise InvalidInput(
                f"{name!r} is no RPC address",
                code="rpc.address",
                field="ledger.endpoints",
                fix="write http://host:port, https://host/path or unix:/path/to/socket, without a password in it",
            )
        self._tls = parts.scheme == "https"
        self._host, self._port = parts.hostname, port or (443 if self._tls else 80)
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def exchange(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Results in order; an RPC error stands in its place as :class:`Reverted` or :class:`RpcFailure`.

        Raises:
            Unavailable: no connection, no answer in time, too large, or not JSON-RPC.
        """
        if not calls:
            return []
        requests = [
            {"jsonrpc": "2.0", "id": place, "method": method, "params": list(params)}
            for place, (method, params) in enumerate(calls)
        ]
        body = msgspec.json.encode(requests if len(requests) > 1 else requests[0])
        deadline = time.monotonic() + self._timeout
        try:
            status, raw = self._post(body, deadline)
        except (OSError, http.client.HTTPException) as error:
            reason = "no answer in time" if isinstance(error, TimeoutError) else (str(error) or type(error).__name__)
            raise Unavailable(
                f"{self.name}: {reason}", code="rpc.unreachable", fix="is the node running and reachable?"
            ) from error
        try:
            reply = read_json(raw)
        except ValueError as error:
            raise Unavailable(f"{self.name}: HTTP {status}, not JSON", code="rpc.form") from error
        if isinstance(reply, dict):
            if len(calls) > 1 or status >= 400:
                raise self._whole_failure(reply, status)
            reply = [reply]
        return self._in_order(reply, len(calls))

    def _whole_failure(self, reply: dict[str, Any], status: int) -> Unavailable:
        error = reply.get("error")
        message = error.get("message") if isinstance(error, dict) else error
        return Unavailable(f"{self.name}: HTTP {status}: {str(message)[:300]}", code="rpc.refused")

    def _in_order(self, reply: Any, count: int) -> list[Any]:
        out: list[Any] = [None] * count
        seen: set[int] = set()
        if isinstance(reply, list):
            for item in reply:
                place = item.get("id") if isinstance(item, dict) else None
                if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < count or place in seen:
                    break
                seen.add(place)
                out[place] = self._error(item["error"]) if item.get("error") is not None else item.get("result")
        if len(seen) != count:
            raise Unavailable(f"{self.name}: the reply does not answer what was asked", code="rpc.form")
        return out

    def _error(self, error: Any) -> Reverted | RpcFailure:
        if not isinstance(error, dict):
            return RpcFailure(f"{self.name}: {str(error)[:300]}", 0)
        message, code, data = str(error.get("message", ""))[:500], error.get("code"), error.get("data")
        if isinstance(data, dict):
            data = data.get("data")
        if code == 3 or "revert" in message.lower():
            try:
                raw = bytes.fromhex(data.removeprefix("0x")) if isinstance(data, str) else b""
            except ValueError:
                raw = b""
            return Reverted(message, raw)
        return RpcFailure(f"{self.name}: {message}", code if isinstance(code, int) else 0)

    def _post(self, body: bytes, deadline: float) -> tuple[int, bytes]:
        with self._lock:
            kept = self._idle.pop() if self._idle else None
        if kept is not None:
            try:
                return self._post_on(kept, body, deadline)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                pass  # the server closed an idle connection; every call of ours may be sent again
        return self._post_on(self._connection(deadline), body, deadline)

    def _connection(self, deadline: float) -> http.client.HTTPConnection:
        left = max(0.001, deadline - time.monotonic())
        if self._unix is not None:
            return UnixConnection(self._unix, left)
        if self._tls:
            tls = ssl.create_default_context()
            return http.client.HTTPSConnection(self._host, self._port, timeout=left, context=tls)
        return http.client.HTTPConnection(self._host, self._port, timeout=left)

    def _post_on(self, connection: http.client.HTTPConnection, body: bytes, deadline: float) -> tuple[int, bytes]:
        keep = False
        try:
            _limit_time(connection, deadline)
            connection.request("POST", self._target, body, _HEADERS)
            _limit_time(connection, deadline)
            response = connection.getresponse()
            chunks: list[bytes] = []
            size = 0
            while True:
                _limit_time(connection, deadline)
                chunk = response.read1(1 << 20)
                if not chunk:
                    break
                size += len(chunk)
                if size > self._limit:
                    raise http.client.HTTPException(f"reply larger than {self._limit} bytes")
                chunks.append(chunk)
            response.close()
            keep = not response.will_close
            return response.status, b"".join(chunks)
        finally:
            if not keep:
                connection.close()
            else:
                with self._lock:
                    if len(self._idle) < _IDLE_KEPT:
                        self._idle.append(connection)
                        connection = None  # type: ignore[assignment]
                if connection is not None:
                    connection.close()

    def close(self) -> None:
        """Close the kept connections."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


def _limit_time(connection: http.client.HTTPConnection, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    connection.timeout = left
    if connection.sock is not None:
        connection.sock.settimeout(left)
