"""What papers after the evaluation have in common: who is named, sums, documents, periods; read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from chain.kernel import strict
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.tenders.notice import Money

CODE = "award.paper"
PLACE = {"genesis", "book", "tender", "lot"}
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,14})\.[0-9]{2}\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_MOST_MEMBERS, _MOST_DOCUMENTS = 20, 100


@dataclass(frozen=True, slots=True)
class Party:
    """Who stands behind a bid, as the opening record names it.

    Attributes:
        code: unified social credit code of the company, or of a consortium's leader.
        name: its name.
        members: code and name of each company, the leader first.
    """

    code: str
    name: str
    members: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As it stands in papers."""
        members = [{"code": code, "name": name} for code, name in self.members]
        return {"code": self.code, "name": self.name, "members": members}


def read_party(value: Any, field: str = "organisation") -> Party:
    """Inverse of :meth:`Party.as_dict`. Raises InvalidInput."""
    found = strict.members(value, {"code", "name", "members"}, field, CODE)
    members = []
    for item in strict.items(found["members"], f"{field}.members", CODE, _MOST_MEMBERS):
        one = strict.members(item, {"code", "name"}, f"{field}.members", CODE)
        members.append((strict.text(one["code"], "code", CODE, 18), strict.text(one["name"], "name", CODE, 200)))
    return Party(
        strict.text(found["code"], "code", CODE, 18), strict.text(found["name"], "name", CODE, 200), tuple(members)
    )


def money_dict(value: Money) -> dict[str, str]:
    """A sum as it stands in papers: exact, two places."""
    return {"amount": f"{value.amount:.2f}", "currency": value.currency}


def read_money(value: Any, field: str = "price") -> Money:
    """Inverse of :func:`money_dict`. Raises InvalidInput."""
    found = strict.members(value, {"amount", "currency"}, field, CODE)
    amount, currency = found["amount"], found["currency"]
    if not isinstance(amount, str) or not _AMOUNT.match(amount):
        raise InvalidInput(
            f"{field}.amount: an amount with two places, as text", code=CODE, field=f"{field}.amount",
            fix='such as "5000000.00"',
        )  # fmt: skip
    if not isinstance(currency, str) or not _CURRENCY.match(currency):
        raise InvalidInput(
            f"{field}.currency: three capital letters", code=CODE, field=f"{field}.currency", fix="such as CNY"
        )
    return Money(Decimal(amount), currency)


@dataclass(frozen=True, slots=True)
class PaperDocument:
    """A document that a paper names; its bytes lie on the boards, or with the parties alone.

    Attributes:
        name: what people read.
        media_type: such as ``application/pdf``.
        size: bytes.
        digest: SHA-256, 32 bytes.
        public: true if its bytes lie on the boards.
    """

    name: str
    media_type: str
    size: int
    digest: bytes
    public: bool

    def as_dict(self) -> dict[str, Any]:
        """As it stands in papers."""
        return {
            "name": self.name, "mediaType": self.media_type, "size": self.size, "digest": hex0x(self.digest),
            "public": self.public,
        }  # fmt: skip


def read_documents(value: Any, field: str = "documents") -> tuple[PaperDocument, ...]:
    """Documents of a paper. Raises InvalidInput."""
    found = []
    for item in strict.items(value, field, CODE, _MOST_DOCUMENTS):
        one = strict.members(item, {"name", "mediaType", "size", "digest", "public"}, field, CODE)
        if not isinstance(one["public"], bool):
            raise InvalidInput(f"{field}.public: true or false", code=CODE, field=f"{field}.public")
        found.append(
            PaperDocument(
                strict.text(one["name"], f"{field}.name", CODE, 200),
                strict.text(one["mediaType"], f"{field}.mediaType", CODE, 100),
                strict.number(one["size"], f"{field}.size", CODE, 0),
                strict.hexed(one["digest"], 32, f"{field}.digest"),
                one["public"],
            )
        )
    return tuple(found)


def read_day(value: Any, field: str) -> date:
    """A day of the calendar, ``2026-01-31``. Raises InvalidInput."""
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        found = None
    if found is None:
        raise InvalidInput(f"{field}: a day such as 2026-01-31", code=CODE, field=field, fix="year-month-day")
    return found


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included."""

    begins: date
    ends: date

    def as_dict(self) -> dict[str, str]:
        """As it stands in papers."""
        return {"from": self.begins.isoformat(), "until": self.ends.isoformat()}


def read_period(value: Any, field: str = "period") -> Period:
    """Inverse of :meth:`Period.as_dict`. Raises InvalidInput."""
    found = strict.members(value, {"from", "until"}, field, CODE)
    period = Period(read_day(found["from"], f"{field}.from"), read_day(found["until"], f"{field}.until"))
    if period.ends < period.begins:
        raise InvalidInput(f"{field} ends before it begins", code=CODE, field=f"{field}.until", fix="a later day")
    return period
