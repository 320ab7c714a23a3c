"""The page for operators shows who is killed where, as the tests do it."""

from __future__ import annotations

from tests.api.jobs.table import VICTIMS, deaths, lines
from tests.api.town import ROOT


def test_the_page_has_the_table_that_the_tests_walk_through() -> None:
    table = "\n".join(lines())
    print(f"\n{table}")
    assert f"\n\n{table}\n\n" in (ROOT / "docs" / "failures.md").read_text("utf-8")
    assert set.union(*deaths().values()) == set(VICTIMS)
