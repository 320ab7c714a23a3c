"""A key holder's part in a ceremony: what is due in each round, by the ledger's clock.

Everything a member says follows from its seed, the key on its card, and what ledger and boards say; so a machine that
died anywhere goes on, says nothing twice, and says the same. A deal is on the board before its digest is on the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, InvalidInput, Refused, Unavailable, YinxinError
from chain.kernel.steps import reached
from chain.kernel.tender_ports import TenderActs, TenderLedger
from chain.sealing.ceremony import (
    Deal,
    Judgement,
    Roster,
    box_word,
    make_answer,
    make_complaint,
    make_confirmation,
    make_deal,
    missing_word,
    read_deal,
    take_share,
)
from chain.tenders.holding.ceremonies import Ceremony, Round, confirmations_topic, key_in_force, read_ceremony
from chain.tenders.holding.papers import SeenBoard
from chain.tenders.holding.store import ShareStore


class Standing(StrEnum):
    """How a ceremony stands for one member."""

    GOING_ON = "going_on"
    READY = "ready"
    """The key is in force and the member's share is kept."""
    LEFT_OUT = "left_out"
    FAILED = "failed"
    """Its rounds are over, and no key is in force."""
    DESTROYED = "destroyed"


@dataclass(slots=True)
class Report:
    """What a member did in one pass, and how it stands.

    Attributes:
        ceremony: its number.
        member: the member's number.
        standing: see :class:`Standing`.
        done: what was said on the ledger in this pass, in words.
        notes: what is worth knowing, such as who was left out and why.
        due: second, by the ledger's clock, at which the present round ends; 0 if nothing is to come.
    """

    ceremony: int
    member: int
    standing: Standing = Standing.GOING_ON
    done: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    due: int = 0


@dataclass(frozen=True, slots=True)
class Holder:
    """One key holder at work.

    Attributes:
        ledger: as its own endpoints tell it.
        acts: of its account.
        board: where deals lie.
        store: seeds, cards' keys and shares.
    """

    ledger: TenderLedger
    acts: TenderActs
    board: SeenBoard
    store: ShareStore

    def ceremonies(self) -> list[int]:
        """Numbers of the ceremonies to which this account is invited."""
        found = []
        for number in range(1, self.ledger.ceremonies() + 1):
            state = self.ledger.ceremony(number)
            if state is not None and state.plan.book == self.ledger.book and self.acts.address in state.members:
                found.append(number)
        return found

    def note_openings(self, now: int) -> None:
        """Remember when tenders open that this home's shares are for, as long as that is still to come."""
        mine = set(self.store.ceremonies())
        for number in range(1, self.ledger.tenders() + 1) if mine else ():
            if not 0 < self.store.opening_of(number) < now:
                state = self.ledger.tender(number)
                if state is not None and state.ceremony in mine:
                    self.store.note_opening(number, state.open_at)

    def go_on(self, number: int) -> Report:
        """Do what is due now in that ceremony.

        Raises:
            Refused: the account is not invited, or the roster has a key of this member that is not of a fresh card.
            NotFound, Damaged, Conflict, Unavailable: as ledger, boards and rules say; calling again does no harm.
        """
        ceremony = read_ceremony(self.ledger, self.board, number)
        member = ceremony.member_of(self.acts.address)
        if member is None:
            raise Refused(
                f"this account is not invited to ceremony {number}", code="holding.stranger", field="ceremony"
            )
        report = Report(number, member, due=_end(ceremony))
        if member in ceremony.destroyed:
            report.standing, report.due = Standing.DESTROYED, 0
            return report
        if self.store.record_file(number).exists():
            report.standing, report.due = Standing.DESTROYED, 0
            report.notes.append(f"not on the ledger yet: yinxin keyholder destroy {number}")
            return report
        self.store.bind_card(number, ceremony.roster.members[member - 1].key)
        for data in ceremony.deals.values():
            self.board.spread(data)
        try:
            _ROUNDS[ceremony.round](self, ceremony, report)
        except (Refused, Unavailable) as error:
            if error.code not in _PASSING:
                raise
            report.notes.append(error.message)
            if error.code == "ceremony.box":
                report.standing = Standing.LEFT_OUT
        return report

    # ------------------------------------------------------------------ rounds

    def _deal(self, ceremony: Ceremony, report: Report) -> None:
        me, number = report.member, ceremony.number
        data = self._own_deal(ceremony, me)
        if me in ceremony.deals:
            return
        reached("holder-seed")
        self.board.put(data)
        reached("holder-deal-put")
        if me not in ceremony.dealt:
            self.acts.deal(number, sha256(data))
            report.done.append("dealt")
            reached("holder-dealt")

    def _own_deal(self, ceremony: Ceremony, me: int) -> bytes:
        """The deal that follows from this home's seed. Raises Conflict if the account dealt another one."""
        number, dealt = ceremony.number, ceremony.dealt.get(me)
        if dealt is not None and not self.store.has_seed(number):
            raise _two_homes(number)
        data = make_deal(ceremony.roster, me, self.store.seed(number)).to_bytes()
        if dealt is not None and dealt != sha256(data):
            raise _two_homes(number)
        return data

    def _complain(self, ceremony: Ceremony, report: Report) -> None:
        me, plan = report.member, ceremony.state.plan
        # Time to put deals on the boards again: only then is a deal missing.
        late = 2 * ceremony.time >= plan.deals_until + plan.complaints_until
        deals = good_deals(ceremony)
        for accused in ceremony.missing:
            report.notes.append(f"the deal of member {accused} is on no board")
        private = self.store.card_key(ceremony.number)
        complaint = make_complaint(ceremony.roster, me, private, deals.values(), ceremony.missing if late else ())
        if complaint is None:
            return
        for accused in complaint.accused:
            if accused == me or accused in ceremony.complaints.get(me, {}):
                continue
            word = missing_word if accused in complaint.missing else box_word
            self.acts.complain(ceremony.number, accused, word(ceremony.roster, me, accused))
            report.done.append(f"complained of member {accused}")
            reached("holder-complained")

    def _answer(self, ceremony: Ceremony, report: Report) -> None:
        me, number = report.member, ceremony.number
        against = [member for member, words in ceremony.complaints.items() if me in words]
        if not against or me not in ceremony.dealt:
            return
        self._own_deal(ceremony, me)
        answer = make_answer(ceremony.roster, me, self.store.seed(number), ceremony.transcript())
        if answer is None:
            return
        said, plain = ceremony.answers.get(me, {}), ceremony.dealt[me]
        shown = [member for member, word in answer.shares.items() if word != plain]
        self.store.shown(number).note(shown, ceremony.roster.threshold)
        for member, share in sorted(answer.shares.items()):
            if member not in said:
                self.acts.answer(number, member, share)
                report.done.append(f"answered member {member}")
                reached("holder-answered")

    def _confirm(self, ceremony: Ceremony, report: Report) -> None:
        judgement = ceremony.judge()
        _name_faults(judgement, report)
        outcome = (judgement.transcript, judgement.qualified, judgement.opening_key.key)
        said = ceremony.confirmed.get(report.member)
        # Another outcome than before: a paper came to light. It may be said while no key is in force.
        due = said is None or (said != outcome and not ceremony.state.key)
        if self._take(ceremony, judgement, report) and due:
            confirmation = make_confirmation(judgement, self.store.share(ceremony.number))
            topic = confirmations_topic(ceremony.number)
            self.board.post(topic, f"holder-{report.member}", confirmation.to_bytes())
            self.acts.confirm(ceremony.number, *outcome)
            report.done.append("confirmed")
            reached("holder-confirmed")
        if ceremony.state.key and report.standing is Standing.GOING_ON:
            key_in_force(ceremony)
            report.standing, report.due = Standing.READY, 0

    def _afterwards(self, ceremony: Ceremony, report: Report) -> None:
        report.due = 0
        if not ceremony.state.key:
            report.standing = Standing.FAILED
            try:
                _name_faults(ceremony.judge(), report)
                confirmed = ", ".join(map(str, ceremony.confirmed)) or "nobody"
                report.notes.append(f"{ceremony.state.plan.threshold} had to confirm in time; {confirmed} did")
            except YinxinError as error:
                report.notes.append(error.message)
            return
        if self.store.has(ceremony.number):
            report.standing = Standing.READY
            return
        judgement = key_in_force(ceremony)
        _name_faults(judgement, report)
        if self._take(ceremony, judgement, report):
            report.standing = Standing.READY

    def _take(self, ceremony: Ceremony, judgement: Judgement, report: Report) -> bool:
        """Take and keep the share; False for who is left out."""
        if report.member not in judgement.qualified:
            report.standing = Standing.LEFT_OUT
            return False
        if not self.store.has(ceremony.number):
            private = self.store.card_key(ceremony.number)
            self.store.keep(ceremony.number, take_share(judgement, report.member, private))
            report.done.append("kept the share")
            reached("holder-share-kept")
        elif self.store.share(ceremony.number).ceremony != judgement.roster.digest():
            raise Conflict(
                f"the share of ceremony {ceremony.number} in this home is of another registry's ceremony",
                code="holding.other_registry", field="home", fix="take part from a home of its own",
            )  # fmt: skip
        return True


def good_deals(ceremony: Ceremony) -> dict[int, Deal]:
    """Deals that are to be had and not bad."""
    return _good(ceremony.roster, dict(ceremony.deals))


def _good(roster: Roster, sent: dict[int, bytes]) -> dict[int, Deal]:
    found = {}
    for number, data in sorted(sent.items()):
        try:
            found[number] = read_deal(data, roster, number)
        except InvalidInput:
            continue
    return found


def _name_faults(judgement: Judgement, report: Report) -> None:
    for fault in judgement.faults:
        report.notes.append(f"member {fault.member} is left out: {fault.offence} ({fault.detail})")


def _end(ceremony: Ceremony) -> int:
    plan = ceremony.state.plan
    ends = {
        Round.DEALS: plan.deals_until,
        Round.COMPLAINTS: plan.complaints_until,
        Round.ANSWERS: plan.answers_until,
        Round.CONFIRMATIONS: plan.confirm_until,
        Round.OVER: 0,
    }
    return ends[ceremony.round]


def _two_homes(number: int) -> Conflict:
    return Conflict(
        f"this account dealt in ceremony {number} from a seed that is not in this home", code="holding.two_homes",
        field="home", fix="work from the home that dealt; one key holder has one home",
    )  # fmt: skip


_PASSING = (
    "ceremony.withheld",
    "ceremony.complaints",
    "ceremony.hidden",
    "ceremony.qualified",
    "ceremony.box",
    "holding.many_shown",
)
"""What a member can only note, and look at again in the next pass."""

_ROUNDS = {
    Round.DEALS: Holder._deal,
    Round.COMPLAINTS: Holder._complain,
    Round.ANSWERS: Holder._answer,
    Round.CONFIRMATIONS: Holder._confirm,
    Round.OVER: Holder._afterwards,
}
