"""The contract and its amendments (``yinxin-contract-1``, ``yinxin-contract-amendment-1``), signed by both sides.

Both have the form ``{"content", "format", "officer", "supplier"}``; the signatures are over the SHA-256 of the content
(:mod:`chain.contracting.award.signing`). Format: docs/formats/award.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from chain.contracting.award.parts import (
    CODE,
    PLACE,
    PaperDocument,
    Period,
    money_dict,
    read_day,
    read_documents,
    read_money,
    read_period,
)
from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.tenders.notice import Money
from chain.tenders.opening import LotPlace

CONTRACT = "yinxin-contract-1"
AMENDMENT = "yinxin-contract-amendment-1"
AMENDMENT_KIND = "contract-amendment"
"""Under which an amendment stands on the ledger."""


@dataclass(frozen=True, slots=True)
class Contract:
    """What both sides agree to.

    Attributes:
        place: the lot.
        award: SHA-256 of the award, 32 bytes.
        number: of the contract, as the parties call it.
        title: what people read.
        price: the award's.
        period: in which it is carried out.
        documents: the contract itself and what belongs to it.
        signed_on: day of the signing.
    """

    place: LotPlace
    award: bytes
    number: str
    title: str
    price: Money
    period: Period
    documents: tuple[PaperDocument, ...]
    signed_on: date

    def content(self) -> dict[str, Any]:
        """What is signed, as plain data."""
        return {
            **self.place.as_dict(), "award": hex0x(self.award), "number": self.number, "title": self.title,
            "price": money_dict(self.price), "period": self.period.as_dict(),
            "documents": [one.as_dict() for one in self.documents], "signedOn": self.signed_on.isoformat(),
        }  # fmt: skip

    @property
    def form(self) -> str:
        """Format of the paper."""
        return CONTRACT

    @classmethod
    def read(cls, value: Any) -> Self:
        """Inverse of :meth:`content`. Raises InvalidInput."""
        names = {*PLACE, "award", "number", "title", "price", "period", "documents", "signedOn"}
        found = strict.members(value, names, "content", CODE)
        return cls(
            LotPlace.read(found),
            strict.hexed(found["award"], 32, "award"),
            strict.text(found["number"], "number", CODE, 100),
            strict.text(found["title"], "title", CODE, 500),
            read_money(found["price"]),
            read_period(found["period"]),
            read_documents(found["documents"]),
            read_day(found["signedOn"], "signedOn"),
        )


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change of a contract.

    Attributes:
        place: the lot.
        contract: SHA-256 of the contract, 32 bytes.
        previous: SHA-256 of the paper that it changes: the contract, or the amendment before.
        number: 1, 2, 3 …
        changes: what is changed, in words.
        rationale: why.
        price: as it holds from now on.
        period: as it holds from now on.
        documents: what belongs to it.
        signed_on: day of the signing.
    """

    place: LotPlace
    contract: bytes
    previous: bytes
    number: int
    changes: str
    rationale: str
    price: Money
    period: Period
    documents: tuple[PaperDocument, ...]
    signed_on: date

    def content(self) -> dict[str, Any]:
        """What is signed, as plain data."""
        return {
            **self.place.as_dict(), "contract": hex0x(self.contract), "previous": hex0x(self.previous),
            "number": self.number, "changes": self.changes, "rationale": self.rationale,
            "price": money_dict(self.price), "period": self.period.as_dict(),
            "documents": [one.as_dict() for one in self.documents], "signedOn": self.signed_on.isoformat(),
        }  # fmt: skip

    @property
    def form(self) -> str:
        """Format of the paper."""
        return AMENDMENT

    @classmethod
    def read(cls, value: Any) -> Self:
        """Inverse of :meth:`content`. Raises InvalidInput."""
        names = {
            *PLACE, "contract", "previous", "number", "changes", "rationale", "price", "period", "documents",
            "signedOn",
        }  # fmt: skip
        found = strict.members(value, names, "content", CODE)
        return cls(
            LotPlace.read(found),
            strict.hexed(found["contract"], 32, "contract"),
            strict.hexed(found["previous"], 32, "previous"),
            strict.number(found["number"], "number", CODE),
            strict.text(found["changes"], "changes", CODE),
            strict.text(found["rationale"], "rationale", CODE),
            read_money(found["price"]),
            read_period(found["period"]),
            read_documents(found["documents"]),
            read_day(found["signedOn"], "signedOn"),
        )


Agreement = Contract | Amendment


def content_digest(agreement: Agreement) -> bytes:
    """SHA-256 of the canonical content, 32 bytes: what both sides sign."""
    return sha256(canonical(agreement.content()))


@dataclass(frozen=True, slots=True)
class SignedAgreement:
    """A contract or amendment, signed by both sides (65 bytes each); whose these are is asked of the ledger."""

    agreement: Agreement
    officer: bytes
    supplier: bytes

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": self.agreement.form, "content": self.agreement.content(), "officer": b64url(self.officer),
                "supplier": b64url(self.supplier),
            }
        )  # fmt: skip


def read_contract(data: bytes) -> SignedAgreement:
    """A signed contract. Raises InvalidInput."""
    return _signed(data, CONTRACT, Contract)


def read_amendment(data: bytes) -> SignedAgreement:
    """A signed amendment. Raises InvalidInput."""
    return _signed(data, AMENDMENT, Amendment)


def _signed(data: bytes, form: str, kind: type[Contract] | type[Amendment]) -> SignedAgreement:
    value = strict.paper(data, form, {"content", "officer", "supplier"}, CODE)
    return SignedAgreement(
        kind.read(value["content"]),
        strict.raw(value["officer"], 65, "officer", CODE),
        strict.raw(value["supplier"], 65, "supplier", CODE),
    )
