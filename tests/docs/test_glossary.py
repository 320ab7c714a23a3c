"""Holds code and pages to docs/glossary.md. The words ruled out are data: tests/docs/words.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"
FOLDERS = ("chain", "api", "contracts", "web", "docs", "scripts")
ENDINGS = {"code": {".py", ".sol", ".ts", ".js", ".json"}, "pages": {".html", ".md", ".jinja", ".typ"}}
PASSED_OVER = {"node_modules", "__pycache__", "build", "dist", "out", "cache", "artifacts"}
WORDS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))["word"]


@cache
def files(kind: str) -> tuple[Path, ...]:
    found = []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            inner = path.relative_to(ROOT)
            if path.suffix in ENDINGS[kind] and path.is_file() and not PASSED_OVER & set(inner.parts):
                found.append(path)
    return tuple(path for path in found if path != GLOSSARY)


@cache
def text_of(path: Path) -> str:
    return path.read_text("utf-8")


def uses(word: dict[str, Any]) -> Iterator[str]:
    pattern = re.compile(word["pattern"], re.IGNORECASE)
    unless = re.compile(word["unless"], re.IGNORECASE) if "unless" in word else None
    for kind in word["in"]:
        for path in files(kind):
            inner = path.relative_to(ROOT).as_posix()
            if inner.startswith(tuple(word.get("except", ()))) or not pattern.search(text_of(path)):
                continue
            for number, line in enumerate(text_of(path).splitlines(), 1):
                if pattern.search(line) and not (unless and unless.search(line)):
                    yield f"{inner}:{number}: {line.strip()[:100]}"


def rows() -> list[list[str]]:
    found = []
    for line in GLOSSARY.read_text("utf-8").split("## Words we don't use")[0].splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and cells[0] not in ("word", "---"):
            found.append(cells)
    return found


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word["word"])
def test_a_word_that_is_ruled_out_is_not_used(word: dict[str, Any]) -> None:
    found = list(uses(word))
    assert not found, f"docs/glossary.md rules out {word['word']!r}:\n" + "\n".join(found[:20])


def test_an_exception_says_why() -> None:
    for word in WORDS:
        assert ("unless" in word or "except" in word) == bool(word.get("because")), word["word"]


def test_every_row_of_the_glossary_is_whole() -> None:
    for cells in rows():
        assert len(cells) == 4, cells
        assert all(cells), cells
        assert re.search("[\u4e00-\u9fff]", cells[1]), cells
        assert cells[2] in ("–", "later") or re.fullmatch(r"`[A-Za-z_-]+`", cells[2]), cells


def test_no_word_has_two_rows_and_no_two_words_share_a_translation() -> None:
    for column in (0, 1):
        seen = [cells[column] for cells in rows()]
        assert len(set(seen)) == len(seen), sorted(word for word in seen if seen.count(word) > 1)


@pytest.mark.parametrize("name", [cells[2].strip("`") for cells in rows() if cells[2].startswith("`")])
def test_the_name_in_code_is_there(name: str) -> None:
    pattern = re.compile(rf"(?<![A-Za-z]){re.escape(name)}")
    assert any(pattern.search(text_of(path)) for path in files("code")), f"nothing in the code is called {name}"


@pytest.mark.parametrize("line", ["def revocation_list(): ...", "REVOCATION LIST", "the CRL"])
def test_the_net_has_no_hole(line: str) -> None:
    (word,) = [word for word in WORDS if word["word"] == "revocation list"]
    assert re.search(word["pattern"], line, re.IGNORECASE)
