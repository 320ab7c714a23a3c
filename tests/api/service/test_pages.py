from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from api.service.health import Ready
from api.service.pages.first import first_page
from tests.api.service.hall import Hall

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

WHOLE = Ready(ready=True, database=True, registers=True, ledger=True)
BROKEN = Ready(ready=False, database=True, registers=True, ledger=False)
_VOID = {"meta", "link", "br", "img"}


class _Tags(HTMLParser):
    """Which tags there are, what they link to, and that each is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.names: set[str | None] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.names |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(page: str) -> _Tags:
    found = _Tags()
    found.feed(page)
    assert not found.open
    return found


def test_the_first_page_needs_no_account_and_is_for_people(hall: Hall) -> None:
    answer = hall.client.get("/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "运行正常" in answer.text
    assert "All parts answer" in answer.text


def test_the_first_page_allows_its_own_style_and_nothing_else(hall: Hall) -> None:
    answer = hall.client.get("/")
    policies = answer.headers.get_list("Content-Security-Policy")
    assert len(policies) == 1, "two policies are both obeyed, and the usual one forbids the style"
    style = re.search(r"<style>(.*?)</style>", answer.text, re.S)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policies[0]
    assert "default-src 'none'" in policies[0]
    assert "unsafe" not in policies[0]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in hall.client.get("/healthz").headers["Content-Security-Policy"]


def test_a_browser_that_comes_again_keeps_the_policy_of_the_page(hall: Hall) -> None:
    first = hall.client.get("/")
    again = hall.client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert not again.content


@pytest.mark.parametrize("local", [False, True])
def test_the_page_has_no_script_no_style_in_tags_and_nothing_from_elsewhere(local: bool) -> None:
    found = read(first_page(WHOLE, local=local))
    assert not found.seen & {"script", "iframe", "object", "form", "img", "link"}
    assert "style" not in found.names
    assert not [name for name in found.names if name and name.startswith("on")]
    assert all(link.startswith("/") for link in found.links)


def test_every_link_of_the_page_answers(hall: Hall) -> None:
    for link in read(hall.client.get("/").text).links:
        assert hall.client.get(link).status_code == 200, link


def test_every_document_that_the_page_names_is_there() -> None:
    root = Path(__file__).resolve().parents[3]
    named = re.findall(r"<code>(docs/[\w./-]+\.md)</code>", first_page(WHOLE, local=True))
    assert named
    assert all((root / name).is_file() for name in named)


def test_a_part_that_does_not_answer_is_shown() -> None:
    page = first_page(BROKEN, local=False)
    assert "部分停止应答" in page
    assert page.count("无应答") == 1
    assert '<li class="bad"><span class="name">账本' in page


def test_the_certificate_is_offered_only_where_there_is_an_authority(hall: Hall) -> None:
    assert "/ca.crt" not in hall.client.get("/").text
    refused = hall.client.get("/ca.crt")
    assert (refused.status_code, refused.json()["code"]) == (404, "service.no_local_authority")
    assert 'href="/ca.crt"' in first_page(WHOLE, local=True)
