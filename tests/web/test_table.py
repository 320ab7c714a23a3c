"""Two verifiers, one table: Python and TypeScript say the same of every vector, step by step."""

from __future__ import annotations

import json
from typing import Any

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
