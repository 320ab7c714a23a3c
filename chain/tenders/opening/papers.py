"""Papers of an opening besides its record: objections, answers, a failed lot, the supervisor's signature.

=============================  ==============================================================================
``yinxin-objection-1``         what somebody objects to; its SHA-256 is filed on the ledger
``yinxin-objection-answer-1``  the officer's answer; its SHA-256 settles the case
``yinxin-objection-answer-2``  the same once candidates are named: whether the objection is upheld
``yinxin-lot-failed-1``        why a lot fails though enough bids were live
``yinxin-opening-witness-1``   the supervisor's signature over the content of an opening record
=============================  ==============================================================================

Formats: docs/formats/opening-record.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_hash.auto import keccak

from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x
from chain.kernel.errors import InvalidInput
from chain.keys.accounts import recover_text

OBJECTION = "yinxin-objection-1"
ANSWER = "yinxin-objection-answer-1"
DECIDED_ANSWER = "yinxin-objection-answer-2"
LOT_FAILED = "yinxin-lot-failed-1"
WITNESS = "yinxin-opening-witness-1"
_PLACE = {"genesis", "book", "tender", "lot"}
_CODE = "opening.paper"


@dataclass(frozen=True, slots=True)
class LotPlace:
    """One lot of one tender of one book on one ledger."""

    genesis: bytes
    book: bytes
    tender: int
    lot: int

    def as_dict(self) -> dict[str, str | int]:
        """As it stands in papers."""
        return {"genesis": hex0x(self.genesis), "book": hex0x(self.book), "tender": self.tender, "lot": self.lot}

    @classmethod
    def read(cls, value: dict[str, object]) -> LotPlace:
        """From the members of a paper. Raises InvalidInput."""
        return cls(
            strict.hexed(value["genesis"], 32, "genesis"),
            strict.hexed(value["book"], 20, "book"),
            strict.number(value["tender"], "tender", _CODE),
            strict.number(value["lot"], "lot", _CODE),
        )


@dataclass(frozen=True, slots=True)
class Objection:
    """What somebody objects to. Who, says the ledger: the account that filed its digest."""

    place: LotPlace
    text: str

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput for an empty or overlong text."""
        strict.text(self.text, "text", _CODE)
        return canonical({"format": OBJECTION, **self.place.as_dict(), "text": self.text})

    @classmethod
    def from_bytes(cls, data: bytes) -> Objection:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value = strict.paper(data, OBJECTION, {*_PLACE, "text"}, _CODE)
        return cls(LotPlace.read(value), strict.text(value["text"], "text", _CODE))


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of an objection or complaint about a result.

    Attributes:
        upheld: it is right.
        stands: the result stands all the same; true for what is rejected.
    """

    upheld: bool
    stands: bool = True

    def as_dict(self) -> dict[str, str | bool]:
        """As it stands in papers."""
        return {"decision": "upheld" if self.upheld else "rejected", "stands": self.stands}


def read_outcome(value: dict[str, Any], code: str = _CODE) -> Decision:
    """From the members ``decision`` and ``stands`` of a paper. Raises InvalidInput."""
    decision, stands = value["decision"], value["stands"]
    if decision not in ("upheld", "rejected"):
        raise InvalidInput("decision: upheld or rejected", code=code, field="decision", fix="one of the two words")
    if not isinstance(stands, bool) or (decision == "rejected" and not stands):
        raise InvalidInput(
            "stands: true or false; what is rejected changes no result", code=code, field="stands", fix="write true"
        )
    return Decision(decision == "upheld", stands)


@dataclass(frozen=True, slots=True)
class ObjectionAnswer:
    """The officer's answer to the case of that number, whose paper has that SHA-256 (32 bytes).

    ``outcome``: of an objection to a result; None at the opening, where the record itself is mended or not.
    """

    place: LotPlace
    number: int
    objection: bytes
    text: str
    outcome: Decision | None = None

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput for an empty or overlong text."""
        strict.text(self.text, "text", _CODE)
        own: dict[str, Any] = {"number": self.number, "objection": hex0x(self.objection), "text": self.text}
        if self.outcome is None:
            return canonical({"format": ANSWER, **self.place.as_dict(), **own})
        return canonical({"format": DECIDED_ANSWER, **self.place.as_dict(), **own, **self.outcome.as_dict()})

    @classmethod
    def from_bytes(cls, data: bytes) -> ObjectionAnswer:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        names, decided = {*_PLACE, "number", "objection", "text"}, strict.is_form(data, DECIDED_ANSWER)
        if decided:
            value = strict.paper(data, DECIDED_ANSWER, {*names, "decision", "stands"}, _CODE)
        else:
            value = strict.paper(data, ANSWER, names, _CODE)
        return cls(
            LotPlace.read(value),
            strict.number(value["number"], "number", _CODE),
            strict.hexed(value["objection"], 32, "objection"),
            strict.text(value["text"], "text", _CODE),
            read_outcome(value) if decided else None,
        )


@dataclass(frozen=True, slots=True)
class LotFailed:
    """Why a lot fails at its opening: fewer organisations stand behind its bids than the notice asks for.

    Attributes:
        place: the lot.
        organisations: how many there are.
        minimum: how many the notice asks for.
        record: SHA-256 of the opening record that shows it, 32 bytes.
    """

    place: LotPlace
    organisations: int
    minimum: int
    record: bytes

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        own = {"organisations": self.organisations, "minimum": self.minimum, "record": hex0x(self.record)}
        return canonical({"format": LOT_FAILED, **self.place.as_dict(), **own})

    @classmethod
    def from_bytes(cls, data: bytes) -> LotFailed:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value = strict.paper(data, LOT_FAILED, {*_PLACE, "organisations", "minimum", "record"}, _CODE)
        return cls(
            LotPlace.read(value),
            strict.number(value["organisations"], "organisations", _CODE, 0),
            strict.number(value["minimum"], "minimum", _CODE),
            strict.hexed(value["record"], 32, "record"),
        )


@dataclass(frozen=True, slots=True)
class WitnessNote:
    """The supervisor's signature over the content of an opening record.

    Attributes:
        content: SHA-256 of the content, 32 bytes.
        signature: by the supervisor's account, over :func:`witness_text`, 65 bytes.
    """

    content: bytes
    signature: bytes

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        own = {"content": hex0x(self.content), "signature": b64url(self.signature)}
        return canonical({"format": WITNESS, **own})

    @classmethod
    def from_bytes(cls, data: bytes) -> WitnessNote:
        """Inverse of :meth:`to_bytes`; the signature is not checked. Raises InvalidInput."""
        value = strict.paper(data, WITNESS, {"content", "signature"}, _CODE)
        content = strict.hexed(value["content"], 32, "content")
        return cls(content, strict.raw(value["signature"], 65, "signature", _CODE))

    @property
    def signer(self) -> bytes | None:
        """The account that signed, 20 bytes, or None if the signature is malformed."""
        found = recover_text(witness_text(self.content), self.signature)
        return None if found is None else bytes.fromhex(found[2:])


def witness_text(content: bytes) -> str:
    """What the supervisor signs: words that any wallet shows (EIP-191)."""
    return f"I opened these bids with my own key and found what this record says.\n本人已用自己的密钥开启并核对，与开标记录一致。\nyinxin-opening-record-1 {hex0x(content)}"  # noqa: E501


def witness_digest(content: bytes) -> bytes:
    """The 32 bytes that are signed for :func:`witness_text` (EIP-191, version 0x45)."""
    words = witness_text(content).encode("utf-8")
    return keccak(b"\x19Ethereum Signed Message:\n" + str(len(words)).encode("ascii") + words)
