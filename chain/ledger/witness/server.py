"""A witness' published folder over HTTP on loopback. Read-only; everything it says can be checked.

================================  ===========================================================
``GET /checkpoint``               newest signed note, text
``GET /checkpoint/<size>``        kept note of that size, text
``GET /checkpoints?from=<size>``  kept sizes from there on, at most 64, JSON
``GET /proof/block/<n>?size=``    inclusion path of block n, JSON ``{"index","size","path"}``
``GET /consistency?from=&to=``    consistency proof, JSON ``{"from","to","path"}``
``GET /witness``                  name and public key, JSON
================================  ===========================================================
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url
from chain.kernel.errors import InvalidInput, NotFound, YinxinError
from chain.ledger.witness.checkpoint import parse_body
from chain.ledger.witness.publish import Published

_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'",
}
_PAGE = 64
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(folder: Path) -> web.Application:
    """The web application over a published folder."""
    published = Published(folder)

    async def newest(_request: web.Request) -> web.Response:
        return _text(published.checkpoint())

    async def kept(request: web.Request) -> web.Response:
        return _text(published.checkpoint(_number(request.match_info["size"], "size")))

    async def sizes(request: web.Request) -> web.Response:
        first = _number(request.query.get("from", "0"), "from")
        return _json({"sizes": [size for size in published.sizes() if size >= first][:_PAGE]})

    async def inclusion(request: web.Request) -> web.Response:
        index = _number(request.match_info["number"], "number")
        size = _number(request.query.get("size", ""), "size") if "size" in request.query else _newest_size(published)
        path = published.inclusion(index, size)
        return _json({"index": index, "size": size, "path": [b64url(node) for node in path]})

    async def consistency(request: web.Request) -> web.Response:
        earlier, later = (_number(request.query.get(name, ""), name) for name in ("from", "to"))
        path = published.consistency(earlier, later)
        return _json({"from": earlier, "to": later, "path": [b64url(node) for node in path]})

    async def card(_request: web.Request) -> web.Response:
        return web.Response(body=(folder / "witness.json").read_bytes(), content_type="application/json")

    app = web.Application(middlewares=[_faults], client_max_size=1024)
    app.router.add_get("/checkpoint", newest)
    app.router.add_get("/checkpoint/{size}", kept)
    app.router.add_get("/checkpoints", sizes)
    app.router.add_get("/proof/block/{number}", inclusion)
    app.router.add_get("/consistency", consistency)
    app.router.add_get("/witness", card)
    return app


@web.middleware
async def _faults(request: web.Request, handler: _Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except NotFound as error:
        response = _json({"error": error.as_dict()}, 404)
    except InvalidInput as error:
        response = _json({"error": error.as_dict()}, 400)
    except YinxinError as error:
        response = _json({"error": error.as_dict()}, 500)
    response.headers.update(_HEADERS)
    return response


def _newest_size(published: Published) -> int:
    body, _, _ = published.checkpoint().partition("\n\n")
    return parse_body(body + "\n").size


def _text(note: str) -> web.Response:
    return web.Response(text=note, content_type="text/plain", charset="utf-8")


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(body=canonical(value), status=status, content_type="application/json")


def _number(text: str, field: str) -> int:
    if not text.isdecimal() or not text.isascii() or len(text) > 15:
        raise InvalidInput(f"{field}: {text[:20]!r} is no number", code="witness.number", field=field)
    return int(text)
