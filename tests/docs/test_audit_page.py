"""docs/audit.md and the rules are the same list."""

from __future__ import annotations

from pathlib import Path

from chain.audit import RULES

PAGE = Path(__file__).parents[2] / "docs" / "audit.md"


def test_the_page_lists_every_rule_in_both_languages() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| A")]
    assert rows == [f"| {number} | {words['zh']} | {words['en']} |" for number, words in RULES.items()]


def test_numbers_ascend() -> None:
    assert list(RULES) == sorted(RULES, key=lambda rule: int(rule[1:]))
