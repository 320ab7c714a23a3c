"""Sealed PDFs over HTTP: given out at the window, checked when they come back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from chain.credentials.paper import read_sealed
from tests.api.service.hall import Hall
from tests.api.town import BUREAU, licences
from tests.support.papers import page_changed

pytestmark = pytest.mark.loopback

AREA = f"/v1/bureaus/{BUREAU}"


@pytest.fixture(scope="module")
def entry(hall: Hall) -> int:
    """Number of a certificate in the register."""
    hall.town.issue(licences(1))
    found = hall.get("officer", f"{AREA}/certificates?limit=1")
    assert found.status_code == 200, found.text
    return int(found.json()["items"][0]["entry"])


def checked(hall: Hall, data: bytes) -> dict[str, object]:
    answer = hall.post(None, "/v1/verifications/pictures", content=data)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_clerk_gets_it_and_anybody_may_check_it(hall: Hall, entry: int) -> None:
    answer = hall.get("clerk", f"{AREA}/certificates/{entry}/pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert read_sealed(answer.content).unchanged
    assert checked(hall, answer.content)["verdict"] == "VALID"
    found = checked(hall, page_changed(answer.content))
    assert found["verdict"] == "FORGED"
    assert found["certificate"]["confirmed"] is False  # type: ignore[index]


def test_a_reprint_is_printed_by_its_number(hall: Hall, entry: int) -> None:
    path = f"{AREA}/certificates/{entry}"
    assert hall.get("clerk", f"{path}/pdf?reprint=1").status_code == 404
    noted = hall.post("officer", f"{path}/reprints", json={"reason": "lost"})
    assert noted.status_code == 201, noted.text
    number = noted.json()["reprint"]["number"]
    answer = hall.get("clerk", f"{path}/pdf?reprint={number}")
    assert answer.status_code == 200
    assert checked(hall, answer.content)["verdict"] == "VALID"


def test_many_at_once_are_all_printed_while_others_are_answered(hall: Hall, entry: int) -> None:
    with ThreadPoolExecutor(6) as pool:
        papers = [pool.submit(hall.get, "clerk", f"{AREA}/certificates/{entry}/pdf") for _ in range(6)]
        assert hall.get(None, "/healthz").status_code == 200
        assert {paper.result().status_code for paper in papers} == {200}


def test_a_pdf_of_somebody_else_is_unknown(hall: Hall) -> None:
    assert checked(hall, b"%PDF-1.7\nsome invoice\n%%EOF\n")["verdict"] == "UNKNOWN"
