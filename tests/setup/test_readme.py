"""README.md names only commands that there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import check_readme

ROOT = Path(__file__).parents[2]
TREE = {"id": {"check": "Check."}, "verify": "Verify."}
MARKS = f"{check_readme._BEGIN}{check_readme.listing(TREE)}{check_readme._END}\n"


def found(text: str) -> list[str]:
    return list(check_readme.faults(MARKS + text, TREE, {"demo", "test"}))


def test_the_readme_is_true_to_the_command_line() -> None:
    for page in (check_readme.README, check_readme.COMMANDS):
        text = page.read_text(encoding="utf-8")
        assert list(check_readme.faults(text, check_readme.commands(), check_readme.targets())) == []
    assert check_readme._BEGIN in check_readme.COMMANDS.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "SECURITY.md", "docs/development.md"])
def test_other_pages_name_only_targets_and_commands_there_are(page: str) -> None:
    tree, known = check_readme.commands(), check_readme.targets()
    text = marks_for(tree) + (ROOT / page).read_text(encoding="utf-8")
    assert list(check_readme.faults(text, tree, known)) == []


def marks_for(tree: dict[str, object]) -> str:
    return f"{check_readme._BEGIN}{check_readme.listing(tree)}{check_readme._END}\n"


def test_an_invented_target_is_found() -> None:
    assert found("Type `make tea`.") == [f"line {MARKS.count(chr(10)) + 1}: make has no target tea"]


def test_an_invented_command_is_found() -> None:
    text = (
        "```sh\n.venv/bin/yinxin --home x brew  # tea\nyinxin id brew\nyinxin id check 1\nyinxin --json verify x\n```\n"
    )
    assert [fault.split(": ")[1] for fault in found(text)] == [
        "yinxin has no command brew",
        "yinxin id has no command brew",
    ]


def test_a_stale_list_is_found() -> None:
    text = MARKS.replace("Verify.", "Believe.")
    assert "list of commands" in next(iter(check_readme.faults(text, TREE, set())))


def test_every_target_of_the_makefile_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    declared = set(makefile.split(".PHONY:")[1].split("\n")[0].split())
    assert declared == check_readme.targets()
