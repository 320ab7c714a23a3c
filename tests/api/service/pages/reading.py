"""Reads a page as a strict browser would: every tag closed, no code in the page, nothing from elsewhere."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx

VOID = {"meta", "link", "br", "img", "input", "hr", "source", "col"}


class Tags(HTMLParser):
    """What a page consists of."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.inputs: dict[str, str] = {}
        self.scripts: list[str | None] = []
        self.lang = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.seen.add(tag)
        self.names |= set(given)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        if tag == "html":
            self.lang = given.get("lang") or ""
        if tag == "script" and given.get("type") != "application/json":
            self.scripts.append(given.get("src"))
        if tag == "input":
            self.inputs[given.get("name") or ""] = given.get("value") or ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(text: str) -> Tags:
    """The page's tags. Fails if one is not closed, or if the page holds code or names another host."""
    found = Tags()
    found.feed(text)
    assert not found.open
    assert "style" not in found.seen | found.names
    assert not [name for name in found.names if name.startswith(("on", "hx-on"))]
    assert all(source is not None and source.startswith("/assets/") for source in found.scripts)
    assert all(link.startswith(("/", "#", "?")) and not link.startswith("//") for link in found.links), found.links
    return found


def page(answer: httpx.Response) -> Tags:
    """An answer that must be such a page."""
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return read(answer.text)
