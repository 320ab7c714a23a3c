"""The catalogue of words: complete, in both languages, and readable without colour."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from chain.credentials.verification import Result, Verdict
from chain.credentials.verification.status import VERDICT_OF
from chain.credentials.verification.verdicts import STEPS
from chain.credentials.verification.wording import DETAILS, RESULTS, STEP_NAMES, VERDICTS

ROOM = Path(__file__).parents[4] / "chain" / "credentials" / "verification"
CHAIN = ROOM.parents[1]
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in [*ROOM.glob("*.py"), CHAIN / "cli" / "verify.py", CHAIN / "claims" / "holder_step.py"]
)
USED = set(re.findall(r'"((?:form|integrity|issuer|anchor|time|status|holder)\.[a-z_]+)"', SOURCES))


def names(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_finding_has_its_sentence_and_every_sentence_its_finding():
    states = {f"status.{status.name.lower()}" for status in VERDICT_OF}
    assert USED | states | {"skipped"} == set(DETAILS)


@pytest.mark.parametrize("code", sorted(DETAILS))
def test_both_languages_say_the_same(code):
    english, chinese = DETAILS[code]
    assert names(english) == names(chinese)
    assert (english.isascii(), chinese.isascii()) == (True, False)


def test_every_verdict_result_and_step_has_words():
    assert set(VERDICTS) == {str(verdict) for verdict in Verdict}
    assert set(RESULTS) == {str(result) for result in Result}
    assert tuple(STEP_NAMES) == STEPS


def test_verdicts_differ_without_colour():
    assert len({words.zh for words in VERDICTS.values()}) == len(VERDICTS)
    assert len({words.en for words in VERDICTS.values()}) == len(VERDICTS)
    good = VERDICTS["VALID"].symbol
    assert [name for name, words in VERDICTS.items() if words.symbol == good] == ["VALID"]
    assert [name for name, words in VERDICTS.items() if words.colour == "green"] == ["VALID"]
