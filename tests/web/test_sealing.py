"""One format, two implementations: what a browser seals opens here, and the other way round."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from chain.kernel.encoding import b64url, hex0x, sha256, unb64url
from chain.sealing import BidKeys, open_bid
from scripts.chromium import FLAGS, find_chromium, why_none
from scripts.sealing_page import standing
from tests.chain.sealing.samples import FIGURES, identity, known_of, notice_keys, sealed_bid, signature
from tests.web.node import run_program

BLOCK = 2**20
IDENTITY = identity()


def test_a_bid_sealed_by_typescript_opens_here(tmp_path: Path) -> None:
    contents = {"技术标.pdf": os.urandom(BLOCK + 77), "empty.txt": b"", "b.pdf": b"b" * 65_536}
    documents = [{"name": name, "content": base64.b64encode(data).decode()} for name, data in contents.items()]
    form = {"price": "1234567.00", "工期": "180"}
    made = run_program("seal", {"seal": {**notice_keys(), "form": form, "documents": documents}})
    file = tmp_path / "bid.age"
    file.write_bytes(base64.b64decode(made["file"]))
    opened = open_bid(file, known_of(made), BidKeys(signature(IDENTITY), bytes.fromhex(made["k2"])), tmp_path / "out")
    assert {one.name: one.value for one in opened.form.figures} == form
    assert {name: (tmp_path / "out/documents" / name).read_bytes() for name in contents} == contents


def sealed_here(folder: Path, sizes: tuple[int, ...]) -> dict[str, Any]:
    """A bid that Python sealed at ``folder/bid.age``, and all that opens it."""
    sealed = sealed_bid(folder, sizes)
    return {
        **notice_keys(), "digest": hex0x(sealed.digest), "size": sealed.size, "formRoot": hex0x(sealed.form_root),
        "signature": b64url(signature(IDENTITY)), "k2": b64url(sealed.k2),
    }  # fmt: skip


def test_a_bid_sealed_here_opens_by_typescript(tmp_path: Path) -> None:
    sizes = (2 * BLOCK + 5, 0, 1)
    given = sealed_here(tmp_path, sizes)
    file = (tmp_path / "bid.age").read_bytes()
    opened = run_program("seal", {"open": {**given, "file": base64.b64encode(file).decode()}})
    sources = [(tmp_path / f"source-{number}").read_bytes() for number in range(len(sizes))]
    assert [base64.b64decode(one) for one in opened["documents"]] == sources
    assert opened["form"] == FIGURES


@pytest.mark.loopback
def test_a_browser_seals_stops_is_reloaded_and_goes_on(tmp_path: Path) -> None:
    if why := why_none():
        pytest.skip(why)
    document, other = os.urandom(5 * BLOCK), b"other" * 1000
    (tmp_path / "page").mkdir()
    given = sealed_here(tmp_path, (BLOCK, 3))
    complaints: list[str] = []
    with standing(tmp_path / "page") as here, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        page = browser.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(here.url)

        def choose(**files: bytes) -> None:
            kind = "application/octet-stream"
            page.set_input_files("#documents", [{"name": n, "mimeType": kind, "buffer": d} for n, d in files.items()])

        def seal(**options: object) -> dict[str, Any]:
            choose(document=document, other=other)
            return dict(page.evaluate("([k, o]) => sealing.seal(k, 'bid.age', o)", [notice_keys(), options]))

        at_once = seal(program="watched", stop=True)
        assert at_once["digest"] is None
        assert at_once["written"] == [0], "the start, and no block"
        stopped = seal(program="stopping", cipher="library", given=at_once["kept"])
        assert stopped["digest"] is None
        first = stopped["written"][-1]
        assert stopped["written"] == [0, first], "the start, and one block"
        page.reload()
        made = seal(program="watched", cipher="ciphers", given=stopped["kept"])
        step = BLOCK + 16 * 16
        assert made["written"] == [0, *range(first + step, made["size"], step)], "what was kept is not made again"
        own = page.evaluate("sealing.raw('native', 1)") is not None
        assert (stopped["native"], made["native"]) == (False, own), "the browser's own cipher, where it has one"
        page.evaluate("sealing.upload('bid.age')")
        k2 = unb64url(made["kept"]["secrets"]["k2"])
        open_bid(here.found, known_of(made), BidKeys(signature(IDENTITY), k2), tmp_path / "out")
        page.set_input_files("#documents", tmp_path / "bid.age")
        opened = dict(page.evaluate("(known) => sealing.open(known)", given))
        browser.close()
    assert (tmp_path / "out/documents/document").read_bytes() == document
    assert opened["标书-0.pdf"] == sha256((tmp_path / "source-0").read_bytes()).hex()
    assert complaints == []
