"""Two verifiers, one table: Python and TypeScript say the same of every vector, step by step."""

from __future__ import annotations

import json
import random
import string
from typing import Any

from chain.kernel.encoding import b64url, unb64url
from tests.support.cases import outcome, read
from tests.support.verification_cases import FOLDER
from tests.web.node import run_program


def by_python() -> dict[str, dict[str, Any]]:
    """What Python says of each vector."""
    files = sorted(FOLDER.glob("*.json"))
    return {path.stem: outcome(read(json.loads(path.read_text(encoding="utf-8"))).run()) for path in files}


def row(name: str, found: dict[str, Any] | None) -> str:
    """One line of the table: verdict, both answers, status as of, the seven results."""
    if found is None:
        return f"{name}: missing"
    answers = f"{found['authentic']}/{found['inForce']}"
    return f"{name}: {found['verdict']} {answers} {found['statusAsOf']} {' '.join(found['results'].values())}"


def test_both_verifiers_say_the_same_of_every_vector() -> None:
    mine, theirs = by_python(), run_program("outcomes")
    assert len(mine) > 100
    names = sorted(mine.keys() | theirs.keys())
    python = [row(name, mine.get(name)) for name in names]
    typescript = [row(name, theirs.get(name)) for name in names]
    assert typescript == python


LETTERS = string.ascii_letters + string.digits + '-_~.{}[]":, \n\u2014中'
BASES = ("bundle_valid", "bundle_valid_by_witnesses_offline", "credential_valid", "stamp_valid", "stamp_valid_offline")
A_BASE = 160


def spoilt(value: dict[str, Any], number: int, chance: random.Random) -> dict[str, Any]:
    """The case with one character of its input changed, left out or put in, or one fact of the ledger withheld."""
    text = value["input"]
    place, how = chance.randrange(len(text)), chance.randrange(4)
    letter = chance.choice(LETTERS)
    tail = text[place + 1 :] if how in (0, 1) else text[place:]
    changed = text[:place] + ("" if how == 1 else letter) + tail
    trust = value["trust"]
    if how == 3:
        changed, trust = text, {**trust, "unavailable": [chance.choice(QUESTIONS)]}
    if value["kind"] == "stamp" and how != 3:
        data = bytearray(unb64url(text))
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        changed = b64url(bytes(data))
    return {**value, "name": f"{value['name']} {number}", "input": changed, "trust": trust}


QUESTIONS = ("anchor", "bureau", "key", "stamp_anchor", "status_head", "status_history")


def test_both_verifiers_say_the_same_of_spoilt_inputs() -> None:
    chance = random.Random(20260731)
    bases = [json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")) for name in BASES]
    cases = [spoilt(base, number, chance) for base in bases for number in range(A_BASE)]
    theirs = run_program("outcomes", cases)
    mine = {case["name"]: outcome(read(case).run()) for case in cases}
    assert [row(name, theirs.get(name)) for name in mine] == [row(name, found) for name, found in mine.items()]
    assert {found["verdict"] for found in mine.values()} >= {"FORGED", "CANNOT_CHECK", "VALID"}
