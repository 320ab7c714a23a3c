"""The verifier as one file: the same bytes each time, nothing from outside, nothing but what its policy names."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def build(out: Path, *options: str) -> str:
    """Build the page and give its text."""
    command = ["node", "scripts/web/single.mjs", "--out", str(out), *options]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=120)
    return out.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return build(tmp_path_factory.mktemp("single") / "page.html")


def policy_of(page: str) -> dict[str, list[str]]:
    """Directive to its values."""
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert found is not None
    return {words[0]: words[1:] for part in found[1].split(";") if (words := part.split())}


def test_two_builds_give_the_same_bytes_and_the_digest_stands_beside(page: str, tmp_path: Path) -> None:
    again = build(tmp_path / "yinxin-verify.html")
    assert again == page
    digest = hashlib.sha256(page.encode()).hexdigest()
    assert (tmp_path / "yinxin-verify.html.sha256").read_text() == f"{digest}  yinxin-verify.html\n"


def test_what_runs_is_what_the_policy_names_by_its_digest(page: str) -> None:
    policy = policy_of(page)
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        (content,) = re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert policy[directive] == [f"'sha256-{digest}'"]
    assert policy["default-src"] == ["'none'"]
    assert policy["require-trusted-types-for"] == ["'script'"]


def test_nothing_is_fetched_to_show_it(page: str) -> None:
    assert re.findall(r'(?:src|href)\s*=\s*"([^"]+)"', page) == ["data:,"]
    assert "@import" not in page
    assert "import(" not in page
    assert "eval(" not in page


def test_a_page_for_one_chain_may_talk_to_its_own_addresses_alone(tmp_path: Path) -> None:
    page = build(
        tmp_path / "page.html",
        *("--endpoint", "https://node-1.example/rpc", "--endpoint", "https://node-2.example", "--quorum", "2"),
        *("--service", "https://yx.example"),
    )
    wanted = ["https://node-1.example", "https://node-2.example", "https://yx.example"]
    assert policy_of(page)["connect-src"] == wanted
