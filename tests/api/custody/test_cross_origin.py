"""Pages of every origin may bring sealed files, and read what the custodian says to them."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from api.custody.app import FOR_PAGES
from api.service.cross_origin import CrossOrigin

PART = "/custody/uploads/7/parts/1"
ELSEWHERE = {"Origin": "https://bureau.example"}


async def _answer(request: Request) -> Response:
    return JSONResponse({"digest": request.headers["Content-Digest"]}, 409)


@pytest.fixture
def client() -> TestClient:
    return TestClient(CrossOrigin(Starlette(routes=[Route(PART, _answer, methods=["PUT"])]), **FOR_PAGES))


def test_a_page_may_ask_beforehand_whether_it_may_send_a_part(client: TestClient) -> None:
    asking = {
        **ELSEWHERE,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-digest,content-type",
    }
    answer = client.options(PART, headers=asking)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
    assert answer.headers["Access-Control-Allow-Headers"] == "content-type, content-digest"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_page_may_read_a_refusal_too(client: TestClient) -> None:
    answer = client.put(PART, content=b"x", headers={**ELSEWHERE, "Content-Digest": "sha-256=:x:"})
    assert (answer.status_code, answer.json()) == (409, {"digest": "sha-256=:x:"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
