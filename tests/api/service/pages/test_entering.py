"""Signing in and out by the pages, and what the cookie opens: no other site can use it."""

from __future__ import annotations

from typing import Any

import pytest

from api.accounts import access
from api.service.cookies import COOKIE, FIELD, form_token
from api.service.pages.entering import own_place
from tests.api.service.hall import WORD, Hall
from tests.api.service.pages.browsing import Browsing
from tests.api.service.pages.reading import page

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


def test_who_signs_in_comes_to_the_place_she_wanted_with_a_cookie_that_no_script_reads(hall: Hall) -> None:
    someone = Browsing(hall)
    answer = someone.enter("officer", "/verify?x=1")
    assert answer.headers["Location"] == "/verify?x=1"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=yx_")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie, "by plain http it would be lost"
    assert "officer" in someone.get("/").text


@pytest.mark.parametrize(("base", "host"), [("https://localhost", "localhost"), ("http://gateway", "yx.example")])
def test_the_cookie_is_for_https_where_people_come_by_https(hall: Hall, base: str, host: str) -> None:
    someone = Browsing(hall)
    someone.client.base_url = base  # type: ignore[assignment]
    answer = someone.client.post("/sign-in", data={"name": "officer", "password": WORD}, headers={"Host": host})
    assert "Secure" in answer.headers["Set-Cookie"]


def test_it_is_the_same_session_as_a_bearer_token(hall: Hall) -> None:
    someone = Browsing(hall)
    someone.enter("officer")
    bearer = {"Authorization": f"Bearer {someone.secret}"}
    assert hall.client.get("/v1/me", headers=bearer).json()["name"] == "officer"
    someone.send("/sign-out", {}, seen="/")
    assert hall.client.get("/v1/me", headers=bearer).status_code == 401
    assert someone.secret is None


def test_a_wrong_password_is_told_in_words_and_the_name_is_kept(hall: Hall) -> None:
    someone = Browsing(hall, "en")
    answer = someone.send("/sign-in", {"name": "officer", "password": "wrong-horse-battery", "next": "/verify"})
    assert answer.status_code == 401
    shown = page(answer)
    assert (shown.inputs["name"], shown.inputs["password"], shown.inputs["next"]) == ("officer", "", "/verify")
    assert "locked for 15 minutes" in answer.text
    assert someone.secret is None


def test_a_locked_account_gets_the_same_words(hall: Hall) -> None:
    someone = Browsing(hall)
    wrong = {"name": "clerk-elsewhere", "password": "wrong-horse-battery"}
    answers = [someone.send("/sign-in", wrong) for _ in range(access.LOCK_AFTER)]
    right = someone.send("/sign-in", {"name": "clerk-elsewhere", "password": WORD})
    assert right.status_code == 401
    assert right.text == answers[0].text


def test_the_next_person_at_a_counter_signs_in_over_the_one_before_her_and_keeps_the_place(hall: Hall) -> None:
    counter = Browsing(hall)
    counter.enter("officer")
    before = counter.secret
    assert "officer" in counter.get("/sign-in").text
    answer = counter.enter("clerk", "/verify")
    assert answer.headers["Location"] == "/verify"
    assert counter.secret != before
    assert hall.client.get("/v1/me", headers={"Authorization": f"Bearer {before}"}).status_code == 401


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "/\nx", ""])
def test_nobody_is_led_elsewhere(address: str) -> None:
    assert own_place(address) == "/"


def test_a_session_that_has_ended_leads_nobody_astray(hall: Hall) -> None:
    someone = Browsing(hall)
    someone.enter("officer")
    secret = someone.secret
    hall.client.delete("/v1/sessions/current", headers={"Authorization": f"Bearer {secret}"})
    answer = someone.get("/")
    assert answer.status_code == 200
    assert "officer" not in answer.text
    assert someone.secret is None, "the browser forgets it"


# --------------------------------------------------------------------------- other people's sites


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": ""},
    ],
)
def test_a_form_of_another_site_is_refused(hall: Hall, headers: dict[str, str]) -> None:
    someone = Browsing(hall)
    someone.enter("officer")
    if not headers["Sec-Fetch-Site"]:
        del someone.client.headers["Sec-Fetch-Site"]
        headers = {name: value for name, value in headers.items() if value}
    data = {FIELD: form_token(someone.secret)}
    answer = someone.client.post("/sign-out", data=data, headers=headers)
    assert answer.status_code == 403
    assert 'data-fault="access.origin"' in answer.text
    assert "officer" in someone.client.get("/", headers={"Sec-Fetch-Site": "same-origin"}).text


@pytest.mark.parametrize("token", ["", "x", form_token("yx_of_somebody_else")])
def test_a_form_without_the_sessions_token_is_refused(hall: Hall, token: str) -> None:
    someone = Browsing(hall)
    someone.enter("officer")
    answer = someone.client.post("/sign-out", data={FIELD: token})
    assert answer.status_code == 403
    assert 'data-fault="access.form"' in answer.text


def test_origin_alone_will_do_where_a_browser_sends_no_more(hall: Hall) -> None:
    someone = Browsing(hall)
    del someone.client.headers["Sec-Fetch-Site"]
    data = {"name": "officer", "password": WORD}
    assert someone.client.post("/sign-in", data=data, headers={"Origin": "http://localhost"}).status_code == 303


def call(someone: Browsing, method: str = "GET", path: str = "/v1/me", **headers: str) -> Any:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return someone.client.request(method, path, headers=sent)


def test_the_cookie_counts_for_calls_only_where_a_page_of_ours_makes_them(hall: Hall) -> None:
    someone = Browsing(hall)
    someone.enter("officer")
    assert call(someone).status_code == 401
    assert call(someone, X_Yinxin_Page="1").json()["name"] == "officer"
    for site in ("cross-site", "same-site", "none"):
        answer = call(someone, X_Yinxin_Page="1", Sec_Fetch_Site=site)
        assert (answer.status_code, answer.json()["code"]) == (403, "access.origin"), site
    del someone.client.headers["Sec-Fetch-Site"]
    assert call(someone, "POST", "/v1/notifications/read", X_Yinxin_Page="1").status_code == 403
    stranger = call(someone, "POST", "/v1/notifications/read", X_Yinxin_Page="1", Origin="https://evil.example")
    assert stranger.status_code == 403
    own = call(someone, "POST", "/v1/notifications/read", X_Yinxin_Page="1", Origin="http://localhost")
    assert own.status_code not in (401, 403)


def test_a_token_beside_the_cookie_is_what_counts(hall: Hall) -> None:
    someone = Browsing(hall)
    someone.enter("officer")
    answer = call(someone, X_Yinxin_Page="1", Authorization=f"Bearer {hall.token('clerk')}")
    assert answer.json()["name"] == "clerk"
