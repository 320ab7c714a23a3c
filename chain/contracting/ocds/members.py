"""Parties, values, periods, documents, places on the ledger, as OCDS writes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chain.documents.cids import cid_of_sha256
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.tender_facts import TenderEvent
from chain.tenders.notice import Money, Words

SCHEME = "CN-USCC"
"""Of organisation identifiers: unified social credit codes 统一社会信用代码 (GB 32100)."""

_RAW = 2**20
"""Up to this size a file is one raw block, so its digest gives its CID."""


def organisation_id(code: str) -> str:
    """Identifier of an organisation within a package."""
    return f"{SCHEME}-{code}"


def reference(code: str, name: str) -> dict[str, Any]:
    """A reference to a party."""
    return {"id": organisation_id(code), "name": name}


def party(code: str, name: str, roles: Iterable[str]) -> dict[str, Any]:
    """An organisation with its roles."""
    return {
        **reference(code, name),
        "identifier": {"scheme": SCHEME, "id": code, "legalName": name},
        "roles": sorted(set(roles)),
    }


def value(money: Money) -> dict[str, Any]:
    """A sum: as a number, as the standard wants it, and as the exact text beside it."""
    amount = money.amount
    number = int(amount) if amount == amount.to_integral_value() else float(amount)
    return {"amount": number, "currency": money.currency, "exact": f"{amount:.2f}"}


def period(start: int, end: int) -> dict[str, Any]:
    """A period between two seconds."""
    return {"startDate": rfc3339(start), "endDate": rfc3339(end)}


def words(name: str, text: Words | None) -> dict[str, str]:
    """A text in Chinese, and in English under ``…_en``; each only if it is there."""
    if text is None:
        return {}
    out = {name: text.zh or text.en}
    if text.zh and text.en:
        out[f"{name}_en"] = text.en
    return out


def ledger(event: TenderEvent) -> dict[str, Any]:
    """Where on the ledger something stands."""
    return {"transaction": hex0x(event.transaction), "block": event.block.number}


@dataclass(frozen=True, slots=True)
class Papers:
    """How documents are addressed: ``base`` is the address of a service that serves the tender's papers, or empty."""

    base: str
    tender: int

    def document(
        self,
        name: str,
        kind: str,
        title: dict[str, str],
        digest: bytes,
        *,
        event: TenderEvent | None = None,
        lot: int = 0,
        size: int | None = None,
        form: str = "application/json",
        linked: bool = True,
    ) -> dict[str, Any]:
        """A document with its digest.

        Args:
            name: its identifier, unique in its list.
            kind: code of documentType.
            title: ``title`` and, where there is one, ``title_en``.
            digest: SHA-256, 32 bytes.
            event: that put it on the ledger, or None.
            lot: that it is about, or 0.
            size: bytes, or None: not known.
            form: media type.
            linked: the service serves it under its digest.
        """
        out: dict[str, Any] = {"id": name, "documentType": kind, **title, "format": form, "sha256": hex0x(digest)}
        if size is not None:
            out["size"] = size
            if size <= _RAW:
                out["cid"] = cid_of_sha256(digest)
        if event is not None:
            out |= {"datePublished": rfc3339(event.block.time), "ledger": ledger(event)}
        if lot:
            out["relatedLots"] = [str(lot)]
        if self.base and linked:
            out["url"] = f"{self.base}/v1/tenders/{self.tender}/papers/{hex0x(digest)}"
        return out
