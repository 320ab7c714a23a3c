"""Convening a ceremony, exactly once; and again with other members, which is how a key holder is replaced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, hex0x, sha256, unhex0x
from chain.kernel.errors import Conflict, InvalidInput, Refused
from chain.kernel.home import write_atomically
from chain.kernel.steps import reached
from chain.kernel.tender_facts import CeremonyPlan
from chain.kernel.tender_ports import Board, TenderActs, TenderLedger
from chain.sealing.ceremony import Roster
from chain.tenders.holding.cards import Announcement, MemberCard, a_name, term_of
from chain.tenders.holding.ceremonies import fetch, read_ceremony, scope_of

FORMAT = "yinxin-convening-1"
SHORTEST_ROUND = 2
"""Seconds. Blocks come about every second."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Whom to convene, and for what.

    Attributes:
        cards: of the members; their order is their numbers.
        threshold: how many open together.
        title: the term or occasion.
        tender: number of the one tender, or 0 for a term.
        usable_until: last second at which a tender may open with the key.
        seconds: of each of the four rounds.
    """

    cards: tuple[MemberCard, ...]
    threshold: int
    title: str
    tender: int
    usable_until: int
    seconds: int

    def name(self) -> str:
        """Under which the convener's home remembers it: the same invitation has the same name."""
        body = {
            "cards": [b64url(sha256(card.to_bytes())) for card in self.cards], "threshold": self.threshold,
            "title": self.title, "tender": self.tender, "until": self.usable_until, "seconds": self.seconds,
        }  # fmt: skip
        return sha256(canonical(body)).hex()[:32]


@dataclass(frozen=True, slots=True)
class Convened:
    """A ceremony that stands on the ledger; ``new`` if it was convened just now."""

    number: int
    plan: CeremonyPlan
    roster: Roster
    new: bool


def convene(
    ledger: TenderLedger, board: Board, acts: TenderActs, folder: Path, invitation: Invitation, *, bureau: str, now: int
) -> Convened:
    """Put roster and announcement on the board, and the plan on the ledger.

    Called again with the same invitation it finds the ceremony. A card is good for one ceremony, also for one that
    failed: to convene again, new cards are collected.

    Args:
        ledger: refreshed.
        board: where members look.
        acts: of the authority, or of the bureau's anchor key.
        folder: of the convener's home, where the plan is kept before it is sent.
        invitation: whom and what for.
        bureau: USCC of the bureau that convenes; empty for the authority.
        now: seconds, by the convener's clock.

    Raises:
        InvalidInput: cards, threshold or times break a rule.
        Refused: the ledger does not let this account convene; a card was used for another ceremony, says whose.
    """
    _check(invitation)
    file = folder / f"convening-{invitation.name()}.json"
    kept = _read(file) if file.exists() else None
    if kept is not None:
        number, plan = kept
        state = ledger.ceremony(number)
        if state is not None and state.plan == plan:
            if state.key or ledger.block.time <= plan.confirm_until:
                return _announce(ledger, board, number, plan, invitation, new=False)
        elif state is None and number == ledger.ceremonies() + 1 and plan.deals_until > max(now, ledger.block.time):
            return _send(ledger, board, acts, number, plan, invitation)
    _check_fresh(ledger, board, invitation.cards)
    number = ledger.ceremonies() + 1
    begin, step = max(now, ledger.block.time), invitation.seconds
    roster = _roster(ledger, number, invitation)
    deals, complaints, answers, confirmations = (begin + step * place for place in (1, 2, 3, 4))
    if invitation.usable_until <= confirmations:
        raise InvalidInput(
            "the key must be of use after the last round", code="holding.until", field="--until",
            fix=f"later than {confirmations}, or shorter rounds",
        )  # fmt: skip
    plan = CeremonyPlan(
        bureau, ledger.book, invitation.tender, term_of(invitation.title), roster.digest(), invitation.threshold,
        deals, complaints, answers, confirmations, invitation.usable_until,
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomically(file, canonical({"format": FORMAT, "ceremony": number, "plan": _plan_dict(plan)}))
    return _send(ledger, board, acts, number, plan, invitation)


def successors(
    ledger: TenderLedger, board: Board, number: int, leave: Iterable[int], cards: Sequence[MemberCard]
) -> tuple[MemberCard, ...]:
    """New cards of the members who stay after a ceremony, in their old order, then of those who come.

    Args:
        ledger: refreshed.
        board: for the roster.
        number: of the ceremony.
        leave: numbers of the members who leave.
        cards: of those who stay and of those who come, in any order.

    Raises:
        InvalidInput: a number that no member has; nobody's card for a member who stays; a card of one who leaves.
    """
    ceremony = read_ceremony(ledger, board, number)
    members, gone = ceremony.state.members, set(leave)
    wrong = sorted(gone - set(range(1, len(members) + 1)))
    if wrong:
        raise InvalidInput(
            f"ceremony {number} has no member {wrong[0]}", code="holding.member", field="--leave",
            fix=f"1 to {len(members)}",
        )  # fmt: skip
    given = {card.address: card for card in cards}
    missing = [place for place, one in enumerate(members, 1) if place not in gone and one not in given]
    if missing:
        raise InvalidInput(
            "no new card of members " + ", ".join(map(str, missing)), code="holding.cards_missing", field="--card",
            fix="a card is good for one ceremony: name a new one of everybody who stays, or let them --leave",
        )  # fmt: skip
    back = [place for place in sorted(gone) if members[place - 1] in given]
    if back:
        raise InvalidInput(
            f"member {back[0]} leaves and has a card here", code="holding.member", field="--card",
            fix="one or the other",
        )  # fmt: skip
    stay = [given[one] for place, one in enumerate(members, 1) if place not in gone]
    return (*stay, *(card for card in cards if card.address not in members))


def _check_fresh(ledger: TenderLedger, board: Board, cards: Sequence[MemberCard]) -> None:
    """No card was used for a ceremony before, as far as rosters are to be had; the members' own tools look, too."""
    for number in range(1, ledger.ceremonies() + 1):
        state = ledger.ceremony(number)
        data = fetch(board, state.plan.roster_digest) if state is not None else None
        try:
            used = {member.key for member in Roster.from_bytes(data).members} if data is not None else set()
        except InvalidInput:
            continue
        names = [card.name for card in cards if card.key in used]
        if names:
            raise Refused(
                f"cards that ceremony {number} used: {', '.join(names)}", code="holding.card_used", field="CARD",
                fix="a card is good for one: each runs yinxin keyholder run --once, then join again",
            )  # fmt: skip


def _check(invitation: Invitation) -> None:
    a_name(invitation.title, "title")
    if invitation.seconds < SHORTEST_ROUND:
        raise InvalidInput(
            f"rounds of {invitation.seconds} s", code="holding.round", field="--round",
            fix=f"at least {SHORTEST_ROUND} seconds; a day for people",
        )  # fmt: skip


def _roster(ledger: TenderLedger, number: int, invitation: Invitation) -> Roster:
    scope = scope_of(ledger, number, invitation.tender)
    return Roster(scope, invitation.threshold, tuple(card.member for card in invitation.cards))


def _send(
    ledger: TenderLedger, board: Board, acts: TenderActs, number: int, plan: CeremonyPlan, invitation: Invitation
) -> Convened:
    roster = _roster(ledger, number, invitation)
    board.put(roster.to_bytes())
    reached("convene-planned")
    acts.convene(number, plan, [member.address for member in roster.members])
    reached("convene-sent")
    ledger.refresh()
    state = ledger.ceremony(number)
    if state is None or state.plan != plan:
        raise Conflict(
            f"ceremony {number} was convened by somebody else meanwhile", code="holding.overtaken", field="ceremony",
            fix="run the same command again; it takes the next number",
        )  # fmt: skip
    return _announce(ledger, board, number, plan, invitation, new=True)


def _announce(
    ledger: TenderLedger, board: Board, number: int, plan: CeremonyPlan, invitation: Invitation, *, new: bool
) -> Convened:
    roster = _roster(ledger, number, invitation)
    board.put(roster.to_bytes())
    announcement = Announcement(number, ledger.genesis, ledger.key_registry, invitation.title, invitation.cards)
    board.post(f"ceremony/{number}", "announcement", announcement.to_bytes())
    return Convened(number, plan, roster, new)


def _plan_dict(plan: CeremonyPlan) -> dict[str, Any]:
    return {name: hex0x(value) if isinstance(value, bytes) else value for name, value in asdict(plan).items()}


def _read(file: Path) -> tuple[int, CeremonyPlan]:
    value = read_canonical(file.read_bytes(), what="convening", limit=16_384)
    if value["format"] != FORMAT:
        raise InvalidInput(f"{file}: not {FORMAT}", code="holding.convening", field="file", fix="remove the file")
    plan: dict[str, Any] = {
        name: unhex0x(item, field=name) if name in ("book", "term", "roster_digest") else item
        for name, item in value["plan"].items()
    }
    return value["ceremony"], CeremonyPlan(**plan)
