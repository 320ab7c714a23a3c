"""Papers of a ceremony for members who reach no board themselves, and theirs for the board: who passes on, checks.

What is passed on is held to ledger and roster first: nothing that no member would look for comes onto the board.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, InvalidInput, NotFound
from chain.kernel.tender_facts import CeremonyState
from chain.kernel.tender_ports import Board, TenderLedger
from chain.sealing.ceremony import Roster, confirmed, read_confirmation, read_deal
from chain.tenders.holding.cards import Announcement
from chain.tenders.holding.ceremonies import Round, confirmations_topic, fetch, find_announcement, read_ceremony


@dataclass(frozen=True, slots=True)
class Papers:
    """What a board has of a ceremony; None and missing where it has nothing.

    Attributes:
        roster: bytes of the plan's roster.
        announcement: bytes of the announcement that ledger and roster bear out.
        deals: bytes by their SHA-256, as far as that stands on the ledger.
        confirmations: by member, the newest that is one by its form.
    """

    roster: bytes | None
    announcement: bytes | None
    deals: Mapping[bytes, bytes]
    confirmations: Mapping[int, bytes]


def papers_of(ledger: TenderLedger, board: Board, number: int) -> Papers:
    """The papers of a ceremony. Raises NotFound (no such ceremony), Unavailable."""
    state = _state(ledger, number)
    roster, data = _roster(board, state)
    found = [fetch(board, digest) for digest in deals_on(ledger, number).values()]
    deals = {sha256(deal): deal for deal in found if deal is not None}
    if roster is None:
        return Papers(data, None, deals, {})
    announcement = find_announcement(ledger, board, number, roster, state.plan.term)
    confirmations = {}
    for name, note in board.notes(confirmations_topic(number)):
        for member in range(1, roster.size + 1):
            if name == f"holder-{member}" and _is_confirmation(note, roster, member):
                confirmations[member] = note
    return Papers(data, None if announcement is None else announcement.to_bytes(), deals, confirmations)


def announced(ledger: TenderLedger, board: Board, number: int) -> Announcement | None:
    """Title and names of a ceremony, as far as ledger and roster bear them out. Raises NotFound, Unavailable."""
    state = _state(ledger, number)
    roster, _ = _roster(board, state)
    return None if roster is None else find_announcement(ledger, board, number, roster, state.plan.term)


def deals_on(ledger: TenderLedger, number: int) -> dict[int, bytes]:
    """Digest of each deal that stands on the ledger, by member."""
    events = ledger.ceremony_events(number)
    return {event.values["member"]: event.values["digest"] for event in events if event.name == "Dealt"}


def put_deal(ledger: TenderLedger, board: Board, number: int, member: int, data: bytes) -> None:
    """Put a deal on the board that ``member`` has made or seen.

    Taken is whatever has the digest of a deal on the ledger, a bad one too: others must see that it is bad. Of what the
    ledger does not know, only a good deal of that member's own, while deals are made and it has made no other.

    Raises:
        InvalidInput: not a deal of that member in this ceremony.
        Conflict: deals are made no more, or the member has made another.
        NotFound, Damaged, Refused, Unavailable: see :func:`read_ceremony`.
    """
    if sha256(data) not in deals_on(ledger, number).values():
        ceremony = read_ceremony(ledger, board, number)
        read_deal(data, ceremony.roster, member)
        if ceremony.round is not Round.DEALS or member in ceremony.dealt:
            raise Conflict(
                f"the ledger knows another deal of member {member}, or takes none any more", code="holding.deal",
                field="deal", fix="look again; only what is on the ledger counts now",
            )  # fmt: skip
    board.put(data)


def post_confirmation(ledger: TenderLedger, board: Board, number: int, member: int, data: bytes) -> None:
    """Leave a member's confirmation on the board.

    Raises:
        InvalidInput: not a confirmation of that member in this ceremony.
        Conflict: confirmations are not made now, or it confirms something else than the messages give.
        Refused, NotFound, Damaged, Unavailable: see :func:`read_ceremony` and :meth:`Ceremony.judge`.
    """
    ceremony = read_ceremony(ledger, board, number)
    read_confirmation(data, ceremony.roster, member)
    right = ceremony.round is Round.CONFIRMATIONS and confirmed(ceremony.judge(), {member: data}) == (member,)
    if not right:
        raise Conflict(
            f"not what member {member} confirms now by the messages that are here", code="holding.confirmation",
            field="confirmation", fix="look again: the round may be over, or a deal came to light or is not here yet",
        )  # fmt: skip
    board.post(confirmations_topic(number), f"holder-{member}", data)


def _state(ledger: TenderLedger, number: int) -> CeremonyState:
    state = ledger.ceremony(number)
    if state is None:
        raise NotFound(f"there is no ceremony {number}", code="holding.unknown", field="ceremony")
    return state


def _roster(board: Board, state: CeremonyState) -> tuple[Roster | None, bytes | None]:
    """The roster, and its bytes; the digest was the convener's to choose, so it may be none."""
    data = fetch(board, state.plan.roster_digest)
    try:
        return (None if data is None else Roster.from_bytes(data)), data
    except InvalidInput:
        return None, data


def _is_confirmation(data: bytes, roster: Roster, member: int) -> bool:
    try:
        read_confirmation(data, roster, member)
    except InvalidInput:
        return False
    return True
