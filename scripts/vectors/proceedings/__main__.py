"""Writes tests/vectors/proceedings.json: lots in memory with single stored things changed, and what the audit finds.

Committees, evaluations, cases and awards (A10, A11, A13) of lots without a chain are audited by this checkout's
Python, once for every change; the audit in the browser must find the same. Run it only when a format or a rule
changes: ``python -m scripts.vectors.proceedings``. Sheets have fresh salts each time.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from scripts.vectors.proceedings import awards, committees, evaluations, rankings
from scripts.vectors.proceedings.told import Raw, Vectors

TARGET = Path(__file__).resolve().parents[3] / "tests" / "vectors" / "proceedings.json"


def build(folder: Path) -> Raw:
    """All of it."""
    vectors = Vectors()
    for name, told in committees.committees(folder / "committee"):
        vectors.add("committee", name, told, committees.audit)
    for name, told in evaluations.evaluations(folder / "evaluation"):
        vectors.add("evaluation", name, told, evaluations.audit)
    for name, told in awards.awards(folder / "award"):
        vectors.add("award", name, told, awards.audit)
    return {**vectors.as_dict(), "rankings": list(rankings.rankings())}


def main() -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as name:
        text = json.dumps(build(Path(name)), indent=1, ensure_ascii=False) + "\n"
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
