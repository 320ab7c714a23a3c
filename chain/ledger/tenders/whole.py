"""Do the events account for the state? What an endpoint hides, invents or alters shows here.

Everything that the contracts count or keep is compared: notice and deadlines, places, versions, live sets, phases,
cases, rankings, awards; members, deals and answers, keys. What leaves no trace in the state is held by the quorum of
endpoints alone: documents on record, custody attested, roll calls, reports of destruction, extensions that a later one
overtook; and the digests of papers, which the contracts do not keep. Where these matter, ask for the proof of the event
(:mod:`chain.ledger.tenders.evidence`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from eth_abi.abi import encode
from eth_hash.auto import keccak

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Damaged
from chain.kernel.live_set import live_set_digest
from chain.kernel.tender_facts import CaseKind, Commitment, NoticeTerms, Phase, Progress, TenderEvent, TenderState
from chain.ledger.tenders.forms import commitment_values
from chain.ledger.tenders.interface import BOOK, PROCEEDINGS

if TYPE_CHECKING:
    from chain.ledger.tenders.reader import TenderReader

_COMMITMENT = keccak(
    b"Commitment(uint64 tender,uint32 lot,address bidder,uint32 version,address recovery,uint64 notAfter,"
    b"bytes32 kindDigest,bytes32 file1,uint64 size1,bytes32 form1,bytes32 file2,uint64 size2,bytes32 form2)"
)
_WORDS = (
    "bytes32", "uint64", "uint32", "address", "uint32", "address", "uint64", "bytes32",
    "bytes32", "uint64", "bytes32", "bytes32", "uint64", "bytes32",
)  # fmt: skip
_CLOSED = {1: (Phase.BIDDING, Phase.CLOSED), 2: (Phase.REVIEWED, Phase.PRICE_CLOSED)}
_OPENED = {1: (Phase.CLOSED, Phase.OPENED), 2: (Phase.PRICE_CLOSED, Phase.PRICE_OPENED)}
"""Phase before and after, by envelope."""
_ADVANCED = {Phase.CANDIDATES: "CandidatesNamed", Phase.AWARDED: "LotAwarded", Phase.CONTRACTED: "LotContracted"}
"""What the proceedings tell, in the same transaction, right after the book has advanced a lot."""


class _Lot:
    """What the events say of a lot."""

    def __init__(self) -> None:
        self.phase = Phase.BIDDING
        self.place_of: dict[bytes, int] = {}
        self.version_of: dict[bytes, int] = {}
        self.live: set[bytes] = set()
        self.due: str | None = None
        self.hashes: list[bytes | None] = []
        self.closings: dict[int, tuple[bytes, int]] = {}
        self.dropped: frozenset[int] = frozenset()
        self.cases: dict[int, CaseKind] = {}
        self.open_cases = self.rankings = self.awards = 0

    def take(self, event: TenderEvent) -> None:
        """One more event of this lot, in order."""
        values = event.values
        if (event.name == self.due) != (event.name in _ADVANCED.values()) or (self.due and event.name != self.due):
            raise _gap(f"{event.name} without what belongs to it")
        self.due = None
        match event.name:
            case "BidCommitted":
                self._commit(values["commitment"], values["place"], values["commitmentHash"])
            case "BidWithdrawn" | "DecoyRevealed":
                self._act(values["bidder"], values["place"], values.get("version"))
                self.hashes[values["place"] - 1] = None
                self.live.discard(values["bidder"])
            case "BidMoved":
                self._act(values["bidder"], values["place"], values["version"])
                self.live ^= {values["bidder"], values["successor"]}
                self._join(values["successor"], values["place"], values["version"])
            case "EnvelopeClosed":
                self.closings[values["envelope"]] = values["digest"], values["count"]
                self._enter(*_phases(_CLOSED, values["envelope"]))
                if self._live(values["envelope"]) != (values["digest"], values["count"]):
                    raise _gap("a live set is not made of the bids that were live")
            case "EnvelopeOpened":
                self._enter(*_phases(_OPENED, values["envelope"]))
            case "Reviewed":
                self._enter(Phase.OPENED, Phase.REVIEWED)
                self.dropped = frozenset(values["dropped"])
            case "LotAdvanced":
                if self.phase < Phase.OPENED or values["phase"] not in _ADVANCED:
                    raise _gap(f"a lot advanced from {self.phase.name}")
                self.phase, self.due = values["phase"], _ADVANCED[values["phase"]]
            case "LotFailed":
                if self.phase < Phase.CLOSED:
                    raise _gap("a lot failed that was not closed")
                self.phase = Phase.FAILED
            case "CandidatesNamed":
                self.rankings = _next(self.rankings, values["number"], "candidates")
            case "LotAwarded":
                self.awards = _next(self.awards, values["number"], "awards")
            case "CaseFiled":
                _next(len(self.cases), values["number"], "cases")
                self.cases[values["number"]] = values["kind"]
                self.open_cases += 1
            case "CaseSettled":
                if self.cases.get(values["number"], CaseKind.NONE) is CaseKind.NONE:
                    raise _gap("a case was settled that is not open")
                self.cases[values["number"]] = CaseKind.NONE
                self.open_cases -= 1

    def _enter(self, before: Phase, after: Phase) -> None:
        if self.phase is not before:
            raise _gap(f"a lot went from {self.phase.name} to {after.name}")
        self.phase = after

    def _commit(self, commitment: Commitment, place: int, hash_: bytes) -> None:
        if keccak(encode(_WORDS, (_COMMITMENT, *commitment_values(commitment)))) != hash_:
            raise _gap("a commitment is not the one its hash names")
        if commitment.bidder not in self.place_of:
            if place != len(self.hashes) + 1:
                raise _gap(f"a bid took place {place} after {len(self.hashes)}")
            self.hashes.append(None)
            self._join(commitment.bidder, place, 0)
        self._act(commitment.bidder, place, commitment.version)
        self.hashes[place - 1] = hash_
        self.live.add(commitment.bidder)

    def _join(self, bidder: bytes, place: int, version: int) -> None:
        if bidder in self.place_of:
            raise _gap(f"{hex0x(bidder)} took two places")
        self.place_of[bidder], self.version_of[bidder] = place, version

    def _act(self, bidder: bytes, place: int, version: int | None) -> None:
        if self.place_of.get(bidder) != place:
            raise _gap(f"{hex0x(bidder)} acted in a place that is another's")
        if version is not None:
            self.version_of[bidder] = _next(self.version_of[bidder], version, "versions")

    def _live(self, envelope: int) -> tuple[bytes, int]:
        live = [
            hash_ for place, hash_ in enumerate(self.hashes, 1)
            if hash_ is not None and not (envelope == 2 and place in self.dropped)
        ]  # fmt: skip
        return live_set_digest(live), len(live)


def check_tender(reader: TenderReader, tender: int, events: Sequence[TenderEvent]) -> None:
    """Compare a tender's events with its state at the reader's block.

    Raises:
        Damaged: they differ.
    """
    state = reader.tender(tender)
    if state is None:
        if events:
            raise _gap(f"events of tender {tender}, which is not there")
        return
    if not events or events[0].name != "Published" or any(event.name == "Published" for event in events[1:]):
        raise _gap(f"tender {tender} begins without its notice")
    terms: NoticeTerms = events[0].values["notice"]
    deadline, open_at, settled = terms.deadline, terms.open_at, 0
    amendments, moved, cancelled = 0, False, False
    lots = {number: _Lot() for number in range(1, terms.lots + 1)}
    for event in events[1:]:
        values = event.values
        if values.get("lot"):
            if values["lot"] not in lots:
                raise _gap(f"an event of lot {values['lot']}, which is not there")
            lots[values["lot"]].take(event)
        elif event.name in ("Amended", "Extended", "DeadlineMoved"):
            deadline, open_at = values["deadline"], values["openAt"]
            if event.name == "Amended":
                amendments = _next(amendments, values["number"], "amendments")
            if event.name == "DeadlineMoved":
                moved, settled = True, event.block.time
        elif event.name == "DeadlineSettled":
            settled = event.block.time
        elif event.name == "TenderCancelled":
            cancelled = True
    told = TenderState(
        terms.bureau, terms.lots, terms.envelopes, terms.minimum_bids, amendments, deadline, open_at,
        max(deadline, settled) if moved else settled, terms.ceremony, terms.supervisor, terms.standstill,
        terms.complaint_period, moved, cancelled,
    )  # fmt: skip
    if told != state:
        raise _gap(f"the notice of tender {tender} or its deadline is another one")
    _check_lots(reader, tender, lots, cancelled=cancelled)


def _check_lots(reader: TenderReader, tender: int, lots: dict[int, _Lot], *, cancelled: bool) -> None:
    reader.ask(
        *((BOOK, "lotOf", (tender, number)) for number in lots),
        *((PROCEEDINGS, "progressOf", (tender, number)) for number in lots),
        *((BOOK, "liveSetOf", (tender, number, envelope)) for number, lot in lots.items() for envelope in lot.closings),
        *((BOOK, "entryOf", (tender, number, bidder)) for number, lot in lots.items() for bidder in lot.place_of),
    )
    for number, lot in lots.items():
        where = f"lot {number} of tender {tender}"
        state, progress = reader.lot(tender, number), reader.progress(tender, number)
        if lot.due is not None:
            raise _gap(f"{where}: {lot.due} is missing")
        phase = Phase.CANCELLED if cancelled and lot.phase < Phase.CONTRACTED else lot.phase
        if (phase, len(lot.hashes)) != (state.phase, state.places):
            raise _gap(f"{where}: {len(lot.hashes)} places in {phase.name}, not {state.places} in {state.phase.name}")
        if Progress(lot.open_cases, len(lot.cases), lot.rankings, lot.awards) != progress:
            raise _gap(f"{where}: other cases, rankings or awards")
        for envelope, closing in lot.closings.items():
            live = reader.live_set(tender, number, envelope)
            if closing != (live.digest, live.count):
                raise _gap(f"{where}: another live set of envelope {envelope}")
        for bidder, place in lot.place_of.items():
            entry = reader.entry(tender, number, bidder)
            if (entry.place, entry.version, entry.live) != (place, lot.version_of[bidder], bidder in lot.live):
                raise _gap(f"{where}: {hex0x(bidder)} is at version {entry.version}, the events say otherwise")


def check_ceremony(reader: TenderReader, ceremony: int, events: Sequence[TenderEvent]) -> None:
    """Compare a ceremony's events with its state at the reader's block.

    Raises:
        Damaged: they differ.
    """
    state = reader.ceremony(ceremony)
    if state is None:
        if events:
            raise _gap(f"events of ceremony {ceremony}, which is not there")
        return
    if not events or events[0].name != "Convened" or any(event.name == "Convened" for event in events[1:]):
        raise _gap(f"ceremony {ceremony} begins without its plan")
    if (events[0].values["plan"], events[0].values["members"]) != (state.plan, state.members):
        raise _gap(f"ceremony {ceremony} has another plan, or other members")
    eligible = {event.values["member"] for event in _named(events, "Dealt")}
    complaints = {(event.values["accused"], event.values["member"]) for event in _named(events, "Complained")}
    answers = {(event.values["member"], event.values["complainant"]) for event in _named(events, "Answered")}
    eligible -= {accused for accused, _ in complaints - answers}
    if tuple(sorted(eligible)) != state.eligible or not answers <= complaints:
        raise _gap(f"ceremony {ceremony}: other deals, complaints or answers")
    keys = [event.values["publicKey"] for event in _named(events, "Activated")]
    if keys != ([state.key] if state.key else []):
        raise _gap(f"ceremony {ceremony} has another key")
    for number, event in enumerate(_named(events, "RollCalled"), 1):
        _next(number - 1, event.values["counter"], "roll calls")


def _phases(phases: dict[int, tuple[Phase, Phase]], envelope: int) -> tuple[Phase, Phase]:
    if envelope not in phases:
        raise _gap(f"an event of envelope {envelope}, which is not there")
    return phases[envelope]


def _named(events: Iterable[TenderEvent], name: str) -> list[TenderEvent]:
    return [event for event in events if event.name == name]


def _next(last: int, number: int, what: str) -> int:
    if number != last + 1:
        raise _gap(f"{what}: {number} after {last}")
    return number


def _gap(why: str) -> Damaged:
    return Damaged(
        f"the events do not account for the contracts' state: {why}", code="ledger.gap",
        fix="an endpoint hides or changes events; ask another one",
    )  # fmt: skip
