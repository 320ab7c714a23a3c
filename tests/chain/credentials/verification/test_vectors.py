"""The golden and negative vectors: one verdict each, the same in every language."""

from __future__ import annotations

import json

import pytest

from chain.credentials.verification import Verdict
from tests.support.cases import outcome, read, write
from tests.support.verification_cases import FOLDER, all_cases

FILES = sorted(FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vector_gives_its_verdict(path):
    case = read(json.loads(path.read_text(encoding="utf-8")))
    assert case.name == path.stem
    assert outcome(case.run()) == case.expect


def test_vectors_are_the_cases_that_can_be_made_anew():
    made = {case.name: case for case in all_cases()}
    assert set(made) == {path.stem for path in FILES}
    for path in FILES:
        stored = json.loads(path.read_text(encoding="utf-8"))
        assert stored["expect"] == made[path.stem].expect, path.stem
        assert stored["why"] == made[path.stem].why, path.stem


def test_a_case_survives_its_file():
    for path in FILES:
        value = json.loads(path.read_text(encoding="utf-8"))
        assert write(read(value)) == value


def test_every_verdict_but_unknown_has_a_vector():
    seen = {json.loads(path.read_text(encoding="utf-8"))["expect"]["verdict"] for path in FILES}
    assert seen == {str(verdict) for verdict in Verdict} - {"UNKNOWN"}


def test_names_tell_valid_from_faulty():
    for path in FILES:
        verdict = json.loads(path.read_text(encoding="utf-8"))["expect"]["verdict"]
        named = "valid" in path.stem.replace("not_yet_valid", "").split("_") or path.stem == "self_claimed_issuer_name"
        assert (verdict == "VALID") == named, path.stem
