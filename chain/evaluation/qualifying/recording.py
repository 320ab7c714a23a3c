"""On the ledger: the qualification once, and what becomes of guarantees, each place once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chain.evaluation.qualifying.outcome import KIND as OUTCOMES
from chain.evaluation.qualifying.outcome import Fate, GuaranteeOutcome, Outcome, read_outcome
from chain.evaluation.qualifying.paper import KIND, Qualification, read_qualification
from chain.kernel.encoding import hex0x, sha256
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused
from chain.kernel.tender_facts import Phase, TenderEvent
from chain.kernel.tender_ports import Board, TenderActs
from chain.tenders.opening import LotPlace
from chain.tenders.opening.finishing import records_of
from chain.tenders.story import LotStory, Story

_OPEN = {1: Phase.OPENED, 2: Phase.PRICE_OPENED}


def recorded_under(line: LotStory, kind: str) -> list[TenderEvent]:
    """Documents of a lot on record under that kind, oldest first."""
    return [event for event in line.records if event.values["kind"] == kind]


def standing_qualification(board: Board, story: Story, lot: int, envelope: int) -> tuple[bytes, Qualification] | None:
    """Digest and content of the qualification that counts for an envelope: the first of its form, or None.

    Raises:
        NotFound, Damaged, Unavailable: a paper that may be it cannot be had.
    """
    line = story.lots[lot]
    for event in recorded_under(line, KIND):
        digest = event.values["digest"]
        try:
            paper = read_qualification(board.get(digest))
        except InvalidInput:
            continue
        if paper.envelope == envelope and _fits(paper, story, lot, event):
            return digest, paper
    return None


def _fits(paper: Qualification, story: Story, lot: int, event: TenderEvent) -> bool:
    """It is about this lot, and about the opening record that stood before it."""
    place, records = paper.place, records_of(story.lots[lot], paper.envelope)
    return (
        (place.book, place.tender, place.lot) == (story.book, story.number, lot)
        and bool(records)
        and paper.record == records[0].values["digest"]
        and (records[0].block.number, records[0].index) < (event.block.number, event.index)
    )


def record_qualification(acts: TenderActs, board: Board, story: Story, paper: Qualification) -> bytes:
    """Put a qualification on board and ledger; its SHA-256. The same one again does nothing.

    Raises:
        Refused: no opening record stands, or the evaluation of this envelope is over.
        Conflict: another one stands.
    """
    lot, envelope, data = paper.place.lot, paper.envelope, paper.to_bytes()
    standing = standing_qualification(board, story, lot, envelope)
    if standing is not None:
        if standing[0] != sha256(data):
            raise Conflict(
                f"the qualification {hex0x(standing[0])} stands on the ledger", code="qualification.recorded",
                field="lot", fix="it is never exchanged; what is wrong with it goes on as an objection or complaint",
            )  # fmt: skip
        return standing[0]
    if story.phase(lot) is not _OPEN[envelope]:
        raise Refused(
            f"lot {lot} is in phase {story.phase(lot).name}", code="qualification.phase", field="lot",
            fix="certificates are judged between the opening record and the evaluation of that envelope",
        )  # fmt: skip
    if not records_of(story.lots[lot], envelope):
        raise Refused(
            "no opening record stands on the ledger", code="qualification.early", field="lot",
            fix=f"yinxin tender finish-opening {story.number} --lot {lot} --envelope {envelope}",
        )  # fmt: skip
    digest = board.put(data)
    acts.record(story.number, lot, KIND, digest)
    return digest


# --------------------------------------------------------------------------- guarantees


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a guarantee: the outcome, and SHA-256 of the paper that says so, 32 bytes."""

    outcome: Outcome
    paper: bytes


def settled(board: Board, story: Story, lot: int, qualification: bytes) -> dict[int, Settled]:
    """What became of each guarantee so far, by place: the first outcome counts.

    Raises:
        NotFound, Damaged, Unavailable: a paper that may say so cannot be had.
    """
    found: dict[int, Settled] = {}
    for event in recorded_under(story.lots[lot], OUTCOMES):
        digest = event.values["digest"]
        try:
            paper = read_outcome(board.get(digest))
        except InvalidInput:
            continue
        place = paper.place
        if (place.book, place.tender, place.lot, paper.qualification) == (story.book, story.number, lot, qualification):
            for one in paper.outcomes:
                found.setdefault(one.place, Settled(one, digest))
    return found


def may_release(story: Story, lot: int, winner: int | None) -> tuple[bool, int | None]:
    """Whether guarantees are to be given back now, and the place that still waits, or None.

    Losers' after the award; all after the contract, or when nothing comes of the lot.

    Args:
        story: of the tender.
        lot: 1, 2, 3 …
        winner: place of the bid that the newest award names, or None.
    """
    line = story.lots[lot]
    over = line.contract is not None or line.failed is not None or story.phase(lot) is Phase.CANCELLED
    if over:
        return True, None
    return bool(line.awards) and winner is not None, winner


def next_outcome(
    story: Story,
    place: LotPlace,
    qualification: tuple[bytes, Qualification],
    done: Mapping[int, Settled],
    *,
    release: bool,
    claims: Mapping[int, str],
    winner: int | None = None,
    paper: bytes | None = None,
) -> GuaranteeOutcome | None:
    """The paper to record next, or None if everything asked for has been done.

    Args:
        story: of the tender.
        place: the lot.
        qualification: digest and content of the one that counts.
        done: what became of guarantees before.
        release: give back all that may be given back.
        claims: place to reason.
        winner: place of the bid that the newest award names.
        paper: SHA-256 of what shows the claims.

    Raises:
        NotFound: a claim on a bid without a guarantee.
        Conflict: the guarantee was given back already, or claimed for another reason.
        Refused: nothing may be given back yet.
    """
    held = [bid.place for bid in qualification[1].bids if bid.guarantee and bid.guarantee.certificate]
    found: list[Outcome] = []
    for number, reason in claims.items():
        if number not in held:
            raise NotFound(
                f"the qualification knows of no guarantee of place {number}", code="guarantee.none", field="claim",
                fix="places with one: " + (", ".join(map(str, held)) or "none"),
            )  # fmt: skip
        before = done.get(number)
        if before is None:
            found.append(Outcome(number, Fate.CLAIMED, reason, paper))
        elif (before.outcome.fate, before.outcome.reason) != (Fate.CLAIMED, reason):
            raise Conflict(
                f"place {number}: {before.outcome.fate} before ({before.outcome.reason})", code="guarantee.settled",
                field="claim", fix="the first outcome of a guarantee counts",
            )  # fmt: skip
    if release:
        allowed, waits = may_release(story, place.lot, winner)
        if not allowed:
            raise Refused(
                "the lot is not awarded", code="guarantee.early", field="release",
                fix="losers' guarantees are given back after the award, the winner's after the contract",
            )  # fmt: skip
        reason = "招标程序结束，退还投标保函。 The guarantee is given back: the tender took its course."
        found += [
            Outcome(one, Fate.RELEASED, reason)
            for one in held
            if one not in done and one not in claims and one != waits
        ]
    if not found:
        return None
    return GuaranteeOutcome(place, qualification[0], tuple(sorted(found, key=lambda one: one.place)))


def record_outcome(acts: TenderActs, board: Board, outcome: GuaranteeOutcome) -> bytes:
    """Put it on board and ledger; its SHA-256."""
    digest = board.put(outcome.to_bytes())
    acts.record(outcome.place.tender, outcome.place.lot, OUTCOMES, digest)
    return digest
