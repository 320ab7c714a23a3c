"""From events to the story; an event that cannot follow those before it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Damaged
from chain.kernel.tender_facts import Commitment, NoticeTerms, Phase, TenderEvent
from chain.tenders.digests import kind_digest, live_set_digest
from chain.tenders.story.shapes import Bid, Case, Closing, LotStory, OpenedEnvelope, Story
from chain.tenders.typed import commitment_hash


def tell(events: Iterable[TenderEvent], book: bytes) -> Story:
    """The story of one tender from all its events, in order.

    Args:
        events: of TenderBook and TenderProceedings, as :meth:`TenderLedger.tender_events` gives them.
        book: address of the TenderBook, 20 bytes.

    Raises:
        Damaged: an event that cannot follow those before it; its place is named.
    """
    rest = iter(events)
    first = next(rest, None)
    if first is None or first.name != "Published":
        raise Damaged("the events do not begin with a publication", code="story.start", field="events")
    values = first.values
    terms: NoticeTerms = values["notice"]
    story = Story(
        book, values["tender"], terms, tuple(values["custodians"]), terms.deadline, terms.open_at,
        {number: LotStory(number) for number in range(1, terms.lots + 1)}, [first], [first],
    )  # fmt: skip
    for event in rest:
        go_on(story, event)
    return story


def go_on(story: Story, event: TenderEvent) -> None:
    """Tell one event more. Raises Damaged if it cannot follow; the story is then of no use."""
    before = story.events[-1]
    if (event.block.number, event.index) <= (before.block.number, before.index):
        raise _wrong(event, "events are out of order")
    teller = _TELLERS.get(event.name)
    if teller is None or event.values["tender"] != story.number:
        raise _wrong(event, "not an event of this tender")
    teller(story, event)
    story.events.append(event)


# --------------------------------------------------------------------------- the notice


def _amended(story: Story, event: TenderEvent) -> None:
    values = event.values
    if values["number"] != len(story.notices):
        raise _wrong(event, "an amendment is missing")
    _postpone(story, event, story.deadline)
    story.notices.append(event)


def _extended(story: Story, event: TenderEvent) -> None:
    _postpone(story, event, story.deadline + 1)


def _postpone(story: Story, event: TenderEvent, earliest: int) -> None:
    deadline, open_at = event.values["deadline"], event.values["openAt"]
    if story.cancelled or event.block.time > story.deadline or deadline < earliest or open_at < story.open_at:
        raise _wrong(event, "a deadline only moves forward, before it is over")
    story.deadline, story.open_at = deadline, open_at
    if story.outage:
        story.settled_at = deadline


def _cancelled(story: Story, event: TenderEvent) -> None:
    if story.cancelled or any(lot.awards for lot in story.lots.values()):
        raise _wrong(event, "nothing is cancelled twice, or after an award")
    story.cancelled = event


def _moved_deadline(story: Story, event: TenderEvent) -> None:
    values = event.values
    if story.outage or story.settled_at or values["timeBefore"] > story.deadline:
        raise _wrong(event, "the deadline moves once, and for an outage that spans it")
    if values["timeAfter"] - values["timeBefore"] <= story.terms.gap:
        raise _wrong(event, "that was no outage")
    if values["deadline"] != values["timeAfter"] + story.terms.grace:
        raise _wrong(event, "the grace is another one")
    story.open_at += values["deadline"] - story.deadline
    story.deadline = values["deadline"]
    # Final with its end, or with this proof of the outage if that came even later.
    story.settled_at = max(story.deadline, event.block.time)
    if values["openAt"] != story.open_at:
        raise _wrong(event, "the opening moves as far as the deadline")
    story.outage = event


def _seen(story: Story, event: TenderEvent) -> None:
    if event.block.time <= story.deadline:
        raise _wrong(event, "the deadline is not over")
    story.seen_at = event.values["blockNumber"]


def _settled(story: Story, event: TenderEvent) -> None:
    if story.settled_at or event.block.time <= story.deadline:
        raise _wrong(event, "a deadline becomes final once, after it is over")
    story.settled_at = event.block.time


# --------------------------------------------------------------------------- bids


def _committed(story: Story, event: TenderEvent) -> None:
    values, lot = event.values, _bidding(story, event)
    commitment: Commitment = values["commitment"]
    place = (commitment.tender, commitment.lot, commitment.bidder)
    if place != (values["tender"], values["lot"], values["bidder"]):
        raise _wrong(event, "the commitment names another place")
    if values["commitmentHash"] != commitment_hash(commitment):
        raise _wrong(event, "the commitment has another hash")
    if values["custodian"] not in story.custodians:
        raise _wrong(event, "the custodian is none of the notice")
    bid = lot.of(commitment.bidder)
    if bid is None:
        if values["place"] != len(lot.bids) + 1 or commitment.version != 1 or commitment.bidder in lot.moved:
            raise _wrong(event, "a bid before it is missing")
        bid = Bid(
            values["place"], commitment.bidder, 0, commitment.recovery, commitment, values["commitmentHash"],
            values["custodian"], event,
        )  # fmt: skip
        lot.bids.append(bid)
    _next_version(bid, commitment.version, event)
    if commitment.recovery != bid.recovery:
        raise _wrong(event, "a bid keeps its recovery address")
    bid.commitment, bid.digest, bid.custodian = commitment, values["commitmentHash"], values["custodian"]
    bid.event, bid.live = event, True
    bid.history.append(event)


def _withdrawn(story: Story, event: TenderEvent) -> None:
    bid = _live(_bidding(story, event), event)
    _next_version(bid, event.values["version"], event)
    if event.values["by"] not in (bid.bidder, bid.recovery):
        raise _wrong(event, "neither the bidder nor the recovery address withdrew")
    bid.live = False


def _bid_moved(story: Story, event: TenderEvent) -> None:
    lot = _bidding(story, event)
    bid, successor = _live(lot, event), event.values["successor"]
    _next_version(bid, event.values["version"], event)
    if successor in lot.moved or lot.of(successor) is not None:
        raise _wrong(event, "the successor has a place already")
    lot.moved.add(bid.bidder)
    bid.bidder = successor


def _revealed(story: Story, event: TenderEvent) -> None:
    lot = _lot(story, event)
    bid, values = _live(lot, event), event.values
    until = story.settled_at + story.terms.reveal_window
    if not story.settled_at or not story.deadline < event.block.time <= until:
        raise _wrong(event, "decoys are revealed once the deadline is final, within the window")
    kind = kind_digest(story.book, story.number, lot.number, bid.bidder, values["salt"], custodian=values["custodian"])
    if values["custodian"] not in story.custodians or bid.commitment.kind_digest != kind:
        raise _wrong(event, "that is no decoy of this custodian")
    bid.live, bid.is_decoy = False, True


def _next_version(bid: Bid, version: int, event: TenderEvent) -> None:
    if version != bid.version + 1:
        raise _wrong(event, "a version is missing")
    bid.version = version


# --------------------------------------------------------------------------- the opening


def _closed(story: Story, event: TenderEvent) -> None:
    lot, envelope = _lot(story, event), event.values["envelope"]
    due = Phase.BIDDING if envelope == 1 else Phase.REVIEWED
    window = story.settled_at + story.terms.reveal_window
    if lot.phase is not due or not story.settled_at or event.block.time <= window:
        raise _wrong(event, "the live set is fixed once bids can change no more")
    live = lot.live()
    digest = live_set_digest(bid.digest for bid in live)
    if (event.values["digest"], event.values["count"]) != (digest, len(live)):
        raise _wrong(event, "the live set is another one")
    lot.closings[envelope] = Closing(
        digest, tuple(bid.commitment for bid in live), tuple(bid.place for bid in live), event
    )
    if len(live) >= (story.terms.minimum_bids if envelope == 1 else 1):
        _enter(lot, Phase.CLOSED if envelope == 1 else Phase.PRICE_CLOSED, event)


def _opened(story: Story, event: TenderEvent) -> None:
    lot, envelope = _lot(story, event), event.values["envelope"]
    due = Phase.CLOSED if envelope == 1 else Phase.PRICE_CLOSED
    if lot.phase is not due or event.block.time < story.open_at:
        raise _wrong(event, "nothing opens before it is closed and due")
    lot.openings[envelope] = OpenedEnvelope(event.values["signature"], event.values["keysDigest"], event)
    _enter(lot, Phase.OPENED if envelope == 1 else Phase.PRICE_OPENED, event)


def _reviewed(story: Story, event: TenderEvent) -> None:
    lot, dropped = _lot(story, event), tuple(event.values["dropped"])
    live = {bid.place for bid in lot.live()}
    if lot.phase is not Phase.OPENED or list(dropped) != sorted(set(dropped)) or not live.issuperset(dropped):
        raise _wrong(event, "a technical result drops live bids, once")
    for bid in lot.bids:
        bid.live = bid.live and bid.place not in dropped
    lot.review, lot.dropped = event, dropped
    _enter(lot, Phase.REVIEWED, event)


def _failed(story: Story, event: TenderEvent) -> None:
    lot = _lot(story, event)
    if lot.phase > Phase.CANDIDATES:
        raise _wrong(event, "a lot fails before it is awarded")
    lot.failed = event
    _enter(lot, Phase.FAILED, event)


def _advanced(story: Story, event: TenderEvent) -> None:
    lot, phase = _lot(story, event), event.values["phase"]
    if phase < lot.phase or not Phase.CANDIDATES <= phase <= Phase.CONTRACTED:
        raise _wrong(event, "phases never go back")
    _enter(lot, phase, event)


# --------------------------------------------------------------------------- proceedings


def _recorded(story: Story, event: TenderEvent) -> None:
    number = event.values["lot"]
    (story.records if number == 0 else _lot(story, event).records).append(event)


def _attested(story: Story, event: TenderEvent) -> None:
    lot, values = _lot(story, event), event.values
    due = Phase.CLOSED if values["envelope"] == 1 else Phase.PRICE_CLOSED
    if lot.phase is not due or values["custodian"] not in story.custodians:
        raise _wrong(event, "a custodian attests between closing and opening")
    lot.custody.setdefault(values["envelope"], []).append((values["custodian"], values["digest"]))


def _named(story: Story, event: TenderEvent) -> None:
    _counted(_lot(story, event).rankings, event)


def _awarded(story: Story, event: TenderEvent) -> None:
    _counted(_lot(story, event).awards, event)


def _counted(earlier: list[TenderEvent], event: TenderEvent) -> None:
    if event.values["number"] != len(earlier) + 1:
        raise _wrong(event, "one before it is missing")
    earlier.append(event)


def _contracted(story: Story, event: TenderEvent) -> None:
    _lot(story, event).contract = event


def _filed(story: Story, event: TenderEvent) -> None:
    lot, values = _lot(story, event), event.values
    if values["number"] != len(lot.cases) + 1:
        raise _wrong(event, "a case before it is missing")
    lot.cases.append(Case(values["number"], values["kind"], values["by"], values["digest"], event))


def _case_settled(story: Story, event: TenderEvent) -> None:
    lot, number = _lot(story, event), event.values["number"]
    if not 1 <= number <= len(lot.cases) or lot.cases[number - 1].answer is not None:
        raise _wrong(event, "no such case is open")
    lot.cases[number - 1].answer, lot.cases[number - 1].settled = event.values["digest"], event


# --------------------------------------------------------------------------- inside


def _enter(lot: LotStory, phase: Phase, event: TenderEvent) -> None:
    lot.phase, lot.since = phase, event.block.time


def _lot(story: Story, event: TenderEvent) -> LotStory:
    lot = story.lots.get(event.values["lot"])
    if lot is None:
        raise _wrong(event, "there is no such lot")
    return lot


def _bidding(story: Story, event: TenderEvent) -> LotStory:
    lot = _lot(story, event)
    if story.cancelled or event.block.time > story.deadline or lot.phase is not Phase.BIDDING:
        raise _wrong(event, "no bid enters or changes after the deadline")
    return lot


def _live(lot: LotStory, event: TenderEvent) -> Bid:
    bid = lot.of(event.values["bidder"])
    if bid is None or not bid.live or bid.place != event.values["place"]:
        raise _wrong(event, "there is no such live bid")
    return bid


def _wrong(event: TenderEvent, why: str) -> Damaged:
    return Damaged(
        f"{event.name} in block {event.block.number}: {why}", code="story.event",
        field=f"{hex0x(event.transaction)}/{event.index}", fix="ask another endpoint; these events are not the chain's",
    )  # fmt: skip


_TELLERS: dict[str, Callable[[Story, TenderEvent], None]] = {
    "Amended": _amended, "Extended": _extended, "TenderCancelled": _cancelled, "DeadlineMoved": _moved_deadline,
    "DeadlineSeen": _seen, "DeadlineSettled": _settled, "BidCommitted": _committed, "BidWithdrawn": _withdrawn,
    "BidMoved": _bid_moved, "DecoyRevealed": _revealed, "EnvelopeClosed": _closed, "EnvelopeOpened": _opened,
    "Reviewed": _reviewed, "LotFailed": _failed, "LotAdvanced": _advanced, "Recorded": _recorded,
    "CustodyAttested": _attested, "CandidatesNamed": _named, "LotAwarded": _awarded, "LotContracted": _contracted,
    "CaseFiled": _filed, "CaseSettled": _case_settled,
}  # fmt: skip
