"""The only door to the chain: an HTTP JSON-RPC server that answers allow-listed methods and nothing else.

Reads answer every web origin, without credentials. Transactions from a web page are refused unless its origin is in
``origins``. A body that is not declared ``application/json`` is refused, so that no page can post one unasked.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import web

from chain.kernel.json_reader import read_json
from chain.ledger.node.answers import Answers
from chain.ledger.node.engine import Engine
from chain.ledger.node.limits import TokenBuckets
from chain.ledger.node.requests import BAD_REQUEST, LIMIT, SERVER, RpcError

log = logging.getLogger("yinxin.node")

_CORS = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST, GET",
    "Access-Control-Allow-Headers": "content-type",
    "Access-Control-Max-Age": "600",
    "Access-Control-Allow-Private-Network": "true",
}
_WRITE = "eth_sendRawTransaction"


class Gateway:
    """HTTP in front of :class:`Answers`.

    Args:
        engine: the chain.
        allowed: contracts that strangers may send to.
        facts: what ``/health`` adds about this process.
        owner: True on the owner's private socket: no limits of rate, any transaction.
        control: on the owner's socket, what ``POST /control/<word>`` does.
    """

    def __init__(
        self,
        engine: Engine,
        allowed: Callable[[], frozenset[bytes]],
        facts: Callable[[], dict[str, Any]],
        *,
        owner: bool = False,
        control: dict[str, Callable[[], None]] | None = None,
    ) -> None:
        config = engine.config
        self._engine = engine
        self._answers = Answers(engine, allowed)
        self._facts = facts
        self._owner = owner
        self._control = control or {}
        self._reads = TokenBuckets(config.rate, config.burst)
        self._writes = TokenBuckets(config.write_rate, config.write_burst)
        self.app = web.Application(client_max_size=config.body_limit)
        self.app.router.add_post("/", self._rpc)
        self.app.router.add_route("OPTIONS", "/", self._preflight)
        self.app.router.add_get("/health", self._health)
        if owner:
            self.app.router.add_post("/control/{word}", self._controlled)

    async def _preflight(self, _request: web.Request) -> web.Response:
        return web.Response(status=204, headers=_CORS | _PREFLIGHT)

    async def _health(self, _request: web.Request) -> web.Response:
        engine = self._engine
        head = engine.head
        return _json(
            {
                "ok": True,
                "chainId": engine.identity.chain_id,
                "genesisHash": "0x" + engine.genesis_hash.hex(),
                "head": {"number": head.number, "hash": "0x" + head.hash.hex(), "time": head.time},
                "waiting": engine.waiting,
                **self._facts(),
            }
        )

    async def _controlled(self, request: web.Request) -> web.Response:
        action = self._control.get(request.match_info["word"])
        if action is None:
            return _json({"error": "unknown"}, 404)
        action()
        return _json({"ok": True})

    async def _rpc(self, request: web.Request) -> web.Response:
        config = self._engine.config
        if request.content_type != "application/json":
            return _failure(BAD_REQUEST, "send application/json", 415)
        try:
            async with asyncio.timeout(config.timeout):
                body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _failure(LIMIT, f"the request is larger than {config.body_limit} bytes", 413)
        except TimeoutError:
            return _failure(LIMIT, "the request did not arrive in time", 408)
        try:
            asked = read_json(body)
        except ValueError:
            return _failure(-32700, "not JSON", 400)
        calls = asked if isinstance(asked, list) else [asked]
        if not calls or len(calls) > config.batch_limit:
            return _failure(LIMIT, f"a request carries 1 to {config.batch_limit} calls", 400)
        self._engine.touch()
        wait = self._over_limit(request, calls)
        if wait > 0:
            return _failure(
                LIMIT, f"too many calls; try again in {wait:.1f} s", 429, {"Retry-After": str(int(wait) + 1)}
            )
        foreign = self._is_foreign(request)
        replies = await asyncio.gather(*(self._one(call, foreign) for call in calls))
        return _json(replies if isinstance(asked, list) else replies[0])

    def _over_limit(self, request: web.Request, calls: list[Any]) -> float:
        if self._owner:
            return 0.0
        client = request.remote or ""
        writes = sum(1 for call in calls if isinstance(call, dict) and call.get("method") == _WRITE)
        return self._reads.take(client, len(calls)) or (self._writes.take(client, writes) if writes else 0.0)

    def _is_foreign(self, request: web.Request) -> bool:
        origin = request.headers.get("Origin")
        return origin is not None and origin not in self._engine.config.origins

    async def _one(self, call: Any, foreign: bool) -> dict[str, Any]:
        number = call.get("id") if isinstance(call, dict) else None
        if (
            not isinstance(call, dict)
            or not isinstance(call.get("method"), str)
            or not isinstance(number, int | str | None)
        ):
            return _error(None, BAD_REQUEST, "not a JSON-RPC 2.0 call")
        method = call["method"]
        try:
            if method == _WRITE and foreign:
                raise RpcError(SERVER, "transactions from a web page of another origin are refused")
            async with asyncio.timeout(self._engine.config.timeout):
                result = await self._answers.answer(method, call.get("params"), owner=self._owner)
        except RpcError as error:
            return _error(number, error.rpc_code, error.message, error.data)
        except TimeoutError:
            return _error(number, SERVER, f"{method} took longer than {self._engine.config.timeout} s")
        return {"jsonrpc": "2.0", "id": number, "result": result}


def _error(number: int | str | None, code: int, message: str, data: Any = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message}
    if data is not None:
        error["data"] = data
    return {"jsonrpc": "2.0", "id": number, "error": error}


def _failure(code: int, message: str, status: int, headers: dict[str, str] | None = None) -> web.Response:
    return _json(_error(None, code, message), status, headers)


def _json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(value), status=status, content_type="application/json", headers=_CORS | (headers or {})
    )
