"""What an opening gave, as everybody may see it: each bid's figures against the root committed before the deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.tenders.pages.facts import Fact, Facts
from api.tenders.pages.papers import Paper, read_paper
from chain.kernel.encoding import hex0x, unhex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.tender_ports import Board
from chain.sealing import BidIdentity
from chain.tenders.notice import Notice
from chain.tenders.notice.form import FormField
from chain.tenders.opening.naming import keys_kind
from chain.tenders.opening.record import KIND, OpeningRecord, RecordedBid, distinct, read_record

_ENVELOPE = {1: "first", 2: "second"}


@dataclass(frozen=True, slots=True)
class ReadOut:
    """A figure that was read out: its value, and whether it stands under the committed root (None: root unknown)."""

    value: str
    proved: bool | None


@dataclass(frozen=True, slots=True)
class BidLine:
    """One live bid: as the record has it, and its figures by name."""

    bid: RecordedBid
    figures: Mapping[str, ReadOut]

    @property
    def bidder(self) -> str:
        """Address, 0x."""
        return hex0x(self.bid.bidder)


@dataclass(frozen=True, slots=True)
class Check:
    """Something compared: a word of the list ``board`` (``check.…``), and whether it holds (None: cannot be told)."""

    name: str
    holds: bool | None


@dataclass(frozen=True, slots=True)
class OpeningView:
    """One envelope of one lot.

    Attributes:
        envelope: 1 or 2.
        closed: fact of the closing, or None; opened: of the opening, or None.
        attested: how many custodians stated that they have every file, and of how many.
        on_record: fact that put the record on the ledger, or None.
        paper: the record, or why it cannot be shown; None before there is one.
        fields: of the notice's form, those that anybody disclosed.
        lines: live bids in the order of places.
        checks: what was compared.
    """

    envelope: int
    closed: Fact | None
    opened: Fact | None
    attested: tuple[int, int]
    on_record: Fact | None = None
    paper: Paper[OpeningRecord] | None = None
    fields: tuple[FormField, ...] = ()
    lines: tuple[BidLine, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def record(self) -> OpeningRecord | None:
        """The record, where it could be read."""
        return None if self.paper is None else self.paper.value

    @property
    def stage(self) -> str:
        """``sealed``, ``closed``, ``opened`` or ``recorded``."""
        if self.on_record is not None:
            return "recorded"
        return "opened" if self.opened else "closed" if self.closed else "sealed"


def openings(facts: Facts, board: Board, lot: int, notice: Notice | None) -> tuple[OpeningView, ...]:
    """Both envelopes of a lot, or the only one."""
    papers = [(fact, read_paper(board, fact.digest(), read_record)) for fact in facts.recorded(KIND, lot)]
    return tuple(_opening(facts, lot, envelope, notice, papers) for envelope in range(1, int(facts.row.envelopes) + 1))


def _opening(
    facts: Facts,
    lot: int,
    envelope: int,
    notice: Notice | None,
    papers: Sequence[tuple[Fact, Paper[OpeningRecord]]],
) -> OpeningView:
    closed, opened = (_of(facts, name, lot, envelope) for name in ("EnvelopeClosed", "EnvelopeOpened"))
    said = facts.lots[lot].attested.get(str(envelope), ())
    bare = OpeningView(envelope, closed, opened, (len(said), len(facts.row.custodians)))
    if opened is None:
        return bare
    after = _of(facts, "EnvelopeClosed", lot, envelope + 1)
    found = next((pair for pair in reversed(papers) if _belongs(pair, envelope, opened, after)), None)
    if found is None:
        return bare
    fact, paper = found
    record = paper.value
    if record is None:
        return OpeningView(envelope, closed, opened, bare.attested, fact, paper)
    roots = _roots(facts, lot, envelope)
    lines = tuple(_line(record, bid, roots.get(bid.commitment)) for bid in record.bids)
    form = notice.envelope(envelope) if notice is not None else None
    told = {name for line in lines for name in line.figures}
    fields = tuple(field for field in form.form if field.name in told) if form else ()
    return OpeningView(
        envelope, closed, opened, bare.attested, fact, paper, fields, lines,
        _checks(facts, record, lines, closed, opened),
    )  # fmt: skip


def _of(facts: Facts, name: str, lot: int, envelope: int) -> Fact | None:
    found = [one for one in facts.named(name, lot=lot) if one.values["envelope"] == envelope]
    return found[-1] if found else None


def _belongs(pair: tuple[Fact, Paper[OpeningRecord]], envelope: int, opened: Fact, after: Fact | None) -> bool:
    """A record is about its envelope; one that cannot be read is taken by its place in the chain."""
    fact, paper = pair
    if paper.value is not None:
        return paper.value.envelope == envelope
    late = after is not None and (fact.block, fact.index) > (after.block, after.index)
    return (fact.block, fact.index) > (opened.block, opened.index) and not late


def _roots(facts: Facts, lot: int, envelope: int) -> dict[bytes, bytes]:
    """Root of the opening form by hash of the commitment, as committed before the deadline."""
    return {
        fact.digest("commitmentHash"): unhex0x(
            fact.values["commitment"][_ENVELOPE[envelope]]["form"], size=32, field="form"
        )
        for fact in facts.named("BidCommitted", lot=lot)
    }


def _line(record: OpeningRecord, bid: RecordedBid, root: bytes | None) -> BidLine:
    place = record.place
    try:
        identity = BidIdentity(
            place.genesis, place.book, place.tender, place.lot, record.envelope, bid.bidder, bid.version
        ).digest()
    except InvalidInput:
        root = None
    return BidLine(
        bid,
        {
            one.figure.name: ReadOut(one.figure.value, None if root is None else one.proves(root, identity))
            for one in bid.figures
        },
    )


def _checks(
    facts: Facts, record: OpeningRecord, lines: Sequence[BidLine], closed: Fact | None, opened: Fact
) -> tuple[Check, ...]:
    figures = [figure.proved for line in lines for figure in line.figures.values()]
    live = closed.values.get("digest") if closed is not None else None
    signed = None if record.witness is None else record.signed_by(bytes(facts.row.supervisor))
    recorded = facts.recorded(keys_kind(record.envelope), opened.lot)
    keys = {opened.digest("keysDigest"), *(one.digest() for one in recorded)}
    return (
        Check("place", (record.place.tender, record.place.lot) == (facts.number, opened.lot)),
        Check("live", None if live is None else live == hex0x(record.live)),
        Check("keys", record.keys in keys),
        Check("figures", False if False in figures else None if None in figures else True),
        Check("organisations", record.organisations == distinct(record.bids)),
        Check("witness", signed),
    )


__all__ = ["BidLine", "Check", "OpeningView", "ReadOut", "openings"]
