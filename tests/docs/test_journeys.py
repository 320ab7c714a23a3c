"""The journeys that docs/pages.md names are tests that stand."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "pages.md"
NAMED = re.compile(r"`(test_[a-z_]+\.py)` `(test_[a-z_]+)`")


def test_every_journey_is_a_test_that_stands() -> None:
    (_, section) = PAGE.read_text(encoding="utf-8").split("\n## Journeys\n")
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 7
    for row in rows:
        found = NAMED.findall(row)
        assert found, row
        for file, name in found:
            source = (ROOT / "tests" / "pages" / file).read_text(encoding="utf-8")
            assert f"\ndef {name}(" in source, f"{file} has no {name}"
