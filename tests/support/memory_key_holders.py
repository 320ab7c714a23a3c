"""KeyHolderRegistry in memory: the contract's rules, without a node. Time moves only when a test says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from chain.kernel.encoding import sha256
from chain.kernel.errors import NotFound, Refused
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import CeremonyPlan, CeremonyState, TenderEvent

GENESIS = sha256(b"genesis of the key holders' tests")
BOOK = sha256(b"book")[:20]
REGISTRY = sha256(b"registry")[:20]
START = 1_800_000_000


@dataclass
class _Kept:
    plan: CeremonyPlan
    members: tuple[bytes, ...]
    dealt: set[int] = field(default_factory=set)
    complaints: set[tuple[int, int]] = field(default_factory=set)
    answers: set[tuple[int, int]] = field(default_factory=set)
    confirmed: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    key: bytes = b""
    roll_calls: int = 0
    destroyed: set[int] = field(default_factory=set)
    events: list[TenderEvent] = field(default_factory=list)

    def eligible(self) -> tuple[int, ...]:
        open_ones = {accused for _, accused in self.complaints} - {
            accused for accused in self.members_numbers() if self.all_answered(accused)
        }
        return tuple(sorted(self.dealt - open_ones))

    def members_numbers(self) -> range:
        return range(1, len(self.members) + 1)

    def all_answered(self, accused: int) -> bool:
        return all((accused, member) in self.answers for member, other in self.complaints if other == accused)


@dataclass
class MemoryKeyHolders:
    """The ledger side (as far as key holders ask), shared by all accounts of a test."""

    genesis: bytes = GENESIS
    book: bytes = BOOK
    key_registry: bytes = REGISTRY
    time: int = START
    kept: list[_Kept] = field(default_factory=list)
    sent: int = 0

    @property
    def block(self) -> BlockRef:
        return BlockRef(self.time - START + 1, sha256(b"block %d" % self.time), self.time)

    def refresh(self) -> BlockRef:
        return self.block

    def tenders(self) -> int:
        return 0

    def ceremonies(self) -> int:
        return len(self.kept)

    def ceremony(self, ceremony: int) -> CeremonyState | None:
        if not 1 <= ceremony <= len(self.kept):
            return None
        kept = self.kept[ceremony - 1]
        return CeremonyState(kept.plan, kept.members, kept.eligible(), kept.key)

    def ceremony_events(self, ceremony: int) -> Sequence[TenderEvent]:
        return tuple(self.kept[ceremony - 1].events)

    def say(self, ceremony: int, name: str, **values: Any) -> bytes:
        """An event of the registry."""
        self.sent += 1
        transaction = sha256(b"transaction %d" % self.sent)
        kept = self.kept[ceremony - 1]
        values = {"ceremony": ceremony, **values}
        kept.events.append(
            TenderEvent("KeyHolderRegistry", name, values, self.block, transaction, len(kept.events))
        )  # fmt: skip
        return transaction


@dataclass
class MemoryActs:
    """Writing from one account."""

    ledger: MemoryKeyHolders
    address: bytes

    def convene(self, ceremony: int, plan: CeremonyPlan, members: Sequence[bytes]) -> bytes:
        if ceremony != len(self.ledger.kept) + 1:
            raise Refused("NotNextCeremony", code="ledger.refused")
        self.ledger.kept.append(_Kept(plan, tuple(members)))
        return self.ledger.say(ceremony, "Convened", bureau=plan.bureau, plan=plan, members=tuple(members))

    def deal(self, ceremony: int, digest: bytes) -> bytes:
        kept, member = self._member(ceremony)
        self._round(0, kept.plan.deals_until)
        self._once(member not in kept.dealt)
        kept.dealt.add(member)
        return self.ledger.say(ceremony, "Dealt", member=member, digest=digest)

    def complain(self, ceremony: int, accused: int, digest: bytes) -> bytes:
        kept, member = self._member(ceremony)
        self._round(kept.plan.deals_until, kept.plan.complaints_until)
        self._once((member, accused) not in kept.complaints and accused != member)
        kept.complaints.add((member, accused))
        return self.ledger.say(ceremony, "Complained", member=member, accused=accused, digest=digest)

    def answer(self, ceremony: int, complainant: int, digest: bytes) -> bytes:
        kept, member = self._member(ceremony)
        self._round(kept.plan.complaints_until, kept.plan.answers_until)
        if (complainant, member) not in kept.complaints:
            raise Refused("NoComplaint", code="ledger.refused")
        self._once((member, complainant) not in kept.answers)
        kept.answers.add((member, complainant))
        return self.ledger.say(ceremony, "Answered", member=member, complainant=complainant, digest=digest)

    def confirm(self, ceremony: int, transcript: bytes, qualified: Sequence[int], key: bytes) -> bytes:
        kept, member = self._member(ceremony)
        self._round(kept.plan.answers_until, kept.plan.confirm_until)
        if not set(qualified) <= set(kept.eligible()) or member not in qualified:
            raise Refused("BadQualified", code="ledger.refused")
        outcome = (transcript, tuple(qualified), key)
        former = kept.confirmed.get(member)
        self._once(former != outcome)
        self._once(list(kept.confirmed.values()).count(former or ()) < kept.plan.threshold)
        kept.confirmed[member] = outcome
        sent = self.ledger.say(
            ceremony, "Confirmed", member=member, transcript=transcript, qualified=tuple(qualified), publicKey=key
        )
        if list(kept.confirmed.values()).count(outcome) == kept.plan.threshold and not kept.key:
            kept.key = key
            self.ledger.say(
                ceremony, "Activated", transcript=transcript, qualified=tuple(qualified), publicKey=key
            )  # fmt: skip
        return sent

    def roll_call(self, ceremony: int, counter: int, signature: bytes) -> bytes:
        kept = self.ledger.kept[ceremony - 1]
        if counter != kept.roll_calls + 1:
            raise Refused("NotNextCounter", code="ledger.refused")
        kept.roll_calls = counter
        return self.ledger.say(ceremony, "RollCalled", counter=counter, signature=signature)

    def report_destruction(self, ceremony: int, digest: bytes) -> bytes:
        kept, member = self._member(ceremony)
        over = kept.plan.usable_until if kept.key else kept.plan.confirm_until
        if self.ledger.time <= over:
            raise Refused("StillNeeded", code="ledger.refused")
        self._once(member not in kept.destroyed)
        kept.destroyed.add(member)
        return self.ledger.say(ceremony, "ShareDestroyed", member=member, digest=digest)

    def _member(self, ceremony: int) -> tuple[_Kept, int]:
        if not 1 <= ceremony <= len(self.ledger.kept):
            raise NotFound("UnknownCeremony", code="ledger.refused")
        kept = self.ledger.kept[ceremony - 1]
        if self.address not in kept.members:
            raise Refused("NotMember", code="ledger.refused")
        return kept, kept.members.index(self.address) + 1

    def _round(self, after: int, until: int) -> None:
        if not after < self.ledger.time <= until:
            raise Refused("NotInRound", code="ledger.refused")

    def _once(self, fresh: bool) -> None:
        if not fresh:
            raise Refused("AlreadySaid", code="ledger.refused")
