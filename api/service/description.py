"""The OpenAPI document (3.1), with what FastAPI does not say by itself."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.accounts.rules import Rule
from api.service.idempotency import HEADER
from api.service.problems import Problem
from api.service.routes import GUARDED, ServiceRoute
from api.service.samples import give_samples

TITLE = "Yinxin 印信"
SUMMARY = "Electronic certificates on a ledger that anyone can check"
ABOUT = """
Bureaus issue certificates, windows check them, holders claim them, auditors recompute everything.

* **Signing in**: `POST /v1/sessions` (name and password) or `POST /v1/sessions/key` (EIP-4361) answer a token;
  send it as `Authorization: Bearer …`. Machines use tokens made by `POST /v1/tokens`. A token that is no good is
  refused everywhere, also where none is needed.
* **Rules**: every operation says in `x-yinxin-rule` which role may call it, where, and with which scope.
* **Errors** are `application/problem+json` (RFC 9457) with `code`, `field` and `fix`.
* **Again**: send `Idempotency-Key` with every POST; the same request with the same key is done once.
* **Changed meanwhile**: GET answers an `ETag`; `If-None-Match` answers 304, `If-Match` guards a change.
* **Pages**: `limit` and `cursor`; `next` names the next page.
* **Times** are RFC 3339 in UTC; digests and roots are `0x` and hexadecimal.

The service is convenience: what it says can be checked against the ledger with `yinxin verify`, without it.
"""
_KEY = {
    "name": HEADER, "in": "header", "required": False,
    "description": "the same request with the same key is done once, and answered alike for a day",
    "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[\\x21-\\x7e]+$"},
    "example": "9f1c0f8e-5a53-4d5e-9d5b-1a6f3f0c9b11",
}  # fmt: skip
_TAG = {"type": "string"}
_IF_MATCH = {
    "name": "If-Match", "in": "header", "required": False,
    "description": "go on only if the resource still has this ETag", "schema": _TAG,
    "example": '"2f6d9c0e5b7a4831a0c4de5f66778899"',
}  # fmt: skip
_IF_NONE_MATCH = {**_IF_MATCH, "name": "If-None-Match", "description": "answer 304 if it still has this ETag"}
_HEADERS = {
    "ETag": {"description": "of the body", "schema": _TAG, "example": _IF_MATCH["example"]},
    "Location": {"description": "where the new item is", "schema": {"type": "string"}, "example": "/v1/accounts/3"},
    "Retry-After": {"description": "seconds to wait", "schema": {"type": "string"}, "example": "1"},
    "WWW-Authenticate": {
        "description": "how to sign in",
        "schema": {"type": "string"},
        "example": 'Bearer realm="yinxin"',
    },
}
_EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"const": "batch"},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/BatchView"},
        },
    },
}
_HEADERS_OF = {"401": "WWW-Authenticate", "429": "Retry-After", "503": "Retry-After"}


def describe(app: FastAPI, version: str) -> dict[str, Any]:
    """The document of an application, made once.

    Raises:
        LookupError: a member of a shape has no example.
    """
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
    components["headers"] = _HEADERS
    document["security"] = [{"token": []}]
    schemas = components.setdefault("schemas", {})
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= schema.pop("$defs", {})
    schemas["Problem"] = schema
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    give_samples(schemas)
    for route in app.routes:
        if isinstance(route, ServiceRoute) and route.include_in_schema:
            for method in route.methods or ():
                _complete(document["paths"][route.path_format][method.lower()], route.rule, method)
    app.openapi_schema = document
    return document


def _complete(operation: dict[str, Any], rule: Rule, method: str) -> None:
    parameters = operation.setdefault("parameters", [])
    for one in parameters:
        _left_out_or_given(one["schema"])
    responses = operation["responses"]
    content = responses.get("200", {}).get("content", {})
    if rule.repeats:
        parameters.append(_KEY)
    if operation.get(GUARDED):
        parameters.append(_IF_MATCH)
    if method == "GET" and "text/event-stream" in content:
        # OpenAPI 3.2 has itemSchema for streams; readers of 3.1 pass over it.
        content["text/event-stream"] = {"itemSchema": _EVENT}
    elif method == "GET":
        parameters.append(_IF_NONE_MATCH)
        responses["304"] = {"description": "Not changed", "headers": _headers("ETag")}
        responses["200"]["headers"] = _headers("ETag")
    if method == "GET":
        responses.pop("413", None)
    for status, response in responses.items():
        if status in _HEADERS_OF:
            response["headers"] = _headers(_HEADERS_OF[status])
        if response["description"] == "Successful Response":
            response["description"] = "Done"
    operation["responses"] = dict(sorted(responses.items()))


def _headers(name: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"}}


def _left_out_or_given(schema: dict[str, Any]) -> None:
    """A parameter that is left out has no value; JSON's null is none that could be sent."""
    given = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(given) == 1:
        del schema["anyOf"]
        schema |= given[0]
