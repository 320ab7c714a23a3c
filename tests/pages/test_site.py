"""The site as it is served: sizes, policies, what is asked of whom; the drawing and the colours."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.pages.browser import Visit
from tests.pages.house import House

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parents[2]
BUDGET = 150_000
"""Bytes of script, as gzip, that the first load may take."""


def policy_of(answer: httpx.Response) -> dict[str, str]:
    header = answer.headers["Content-Security-Policy"]
    return {name: rest for name, _, rest in (one.strip().partition(" ") for one in header.split(";"))}


def test_the_first_load_is_small_and_the_reader_comes_only_when_used(house: House, visit: Visit, built: Path) -> None:
    visit.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page = httpx.get(f"{house.served.url}/verify").text
    named = re.findall(r'src="(/assets/[^"]+\.js)"', page)
    of_files = sum(len(gzip.compress((built / "site" / name.lstrip("/")).read_bytes(), 9)) for name in named)
    assert 20_000 < of_files <= BUDGET

    entries = visit.page.evaluate(
        "performance.getEntriesByType('resource').filter(e => e.name.endsWith('.js'))"
        ".map(e => [e.name, e.encodedBodySize])"
    )
    loaded = [one for one, _ in entries]
    assert [one for one in loaded if one.endswith(named[0])]
    assert not [one for one in loaded if "reader" in one], "the page itself loads no decoder before it is used"
    assert 20_000 < sum(size for _, size in entries) <= BUDGET, entries


def test_scripts_travel_packed(house: House) -> None:
    page = httpx.get(f"{house.served.url}/verify").text
    (name,) = re.findall(r'src="(/assets/[^"]+\.js)"', page)
    packed = httpx.get(f"{house.served.url}{name}", headers={"Accept-Encoding": "gzip"})
    plain = httpx.get(f"{house.served.url}{name}", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) <= BUDGET
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_the_page_runs_its_own_files_and_asks_its_own_service_alone(house: House) -> None:
    for path in ("/verify", "/v"):
        answer = httpx.get(f"{house.served.url}{path}")
        policy = policy_of(answer)
        assert policy["default-src"] == "'none'"
        for name in ("script-src", "style-src", "connect-src", "worker-src", "img-src", "manifest-src"):
            assert policy[name] == "'self'", name
        assert policy["require-trusted-types-for"] == "'script'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=", answer.text)


COMPUTING = ("reader-", "hash-worker-", "seal-worker-", "sheet-worker-")
"""Workers that run WebAssembly: the decoder of codes, the digests of files, and those of sealed ones."""


def test_webassembly_runs_in_the_workers_that_compute_and_nowhere_else(house: House, built: Path) -> None:
    names = [path.name for path in (built / "site" / "assets").iterdir()]
    for name in names:
        answer = httpx.get(f"{house.served.url}/assets/{name}")
        assert ("wasm-unsafe-eval" in answer.headers["Content-Security-Policy"]) == name.startswith(COMPUTING), name
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert re.search(r"-[0-9A-Za-z]{8,10}\.", name), "a name carries a digest"
    assert any(name.endswith(".wasm") for name in names)


def test_scripts_that_want_to_slip_in_are_refused(visit: Visit) -> None:
    refused = visit.page.evaluate(
        """() => { const tried = []; const tryIt = (f) => { try { f(); tried.push(false) } catch { tried.push(true) } };
          tryIt(() => { document.createElement('div').innerHTML = '<b>x</b>' });
          tryIt(() => { document.createElement('script').src = '/assets/x.js' });
          tryIt(() => { window.trustedTypes.createPolicy('another', {}) });
          return tried }"""
    )
    assert refused == [True, True, True]
    visit.expected += ["policy:", "This document requires", "Refused", "Creating a TrustedTypePolicy", "The action"]


def test_it_can_be_installed(house: House) -> None:
    page = httpx.get(f"{house.served.url}/verify").text
    (name,) = re.findall(r'rel="manifest" href="([^"]+)"', page)
    manifest = httpx.get(f"{house.served.url}{name}").json()
    assert manifest["start_url"] == "/verify"
    assert manifest["display"] == "standalone"
    for one in manifest["icons"]:
        answer = httpx.get(f"{house.served.url}{one['src']}")
        assert answer.headers["Content-Type"] == "image/png"
        size = f"{int.from_bytes(answer.content[16:20], 'big')}x{int.from_bytes(answer.content[20:24], 'big')}"
        assert size == one["sizes"]


def test_the_seal_is_the_one_that_our_program_draws() -> None:
    done = subprocess.run([sys.executable, "-m", "scripts.pictures.icons", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0, "python -m scripts.pictures.icons writes them"


def test_a_file_that_is_not_there_is_not_found(house: House) -> None:
    for name in ("nothing-AAAA.js", "..%2fverify.html"):
        assert httpx.get(f"{house.served.url}/assets/{name}").status_code in (404, 422)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PAIRS = {
    4.5: [
        *((ink, ground) for ink in ("ink", "soft", "link") for ground in ("paper", "card", "sunk")),
        *(("ink", f"{tone}-paper") for tone in ("good", "care", "bad")),
        *(("on-tone", tone) for tone in ("good", "care", "bad")),
        ("on-seal", "seal"), ("on-seal", "seal-deep"), ("card", "ink"),
        *((f"mark-{tone}", "card") for tone in ("good", "care", "bad")),
    ],
    3.0: [("edge", "card"), ("edge", "paper"), ("focus", "card"), ("focus", "paper")],
}  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_ink_and_paper_can_be_read(scheme: str) -> None:
    colours: dict[str, str] = {}
    for name in ("tokens.css", "table.css"):
        text = (ROOT / "web" / "style" / name).read_text(encoding="utf-8")
        light, _, dark = text.partition("@media (prefers-color-scheme: dark)")
        for part in (light, dark) if scheme == "dark" else (light,):
            colours |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))
            colours |= {
                one: colours[other]
                for one, other in re.findall(r"--([\w-]+): var\(--([\w-]+)\);", part)
                if other in colours
            }
    for least, pairs in PAIRS.items():
        for ink, ground in pairs:
            found = contrast(colours[ink], colours[ground])
            assert found >= least, f"{ink} on {ground}: {found:.2f}"
