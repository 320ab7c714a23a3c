"""Pages of other origins read public evidence, and nothing else."""

from __future__ import annotations

import pytest

from tests.api.service.hall import Hall
from tests.api.town import BUREAU

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

ORIGIN = {"Origin": "null"}
ALLOWED = "access-control-allow-origin"
NOTHING = "0x" + "00" * 32


@pytest.mark.parametrize("path", [f"/v1/{room}/{NOTHING}" for room in ("stamps", "credentials", "status-lists")])
def test_public_evidence_is_for_every_origin_found_or_not(hall: Hall, path: str) -> None:
    answer = hall.client.get(path, headers=ORIGIN)
    assert (answer.status_code, answer.headers[ALLOWED]) == (404, "*")
    assert "access-control-allow-credentials" not in answer.headers


def test_a_preflight_allows_no_token(hall: Hall) -> None:
    asked = {**ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    answer = hall.client.options("/v1/ledger-calls", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-headers"] == "content-type"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", f"/v1/bureaus/{BUREAU}/certificates"), ("POST", "/v1/sessions"), ("POST", "/v1/bundles"), ("GET", "/")],
)
def test_what_depends_on_who_asks_is_not(hall: Hall, method: str, path: str) -> None:
    answer = hall.client.request(method, path, headers=ORIGIN)
    assert ALLOWED not in answer.headers
    assert ALLOWED not in hall.client.options(path, headers=ORIGIN).headers
