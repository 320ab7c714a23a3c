"""Errors of pages are pages; errors of the API stay what programs know."""

from __future__ import annotations

from unittest import mock

import pytest

from api.service.pages import first
from chain.kernel.errors import Conflict, InvalidInput, Unavailable
from tests.api.service.hall import Hall
from tests.api.service.pages.browsing import Browsing
from tests.api.service.pages.reading import page

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (InvalidInput("no such day", code="day", field="day", fix="give a day"), 422, "填写的内容有误"),
        (Conflict("it is sealed", code="sealed"), 409, "现在不能这样做"),
        (Unavailable("the ledger is silent", code="ledger"), 503, "暂时不能用"),
        (ZeroDivisionError("secret"), 500, "这里出了故障"),
    ],
)
def test_an_error_is_a_page_with_field_and_fix(hall: Hall, error: Exception, status: int, words: str) -> None:
    with mock.patch.object(first, "readiness", side_effect=error):
        answer = Browsing(hall).get("/")
    assert answer.status_code == status
    assert words in answer.text
    assert "secret" not in answer.text
    shown = page(answer)
    assert "/" in shown.links
    if isinstance(error, InvalidInput):
        assert "no such day" in answer.text
        assert "give a day" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_htmx_gets_a_note_instead_of_a_page(hall: Hall) -> None:
    with mock.patch.object(first, "readiness", side_effect=Conflict("no", code="no")):
        answer = Browsing(hall).get("/", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer.text.startswith('<div class="note note-bad"')


def test_a_wrong_address_is_a_page_for_people_and_a_problem_for_programs(hall: Hall) -> None:
    someone = Browsing(hall, "en")
    answer = someone.get("/no/such/page")
    assert answer.status_code == 404
    assert "Not found" in answer.text
    page(answer)
    assert someone.get("/v1/nothing").headers["Content-Type"] == "application/problem+json"
    assert hall.client.get("/no/such/page").headers["Content-Type"] == "application/problem+json"


def test_input_of_a_wrong_form_is_told_by_its_field(hall: Hall) -> None:
    answer = Browsing(hall).send("/sign-in", {"name": "n" * 300, "password": "x"})
    assert answer.status_code == 422
    assert ">name<" in answer.text
