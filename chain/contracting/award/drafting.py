"""From a draft that a person fills in (TOML or JSON) to a contract or an amendment."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from chain.catalogue.amounts import read_amount
from chain.catalogue.problems import Problem
from chain.contracting.award.awards import Award
from chain.contracting.award.contracts import Agreement, Amendment, Contract
from chain.contracting.award.parts import PaperDocument, Period, read_day
from chain.kernel.encoding import sha256, sha256_file
from chain.kernel.errors import InvalidInput
from chain.tenders.notice import Money
from chain.tenders.notice.draft import read_draft
from chain.tenders.opening import LotPlace

_CODE = "contract.draft"
_CONTRACT = {"number", "title", "price", "from", "until", "signed_on", "documents"}
_AMENDMENT = {"changes", "rationale", "price", "from", "until", "signed_on", "documents"}
_DOCUMENT = {"path", "name", "public"}


@dataclass(frozen=True, slots=True)
class DraftedAgreement:
    """A contract or amendment without signatures; ``files``: digest of a document to the file that has it."""

    agreement: Agreement
    files: Mapping[bytes, Path]


def draft_contract(path: Path, place: LotPlace, award: Award) -> DraftedAgreement:
    """A contract from a draft. The price is the award's; a draft that names another is refused.

    Raises:
        InvalidInput: a member that is missing, unknown or wrong; the member is named.
    """
    value = _read(path, _CONTRACT)
    price = _price(value.get("price"), award.price)
    if price != award.price:
        raise InvalidInput(
            f"the contract's price is {price}, the award's {award.price}", code="contract.price", field="price",
            fix="a contract has the award's price; leave the member out",
        )  # fmt: skip
    documents, files = _documents(value, path)
    agreement = Contract(
        place, sha256(award.to_bytes()), _text(value, "number", 100), _text(value, "title", 500), price,
        _period(value, None), documents, read_day(value.get("signed_on"), "signed_on"),
    )  # fmt: skip
    if not documents:
        raise InvalidInput(
            "no document", code=_CODE, field="documents", fix="name the contract itself under [[documents]]"
        )
    return DraftedAgreement(agreement, files)


def draft_amendment(
    path: Path, place: LotPlace, contract: bytes, previous: bytes, number: int, price: Money, period: Period
) -> DraftedAgreement:
    """An amendment from a draft; price and period that it does not name stay as they are.

    Args:
        path: of the draft.
        place: the lot.
        contract: SHA-256 of the contract.
        previous: SHA-256 of what it changes.
        number: of the amendment.
        price: as it holds until now.
        period: as it holds until now.

    Raises:
        InvalidInput: a member that is missing, unknown or wrong; the member is named.
    """
    value = _read(path, _AMENDMENT)
    documents, files = _documents(value, path)
    amendment = Amendment(
        place, contract, previous, number, _text(value, "changes", 4_000), _text(value, "rationale", 4_000),
        _price(value.get("price"), price), _period(value, period), documents,
        read_day(value.get("signed_on"), "signed_on"),
    )  # fmt: skip
    return DraftedAgreement(amendment, files)


def contract_template(award: Award, day: str) -> str:
    """A draft to fill in, with what is known."""
    return f"""# 合同 contract: {award.organisation.name}, {award.price}
number = ""                 # 合同编号 contract number
title = ""                  # 合同名称 title
from = "{day}"         # 履约起 first day of performance
until = ""                  # 履约止 last day of performance
signed_on = "{day}"    # 签订日期 day of signing

[[documents]]               # 合同文本与附件; public = true lays it on the boards 公开
path = "contract.pdf"
public = false
"""


def amendment_template(price: Money, period: Period, day: str) -> str:
    """A draft of an amendment to fill in, with what holds now."""
    return f"""# 合同变更 amendment
changes = ""                # 变更内容 what is changed
rationale = ""              # 变更理由 why
price = "{str(price).replace(",", "")}"   # 变更后价款 price from now on
from = "{period.begins}"
until = "{period.ends}"
signed_on = "{day}"
"""


def _read(path: Path, names: set[str]) -> dict[str, Any]:
    value = read_draft(path)
    unknown = sorted(set(value) - names)
    if unknown:
        listed = ", ".join(sorted(names))
        raise InvalidInput(f"{unknown[0]} is no member here", code=_CODE, field=unknown[0], fix=f"members: {listed}")
    return value


def _text(value: dict[str, Any], name: str, most: int) -> str:
    found = value.get(name)
    if not isinstance(found, str) or not 0 < len(found.strip()) <= most:
        raise InvalidInput(f"{name}: a text of 1 to {most} characters", code=_CODE, field=name, fix="write it down")
    return found.strip()


def _price(value: Any, default: Money) -> Money:
    if value is None:
        return default
    notes: list[Problem] = []
    found = read_amount(value, notes) if isinstance(value, str) else None
    if found is None:
        raise InvalidInput("price: an amount with its currency", code=_CODE, field="price", fix='"CNY 5000000.00"')
    currency, amount = found.split(" ")
    return Money(Decimal(amount), currency)


def _period(value: dict[str, Any], default: Period | None) -> Period:
    if default is not None:
        value = {"from": default.begins.isoformat(), "until": default.ends.isoformat(), **value}
    period = Period(read_day(value.get("from"), "from"), read_day(value.get("until"), "until"))
    if period.ends < period.begins:
        raise InvalidInput("until is before from", code=_CODE, field="until", fix="a later day")
    return period


def _documents(value: dict[str, Any], path: Path) -> tuple[tuple[PaperDocument, ...], dict[bytes, Path]]:
    documents: list[PaperDocument] = []
    files: dict[bytes, Path] = {}
    listed = value.get("documents", [])
    if not isinstance(listed, list) or len(listed) > 100:
        raise InvalidInput("documents: at most 100", code=_CODE, field="documents", fix="begin each with [[documents]]")
    for at, item in enumerate(listed):
        field = f"documents[{at}]"
        if not isinstance(item, dict) or not set(item) <= _DOCUMENT or not isinstance(item.get("path"), str):
            raise InvalidInput(f"{field}: path, and if wanted name and public", code=_CODE, field=field)
        file = path.parent / item["path"]
        try:
            digest, size = sha256_file(file)
        except OSError as error:
            raise InvalidInput(
                f"{file} cannot be read", code=_CODE, field=f"{field}.path", fix="name a file, seen from the draft"
            ) from error  # fmt: skip
        name, public = item.get("name", file.name), item.get("public", False)
        if not isinstance(name, str) or not 0 < len(name) <= 200 or not isinstance(public, bool):
            raise InvalidInput(f"{field}: name is a text, public true or false", code=_CODE, field=field)
        media = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        documents.append(PaperDocument(name, media, size, digest, public))
        files[digest] = file
    return tuple(documents), files
