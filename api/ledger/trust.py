"""What a browser needs to check by itself: the trust root, the snapshot for offline work, and reading the ledger."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Body
from starlette.responses import Response

from api.accounts.rules import public
from api.ledger.calls import MOST, LedgerCall, answer
from api.service.routes import Here, ServiceRoute, bytes_of, ruled
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput, NotFound
from chain.ledger.trustroot import TrustRoot

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["ledger"])

_ROOT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "canonical JSON (docs/formats/trust-root.md)",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "additionalProperties": True,
                    "required": ["format"],
                    "properties": {"format": {"type": "string", "examples": ["yinxin-trust-root-1"]}},
                    "examples": [{"format": "yinxin-trust-root-1"}],
                }
            }
        },
    }
}
_RESPONSE = {"type": "object", "additionalProperties": True}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "JSON-RPC 2.0 responses: one for one call, a list in the order of the calls for a list",
        "content": {
            "application/json": {
                "schema": {"anyOf": [_RESPONSE, {"type": "array", "items": _RESPONSE}], "examples": [[]]}
            }
        },
    }
}


@router.get("/trust-root", response_class=Response, **ruled(public(), responses=_ROOT))
def show_trust_root(service: Here) -> Response:
    """The trust root this service works by. Compare its digest by a second way before you rely on it."""
    return Response(service.ledger.trust_root.to_bytes(), media_type="application/json")


@router.get(
    "/trust-snapshot",
    response_class=Response,
    **ruled(public(), responses=bytes_of("application/octet-stream", description="docs/formats/trust-snapshot.md")),
)
def show_trust_snapshot(service: Here) -> Response:
    """The newest trust snapshot, signed by witnesses: with it certificates are checked without a network."""
    named = service.home.settings.verify.snapshot
    try:
        data = service.home.resolve(named).read_bytes() if named else None
    except OSError:
        data = None
    if data is None:
        raise NotFound(
            "this service has no trust snapshot",
            code="snapshot.none",
            fix="yinxin snapshot make, let the witnesses sign it, and name the file in verify.snapshot",
        )
    return Response(data, media_type="application/octet-stream", headers={"Cache-Control": "no-cache"})


@router.post("/ledger-calls", response_class=Response, **ruled(public(repeats=True), responses=_ANSWERS))
def call_ledger(
    service: Here, body: Annotated[LedgerCall | list[LedgerCall], Body(examples=[[{"id": 1, "method": "eth_chainId"}]])]
) -> Response:
    """Read the ledger by JSON-RPC: headers, calls and logs of the contracts in the trust root, and nothing else.

    One call or up to 100; a call that is not allowed gets an error of its own, the others their results.
    """
    asked = body if isinstance(body, list) else [body]
    if not 1 <= len(asked) <= MOST:
        raise InvalidInput(f"{len(asked)} calls", code="ledger.calls", field="body", fix=f"send 1 to {MOST} calls")
    found = answer(service.ledger.rpc, asked, _contracts(service.ledger.trust_root))
    return Response(json.dumps(found if isinstance(body, list) else found[0]), media_type="application/json")


@lru_cache(maxsize=8)
def _contracts(root: TrustRoot) -> frozenset[str]:
    return frozenset(hex0x(contract.address) for contract in root.contracts)


__all__ = ["router"]
