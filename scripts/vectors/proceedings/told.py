"""A lot as it is told to an audit with one stored thing changed, and the cases of tests/vectors/proceedings.json."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Protocol, cast

from chain.audit import Report
from chain.audit.tenders import TenderCase
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.errors import Damaged
from chain.kernel.tender_facts import Commitment, NoticeTerms, TenderEvent
from chain.kernel.tender_ports import Board, TenderLedger
from chain.tenders.notice import Notice, read_notice
from chain.tenders.story import tell
from tests.chain.sealing.samples import GENESIS, holders
from tests.chain.tenders.events import BOOK, Teller
from tests.chain.tenders.notice.samples import sample
from tests.support.draw_case import HOLDER, OFFICER

Raw = dict[str, Any]


class LotInMemory(Protocol):
    """What is told of a lot without a chain."""

    teller: Teller

    @property
    def board(self) -> Board:
        """Where papers lie."""
        ...

    @property
    def ledger(self) -> TenderLedger:
        """What the contracts say."""
        ...


@dataclass
class Told:
    """A lot as it is told, and what its board lacks.

    Attributes:
        case: the lot.
        notice: as the audit has it.
        data: its bytes, or what the audit in the browser needs of it.
        papers: folder of its board's papers.
        time: second of the newest block.
        missing: digests of papers that nobody has.
        altered: papers that the board has with a bit changed.
        lies: papers of other bytes, as from a board that checks nothing.
        events: what the ledger tells instead of the lot's own events, or None.
    """

    case: LotInMemory
    notice: Any
    data: bytes
    papers: Path
    time: int = 0
    missing: tuple[bytes, ...] = ()
    altered: tuple[bytes, ...] = ()
    lies: Mapping[bytes, bytes] = field(default_factory=dict)
    events: list[TenderEvent] | None = None

    def get(self, digest: bytes, *, limit: int = 16 * 2**20) -> bytes:
        """A paper, as changed."""
        if digest in self.altered:
            raise Damaged("the board has other bytes", code="board.damaged", field="digest")
        if digest in self.lies:
            return self.lies[digest]
        return self.case.board.get(bytes(32) if digest in self.missing else digest, limit=limit)

    def notes(self, topic: str) -> Any:
        """The board's."""
        return self.case.board.notes(topic)


@dataclass
class Vectors:
    """Collects cases; events and papers that cases share are kept once."""

    events: dict[str, int] = field(default_factory=dict)
    papers: dict[str, str] = field(default_factory=dict)
    cases: list[Raw] = field(default_factory=list)

    def add(self, part: str, name: str, told: Told, audit: Callable[[TenderCase], None]) -> None:
        """One case, with what Python finds."""
        report, ledger = Report(), told.case.ledger
        events = list(told.case.teller.events if told.events is None else told.events)
        audit(TenderCase(report, ledger, cast(Board, told), tell(events, BOOK), notice=told.notice))
        listed = [json.dumps(_event(one), sort_keys=True) for one in events]
        for path in sorted(told.papers.rglob("*")):
            if path.is_file():
                self.papers[f"0x{path.name}"] = b64url(path.read_bytes())
        self.papers[hex0x(sha256(told.data))] = b64url(told.data)
        self.cases.append(
            {
                "part": part, "name": name, "genesis": hex0x(ledger.genesis), "notice": hex0x(sha256(told.data)),
                "time": told.time, "events": [self.events.setdefault(one, len(self.events)) for one in listed],
                "missing": [hex0x(one) for one in told.missing], "altered": [hex0x(one) for one in told.altered],
                "lies": {hex0x(digest): b64url(data) for digest, data in told.lies.items()},
                "findings": sorted({(one.rule, one.result.value) for one in report.findings}),
                "looked": sorted(rule for rule, count in report.looked.items() if count),
            }
        )  # fmt: skip

    def as_dict(self) -> Raw:
        """Plain data."""
        return {
            "book": hex0x(BOOK), "keyHolders": [hex0x(HOLDER)], "officer": hex0x(OFFICER),
            "papers": self.papers, "events": [json.loads(one) for one in self.events], "cases": self.cases,
        }  # fmt: skip


def written(folder: Path, draft: str = "desks", **changes: Any) -> Raw:
    """Members of a notice whose bytes say what the lot's ledger and key holders are."""
    folder.mkdir(parents=True, exist_ok=True)
    value: Raw = json.loads(sample(folder, draft).data)
    own = {
        "genesis": hex0x(GENESIS), "book": hex0x(BOOK), "tender": 3, "minimumBids": 2,
        "openingKey": b64url(holders().key.key),
    }  # fmt: skip
    made: Notice = read_notice(canonical({**value, **own, **changes}))
    said = {one.name: getattr(made, one.name) for one in fields(made)}
    return {name: one for name, one in said.items() if name not in ("tender", "book", "opening_key", "minimum_bids")}


# --------------------------------------------------------------------------- plain data


def _event(event: TenderEvent) -> Raw:
    return {
        "name": event.name, "values": {key: _plain(value) for key, value in event.values.items()},
        "block": {"number": event.block.number, "hash": hex0x(event.block.hash), "time": event.block.time},
        "transaction": hex0x(event.transaction), "index": event.index,
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return hex0x(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, NoticeTerms):
        return {_camel(one.name): _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Commitment):
        own = {
            _camel(one.name): _plain(getattr(value, one.name))
            for one in fields(value)
            if one.name not in ("first", "second")
        }
        files = {1: value.first, 2: value.second}
        return own | {
            f"{name}{at}": _plain(said)
            for at, one in files.items()
            for name, said in (("file", one.digest), ("size", one.size), ("form", one.form))
        }
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(one.title() for one in rest)
