"""Errors speak the reader's language: every code that a page could show has words, its own or its family's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chain.words import fault_words, field_words, read

ROOT = Path(__file__).parents[3]
NAMED = re.compile(r'\bcode(?:: str)? ?= ?"([a-z][\w.-]*)"')
"""How a code stands in a program: ``code="batch.unknown"``, or as a class's own."""


def codes() -> dict[str, str]:
    """Codes of the service and of what it calls, and a file that names each; the command line speaks English alone."""
    found: dict[str, str] = {}
    for base in ("api", "chain"):
        for path in sorted((ROOT / base).rglob("*.py")):
            if "cli" not in path.relative_to(ROOT).parts:
                for code in NAMED.findall(path.read_text(encoding="utf-8")):
                    found.setdefault(code, str(path.relative_to(ROOT)))
    return found


def test_every_code_that_a_page_could_show_has_words():
    known = codes()
    assert len(known) > 900
    missing = {code: place for code, place in known.items() if fault_words(code, "zh") is None}
    assert not missing, "write fault.<code> and fix.<code>, or those of the family, in chain/words/faults.json"


def test_words_are_of_codes_that_there_are_and_say_what_to_do():
    known = [*codes(), "request.path", "uscc.check"]
    for key in read("faults"):
        group, _, name = key.partition(".")
        if group == "fault":
            assert any(code == name or code.startswith(f"{name}.") for code in known), f"{key}: no such code"
            assert f"fix.{name}" in read("faults"), name
        elif group == "fix":
            assert f"fault.{name}" in read("faults"), name


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("batch.unknown", "There is no such batch."),
        ("batch.desk", "This cannot be done with the batch."),
        ("ledger", "The ledger does not answer, or its answer does not fit."),
    ],
)
def test_a_code_without_words_of_its_own_has_those_of_its_family(code, what):
    found = fault_words(code, "en")
    assert found is not None
    assert found.what == what
    assert fault_words(code, "zh") != found


def test_what_nobody_has_words_for_is_none():
    assert fault_words("nowhere.at_all", "zh") is None
    assert field_words("body.reason", "zh") == "理由"
    assert field_words("KZ_grade", "en") is None
