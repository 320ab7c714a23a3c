"""The golden PDFs and the refused ones: one verdict each, the same in every language."""

from __future__ import annotations

import json

import pytest

from tests.support.cases import outcome, read
from tests.support.paper_cases import FOLDER, all_cases
from tests.support.poppler import need_rare_fonts

FILES = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_pdf_gives_its_verdict(path):
    value = json.loads(path.read_text(encoding="utf-8"))
    assert value["input"] == f"{path.stem}.pdf"
    case = read(value, path.with_suffix(".pdf").read_bytes())
    assert outcome(case.run()) == case.expect


def test_each_pdf_has_a_verdict():
    assert [path.stem for path in FILES] == sorted(path.stem for path in FOLDER.glob("*.pdf"))


def test_pdfs_are_the_cases_that_can_be_made_anew():
    need_rare_fonts()
    made = {case.name: (case.why, case.expect) for case in all_cases()}
    stored = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FILES}
    assert {name: (value["why"], value["expect"]) for name, value in stored.items()} == made


def test_names_tell_valid_from_faulty():
    for path in FILES:
        verdict = json.loads(path.read_text(encoding="utf-8"))["expect"]["verdict"]
        assert (verdict == "VALID") == path.stem.endswith("_valid"), path.stem
