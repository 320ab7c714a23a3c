"""What stands around every endpoint: ETags, pages, limits of size and rate, faults as problems."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any
from unittest import mock

import httpx
import pytest
from fastapi import FastAPI

from api.accounts import people
from api.audit import log as audit_log
from api.certificates.endpoints import register
from api.service.rates import Rates
from tests.api.service.hall import WORD, Hall
from tests.api.town import BUREAU

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

HERE = f"/v1/bureaus/{BUREAU}"


def make_account(hall: Hall) -> dict[str, Any]:
    body = {"name": f"a-{uuid.uuid4().hex[:12]}", "display": "somebody", "roles": [], "password": WORD}
    made = hall.post("authority", "/v1/accounts", json=body)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told: dict[str, Any] = answer.json()
    assert told["status"] == answer.status_code
    assert told["type"] == f"urn:yinxin:problem:{told['code']}"
    assert told["detail"]
    return told


# --------------------------------------------------------------------------- ETags


def test_what_the_caller_has_is_not_sent_again(hall: Hall) -> None:
    path = f"/v1/accounts/{make_account(hall)['number']}"
    first = hall.get("authority", path)
    tag = first.headers["ETag"]
    again = hall.get("authority", path, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    hall.call("authority", "PATCH", path, json={"display": "another"})
    changed = hall.get("authority", path, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json()["display"]) == (200, "another")
    assert changed.headers["ETag"] != tag


def test_if_match_guards_a_change(hall: Hall) -> None:
    path = f"/v1/accounts/{make_account(hall)['number']}"
    tag = hall.get("authority", path).headers["ETag"]
    good = hall.call("authority", "PATCH", path, json={"display": "mine"}, headers={"If-Match": tag})
    assert good.status_code == 200, good.text
    late = hall.call("authority", "PATCH", path, json={"display": "theirs"}, headers={"If-Match": tag})
    assert late.status_code == 412
    assert problem_of(late)["field"] == "If-Match"
    assert hall.get("authority", path).json()["display"] == "mine"


def test_if_match_guards_a_recall(hall: Hall) -> None:
    body = {
        "type": "business-licence", "name": "guarded",
        "rows": [_row(7000)],
    }  # fmt: skip
    made = hall.post("officer", f"{HERE}/batches", json=body)
    assert made.status_code == 201, made.text
    path = made.headers["Location"]
    tag = hall.get("officer", path).headers["ETag"]
    wrong = hall.post("officer", f"{path}/recall", headers={"If-Match": '"0123"'})
    assert wrong.status_code == 412
    with hall.town.signing(approve=False):
        right = hall.post("officer", f"{path}/recall", headers={"If-Match": tag})
    assert (right.status_code, right.json()["state"]) == (200, "recalled"), right.text


def _row(number: int) -> dict[str, str]:
    from scripts.samples.lists import CHINESE
    from tests.api.town import licences

    return dict(zip(CHINESE, (str(value) for value in licences(1, first=number)[0].values), strict=True))


# --------------------------------------------------------------------------- pages


def walk(hall: Hall, who: str | None, path: str, between: Any = None, **params: Any) -> list[dict[str, Any]]:
    """Every item of a collection, page by page."""
    found, cursor = [], None
    while True:
        answer = hall.get(who, path, params={**params, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        assert len(page["items"]) <= params["limit"]
        cursor = page["next"]
        if cursor is None:
            return found
        if between is not None:
            between()


def test_pages_hold_everything_once_while_more_is_added(hall: Hall) -> None:
    before = {make_account(hall)["number"] for _ in range(5)}
    numbers = [one["number"] for one in walk(hall, "authority", "/v1/accounts", lambda: make_account(hall), limit=4)]
    assert numbers == sorted(numbers)
    assert len(numbers) == len(set(numbers))
    assert before <= set(numbers)


def test_newest_first_pages_hold_everything_once_while_more_is_added(hall: Hall) -> None:
    def add() -> int:
        body = {"type": "business-licence", "name": "p", "rows": [_row(next(rows))]}
        made = hall.post("officer", f"{HERE}/batches", json=body)
        assert made.status_code == 201, made.text
        return int(made.json()["batch"]["number"])

    def add_a_few() -> None:
        if next(few, None) is not None:
            add()

    rows, few = iter(range(8000, 9000)), iter(range(3))
    before = [add() for _ in range(5)]
    numbers = [one["number"] for one in walk(hall, "officer", f"{HERE}/batches", add, limit=2, state="waiting")]
    assert numbers == sorted(numbers, reverse=True)
    assert [number for number in numbers if number in before] == before[::-1]
    found = walk(hall, "officer", f"{HERE}/certificates", add_a_few, limit=1)
    identifiers = [one["identifier"] for one in found]
    assert len(identifiers) == len(set(identifiers)) >= 5


def test_the_audit_log_is_walked_while_it_grows(hall: Hall) -> None:
    there = audit_log.check(hall.service.engine)
    assert there > 4
    growing = iter(range(3))

    def grow() -> None:
        if next(growing, None) is not None:
            make_account(hall)

    numbers = [one["number"] for one in walk(hall, "authority", "/v1/audit-events", grow, limit=3)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= there + 6


@pytest.mark.parametrize("cursor", ["x", "WzEyXQ==", "WyJhIl0", "WzEuNV0", "Wy0xXQ", "W10", "🙂", "W3RydWVd"])
def test_a_cursor_not_of_ours_is_refused(hall: Hall, cursor: str) -> None:
    answer = hall.get("authority", "/v1/accounts", params={"cursor": cursor})
    assert (answer.status_code, problem_of(answer)["field"]) == (422, "cursor")


# --------------------------------------------------------------------------- size and rate


@pytest.fixture
def narrow(hall: Hall) -> Iterator[int]:
    """The usual limit in bytes."""
    return hall.service.settings.body_limit


def test_a_body_that_says_it_is_too_long_is_not_read(hall: Hall, narrow: int) -> None:
    headers = {"Content-Length": str(narrow + 1), "Content-Type": "application/json"}
    answer = hall.post("authority", "/v1/accounts", content=b"{}", headers=headers)
    assert answer.status_code == 413
    told = problem_of(answer)
    assert (told["code"], told["field"]) == ("request.too_large", "body")


@pytest.mark.parametrize("keyed", [False, True])
@pytest.mark.parametrize("path", ["/v1/accounts", "/v1/verifications"])
def test_a_body_that_does_not_say_how_long_it_is_is_cut_off(hall: Hall, narrow: int, path: str, keyed: bool) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        yield b'{"input": "'
        while read < 40 * narrow:
            read += 65536
            yield b"1" * 65536

    headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": str(uuid.uuid4())} if keyed else {})
    answer = hall.post("authority", path, content=endless(), headers=headers)
    assert (answer.status_code, problem_of(answer)["code"]) == (413, "request.too_large")


def test_a_list_may_be_longer_than_other_bodies(hall: Hall, narrow: int) -> None:
    where = {"type": "business-licence", "dry_run": "true"}
    answer = hall.post("officer", f"{HERE}/lists", params=where, content=b"x" * (narrow + 1))
    assert answer.status_code in (200, 422)


def test_a_content_length_that_is_no_number_is_refused(hall: Hall) -> None:
    answer = hall.post("officer", "/v1/verifications", content=b"{}", headers={"Content-Length": "-1"})
    assert answer.status_code == 413


def test_whoever_asks_too_often_waits(hall: Hall) -> None:
    app: FastAPI = hall.client.app  # type: ignore[assignment]
    hall.token("officer"), hall.token("clerk")
    with mock.patch.object(app.state, "rates", Rates(0.01, 3)):
        answers = [hall.get("officer", "/v1/me") for _ in range(5)]
        assert [one.status_code for one in answers[:3]] == [200] * 3
        assert answers[4].status_code == 429
        assert problem_of(answers[4])["code"] == "request.too_many"
        assert answers[4].headers["Retry-After"] == "1"
        assert hall.get("clerk", "/v1/me").status_code == 200, "another account has a measure of its own"


def test_guessing_tokens_is_held_to_the_rate_of_the_address(hall: Hall) -> None:
    app: FastAPI = hall.client.app  # type: ignore[assignment]
    with mock.patch.object(app.state, "rates", Rates(0.01, 3)):
        answers = [
            hall.get(None, "/v1/me", headers={"Authorization": f"Bearer yx_{number}"}).status_code
            for number in range(6)
        ]
    assert answers[:3] == [401] * 3
    assert answers[-1] == 429


def test_a_rate_comes_back_with_time() -> None:
    rates = Rates(60, 2)
    for _ in range(2):
        rates.take("one", now=0.0)
    with pytest.raises(Exception, match="60 requests a minute"):
        rates.take("one", now=0.5)
    rates.take("one", now=2.5)


# --------------------------------------------------------------------------- problems


def test_no_such_path_and_no_such_method_are_problems(hall: Hall) -> None:
    assert problem_of(hall.get(None, "/v1/nothing"))["code"] == "request.path"
    answer = hall.call(None, "DELETE", "/v1/bureaus")
    assert problem_of(answer)["code"] == "request.method"
    assert answer.headers["Allow"] == "GET"


def test_a_body_that_is_no_json_is_a_problem(hall: Hall) -> None:
    answer = hall.post(None, "/v1/verifications", content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, problem_of(answer)["code"]) == (400, "request.json")


def test_several_faults_are_all_named(hall: Hall) -> None:
    told = problem_of(hall.post("authority", "/v1/accounts", json={"name": "x", "unknown": 1}))
    fields = {one["field"] for one in told["faults"]}
    assert {"body.name", "body.display", "body.roles", "body.unknown"} <= fields


def test_a_refusal_does_not_repeat_the_value_that_was_sent(hall: Hall) -> None:
    answer = hall.post("authority", "/v1/accounts", json={"name": {"holder": "示例九号"}, "display": "x", "roles": []})
    assert answer.status_code == 422
    assert "示例九号" not in answer.text


def test_a_fault_of_ours_is_a_problem_that_tells_nothing(hall: Hall, caplog: pytest.LogCaptureFixture) -> None:
    with mock.patch.object(register, "page", mock.Mock(side_effect=RuntimeError("示例一号 440100190001010006"))):
        answer = hall.get("officer", f"{HERE}/certificates")
    assert answer.status_code == 500
    told = problem_of(answer)
    assert told["instance"] == f"urn:uuid:{answer.headers['X-Request-Id']}"
    assert "440100190001010006" not in answer.text


def test_every_answer_forbids_what_a_browser_might_do(hall: Hall) -> None:
    for path in ("/healthz", "/v1/nothing", "/v1/me"):
        headers = hall.get(None, path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_a_batch_that_does_not_exist_has_no_stream(hall: Hall) -> None:
    answer = hall.get("officer", f"{HERE}/batches/999999/events")
    assert (answer.status_code, problem_of(answer)["code"]) == (404, "batch.unknown")


def test_an_account_shows_its_new_password_at_once(hall: Hall) -> None:
    made = hall.post("authority", "/v1/accounts", json={"name": "by-key-only", "display": "x", "roles": []}).json()
    assert made["hasPassword"] is False
    changed = hall.call("authority", "PATCH", f"/v1/accounts/{made['number']}", json={"password": WORD})
    assert changed.json()["hasPassword"] is True
    assert people.account(hall.service.engine, made["number"]).has_password
