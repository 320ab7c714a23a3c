"""Every case of verification: golden ones and one for each fault. ``python -m tests.support.verification_cases``
writes them anew to tests/vectors/verification (signatures and salts are random, so the bytes then change)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.support.cases import Case, write
from tests.support.cases_forged import forgeries, parts, shapes
from tests.support.cases_in_force import genuine, gone, past, states, time
from tests.support.cases_of_facts import issuers, lists, unreachable

FOLDER = Path(__file__).parent.parent / "vectors" / "verification"

Builder = Callable[[], Iterator[Case]]

BUILDERS: tuple[Builder, ...] = (
    genuine, gone, time, states, past, forgeries, shapes, parts, issuers, unreachable, lists,
)  # fmt: skip


def all_cases() -> list[Case]:
    """Every case, made anew and found to come out as expected."""
    cases = [case for builder in BUILDERS for case in builder()]
    names = [case.name for case in cases]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    return cases


def main() -> None:
    """Write tests/vectors/verification anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for case in all_cases():
        text = json.dumps(write(case), ensure_ascii=False, indent=1)
        (FOLDER / f"{case.name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
