"""Every word that a template names is there, and every place in it is given."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.service.pages.rendering import environment
from api.service.pages.speaking import SHARED, Speaker, language_of
from chain.words import names, read

ROOT = Path(__file__).resolve().parents[4]
TEMPLATES = sorted((ROOT / "api").glob("*/pages/templates/*.html"))
LISTS = [path.stem for path in sorted((ROOT / "chain" / "words").glob("*.json"))]
CALL = re.compile(r"""\bt\(\s*(["'])([\w.-]+)\1\s*([,)])((?:[^()]|\([^()]*\))*)""")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parents[2].name}/{path.stem}")
def test_a_template_names_only_words_that_there_are(template: Path) -> None:
    for _, key, end, rest in CALL.findall(template.read_text(encoding="utf-8")):
        found = [read(name)[key] for name in LISTS if key in read(name)]
        assert found, f"{template.name}: {key}"
        given = set(re.findall(r"(\w+)\s*=", rest)) if end == "," else set()
        assert any(names(one["zh"]) <= given for one in found), f"{template.name}: {key} needs {names(found[0]['zh'])}"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parents[2].name}/{path.stem}")
def test_a_template_can_be_read(template: Path) -> None:
    environment().get_template(f"{template.parents[2].name}/{template.name}")


def test_a_word_that_is_missing_is_an_error() -> None:
    speaker = Speaker.of("en")
    assert speaker("nav.verify") == "Verify"
    assert speaker.has("nav.verify")
    with pytest.raises(KeyError, match=r"nav\.nothing"):
        speaker("nav.nothing")
    with pytest.raises(KeyError):
        speaker("session.over")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"), ("en", "en"), ("en-GB,en;q=0.9,zh;q=0.8", "en"), ("zh-TW,en;q=0.5", "zh"), ("fr,de", "zh"),
        ("fr,en;q=0.3", "en"), ("en;q=x,zh;q=0.1", "zh"), ("*", "zh"),
    ],
)  # fmt: skip
def test_the_language_is_the_readers(header: str | None, language: str) -> None:
    from starlette.requests import Request

    headers = [] if header is None else [(b"accept-language", header.encode())]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": headers}
    assert language_of(Request(scope)) == language
    assert SHARED in LISTS
