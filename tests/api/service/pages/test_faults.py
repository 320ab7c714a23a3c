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


@pytest.mark.parametrize(("language", "what"), [("zh-CN", "没有这个批次。"), ("en", "There is no such batch.")])
def test_a_known_code_is_told_in_the_page_s_language(hall: Hall, language: str, what: str) -> None:
    error = InvalidInput("no batch 7", code="batch.unknown", field="batch", fix="yinxin batch list shows them")
    with mock.patch.object(first, "readiness", side_effect=error):
        answer = Browsing(hall, language).get("/")
    assert f"<dd>{what}</dd>" in answer.text
    assert "<dd lang" not in answer.text
    page(answer)


def test_a_page_s_program_is_answered_in_the_page_s_language_and_any_other_in_english(hall: Hall) -> None:
    there = "/v1/tenders/999999"
    asked = {"X-Yinxin-Page": "1", "Accept-Language": "zh-CN"}
    told = hall.client.get(there, headers=asked)
    assert (told.json()["code"], told.json()["detail"]) == ("tender.unknown", "没有这个项目。")
    assert told.json()["fix"] == "请从项目列表打开。"
    assert told.headers["Content-Language"] == "zh-CN"
    english = hall.client.get(there, headers={"X-Yinxin-Page": "1", "Accept-Language": "en"})
    assert english.json()["detail"] == hall.client.get(there, headers={"Accept-Language": "zh-CN"}).json()["detail"]
