"""The OpenAPI document (3.1), with what FastAPI does not say by itself."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.service.idempotency import HEADER
from api.service.problems import Problem
from api.service.routes import ServiceRoute

TITLE = "Yinxin 印信"
SUMMARY = "Electronic certificates on a ledger that anyone can check"
ABOUT = """
Bureaus issue certificates, windows check them, holders claim them, auditors recompute everything.

* **Signing in**: `POST /v1/sessions` (name and password) or `POST /v1/sessions/key` (EIP-4361) answer a token;
  send it as `Authorization: Bearer …`. Machines use tokens made by `POST /v1/tokens`.
* **Rules**: every operation says in `x-yinxin-rule` which role may call it, where, and with which scope.
* **Errors** are `application/problem+json` (RFC 9457) with `code`, `field` and `fix`.
* **Again**: send `Idempotency-Key` with every POST; the same request with the same key is done once.
* **Changed meanwhile**: GET answers an `ETag`; `If-None-Match` answers 304, `If-Match` guards a change.
* **Pages**: `limit` and `cursor`; `next` names the next page.
* **Times** are RFC 3339 in UTC; digests and roots are `0x` and hexadecimal.

The service is convenience: what it says can be checked against the ledger with `yinxin verify`, without it.
"""
_SAFE = frozenset({"get", "head"})


def describe(app: FastAPI, version: str) -> dict[str, Any]:
    """The document of an application, made once."""
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(
        title=TITLE, version=version, summary=SUMMARY, description=ABOUT, routes=app.routes,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"}, openapi_version="3.1.0",
    )  # fmt: skip
    components = document.setdefault("components", {})
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "a session's or an API token, `yx_…`"}
    }
    document["security"] = [{"token": []}]
    schemas = components.setdefault("schemas", {})
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= schema.pop("$defs", {})
    schemas["Problem"] = schema
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    rules = {
        (route.path_format, method.lower()): route.rule
        for route in app.routes
        if isinstance(route, ServiceRoute)
        for method in route.methods or ()
    }
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            rule = rules.get((path, method))
            if rule is None:
                continue
            if rule.repeats:
                operation.setdefault("parameters", []).append(
                    {
                        "name": HEADER, "in": "header", "required": False,
                        "description": "the same request with the same key is done once, and answered alike for a day",
                        "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[\\x21-\\x7e]+$"},
                        "example": "9f1c0f8e-5a53-4d5e-9d5b-1a6f3f0c9b11",
                    }
                )  # fmt: skip
    app.openapi_schema = document
    return document
