"""Clarifications 澄清: a question to a bid, its answer, and how the committee's members vote on it.

====================================  ==========================================================================
``yinxin-clarification-question-1``   on record, kind ``clarification-asked``
``yinxin-clarification-answer-1``     a note, signed by the address that acts for the bid
``yinxin-clarification-vote-1``       a note, signed by a member of the committee
``yinxin-clarification-1``            all of it, on record, kind ``clarification``
====================================  ==========================================================================

Notes lie under :func:`clarifications_topic`. Format: docs/formats/evaluation.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chain.evaluation.sheets.signing import answer_text, sign_text, signer_of, vote_text
from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.errors import InvalidInput
from chain.tenders.opening import LotPlace

QUESTION, ANSWER, VOTE, PAPER = (
    "yinxin-clarification-question-1", "yinxin-clarification-answer-1", "yinxin-clarification-vote-1",
    "yinxin-clarification-1",
)  # fmt: skip
ASKED, KIND = "clarification-asked", "clarification"
"""Kinds on the ledger of a question and of what came of it."""

MATTERS = ("low-price", "formal", "qualification")
"""What a question may be about; the step at which the bid is dropped if the committee is not satisfied."""

_PLACE = {"genesis", "book", "tender", "lot"}
_CODE = "clarification.paper"
_MOST = 200


def clarifications_topic(tender: int, lot: int) -> str:
    """Topic of the board for answers (``answer``) and votes (``vote``)."""
    return f"clarifications/{tender}/{lot}"


@dataclass(frozen=True, slots=True)
class ClarificationQuestion:
    """A question to one bid.

    Attributes:
        lot_place: the lot; ``envelope``: which evaluation asks.
        bid: place of the bid.
        matter: one of :data:`MATTERS`.
        text: the question.
        until: last second for an answer, by the ledger's clock.
    """

    lot_place: LotPlace
    envelope: int
    bid: int
    matter: str
    text: str
    until: int

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput: it would not be read."""
        own = {
            "envelope": self.envelope,
            "bid": self.bid,
            "matter": self.matter,
            "text": self.text,
            "until": self.until,
        }
        data = canonical({"format": QUESTION, **self.lot_place.as_dict(), **own})
        ClarificationQuestion.from_bytes(data)
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> ClarificationQuestion:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value = strict.paper(data, QUESTION, {*_PLACE, "envelope", "bid", "matter", "text", "until"}, _CODE)
        if value["matter"] not in MATTERS:
            raise InvalidInput("matter: " + ", ".join(MATTERS), code=_CODE, field="matter")
        return cls(
            LotPlace.read(value),
            strict.number(value["envelope"], "envelope", _CODE),
            strict.number(value["bid"], "bid", _CODE),
            value["matter"],
            strict.text(value["text"], "text", _CODE),
            strict.number(value["until"], "until", _CODE),
        )


@dataclass(frozen=True, slots=True)
class ClarificationAnswer:
    """The bidder's answer.

    Attributes:
        lot_place: the lot.
        bid: place of the bid.
        question: SHA-256 of the question's paper, 32 bytes.
        text: the answer.
        signature: by the address that acts for the bid, 65 bytes.
    """

    lot_place: LotPlace
    bid: int
    question: bytes
    text: str
    signature: bytes

    @classmethod
    def sign(cls, lot_place: LotPlace, bid: int, question: bytes, text: str, key: bytes) -> ClarificationAnswer:
        """Signed with the private key (32 bytes) of the address that acts for the bid."""
        words = answer_text(lot_place, bid, question, sha256(text.encode("utf-8")))
        return cls(lot_place, bid, question, text, sign_text(words, key))

    @property
    def signer(self) -> bytes | None:
        """Who signed it, 20 bytes, or None."""
        words = answer_text(self.lot_place, self.bid, self.question, sha256(self.text.encode("utf-8")))
        return signer_of(words, self.signature)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the note, 32 bytes, which a vote names."""
        return sha256(self.to_bytes())

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        own = {"bid": self.bid, "question": hex0x(self.question), **self.as_dict()}
        return canonical({"format": ANSWER, **self.lot_place.as_dict(), **own})

    def as_dict(self) -> dict[str, str]:
        """As it stands in the clarification."""
        return {"text": self.text, "signature": b64url(self.signature)}

    @classmethod
    def from_bytes(cls, data: bytes) -> ClarificationAnswer:
        """Inverse of :meth:`to_bytes`; the signature is not checked. Raises InvalidInput."""
        value = strict.paper(data, ANSWER, {*_PLACE, "bid", "question", "text", "signature"}, _CODE)
        return cls(
            LotPlace.read(value),
            strict.number(value["bid"], "bid", _CODE),
            strict.hexed(value["question"], 32, "question"),
            strict.text(value["text"], "text", _CODE),
            strict.raw(value["signature"], 65, "signature", _CODE),
        )


@dataclass(frozen=True, slots=True)
class ClarificationVote:
    """How a member votes.

    Attributes:
        lot_place: the lot.
        bid: place of the bid.
        question: SHA-256 of the question's paper, 32 bytes.
        answer: SHA-256 of the answer's note, 32 bytes; None: no answer came.
        committee: SHA-256 of the committee's paper, 32 bytes.
        account: whose vote, 20 bytes.
        accept: true: the bid stays in.
        reason: in words.
        signature: by the account, 65 bytes.
    """

    lot_place: LotPlace
    bid: int
    question: bytes
    answer: bytes | None
    committee: bytes
    account: bytes
    accept: bool
    reason: str
    signature: bytes = bytes(65)

    def signed(self, key: bytes) -> ClarificationVote:
        """The same, signed with the account's private key, 32 bytes."""
        return ClarificationVote(
            self.lot_place, self.bid, self.question, self.answer, self.committee, self.account, self.accept,
            self.reason, sign_text(self._text, key),
        )  # fmt: skip

    @property
    def is_signed(self) -> bool:
        """True if the account it names signed it."""
        return signer_of(self._text, self.signature) == self.account

    @property
    def _text(self) -> str:
        content = {
            "question": hex0x(self.question), "answer": None if self.answer is None else hex0x(self.answer),
            "accept": self.accept, "reason": self.reason,
        }  # fmt: skip
        return vote_text(self.lot_place, self.bid, self.committee, sha256(canonical(content)))

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput: it would not be read."""
        own = {
            "bid": self.bid, "question": hex0x(self.question), "committee": hex0x(self.committee),
            "answer": None if self.answer is None else hex0x(self.answer), **self.as_dict(),
        }  # fmt: skip
        data = canonical({"format": VOTE, **self.lot_place.as_dict(), **own})
        ClarificationVote.from_bytes(data)
        return data

    def as_dict(self) -> dict[str, Any]:
        """As it stands in the clarification."""
        return {
            "account": hex0x(self.account), "accept": self.accept, "reason": self.reason,
            "signature": b64url(self.signature),
        }  # fmt: skip

    @classmethod
    def from_bytes(cls, data: bytes) -> ClarificationVote:
        """Inverse of :meth:`to_bytes`; the signature is not checked. Raises InvalidInput."""
        names = {*_PLACE, "bid", "question", "answer", "committee", "account", "accept", "reason", "signature"}
        value = strict.paper(data, VOTE, names, _CODE)
        answer = value["answer"]
        return _vote(
            {name: value[name] for name in ("account", "accept", "reason", "signature")},
            LotPlace.read(value),
            strict.number(value["bid"], "bid", _CODE),
            strict.hexed(value["question"], 32, "question"),
            None if answer is None else strict.hexed(answer, 32, "answer"),
            strict.hexed(value["committee"], 32, "committee"),
        )


@dataclass(frozen=True, slots=True)
class Clarification:
    """What came of a question.

    Attributes:
        lot_place: the lot.
        bid: place of the bid.
        question: SHA-256 of the question's paper, 32 bytes.
        answer: the bidder's, or None: none came in time.
        committee: SHA-256 of the committee's paper, 32 bytes.
        votes: in the order of the committee's seats; of those who voted.
    """

    lot_place: LotPlace
    bid: int
    question: bytes
    answer: ClarificationAnswer | None
    committee: bytes
    votes: tuple[ClarificationVote, ...]

    def decision(self, members: int) -> bool | None:
        """True: more than half of so many members accept it; False: more than half do not; None: neither."""
        for wanted in (True, False):
            if 2 * sum(one.accept is wanted for one in self.votes) > members:
                return wanted
        return None

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput: it would not be read."""
        data = canonical(
            {
                "format": PAPER,
                **self.lot_place.as_dict(),
                "bid": self.bid,
                "question": hex0x(self.question),
                "answer": None if self.answer is None else self.answer.as_dict(),
                "committee": hex0x(self.committee),
                "votes": [one.as_dict() for one in self.votes],
            }
        )
        read_clarification(data)
        return data


def read_clarification(data: bytes) -> Clarification:
    """Inverse of :meth:`Clarification.to_bytes`; signatures are not checked. Raises InvalidInput."""
    value = strict.paper(data, PAPER, {*_PLACE, "bid", "question", "answer", "committee", "votes"}, _CODE)
    place, bid = LotPlace.read(value), strict.number(value["bid"], "bid", _CODE)
    question, committee = (
        strict.hexed(value["question"], 32, "question"),
        strict.hexed(value["committee"], 32, "committee"),
    )
    answer = None
    if value["answer"] is not None:
        row = strict.members(value["answer"], {"text", "signature"}, "answer", _CODE)
        signature = strict.raw(row["signature"], 65, "answer.signature", _CODE)
        answer = ClarificationAnswer(place, bid, question, strict.text(row["text"], "answer.text", _CODE), signature)
    digest = None if answer is None else answer.digest
    votes = tuple(
        _vote(one, place, bid, question, digest, committee)
        for one in strict.items(value["votes"], "votes", _CODE, _MOST)
    )
    if len({one.account for one in votes}) != len(votes):
        raise InvalidInput("votes: of each member one", code=_CODE, field="votes")
    return Clarification(place, bid, question, answer, committee, votes)


def _vote(
    value: Any, place: LotPlace, bid: int, question: bytes, answer: bytes | None, committee: bytes
) -> ClarificationVote:
    one = strict.members(value, {"account", "accept", "reason", "signature"}, "votes", _CODE)
    if type(one["accept"]) is not bool:
        raise InvalidInput("votes.accept: true or false", code=_CODE, field="votes.accept")
    return ClarificationVote(
        place, bid, question, answer, committee,
        strict.hexed(one["account"], 20, "votes.account"), one["accept"],
        strict.text(one["reason"], "votes.reason", _CODE),
        strict.raw(one["signature"], 65, "votes.signature", _CODE),
    )  # fmt: skip
