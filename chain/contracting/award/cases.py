"""Papers of cases: a complaint 投诉 and the supervisor's decision on it.

Objections 异议 and their answers are those of chain.tenders.opening.papers. Format: docs/formats/award.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from chain.contracting.award.parts import CODE, PLACE
from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import hex0x
from chain.tenders.opening import LotPlace
from chain.tenders.opening.papers import Decision, read_outcome

COMPLAINT = "yinxin-complaint-1"
DECISION = "yinxin-decision-on-complaint-1"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody complains of. Who, says the ledger: the account that filed its digest.

    Attributes:
        place: the lot.
        objection: number of the objection before it, or None where the law asks for none.
        text: what is said.
    """

    place: LotPlace
    objection: int | None
    text: str

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput for an empty or overlong text."""
        strict.text(self.text, "text", CODE)
        own = {"objection": self.objection, "text": self.text}
        return canonical({"format": COMPLAINT, **self.place.as_dict(), **own})

    @classmethod
    def from_bytes(cls, data: bytes) -> Complaint:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value = strict.paper(data, COMPLAINT, {*PLACE, "objection", "text"}, CODE)
        before = value["objection"]
        return cls(
            LotPlace.read(value),
            None if before is None else strict.number(before, "objection", CODE),
            strict.text(value["text"], "text", CODE),
        )


@dataclass(frozen=True, slots=True)
class ComplaintDecision:
    """The supervisor's decision on the complaint of that number, whose paper has that SHA-256 (32 bytes)."""

    place: LotPlace
    number: int
    complaint: bytes
    outcome: Decision
    text: str

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput for an empty or overlong text."""
        strict.text(self.text, "text", CODE)
        own = {"number": self.number, "complaint": hex0x(self.complaint), "text": self.text}
        return canonical({"format": DECISION, **self.place.as_dict(), **own, **self.outcome.as_dict()})

    @classmethod
    def from_bytes(cls, data: bytes) -> ComplaintDecision:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        names = {*PLACE, "number", "complaint", "decision", "stands", "text"}
        value = strict.paper(data, DECISION, names, CODE)
        return cls(
            LotPlace.read(value),
            strict.number(value["number"], "number", CODE),
            strict.hexed(value["complaint"], 32, "complaint"),
            read_outcome(value, CODE),
            strict.text(value["text"], "text", CODE),
        )
