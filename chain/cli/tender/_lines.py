"""Experts' lines in the home of a pool's keeper: one file each, personal, readable by its owner alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from chain.cli._tenders import TenderPlace
from chain.cli.common import read_named
from chain.evaluation import ExpertLine, Quota
from chain.evaluation.committee import Exclusion, ExclusionRule
from chain.kernel.errors import InvalidInput
from chain.kernel.home import Home, write_atomically

_SEAT = re.compile(r"(.{1,200})=([1-9][0-9]{0,3})\Z")
_PLACE = re.compile(r"(0|[1-9][0-9]{0,5})=(.+)\Z", re.DOTALL)


def read_line(file: Path, field: str = "LINE") -> ExpertLine:
    """The line in a file. Raises InvalidInput."""
    fix = "name a file of yinxin expert enrol"
    return ExpertLine.from_bytes(read_named(file, code="pool.line", field=field, fix=fix))


def lines_folder(home: Home, tender: int) -> Path:
    """Where this home keeps the lines of that tender."""
    return home / "pools" / str(tender)


def keep_lines(home: Home, tender: int, lines: Sequence[ExpertLine]) -> None:
    """Keep them; the same again does no harm."""
    folder = lines_folder(home, tender)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for line in lines:
        write_atomically(folder / f"{line.expert.leaf().hex()}.json", line.to_bytes())


def kept_lines(place: TenderPlace, tender: int, more: Sequence[Path] = ()) -> list[ExpertLine]:
    """The lines that this home keeps for that tender, and those in ``more``: files, or folders of files."""
    files = sorted(lines_folder(place.home, tender).glob("*.json"))
    for path in more:
        files += sorted(path.glob("*.json")) if path.is_dir() else [path]
    return [read_line(file, "--lines") for file in files]


def quotas_of(words: Sequence[str]) -> tuple[Quota, ...]:
    """Seats by specialty from ``A08=4``. Raises InvalidInput."""
    found = [_SEAT.match(word) for word in words]
    if not all(found) or len({one[1] for one in found if one}) != len(words):
        raise InvalidInput(
            "--seat: a specialty, = and how many; each specialty once", code="draw.seats", field="--seat",
            fix="--seat A08=4",
        )  # fmt: skip
    return tuple(Quota(one[1], int(one[2])) for one in found if one)


def places_of(words: Sequence[str], field: str) -> Mapping[int, str]:
    """Reasons by place from ``17=reason``. Raises InvalidInput."""
    found = [_PLACE.match(word) for word in words]
    if not all(found) or len({one[1] for one in found if one}) != len(words):
        raise InvalidInput(
            f"{field}: a place of the pool, = and why; each place once", code="draw.places", field=field,
            fix=f'{field} "17=declared a conflict"',
        )  # fmt: skip
    return {int(one[1]): one[2].strip() for one in found if one}


def exclusions_of(words: Sequence[str]) -> Mapping[int, Exclusion]:
    """Exclusions from ``17=employer``, ``17=absent`` or ``17=<declared conflict>``. Raises InvalidInput."""
    rules = {"employer": ExclusionRule.EMPLOYER, "absent": ExclusionRule.ABSENT}
    return {
        place: Exclusion(place, rules[why]) if why in rules else Exclusion(place, ExclusionRule.DECLARED, why)
        for place, why in places_of(words, "--exclude").items()
    }
