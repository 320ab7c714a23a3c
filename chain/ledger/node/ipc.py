"""JSON-RPC with the EVM process over its private unix socket: one connection, many calls at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from chain.kernel.errors import Unavailable

_LINE_LIMIT = 2**30


class AnvilError(Exception):
    """The EVM process answered with an error.

    Attributes:
        error: the JSON-RPC error object.
    """

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(str(error.get("message", error)))
        self.error = error


class AnvilIpc:
    """A connection to the EVM process. Calls may overlap; replies are matched by their number."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._next = 0
        self._lost = False
        self._task = asyncio.create_task(self._listen())

    @classmethod
    async def connect(cls, path: Path | str) -> AnvilIpc:
        """Connect to the socket at ``path``. Raises OSError while nobody listens."""
        reader, writer = await asyncio.open_unix_connection(str(path), limit=_LINE_LIMIT)
        return cls(reader, writer)

    @property
    def lost(self) -> bool:
        """True once the other side has gone."""
        return self._lost

    async def wait_lost(self) -> None:
        """Return once the other side has gone."""
        await asyncio.wait([self._task])

    async def call(self, method: str, params: Sequence[Any] = (), limit: float | None = 60.0) -> Any:
        """The result of one call, waited for at most ``limit`` seconds.

        Raises:
            AnvilError: the EVM process answered with an error.
            Unavailable: it went away or did not answer in time.
        """
        if self._lost:
            raise Unavailable("the EVM process is not running", code="node.down")
        self._next += 1
        number = self._next
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            self._writer.write(
                msgspec.json.encode({"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}) + b"\n"
            )
            return await asyncio.wait_for(future, limit)
        except TimeoutError:
            raise Unavailable(f"{method}: the EVM process did not answer in {limit} s", code="node.timeout") from None
        except (ConnectionError, RuntimeError) as error:
            raise Unavailable("the EVM process is not running", code="node.down") from error
        finally:
            self._waiting.pop(number, None)

    async def _listen(self) -> None:
        try:
            while line := await self._reader.readline():
                reply = msgspec.json.decode(line)
                future = self._waiting.get(reply.get("id"))
                if future is None or future.done():
                    continue
                error = reply.get("error")
                if error is not None:
                    future.set_exception(AnvilError(error))
                else:
                    future.set_result(reply.get("result"))
        except (OSError, ValueError, msgspec.DecodeError):
            pass  # a torn connection and a torn line mean the same: the process is going
        finally:
            self._lost = True
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(Unavailable("the EVM process is not running", code="node.down"))

    async def close(self) -> None:
        """Drop the connection."""
        self._task.cancel()
        self._writer.close()
        await asyncio.gather(self._task, return_exceptions=True)
        try:
            await self._writer.wait_closed()
        except OSError:
            pass
