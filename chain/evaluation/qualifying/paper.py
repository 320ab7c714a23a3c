"""What came of looking at the bidders' certificates (``yinxin-qualification-1``), public.

On the ledger under the kind ``qualification``, after the opening of the envelope and its record. It names nobody, and
no certificate by number: bids by their places, what was shown by its SHA-256. Format: docs/formats/qualification.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.tenders.notice import Money
from chain.tenders.opening import LotPlace

FORMAT = "yinxin-qualification-1"
KIND = "qualification"
"""Under which the paper stands on the ledger (``ITenderProceedings.record``)."""
MOST_FINDINGS, LONGEST_FINDING = 100, 400
_CODE = "qualification.paper"
_PLACE = {"genesis", "book", "tender", "lot"}
_NAME = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+\Z")
_AMOUNT = re.compile(r"(?:0|[1-9][0-9]{0,15})\.[0-9]{2}\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")


class Answer(StrEnum):
    """What came of one question. ``UNKNOWN`` could not be told, and is neither of the others."""

    PASS = "pass"  # noqa: S105 - an answer
    FAIL = "fail"
    UNKNOWN = "unknown"


class Moment(StrEnum):
    """As of when something was found: the deadline's block, the opening's, or whenever one looks."""

    DEADLINE = "deadline"
    OPENING = "opening"
    ALWAYS = "always"


def worst(answers: Iterable[Answer]) -> Answer:
    """``FAIL`` if one fails, else ``UNKNOWN`` if one could not be told, else ``PASS``."""
    found = set(answers)
    return next((one for one in (Answer.FAIL, Answer.UNKNOWN) if one in found), Answer.PASS)


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was found: as of when, a code such as ``certificate.refused``, a sentence in each language."""

    at: Moment
    code: str
    zh: str
    en: str

    def as_dict(self) -> dict[str, str]:
        """As it stands in the paper."""
        return {"at": self.at.value, "code": self.code, "zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """One rule of the notice, for one bid.

    Attributes:
        rule: its name in the notice.
        required: a bid that fails it does not qualify.
        deadline: as of the deadline's block.
        opening: as of the opening's block.
        shown: SHA-256 of each presentation that was looked at for it, 32 bytes.
        findings: what speaks against it, or leaves it open.
    """

    rule: str
    required: bool
    deadline: Answer
    opening: Answer
    shown: tuple[bytes, ...] = ()
    findings: tuple[Said, ...] = ()

    @property
    def result(self) -> Answer:
        """A certificate must hold at both moments."""
        return worst((self.deadline, self.opening))


@dataclass(frozen=True, slots=True)
class GuaranteeAnswer:
    """The guarantee 投标保函 of one bid.

    Attributes:
        deadline: as of the deadline's block.
        opening: as of the opening's block.
        money: what it guarantees; None unless a genuine certificate says so.
        until: second at which it has ended; None unless known.
        bank: USCC of the bureau that issued it; empty unless genuine.
        certificate: SHA-256 of the bank's signed certificate (its issuer-signed JWT), by which the bank finds it,
            32 bytes; None unless genuine.
        findings: what speaks against it, or leaves it open.
    """

    deadline: Answer
    opening: Answer
    money: Money | None = None
    until: int | None = None
    bank: str = ""
    certificate: bytes | None = None
    findings: tuple[Said, ...] = ()

    @property
    def result(self) -> Answer:
        """It must hold at both moments."""
        return worst((self.deadline, self.opening))


@dataclass(frozen=True, slots=True)
class QualifiedBid:
    """One opened bid: its place, an answer for each rule in the order of the notice, the guarantee if one is asked."""

    place: int
    rules: tuple[RuleAnswer, ...]
    guarantee: GuaranteeAnswer | None = None

    @property
    def result(self) -> Answer:
        """Of what is required and the guarantee; rules that are not required decide nothing."""
        answers = [one.result for one in self.rules if one.required]
        return worst(answers if self.guarantee is None else [*answers, self.guarantee.result])


@dataclass(frozen=True, slots=True)
class Qualification:
    """The whole paper.

    Attributes:
        place: the lot.
        envelope: after whose opening it was looked.
        record: SHA-256 of the opening record, 32 bytes.
        deadline: number and second of the last block of the bidding.
        opening: number and second of the block that opened the envelope.
        bids: those that opened, ascending by place.
    """

    place: LotPlace
    envelope: int
    record: bytes
    deadline: tuple[int, int]
    opening: tuple[int, int]
    bids: tuple[QualifiedBid, ...]

    def bid(self, place: int) -> QualifiedBid | None:
        """The bid of that place, or None."""
        return next((one for one in self.bids if one.place == place), None)

    def places(self, result: Answer) -> tuple[int, ...]:
        """Places of the bids with that result."""
        return tuple(one.place for one in self.bids if one.result is result)

    def to_bytes(self) -> bytes:
        """Canonical JSON, as :func:`read_qualification` reads it. Raises InvalidInput: it would not be read."""
        data = canonical(
            {
                "format": FORMAT,
                **self.place.as_dict(),
                "envelope": self.envelope,
                "record": hex0x(self.record),
                "deadline": _write_block(self.deadline),
                "opening": _write_block(self.opening),
                "bids": [_write_bid(bid) for bid in self.bids],
            }
        )
        read_qualification(data)
        return data


def read_qualification(data: bytes) -> Qualification:
    """Inverse of :meth:`Qualification.to_bytes`. Raises InvalidInput."""
    names = {*_PLACE, "envelope", "record", "deadline", "opening", "bids"}
    value = strict.paper(data, FORMAT, names, _CODE)
    bids = tuple(_bid(one, f"bids[{at}]") for at, one in enumerate(strict.items(value["bids"], "bids", _CODE)))
    if [one.place for one in bids] != sorted({one.place for one in bids}):
        raise _bad("bids", "ascending by place, each once")
    if len({tuple(rule.rule for rule in bid.rules) for bid in bids}) > 1:
        raise _bad("bids.rules", "the same rules in the same order for every bid")
    return Qualification(
        LotPlace.read(value),
        strict.number(value["envelope"], "envelope", _CODE),
        strict.hexed(value["record"], 32, "record"),
        _block(value["deadline"], "deadline"),
        _block(value["opening"], "opening"),
        bids,
    )


def _write_block(block: tuple[int, int]) -> dict[str, int]:
    return {"number": block[0], "time": block[1]}


def _write_bid(bid: QualifiedBid) -> dict[str, Any]:
    mine = bid.guarantee
    return {
        "place": bid.place,
        "result": bid.result.value,
        "rules": [
            {
                "rule": one.rule,
                "required": one.required,
                "result": one.result.value,
                "deadline": one.deadline.value,
                "opening": one.opening.value,
                "shown": [hex0x(digest) for digest in one.shown],
                "findings": [said.as_dict() for said in one.findings],
            }
            for one in bid.rules
        ],
        "guarantee": None
        if mine is None
        else {
            "result": mine.result.value,
            "deadline": mine.deadline.value,
            "opening": mine.opening.value,
            "amount": None if mine.money is None else f"{mine.money.amount:.2f}",
            "currency": None if mine.money is None else mine.money.currency,
            "until": mine.until,
            "bank": mine.bank,
            "certificate": None if mine.certificate is None else hex0x(mine.certificate),
            "findings": [said.as_dict() for said in mine.findings],
        },
    }


def _block(value: Any, field: str) -> tuple[int, int]:
    one = strict.members(value, {"number", "time"}, field, _CODE)
    return strict.number(one["number"], f"{field}.number", _CODE, 0), strict.number(one["time"], f"{field}.time", _CODE)


def _bid(value: Any, field: str) -> QualifiedBid:
    one = strict.members(value, {"place", "result", "rules", "guarantee"}, field, _CODE)
    rules = tuple(_rule(item, f"{field}.rules") for item in strict.items(one["rules"], f"{field}.rules", _CODE, 100))
    if len({rule.rule for rule in rules}) != len(rules):
        raise _bad(f"{field}.rules", "each rule once")
    guarantee = None if one["guarantee"] is None else _guarantee(one["guarantee"], f"{field}.guarantee")
    bid = QualifiedBid(strict.number(one["place"], f"{field}.place", _CODE), rules, guarantee)
    _same(bid.result, one["result"], field)
    return bid


def _rule(value: Any, field: str) -> RuleAnswer:
    names = {"rule", "required", "result", "deadline", "opening", "shown", "findings"}
    one = strict.members(value, names, field, _CODE)
    if type(one["required"]) is not bool:
        raise _bad(f"{field}.required", "true or false")
    shown = tuple(strict.hexed(item, 32, "shown") for item in strict.items(one["shown"], f"{field}.shown", _CODE, 200))
    answer = RuleAnswer(
        strict.text(one["rule"], f"{field}.rule", _CODE, 100),
        one["required"],
        _answer(one["deadline"], f"{field}.deadline"),
        _answer(one["opening"], f"{field}.opening"),
        shown,
        _findings(one["findings"], field),
    )
    _same(answer.result, one["result"], field)
    return answer


def _guarantee(value: Any, field: str) -> GuaranteeAnswer:
    names = {"result", "deadline", "opening", "amount", "currency", "until", "bank", "certificate", "findings"}
    one = strict.members(value, names, field, _CODE)
    until, bank, certificate = one["until"], one["bank"], one["certificate"]
    if not isinstance(bank, str) or len(bank) not in (0, 18):
        raise _bad(f"{field}.bank", "a credit code of 18 characters, or empty")
    answer = GuaranteeAnswer(
        _answer(one["deadline"], f"{field}.deadline"),
        _answer(one["opening"], f"{field}.opening"),
        _money(one["amount"], one["currency"], field),
        None if until is None else strict.number(until, f"{field}.until", _CODE),
        bank,
        None if certificate is None else strict.hexed(certificate, 32, f"{field}.certificate"),
        _findings(one["findings"], field),
    )
    _same(answer.result, one["result"], field)
    return answer


def _money(amount: Any, currency: Any, field: str) -> Money | None:
    if amount is None and currency is None:
        return None
    if not isinstance(amount, str) or not _AMOUNT.match(amount):
        raise _bad(f"{field}.amount", "a decimal with two places, as text")
    if not isinstance(currency, str) or not _CURRENCY.match(currency):
        raise _bad(f"{field}.currency", "three capitals")
    return Money(Decimal(amount), currency)


def _findings(value: Any, field: str) -> tuple[Said, ...]:
    return tuple(
        _said(item, f"{field}.findings") for item in strict.items(value, f"{field}.findings", _CODE, MOST_FINDINGS)
    )


def _said(value: Any, field: str) -> Said:
    one = strict.members(value, {"at", "code", "zh", "en"}, field, _CODE)
    if one["at"] not in set(Moment):
        raise _bad(f"{field}.at", ", ".join(Moment))
    code = strict.text(one["code"], f"{field}.code", _CODE, 60)
    if not _NAME.match(code):
        raise _bad(f"{field}.code", "words of small letters, joined by dots")
    texts = (strict.text(one[language], f"{field}.{language}", _CODE, LONGEST_FINDING) for language in ("zh", "en"))
    return Said(Moment(one["at"]), code, *texts)


def _answer(value: Any, field: str) -> Answer:
    if value not in set(Answer):
        raise _bad(field, ", ".join(Answer))
    return Answer(value)


def _same(found: Answer, said: Any, field: str) -> None:
    if found.value != said:
        raise _bad(f"{field}.result", f"what its parts give: {found.value}")


def _bad(field: str, rule: str) -> InvalidInput:
    return InvalidInput(f"{field}: {rule}", code=_CODE, field=field)
