"""Writes tests/vectors/audit.json: a whole audited tender, single changes to it, and what the audit finds for each.

The tender is played on a chain of its own and audited by this checkout's Python, once as it is and once for every
change; the audit in the browser must find the same for the same change. Run it only when a format or a rule changes:
``python -m scripts.vectors.audit``. Keys and times are fresh each time.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from chain.audit import Report
from chain.audit.tenders import audit_tender
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.errors import Damaged
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import TenderEvent
from chain.ledger.events import Log
from chain.ledger.tenders.headers import spanning_headers
from chain.ledger.tenders.inputs import TransactionInputs
from chain.ledger.tenders.interface import interface
from chain.ledger.tenders.points import expand_g1
from chain.sealing import FaultKind
from chain.tenders.headers import read_header
from chain.tenders.opening import OpeningRecord, Outcome, RecordedFault, read_keys
from tests.chain.audit.whole import Whole, make_whole
from tests.support.tender_stage import PASSPHRASE, TenderStage

VECTORS = Path(__file__).resolve().parents[2] / "tests" / "vectors"
ACTS = ("BidCommitted", "BidWithdrawn", "BidMoved")
Raw = dict[str, Any]


@dataclass
class Change:
    """What is another than it was.

    Attributes:
        name: for people.
        lies: papers of other bytes, as from a board that checks nothing: what they say wrongly must be found, too.
        altered: papers that a board has with a bit changed.
        missing: digests of papers that nobody has.
        logs: by place in the list, another log; None: withheld.
        more: logs behind all others.
        held: members of the contracts' answer about the tender.
    """

    name: str
    lies: dict[bytes, bytes] = field(default_factory=dict)
    altered: tuple[bytes, ...] = ()
    missing: tuple[bytes, ...] = ()
    logs: dict[int, Raw | None] = field(default_factory=dict)
    more: tuple[Raw, ...] = ()
    held: dict[str, int] = field(default_factory=dict)


class Told:
    """The stage's ledger and board, with one change."""

    def __init__(self, whole: Whole, logs: list[Raw], change: Change) -> None:
        self._ledger, self._board, self._change = whole.case.stage.ledger, whole.case.stage.board, change
        self._logs = [one for at, log in enumerate(logs) if (one := change.logs.get(at, log)) is not None]
        self._logs += change.more

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def tender_events(self, _tender: int) -> list[TenderEvent]:
        """The events, as changed."""
        return [event_of(self._ledger, log) for log in self._logs]

    def tender(self, tender: int) -> Any:
        """The contract's answer, as changed."""
        state = self._ledger.tender(tender)
        changed: dict[str, Any] = dict(self._change.held)
        return None if state is None else replace(state, **changed)

    def get(self, digest: bytes, *, limit: int = 16 * 2**20) -> bytes:
        """A paper, as changed."""
        if digest in self._change.missing:
            return self._board.get(bytes(32), limit=limit)
        if digest in self._change.altered:
            raise Damaged("the board has other bytes", code="board.damaged", field="digest")
        lie = self._change.lies.get(digest)
        return self._board.get(digest, limit=limit) if lie is None else lie

    def notes(self, topic: str) -> Any:
        """The board's."""
        return self._board.notes(topic)


def event_of(ledger: Any, log: Raw) -> TenderEvent:
    """An event from its log."""
    address = bytes.fromhex(log["address"][2:])
    contract = "TenderBook" if address == ledger.book else "TenderProceedings"
    topics = tuple(bytes.fromhex(one[2:]) for one in log["topics"])
    found = interface(contract).event(Log(address, topics, bytes.fromhex(log["data"][2:])))
    assert found is not None
    block = BlockRef(log["block"]["number"], bytes.fromhex(log["block"]["hash"][2:]), log["block"]["time"])
    return TenderEvent(contract, *found, block, bytes.fromhex(log["transaction"][2:]), log["index"])


def logs_of(whole: Whole) -> list[Raw]:
    """Every log about the tender, in order."""
    ledger = whole.case.stage.ledger
    blocks = {event.block.number: event.block for event in ledger.tender_events(whole.case.tender)}
    topic = f"0x{whole.case.tender:064x}"
    found = ledger.rpc.logs([hex0x(ledger.book), hex0x(ledger.proceedings)], [None, topic], 0, ledger.block.number)
    return [
        {
            "address": one["address"].lower(), "topics": one["topics"], "data": one["data"],
            "block": block_of(blocks[int(one["blockNumber"], 16)]), "transaction": one["transactionHash"],
            "index": int(one["logIndex"], 16),
        }
        for one in found
    ]  # fmt: skip


def block_of(block: BlockRef) -> Raw:
    """A block as plain data."""
    return {"number": block.number, "hash": hex0x(block.hash), "time": block.time}


def header(raw: bytes) -> Raw:
    """A header as plain data, with its parent's hash."""
    block, parent = read_header(raw)
    return {**block_of(block), "parent": hex0x(parent)}


def find(logs: list[Raw], whole: Whole, name: str, **values: Any) -> int:
    """Place of the first log of that event with those values."""
    for at, log in enumerate(logs):
        event = event_of(whole.case.stage.ledger, log)
        if event.name == name and all(event.values[key] == value for key, value in values.items()):
            return at
    raise AssertionError(name)


def word(log: Raw, at: int, value: int | bytes) -> Raw:
    """The log with another word of 32 bytes in its data."""
    data = bytearray.fromhex(log["data"][2:])
    data[32 * at : 32 * at + 32] = value if isinstance(value, bytes) else value.to_bytes(32, "big")
    return {**log, "data": hex0x(bytes(data))}


def at_time(log: Raw, time: int) -> Raw:
    """The log in a block of another second."""
    return {**log, "block": {**log["block"], "time": time}}


def papers_of(whole: Whole) -> dict[bytes, bytes]:
    """Every paper on the board, by digest."""
    folder = whole.case.stage.folder / "board" / "papers"
    return {bytes.fromhex(path.name): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def named_by(whole: Whole) -> dict[bytes, bytes]:
    """Papers that the tender's own events and notice name: those that a service hands out."""
    found = papers_of(whole)
    text = " ".join(log["data"] for log in logs_of(whole)) + found[whole.case.story.notice_digest].decode()
    return {digest: data for digest, data in found.items() if digest.hex() in text or b64url(digest) in text}


def changes(whole: Whole, logs: list[Raw]) -> Iterator[Change]:
    """Each is one thing."""
    yield Change("nothing")
    papers = named_by(whole)
    for digest, data in papers.items():
        what = data[:40].decode("utf-8", "replace")
        yield Change(f"a paper that nobody has: {what}", missing=(digest,))
        yield Change(f"a paper changed by one bit: {what}", altered=(digest,))
    for at, log in enumerate(logs[1:], 1):
        yield Change(f"withheld: {event_of(whole.case.stage.ledger, log).name}, {at}", logs={at: None})
    yield from _events(whole, logs)
    for name, lie in _records(whole):
        yield Change(f"record: {name}", lies={whole.record[0]: lie})
    yield from _keys(whole, papers)


def _events(whole: Whole, logs: list[Raw]) -> Iterator[Change]:
    story = whole.case.story
    place = {
        name: find(logs, whole, name)
        for name in ("BidCommitted", "BidWithdrawn", "DeadlineSettled", "EnvelopeClosed", "EnvelopeOpened", "CaseFiled",
                     "CaseSettled", "CustodyAttested", "Published")
    }  # fmt: skip
    record = find(logs, whole, "Recorded", kind="opening")
    committed, opened, settled = (place[name] for name in ("BidCommitted", "EnvelopeOpened", "DeadlineSettled"))

    def one(name: str, at: int, log: Raw) -> Change:
        return Change(f"event: {name}", logs={at: log})

    yield one("a bid after the deadline", committed, at_time(logs[committed], story.deadline + 1))
    yield one("the deadline final in a block before it", settled, at_time(logs[settled], story.deadline))
    yield one("opened before it was due", opened, at_time(logs[opened], story.open_at - 1))
    yield one("closed before decoys could be told", place["EnvelopeClosed"],
              at_time(logs[place["EnvelopeClosed"]], story.settled_at))  # fmt: skip
    yield one("headers at other seconds", settled, word(logs[settled], 1, story.deadline + 2))
    yield one("another size in a commitment", committed, word(logs[committed], 10, 999))
    yield one("another commitment hash", committed, word(logs[committed], 1, sha256(b"other")))
    yield one("another custodian", committed, word(logs[committed], 15, bytes(12) + b"\x11" * 20))
    yield one("another place", committed, word(logs[committed], 0, 9))
    yield one("another live set", place["EnvelopeClosed"], word(logs[place["EnvelopeClosed"]], 0, sha256(b"other")))
    yield one("another number of live bids", place["EnvelopeClosed"], word(logs[place["EnvelopeClosed"]], 1, 9))
    keys = read_keys(whole.case.stage.board.get(story.lots[1].openings[1].keys_digest))
    point = expand_g1(keys.bids[0].signature)
    data = bytes.fromhex(logs[opened]["data"][2:])
    at = data.index(expand_g1(keys.live_signature))
    other = {**logs[opened], "data": hex0x(data[:at] + point + data[at + len(point) :])}
    yield one("a signature over something else", opened, other)
    yield one("other keys are named", opened, word(logs[opened], 1, sha256(b"other")))
    yield one("another record is named", record, word(logs[record], 0, sha256(b"other")))
    yield one("another statement is named", place["CustodyAttested"],
              word(logs[place["CustodyAttested"]], 1, whole.record[0]))  # fmt: skip
    yield one("another objection is named", place["CaseFiled"], word(logs[place["CaseFiled"]], 2, whole.record[0]))
    yield one("another answer is named", place["CaseSettled"], word(logs[place["CaseSettled"]], 1, whole.record[0]))
    last = logs[-1]["block"]
    block = {**last, "number": last["number"] + 1, "time": last["time"] + 1}
    again = {**logs[record], "block": block}
    yield Change("event: the same record once more", more=(again,))
    yield Change("event: a second record", more=(word(again, 0, story.notice_digest),))
    late = {**logs[place["CaseFiled"]], "block": {**block, "time": last["time"] + 100_000}}
    late["topics"] = [*late["topics"][:3], f"0x{2:064x}"]
    yield Change("event: an objection long after its period", more=(late,))
    swapped: dict[int, Raw | None] = {committed: {**logs[committed], "block": logs[committed + 1]["block"]}}
    yield Change("event: two out of order", logs=swapped)
    moved = {**logs[place["Published"]], "topics": [*logs[place["Published"]]["topics"][:1], f"0x{99:064x}",
                                                    *logs[place["Published"]]["topics"][2:]]}  # fmt: skip
    yield one("the publication of another tender", place["Published"], moved)
    for name, value in (("deadline", story.deadline + 1), ("amendments", 1), ("ceremony", 9), ("standstill", 7)):
        yield Change(f"contract: {name}", held={name: value})


def _records(whole: Whole) -> Iterator[tuple[str, bytes]]:
    true = whole.record[1]
    first, second, third = true.bids

    def bids(*all_: Any, **more: Any) -> OpeningRecord:
        return replace(true, bids=all_, **more)

    price, named = first.figures[0], first.organisation
    assert named is not None
    figure = replace(price, figure=replace(price.figure, value="1.00"))
    lies: dict[str, OpeningRecord] = {
        "another second": replace(true, opened_at=true.opened_at - 1),
        "another notice": replace(true, notice=sha256(b"other")),
        "other keys": replace(true, keys=sha256(b"other")),
        "another lot": replace(true, place=replace(true.place, lot=2)),
        "bids in another order": bids(second, first, third),
        "another version": bids(replace(first, version=9), second, third),
        "one bid's figures under another": bids(replace(first, figures=second.figures), second, third),
        "a figure changed": bids(replace(first, figures=(figure, *first.figures[1:])), second, third),
        "a figure twice": bids(replace(first, figures=(price, *first.figures)), second, third),
        "figures left out": bids(replace(first, figures=()), second, third),
        "organisations counted otherwise": replace(true, organisations=9),
        "another minimum": replace(true, minimum=1),
        "too few organisations": replace(true, organisations=1, minimum=2),
        "one company behind two bids": bids(first, replace(second, organisation=first.organisation), third),
        "nobody behind a bid": bids(
            replace(first, organisation=replace(named, result="invalid", name="")),
            second, third,
        ),
        "could not be told who": bids(
            replace(first, organisation=replace(named, result="error", name="")),
            second, third,
        ),
        "no objections": replace(true, objections=()),
        "an objection of somebody else": replace(true, objections=(replace(true.objections[0], by=bytes(20)),)),
        "another answer": replace(true, objections=(replace(true.objections[0], answer=sha256(b"other")),)),
        "nobody's signature": replace(true, witness=bytes(65)),
        "not signed": replace(true, witness=None, alone="示例：监督人未到场"),
        "k2 that must not be there": bids(
            replace(first, outcome=Outcome.of(FaultKind.BAD_PADDING.party), organisation=None, figures=(),
                    fault=RecordedFault(FaultKind.BAD_PADDING, "made up", {}, b"k" * 16)), second, third,
        ),
        "a fault without the k2 that shows it": bids(
            replace(first, outcome=Outcome.of(FaultKind.BAD_MANIFEST.party), organisation=None, figures=(),
                    fault=RecordedFault(FaultKind.BAD_MANIFEST, "made up", {}, None)), second, third,
        ),
    }  # fmt: skip
    for name, lie in lies.items():
        yield name, lie.to_bytes()


def _keys(whole: Whole, papers: dict[bytes, bytes]) -> Iterator[Change]:
    digest = whole.case.story.lots[1].openings[1].keys_digest
    true = read_keys(papers[digest])
    first, *rest = true.bids
    lies = {
        "one bid's key under another": replace(true, bids=(replace(first, signature=rest[0].signature), *rest)),
        "a key left out": replace(true, bids=tuple(rest)),
        "another signature over the live set": replace(true, live_signature=first.signature),
        "of another opening key": replace(true, opening_key=true.opening_key[::-1]),
        "of another envelope": replace(true, envelope=2),
    }
    for name, lie in lies.items():
        yield Change(f"keys: {name}", lies={digest: lie.to_bytes()})


def audited(whole: Whole, logs: list[Raw], change: Change) -> Report:
    """What the audit at the level ``public`` finds."""
    told, report = Told(whole, logs, change), Report()
    calls = TransactionInputs(whole.case.stage.ledger.rpc)
    audit_tender(report, told, told, whole.case.tender, calls=calls)
    return report


def base(whole: Whole, logs: list[Raw]) -> Raw:
    """The tender as it is."""
    stage, tender = whole.case.stage, whole.case.tender
    ledger, story = stage.ledger, whole.case.story
    ceremony = ledger.ceremony(story.terms.ceremony)
    spans = {story.deadline, story.terms.deadline}
    found = {time: spanning_headers(ledger.rpc, time, ledger.block) for time in spans}
    inputs = {one["transaction"] for one in logs if event_of(ledger, one).name in ACTS}
    calls = TransactionInputs(ledger.rpc)
    return {
        "chainId": ledger.chain_id, "genesis": hex0x(ledger.genesis), "book": hex0x(ledger.book),
        "proceedings": hex0x(ledger.proceedings), "tender": tender, "block": block_of(ledger.block),
        "openingKey": "" if ceremony is None else b64url(ceremony.key), "logs": logs,
        "headers": {str(time): None if pair is None else [header(one) for one in pair] for time, pair in found.items()},
        "inputs": {one: hex0x(calls.input_of(bytes.fromhex(one[2:]))) for one in sorted(inputs)},
        "held": held(whole),
        "papers": {hex0x(digest): b64url(data) for digest, data in named_by(whole).items()},
    }  # fmt: skip


def held(whole: Whole) -> Raw:
    """What the contracts answer."""
    ledger, tender, story = whole.case.stage.ledger, whole.case.tender, whole.case.story
    state, line, progress = ledger.tender(tender), ledger.lot(tender, 1), ledger.progress(tender, 1)
    assert state is not None
    sets = {
        str(envelope): ledger.live_set(tender, 1, envelope) for envelope in range(1, story.terms.envelopes + 1)
    }  # fmt: skip
    return {
        "tender": {
            "bureau": state.bureau, "lots": state.lots, "envelopes": state.envelopes,
            "minimumBids": state.minimum_bids, "amendments": state.amendments, "deadline": state.deadline,
            "openAt": state.open_at, "settledAt": state.settled_at, "ceremony": state.ceremony,
            "supervisor": hex0x(state.supervisor), "standstill": state.standstill,
            "complaintPeriod": state.complaint_period, "graceUsed": state.grace_used, "cancelled": state.cancelled,
        },
        "lot": {
            "phase": int(line.phase), "places": line.places, "since": line.since, "openCases": progress.open_cases,
            "cases": progress.cases, "rankings": progress.rankings, "awards": progress.awards,
        },
        "live": {number: {"digest": hex0x(one.digest), "count": one.count} for number, one in sets.items()},
        "entries": {hex0x(bid.bidder): _entry(ledger.entry(tender, 1, bid.bidder)) for bid in story.lots[1].bids},
    }  # fmt: skip


def _entry(found: Any) -> Raw:
    return {
        "recovery": hex0x(found.recovery), "version": found.version, "place": found.place, "live": found.live,
        "moved": found.moved,
    }  # fmt: skip


def build(whole: Whole) -> Raw:
    """All of it."""
    logs = logs_of(whole)
    cases = []
    for change in changes(whole, logs):
        report = audited(whole, logs, change)
        cases.append(
            {
                "name": change.name,
                "lies": {hex0x(digest): b64url(data) for digest, data in change.lies.items()},
                "altered": [hex0x(digest) for digest in change.altered],
                "missing": [hex0x(digest) for digest in change.missing],
                "logs": {str(at): log for at, log in change.logs.items()}, "more": list(change.more),
                "held": change.held,
                "findings": sorted({(one.rule, one.result.value) for one in report.findings}),
                "looked": sorted(rule for rule, count in report.looked.items() if count),
            }
        )  # fmt: skip
    return {"base": base(whole, logs), "cases": cases}


def played(work: Callable[[Whole], Raw]) -> Raw:
    """Do something with a whole tender on a chain that runs meanwhile."""
    os.environ["YINXIN_PASSPHRASE"] = PASSPHRASE
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stage = TenderStage(folder / "stage")
        try:
            stage.build()
            return work(make_whole(stage, folder))
        finally:
            stage.close_all()


def main() -> None:
    """Write the file."""
    text = json.dumps(played(build), indent=1, ensure_ascii=False) + "\n"
    (VECTORS / "audit.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
