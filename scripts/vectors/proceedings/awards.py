"""Cases, awards and contracts under audit (A13), one thing changed each time, for tests/vectors/proceedings.json."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chain.audit.tenders import TenderCase
from chain.audit.tenders.after import audit_after
from chain.kernel.canonical import canonical
from scripts.vectors.proceedings.told import Told
from tests.chain.audit.test_awards import LIES, NOTICE, Again, Whole, moved
from tests.chain.tenders.events import TERMS

_NOTICE = canonical(
    {"profile": "demo", "standstill": TERMS.standstill, "complaintPeriod": TERMS.complaint_period, "format": "sample"}
)


def audit(case: TenderCase) -> None:
    """What Python looks at."""
    audit_after(case)


def awards(folder: Path) -> Iterator[tuple[str, Told]]:
    """Each is one thing."""
    day = Whole(folder)
    day.play()

    def told(**changed: Any) -> Told:
        return Told(day, NOTICE, _NOTICE, folder / "papers", day.now, **changed)

    yield "nothing", told()
    for path in sorted((folder / "papers").rglob("*")):
        if path.is_file():
            digest, what = bytes.fromhex(path.name), path.read_bytes()[:40].decode("utf-8", "replace")
            yield f"a paper that nobody has: {what} {path.name[:6]}", told(missing=(digest,))
            yield f"a paper changed by one bit: {what} {path.name[:6]}", told(altered=(digest,))
    for name, (_, lie) in LIES.items():
        digest, data = lie(day)
        yield name, told(lies={digest: data})
    events = day.teller.events
    for name, seconds in (
        ("LotAwarded", -30), ("LotContracted", -30), ("CaseFiled", TERMS.standstill + 100),
        ("CaseSettled", TERMS.standstill + 100),
    ):  # fmt: skip
        yield f"{name}, {seconds} s later", told(events=moved(events, name, seconds))
    settled = [event for event in events if event.name == "CaseSettled"]
    for number, one in enumerate(settled, 1):
        yield f"answer {number} withheld", told(events=[event for event in events if event is not one])
    yield from _anew(folder / "again")


def _anew(folder: Path) -> Iterator[tuple[str, Told]]:
    day = Again(folder)
    day.play()
    yield "awarded anew", Told(day, NOTICE, _NOTICE, folder, day.now)
    for number, event in enumerate(day.story.lots[1].awards, 1):
        lost = (event.values["digest"],)
        yield f"awarded anew, award {number} lost", Told(day, NOTICE, _NOTICE, folder, day.now, missing=lost)
