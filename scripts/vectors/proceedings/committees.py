"""Committees under audit (A10), one thing changed each time, for tests/vectors/proceedings.json."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from chain.audit.tenders import TenderCase
from chain.audit.tenders.committee import audit_committee, audit_pool
from chain.evaluation import Pool
from chain.evaluation.committee import CommitteeNames
from chain.kernel.encoding import sha256
from scripts.vectors.proceedings.told import Raw, Told, written
from tests.chain.audit.test_committee import FLOATS, TAMPERED, names, played
from tests.chain.tenders.notice.samples import sample
from tests.support.draw_case import COMPANY, HOLDER, DrawCase, expert

REFERENCE = {
    "ceilingShare": "0", "floats": [str(one) for one in FLOATS], "places": 2,
    "leaveOut": {"from": 5, "highest": 1, "lowest": 1},
}  # fmt: skip


def told(case: DrawCase, **changed: Any) -> Told:
    """A lot as it is told."""
    return Told(case, case.notice, case.notice.data, case.folder / "board" / "papers", **changed)


def audit(case: TenderCase) -> None:
    """What Python looks at."""
    audit_committee(case, 1, audit_pool(case))


def committees(folder: Path) -> Iterator[tuple[str, Told]]:
    notice = written(folder / "notice", evaluation=_reference(folder / "notice"))
    made = 0

    def lot(**how: Any) -> DrawCase:
        nonlocal made
        made += 1
        place = folder / str(made)
        place.mkdir()
        return played(place, **notice, **how)

    def ended(change: Callable[[CommitteeNames], CommitteeNames] = lambda true: true, **how: Any) -> DrawCase:
        case = lot(**how)
        case.award()
        case.record("committee-names", change(names(case)).to_bytes())
        return case

    yield "nothing", told(lot())
    whole = ended()
    yield "awarded, with its names", told(whole)
    for path in sorted((whole.folder / "board" / "papers").rglob("*")):
        if path.is_file():
            digest, what = bytes.fromhex(path.name), path.read_bytes()[:40].decode("utf-8", "replace")
            yield f"a paper that nobody has: {what}", told(whole, missing=(digest,))
            yield f"a paper changed by one bit: {what}", told(whole, altered=(digest,))
    for name, (tamper, _) in TAMPERED.items():
        case = lot()
        tamper(case)
        yield name, told(case)
    case = lot()
    case.award()
    yield "awarded, without names", told(case)
    yield "names of somebody else", told(ended(renamed_names))
    yield "names without one of them", told(ended(lambda true: replace(true, experts=true.experts[1:])))
    yield "names without representatives", told(ended(lambda true: replace(true, owners=())))
    yield "names of another committee", told(ended(lambda true: replace(true, committee=sha256(b"another"))))
    yield "an expert of a bidder", told(ended(pool=Pool([expert(at, employer=COMPANY) for at in range(12)])))
    barred = [expert(at, account=HOLDER if at == 0 else b"") for at in range(12)]
    yield "a key holder in the pool", told(lot_of(folder / "barred", notice, pool=Pool(barred)))
    yield "no committee at all", told(lot_of(folder / "none", notice, award=True))
    yield "a draw that nobody completed", told(lot_of(folder / "dropped", notice, draw=True))
    yield "a draw that was dropped", told(lot_of(folder / "dropped-2", notice, draw=True, award=True))
    yield "a draw before the opening record", told(lot_of(folder / "early", notice, draw=True, record=False))


def lot_of(folder: Path, notice: Raw, *, draw: bool = False, award: bool = False, **how: Any) -> DrawCase:
    """A lot that is opened, perhaps with one draw, perhaps awarded."""
    folder.mkdir()
    case = DrawCase.opened(folder, **notice, **how)
    if draw or "pool" in how:
        case.draw(case.seats())
    if award:
        case.award()
    return case


def _reference(folder: Path) -> Raw:
    """The sample's evaluation by a reference price."""
    folder.mkdir(parents=True, exist_ok=True)
    said: Raw = json.loads(sample(folder / "plain").data)["evaluation"]
    source = {"kind": "reference", "field": "price", "above": "1", "below": "0.5"}
    price, *others = said["criteria"]
    criteria = [{**price, "source": source}, *others]
    return {**said, "method": "reference-price", "reference": REFERENCE, "criteria": criteria}


def renamed_names(true: CommitteeNames) -> CommitteeNames:
    place, line = true.experts[0]
    return replace(true, experts=((place, replace(line, name="示例别人")), *true.experts[1:]))
