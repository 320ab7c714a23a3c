"""Every rule of scripts/check_tree.py finds the fault it is for, and nothing in a clean file."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import check_links, check_tree

HOST = "https://pypi" + ".org/simple"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty tree that both checks take for the repository."""
    for module in (check_tree, check_links):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    return tmp_path


def found(tree: Path, name: str, text: str) -> list[str]:
    path = tree / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return list(check_tree.findings(path))


def test_a_clean_file_has_no_findings(tree: Path) -> None:
    assert found(tree, "chain/x.py", '"""A module of roots and homes."""\n\nroot = "a/root/b"\n') == []


@pytest.mark.parametrize(
    ("name", "text", "finding"),
    [
        ("x.py", "a = 1\n" * 501, "501 lines"),
        ("x.py", "# TO" + "DO: later\n", "unfinished work"),
        ("x.py", f"# see {HOST}\n", "package host"),
        ("x.py", "p = '/ho" + "me/someone/x'\n", "one machine"),
        ("x.py", "p = '../sha" + "red/x'\n", "outside of the repository"),
        ("x.pem", "-----BEGIN PRIVATE" + " KEY-----\n", "private key"),
        ("x.py", "a = 1", "last line"),
        ("x.py", "a = 1\r\n", "carriage return"),
        ("x.py", "\ta = 1\n", "tab"),
        ("x.md", "<<<<<<< mine\n", "conflict"),
        ("run", "#!/bin/sh\n", "chmod"),
        ("package-lock.json", '{"a": {"resolved": "x"}}\n', "resolved"),
        ("requirements.lock", "six==1.17.0\n", "without a hash"),
        ("requirements.lock", "--index-url x\n", "index"),
        ("big.bin", "x" * 1_000_001, "1000001 bytes"),
    ],
)
def test_a_fault_is_found(tree: Path, name: str, text: str, finding: str) -> None:
    assert any(finding in one for one in found(tree, name, text))


def test_long_files_make_a_long_median(tree: Path) -> None:
    paths = [tree / f"{number}.py" for number in range(3)]
    for path in paths:
        path.write_text("a = 1\n" * 200, encoding="utf-8")
    assert len(list(check_tree.median_finding(paths))) == 1


def test_a_link_to_a_missing_file_is_found(tree: Path) -> None:
    page = tree / "a.md"
    page.write_text("[b](b.md) [c](#c)\n\n# A\n\n```\n[x](y.md)\n```\n[a](#a)\n", encoding="utf-8")
    assert [one.split(": ", 1)[1] for one in check_links.broken_links(page)] == [
        "no such file: b.md",
        "no such heading: #c",
    ]


def test_headings_become_anchors_as_pages_show_them(tree: Path) -> None:
    page = tree / "a.md"
    page.write_text("# The `make` help\n## 印信 seal\n## Twice\n## Twice\n", encoding="utf-8")
    assert check_links.headings(page) == {"the-make-help", "印信-seal", "twice", "twice-1"}


def test_a_document_that_is_named_must_exist(tree: Path) -> None:
    page = tree / "a.md"
    page.write_text("see README" + ".md and LEGEND" + ".md\n", encoding="utf-8")
    assert len(list(check_links.unknown_documents(page, {"docs/README" + ".md"}))) == 1
