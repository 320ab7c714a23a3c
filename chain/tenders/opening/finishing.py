"""From a draft to a record that stands: objections, k2 shown to the officer, the ledger, a lot that fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chain.containers import X25519Identity, X25519Recipient, decrypt, encrypt
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound, Refused, Unavailable, YinxinError
from chain.kernel.steps import reached
from chain.kernel.tender_facts import CaseKind, TenderEvent
from chain.kernel.tender_ports import Board, TenderActs
from chain.sealing import BidIdentity, FaultKind
from chain.sealing.papers import PROOF, read_proof
from chain.tenders.opening.live import LiveBids
from chain.tenders.opening.papers import Decision, LotFailed, LotPlace, Objection, ObjectionAnswer
from chain.tenders.opening.record import KIND, OpeningRecord, read_record
from chain.tenders.story import Case, LotStory, Story


def session_topic(tender: int, lot: int, envelope: int) -> str:
    """Topic under which drafts of the record and the supervisor's signatures are left."""
    return f"opening/{tender}/{lot}/{envelope}"


def proofs_topic(tender: int, lot: int, envelope: int) -> str:
    """Topic under which k2 of a bid is shown to the officer, encrypted."""
    return f"proofs/{tender}/{lot}/{envelope}"


# --------------------------------------------------------------------------- objections


def object_to(acts: TenderActs, board: Board, place: LotPlace, text: str) -> bytes:
    """File an objection from the account of ``acts``; SHA-256 of its paper. The same one again files nothing more."""
    digest = board.put(Objection(place, text).to_bytes())
    acts.file(place.tender, place.lot, CaseKind.OBJECTION, digest)
    return digest


def answer_objection(
    acts: TenderActs,
    board: Board,
    story: Story,
    place: LotPlace,
    number: int,
    text: str,
    outcome: Decision | None = None,
) -> bytes:
    """Answer one; SHA-256 of the answer. ``outcome``: is it upheld; needed of an objection to candidates or award.

    Raises:
        NotFound: no objection of that number.
        Conflict: it was answered otherwise.
        InvalidInput: it is about a result, and ``outcome`` is missing.
    """
    case = next((one for one in story.lots[place.lot].cases if one.number == number), None)
    if case is None or case.kind is not CaseKind.OBJECTION:
        raise NotFound(
            f"lot {place.lot} has no objection {number}", code="objection.unknown", field="number",
            fix=f"yinxin tender objections {place.tender} --lot {place.lot}",
        )  # fmt: skip
    if outcome is None and is_about_result(story.lots[place.lot], case):
        raise InvalidInput(
            f"objection {number} is about a result: say whether it is upheld", code="objection.outcome",
            field="--upheld", fix="--upheld, with --stands if the result stands all the same, or --rejected",
        )  # fmt: skip
    paper = ObjectionAnswer(place, number, case.digest, text, outcome).to_bytes()
    digest = board.put(paper)
    if case.answer not in (None, digest):
        raise Conflict(f"objection {number} is answered already", code="objection.answered", field="number")
    if case.answer is None:
        acts.settle_case(place.tender, place.lot, number, digest)
    return digest


def is_about_result(line: LotStory, case: Case) -> bool:
    """True if candidates were named before it was filed."""
    filed = (case.filed.block.number, case.filed.index)
    return any((event.block.number, event.index) < filed for event in line.rankings)


# --------------------------------------------------------------------------- k2, shown to the officer


def show_k2(board: Board, live: LiveBids, place: int, k2: bytes, officer: bytes) -> None:
    """Leave k2 of a bid for the officer, encrypted to the key (32 bytes) that the notice names."""
    identity = next((live.identity(bid) for bid in live.bids if bid.place == place), None)
    if identity is None:
        raise NotFound(
            f"no bid of place {place} is opened", code="opening.place", field="place", fix="name a live bid's place"
        )
    topic = proofs_topic(live.tender, live.lot, live.envelope)
    paper = canonical({"format": PROOF, "identity": identity.as_dict(), "k2": b64url(k2)})
    board.post(topic, f"place-{place}", encrypt(paper, X25519Recipient(officer)))


def shown_k2(board: Board, live: LiveBids, private: bytes) -> Mapping[int, Sequence[bytes]]:
    """What was shown to the owner of this X25519 key, by place; nothing of it is believed before it opens a bid."""
    places: dict[BidIdentity, int] = {live.identity(bid): bid.place for bid in live.bids}
    found: dict[int, list[bytes]] = {}
    for _, data in board.notes(proofs_topic(live.tender, live.lot, live.envelope)):
        try:
            identity, k2 = read_proof(decrypt(data, X25519Identity(private)))
        except YinxinError:
            continue
        if identity in places:
            found.setdefault(places[identity], []).append(k2)
    return found


# --------------------------------------------------------------------------- the end


def records_of(line: LotStory, envelope: int) -> list[TenderEvent]:
    """Opening records of that envelope on the ledger, oldest first."""
    opened = {number: (one.event.block.number, one.event.index) for number, one in line.openings.items()}
    start, end = opened.get(envelope), opened.get(envelope + 1)
    return [
        event
        for event in line.records
        if event.values["kind"] == KIND
        and start is not None
        and start < (event.block.number, event.index)
        and (end is None or (event.block.number, event.index) < end)
    ]


def standing_record(board: Board, story: Story, lot: int, envelope: int) -> OpeningRecord | None:
    """The first record of that envelope on the ledger, if its bytes are had; None if there is none, or nobody has it.

    Whoever was stopped behind it goes on with this one, whatever was filed or signed since: it is never exchanged.
    """
    line = story.lots[lot]
    for event in records_of(line, envelope):
        try:
            record = read_record(board.get(event.values["digest"]))
        except (NotFound, Damaged, InvalidInput, Unavailable):
            return None
        where = (record.place.book, record.place.tender, record.place.lot, record.envelope)
        own = where == (story.book, story.number, lot, envelope) and record.live == line.closings[envelope].digest
        return record if own else None
    return None


def check_finish(record: OpeningRecord, story: Story, now: int, *, open_cases: bool) -> None:
    """See whether the session may end.

    Args:
        record: as it would go on the ledger.
        story: of the tender.
        now: time of the newest final block, seconds.
        open_cases: objections that are not answered go on as cases.

    Raises:
        Refused: objections wait, a missing file may still be restored, or nobody but the officer has looked.
        Conflict: another record stands on the ledger.
    """
    line = story.lots[record.place.lot]
    waiting = [str(one.number) for one in record.objections if one.answer is None]
    if waiting and not open_cases:
        raise Refused(
            f"objections {', '.join(waiting)} wait for an answer", code="opening.objections", field="objections",
            fix=f"yinxin tender answer-objection {story.number}, or --open-cases to let them go on as cases",
        )  # fmt: skip
    until = restore_until(story, record.place.lot, record.envelope)
    missing = [bid.place for bid in record.bids if bid.fault and bid.fault.kind is FaultKind.MISSING_FILE]
    if missing and now <= until:
        raise Refused(
            f"the file of place {missing[0]} is missing and may be brought again until {until}",
            code="opening.missing", field="files", fix="open again when it is there, or wait for the window's end",
        )  # fmt: skip
    if record.witness is None and record.alone is None:
        raise Refused(
            "the supervisor has not signed this record", code="opening.witness", field="witness",
            fix="ask the supervisor for yinxin tender witness-opening, or say --without-supervisor REASON",
        )  # fmt: skip
    digest = sha256(record.to_bytes())
    for event in records_of(line, record.envelope):
        if event.values["digest"] != digest:
            raise Conflict(
                f"the record {hex0x(event.values['digest'])} stands on the ledger", code="opening.recorded",
                field="record", fix="what was forgotten goes on as an objection or complaint",
            )  # fmt: skip


def restore_until(story: Story, lot: int, envelope: int) -> int:
    """Last second at which a lost file may be brought again: the reveal window's length after the closing."""
    return story.lots[lot].closings[envelope].event.block.time + story.terms.reveal_window


def places_lost(story: Story, kept: OpeningRecord | None, lot: int, envelope: int, now: int) -> frozenset[int]:
    """Places whose file now counts only from a custodian: one's own draft said that nobody has it, the window is over.

    Args:
        story: of the tender.
        kept: the draft that one's home has of this envelope, or None.
        lot: 1, 2, 3 …
        envelope: 1 or 2.
        now: time of the newest final block, seconds.
    """
    if kept is None or now <= restore_until(story, lot, envelope):
        return frozenset()
    return frozenset(bid.place for bid in kept.bids if bid.fault and bid.fault.kind is FaultKind.MISSING_FILE)


def check_handed_in(story: Story, lot: int, envelope: int, now: int, field: str) -> None:
    """See whether files from another hand than a custodian's may still be taken. Raises Refused once prices are known.

    ``field`` is the option by which they came.
    """
    if now > restore_until(story, lot, envelope):
        raise Refused(
            "the window for lost files is over", code="opening.window", field=field,
            fix=f"only what the custodians have counts now; again without --{field}",
        )  # fmt: skip


def finish(acts: TenderActs, board: Board, record: OpeningRecord, story: Story) -> bytes:
    """Put the record on board and ledger and, if too few organisations stand behind the bids, let the lot fail.

    Returns:
        SHA-256 of the record.
    """
    place, data = record.place, record.to_bytes()
    digest = board.put(data)
    reached("opening-record-put")
    if not any(event.values["digest"] == digest for event in records_of(story.lots[place.lot], record.envelope)):
        acts.record(place.tender, place.lot, KIND, digest)
    reached("opening-recorded")
    if record.failed and story.lots[place.lot].failed is None:
        paper = LotFailed(place, record.organisations, record.minimum, digest).to_bytes()
        acts.fail(place.tender, place.lot, board.put(paper))
        reached("opening-failed")
    return digest
