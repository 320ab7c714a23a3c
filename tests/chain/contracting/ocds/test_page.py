"""The page about the format has a line for every transition and every member that it must carry."""

from __future__ import annotations

from pathlib import Path

from chain.contracting.ocds import EVERYWHERE, HIDDEN, REQUIRED

PAGE = Path(__file__).parents[4] / "docs/formats/ocds.md"


def test_the_page_says_what_a_release_of_each_transition_carries() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = {line.split("|")[1].strip().strip("`"): line for line in lines if line.startswith("| ")}
    for transition, paths in REQUIRED.items():
        assert any(f"`{transition}`" in line for line in lines), transition
        for path in paths:
            assert f"`{path}`" in rows[transition], (transition, path)
    assert all(f"`{path}`" in rows["every"] for path in EVERYWHERE)
    assert all(any(f"`{path}`" in line for line in lines) for path in HIDDEN)
