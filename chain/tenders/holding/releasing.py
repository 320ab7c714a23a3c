"""A key holder's one message at an opening, and everything that must hold before it is signed.

Time is looked at twice: on the key holder's own clock, and in the final block of the key holder's own endpoints. What
is live is computed anew from the events. An opening that a tender announced is remembered: it never moves forward. So a
server that shows a closed lot early, or other bids, gets nothing signed by a key holder whose clock goes right and
whose endpoints do not all lie.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from chain.kernel.clock import Clock, rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.errors import NotFound, Refused
from chain.kernel.steps import reached
from chain.kernel.tender_facts import CeremonyPlan, Phase, TenderState
from chain.kernel.tender_ports import Board, TenderLedger
from chain.sealing import KeyShare, Message, Release, make_release
from chain.tenders.holding.store import ShareStore
from chain.tenders.notice import Words, current_notice
from chain.tenders.opening import LiveBids, live_bids, read_story, releases_topic

KINDS = ("opening",)
"""Kinds of messages of an opening. Draws and float points have rules of their own: ``yinxin keyholder draw``."""


@dataclass(frozen=True, slots=True)
class Title:
    """What people call a tender or a lot, on one line each."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ReadyRelease:
    """What is about to be signed, after every check.

    Attributes:
        tender: its number; ``lot``, ``envelope``: the place.
        title: of the tender; ``lot_title``: of the lot.
        count: how many bids are live.
        digest: of the live set, 32 bytes.
        open_at: first second for the opening.
        custodians: accounts that state that they have every live file.
        ceremony: whose share signs.
        key_holder: number of the key holder.
    """

    tender: int
    lot: int
    envelope: int
    title: Title
    lot_title: Title
    count: int
    digest: bytes
    open_at: int
    custodians: tuple[bytes, ...]
    ceremony: int
    key_holder: int
    live: LiveBids = field(repr=False)
    share: KeyShare = field(repr=False)


def prepare_release(
    ledger: TenderLedger, board: Board, store: ShareStore, clock: Clock, tender: int, lot: int, envelope: int,
    *, kind: str = "opening",
) -> ReadyRelease:  # fmt: skip
    """Everything that must hold before a key holder signs.

    Args:
        ledger: as the key holder's own endpoints tell it; it is refreshed.
        board: for the notice, which says what the tender is called.
        store: with the share.
        clock: the key holder's own.
        tender: its number; ``lot``, ``envelope``: the place.
        kind: of message; others than :data:`KINDS` are refused.

    Raises:
        Refused: too early, not closed, opened already, no custodian's statement, or a share of something else.
            The notice says other than the ledger.
        NotFound: no such tender, no share, or the notice is on no board.
        InvalidInput: what was published is no notice.
        Conflict, Damaged, Unavailable: the endpoints contradict each other or themselves, or do not answer.
    """
    if kind not in KINDS:
        raise Refused(
            f"this tool does not sign messages of the kind {kind!r}", code="release.kind", field="--kind",
            fix="opening; draws are signed by yinxin keyholder draw",
        )  # fmt: skip
    now = clock()
    ledger.refresh()
    state = ledger.tender(tender)
    if state is None:
        raise NotFound(f"there is no tender {tender}", code="tender.unknown", field="tender", fix="give its number")
    check_time(max(state.open_at, store.opening_of(tender)), now, ledger.block.time)
    story = read_story(ledger, tender)
    _check_phase(story.phase(lot) if lot in story.lots else Phase.NONE, envelope)
    live = live_bids(story, ledger.genesis, lot, envelope)
    held = ledger.live_set(tender, lot, envelope)
    if (held.digest, held.count) != (live.digest, len(live.bids)):
        raise Refused(
            f"the contract holds the live set {hex0x(held.digest)} of {held.count}, "
            f"the events give {hex0x(live.digest)} of {len(live.bids)}",
            code="release.live_set", field="ledger", fix="do not sign; ask another endpoint, and tell the supervisor",
        )  # fmt: skip
    custody = story.lots[lot].custody.get(envelope, [])
    if not custody:
        raise Refused(
            f"no custodian states yet that every live file of lot {lot}, envelope {envelope} is there",
            code="release.custody", field="tender", fix="wait for the custodians: yinxin custodian attest",
        )  # fmt: skip
    share = share_for(ledger, store, state, live.message)
    notice = current_notice(ledger, board, tender)
    named = notice.lot(lot)
    if notice.digest != story.notice_digest or named is None:
        raise Refused(
            "the notice on the boards is not the one in force", code="release.notice", field="notice",
            fix="ask another endpoint and another board, and tell the supervisor",
        )  # fmt: skip
    return ReadyRelease(
        tender, lot, envelope, title_of(notice.title), title_of(named.title), len(live.bids), live.digest,
        state.open_at, tuple(account for account, _ in custody), state.ceremony, share.key_holder, live, share,
    )  # fmt: skip


def send_release(board: Board, ready: ReadyRelease, *, done: Callable[[], None] = lambda: None) -> Release:
    """Sign, and leave the message on the board. Signatures are unique, so a second time nothing else is left there."""
    release = make_release(ready.share, ready.live.message, ready.live.identities)
    reached("holder-signed")
    board.post(
        releases_topic(ready.tender, ready.lot, ready.envelope), f"holder-{release.key_holder}", release.to_bytes()
    )
    reached("holder-released")
    done()
    return release


def check_time(due: int, now: int, final: int) -> None:
    """Nothing is signed before the opening is due, by both clocks (seconds). Raises Refused."""
    if now < due:
        raise Refused(
            f"this machine's clock says {rfc3339(now)}; nothing is opened before {rfc3339(due)}",
            code="release.early_clock", field="clock",
            fix="wait; if the clock is wrong, set it first. What the ledger's servers say does not matter here",
        )  # fmt: skip
    if final < due:
        raise Refused(
            f"the ledger's final block is of {rfc3339(final)}; nothing is opened before {rfc3339(due)}",
            code="release.early_ledger", field="ledger", fix="wait until the ledger's time has come, too",
        )  # fmt: skip


def _check_phase(phase: Phase, envelope: int) -> None:
    due = Phase.CLOSED if envelope == 1 else Phase.PRICE_CLOSED
    if phase is due:
        return
    if phase in (Phase.FAILED, Phase.CANCELLED):
        raise Refused(
            f"the lot has ended: {phase.name.lower()}; nothing of it is opened", code="release.ended", field="--lot"
        )  # fmt: skip
    if phase > due:
        raise Refused(
            "this envelope is open already", code="release.open_already", field="--envelope", fix="nothing is to do"
        )  # fmt: skip
    raise Refused(
        "this envelope is not closed in a final block of the ledger", code="release.not_closed", field="--envelope",
        fix="wait until it is closed: yinxin tender close",
    )  # fmt: skip


def share_for(ledger: TenderLedger, store: ShareStore, state: TenderState, message: Message) -> KeyShare:
    """The share of this home that signs a message of that tender. Raises NotFound, Refused, Damaged."""
    ceremony = ledger.ceremony(state.ceremony)
    if ceremony is None or not ceremony.key:
        raise Refused(
            f"the tender names ceremony {state.ceremony}, of which no key is in force", code="release.ceremony",
            field="tender", fix="ask another endpoint",
        )  # fmt: skip
    share = store.share(state.ceremony)
    fits = share.ceremony == ceremony.plan.roster_digest and share.scope.covers(message)
    if not fits or ceremony.plan.book != ledger.book or ceremony.plan.tender not in (0, message.tender):
        raise Refused(
            f"the share of ceremony {state.ceremony} in this home was not made for tender {message.tender} "
            "of this ledger",
            code="release.scope", field="tender", fix="use the home that took part in that ceremony",
        )  # fmt: skip
    _check_term(state, ceremony.plan)
    return share


def _check_term(state: TenderState, plan: CeremonyPlan) -> None:
    """The ledger checked the announced opening against the term; grace after an outage may move it past the end."""
    if state.open_at > plan.usable_until and not state.grace_used:
        raise Refused(
            f"the key's term ended at {rfc3339(plan.usable_until)}, before the opening", code="release.term",
            field="tender", fix="do not sign; ask another endpoint, and tell the supervisor",
        )  # fmt: skip


def title_of(words: Words) -> Title:
    """What a tender or a lot is called, on one line each."""
    return Title(_line(words.in_("zh")), _line(words.in_("en")))


def _line(text: str) -> str:
    """The text on one line: nothing in it moves the cursor, turns the direction, or looks like another line."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
