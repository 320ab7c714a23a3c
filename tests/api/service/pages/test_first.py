from __future__ import annotations

import re
from pathlib import Path
from unittest import mock

import pytest

from api.service.health import Ready
from api.service.pages import first
from tests.api.service.hall import Hall
from tests.api.service.pages.browsing import Browsing
from tests.api.service.pages.reading import page

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

BROKEN = Ready(ready=False, database=True, registers=True, ledger=False)


def test_the_first_page_needs_no_account_and_speaks_both_languages(hall: Hall) -> None:
    chinese, english = Browsing(hall, "zh-CN,zh;q=0.9"), Browsing(hall, "en-GB")
    assert "运行正常" in chinese.get("/").text
    assert chinese.read("/").lang == "zh-CN"
    assert "All parts answer" in english.get("/").text
    assert english.read("/").lang == "en"


def test_a_language_that_was_chosen_stays(hall: Hall) -> None:
    someone = Browsing(hall, "zh-CN")
    assert someone.read("/?lang=en").lang == "en"
    assert someone.read("/sign-in").lang == "en"
    assert someone.read("/?lang=zh").lang == "zh-CN"
    assert someone.read("/?lang=xx").lang == "zh-CN"


def test_the_entrance_leads_to_what_there_is_and_nowhere_else(hall: Hall) -> None:
    someone = Browsing(hall)
    links = someone.read("/").links
    assert {"/verify", "/sign-in"} <= {link.partition("?")[0] for link in links}
    for link in links:
        answer = someone.get(link, follow_redirects=True)
        assert answer.status_code == 200, link


def test_its_policy_runs_its_own_files_and_nothing_else(hall: Hall) -> None:
    answer = hall.client.get("/")
    policies = answer.headers.get_list("Content-Security-Policy")
    assert len(policies) == 1, "two policies are both obeyed"
    policy = dict(part.split(" ", 1) for part in policies[0].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in policies[0]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "default-src 'none'" in hall.client.get("/healthz").headers["Content-Security-Policy"]


def test_a_browser_that_comes_again_keeps_the_policy_of_the_page(hall: Hall) -> None:
    first_time = hall.client.get("/")
    again = hall.client.get("/", headers={"If-None-Match": first_time.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Content-Security-Policy"] == first_time.headers["Content-Security-Policy"]
    assert again.headers["Cache-Control"] == first_time.headers["Cache-Control"]
    assert not again.content


def test_a_part_that_does_not_answer_is_shown(hall: Hall) -> None:
    with mock.patch.object(first, "readiness", return_value=BROKEN):
        answer = hall.client.get("/")
    assert answer.status_code == 200
    assert "部分停止应答" in answer.text
    assert answer.text.count("无应答") == 1
    assert 'data-part="ledger"' in answer.text


def test_every_document_that_the_page_names_is_there(hall: Hall) -> None:
    root = Path(__file__).resolve().parents[4]
    named = re.findall(r"<code>(docs/[\w./-]+\.md)</code>", hall.client.get("/").text)
    assert named
    assert all((root / name).is_file() for name in named)


def test_the_certificate_is_offered_only_where_there_is_an_authority(hall: Hall) -> None:
    assert "/ca.crt" not in hall.client.get("/").text
    refused = hall.client.get("/ca.crt")
    assert (refused.status_code, refused.json()["code"]) == (404, "service.no_local_authority")
    settings = hall.service.settings.model_copy(update={"local_authority": "ca.crt"})
    with mock.patch.object(type(hall.service), "settings", settings):
        offered = hall.client.get("/")
    assert "/ca.crt" in page(offered).links
