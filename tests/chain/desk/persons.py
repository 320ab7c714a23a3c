"""People with keys of their own, for tests of signed decisions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from chain.desk.approvers import Approver, Approvers, Rule
from chain.desk.decisions import Ruling, SignedDecision, request_digest, sign_decision
from chain.desk.messages import Request
from chain.kernel.encoding import hex0x, sha256
from chain.keys.signatures import address_of
from chain.ledger.decision import Decision
from tests.chain.desk.stage import Stage
from tests.support.world import USCC


@dataclass(frozen=True)
class Person:
    """Somebody with a key.

    Attributes:
        name: from which the key is made.
    """

    name: str

    @property
    def key(self) -> bytes:
        """32 bytes."""
        return sha256(f"key of {self.name}".encode())

    @property
    def address(self) -> str:
        """0x hexadecimal."""
        return hex0x(address_of(self.key))

    def approver(self, **changes: Any) -> Approver:
        """As the list has her: everything, alone."""
        return replace(Approver(self.address, self.name, 0, None, {"*": None}), **changes)

    def decision(self, stage: Stage, request: Request, *, approve: bool = True, **changes: Any) -> SignedDecision:
        """Her decision on a request, perhaps saying something else."""
        now = stage.ledger.block.time
        said = Decision(USCC, request_digest(request.to_bytes()), approve, "looked at it", now, now + 3600)
        domain = changes.pop("domain", stage.domain)
        return sign_decision(replace(said, **changes), domain, self.key)


ANNA, BELA, CHEN = Person("Anna"), Person("Bela"), Person("Chen")


def listed(stage: Stage, *people: Approver, **rules: Rule) -> None:
    """Let these people decide at the stage's desk."""
    stage.people = Approvers(people, rules)


def decide(stage: Stage, signed: SignedDecision) -> Ruling:
    """Hand a decision in and let the signer run."""
    name = stage.desk.decisions.put(signed)
    stage.signer.answer_waiting()
    ruling = stage.desk.decisions.ruling(name)
    assert ruling is not None
    assert stage.desk.decisions.names() == []
    return ruling


def said(stage: Stage, signed: SignedDecision) -> str:
    """State of the ruling, or the code of a rejection or failure."""
    ruling = decide(stage, signed)
    return ruling.code or ruling.state
