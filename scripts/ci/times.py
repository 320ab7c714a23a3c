"""How long tests take, and how much of a core: what starts first, what runs beside what, which folders are cut.

The table ``tests/times.json`` holds, for each file of tests (and each part that is no folder of tests), its seconds
and its processor seconds as a run measured them. ``python -m scripts.ci --keep-times`` writes it anew. A file that is
not in it is guessed from its length. The table decides no outcome: an old one only makes a run longer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests" / "times.json"
LONG = 200.0
"""Seconds from which a folder is cut into pieces that run side by side."""
BROWSER = ("tests/pages/", 0.9)
"""Where a browser runs, and how many cores it keeps busy at least: what Chromium takes is told only at its end, and
then of one file."""
_LEAST = 0.5
"""Seconds below which a file is not worth a line."""


@dataclass(frozen=True, slots=True)
class Span:
    """What something takes.

    Attributes:
        seconds: from its begin to its end.
        processor: seconds of one core, its children included.
    """

    seconds: float
    processor: float

    def __add__(self, other: Span) -> Span:
        return Span(self.seconds + other.seconds, self.processor + other.processor)

    @property
    def share(self) -> float:
        """Cores that it keeps busy."""
        return self.processor / self.seconds if self.seconds else 0.0


class Times:
    """Measured spans, and guesses for the rest."""

    def __init__(self, known: Mapping[str, Span]) -> None:
        self._known = known

    @classmethod
    def read(cls, table: Path = TABLE) -> Times:
        """Those of a table; without one everything is guessed."""
        if not table.is_file():
            return cls({})
        found = json.loads(table.read_text(encoding="utf-8"))
        return cls({name: Span(float(seconds), float(processor)) for name, (seconds, processor) in found.items()})

    def of_part(self, name: str, otherwise: Span) -> Span:
        """A part that is no folder of tests."""
        return self._known.get(name, otherwise)

    def of_file(self, path: Path, suffix: str = "") -> Span:
        """A file of tests; ``suffix`` (such as ``@postgresql``) names another way to run it."""
        name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()
        found = self._known.get(name + suffix) or self._known.get(name)
        found = found or _guess(path.read_text(encoding="utf-8", errors="replace"))
        if name.startswith(BROWSER[0]):
            found = Span(found.seconds, max(found.processor, BROWSER[1] * found.seconds))
        return found

    def of_files(self, paths: Iterable[Path], suffix: str = "") -> Span:
        """All of them, one after the other."""
        return sum((self.of_file(path, suffix) for path in paths), Span(0.0, 0.0))


def _guess(text: str) -> Span:
    """A test that opens sockets runs real servers and waits for blocks."""
    seconds = max(0.1, len(text) / (200 if "loopback" in text else 10_000))
    return Span(seconds, 0.6 * seconds)


def cut(files: Sequence[Path], spans: Sequence[Span], long: float = LONG) -> list[list[Path]]:
    """Groups of files that take about as long as each other; one group if all of them are not long."""
    count = min(len(files), -(-int(sum(one.seconds for one in spans)) // int(long))) or 1
    groups: list[list[Path]] = [[] for _ in range(count)]
    loads = [0.0] * count
    for path, span in sorted(zip(files, spans, strict=True), key=lambda pair: (-pair[1].seconds, pair[0])):
        lightest = loads.index(min(loads))
        groups[lightest].append(path)
        loads[lightest] += span.seconds
    return [sorted(group) for group in groups]


def read_outcomes(file: Path, suffix: str = "") -> dict[str, Span]:
    """What ``pytest --outcomes`` says of each file; ``suffix`` as in :meth:`Times.of_file`."""
    found = json.loads(file.read_text(encoding="utf-8")).get("files", {}) if file.is_file() else {}
    return {name + suffix: Span(seconds, processor) for name, (seconds, processor) in found.items()}


def write(measured: Mapping[str, Span], table: Path = TABLE) -> None:
    """Write what a run measured, small files left out; what it did not run keeps its line while it exists."""
    known = json.loads(table.read_text(encoding="utf-8")) if table.is_file() else {}
    rows = {name: row for name, row in known.items() if not name.startswith("tests/") or _exists(name)}
    rows |= {name: [round(one.seconds, 1), round(one.processor, 1)] for name, one in measured.items()}
    kept = sorted((name, row) for name, row in rows.items() if row[0] >= _LEAST)
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in kept)
    table.write_text("{\n" + lines + "\n}\n", encoding="utf-8")


def _exists(name: str) -> bool:
    return (ROOT / name.partition("@")[0]).is_file()
