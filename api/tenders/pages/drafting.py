"""From a form to the draft that ``yinxin tender check`` and ``publish`` take, and what is still to be mended in it.

The draft is all that is made here: the officer's key signs elsewhere.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from api.tenders.tables import ceremonies, ceremony_members
from chain.tenders.notice import Findings, NoticeFinding, Place, law_findings, make_notice
from chain.tenders.notice.model import CATEGORIES, Category
from chain.tenders.notice.template import blank

MOST_LOTS = 20
"""Lots that the form asks for; a draft may have more, by hand."""
TIMES = ("questionsUntil", "deadline", "openAt")
NUMBERS = ("minimumBids", "bidValidity", "consortium")
_CHINA = "+08:00"


@dataclass(frozen=True, slots=True)
class Shape:
    """What the form is for: category, how many lots and envelopes, periods of a demonstration."""

    category: Category = "goods"
    lots: int = 1
    envelopes: int = 1
    demo: bool = False

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Shape:
        """As far as it says; what it does not say, or says wrongly, is usual."""
        category: Category = next((one for one in CATEGORIES if one == given.get("category")), "goods")
        lots = _whole(given.get("lots", "")) or 1
        two = given.get("envelopes") == "2"
        return cls(category, min(max(lots, 1), MOST_LOTS), 2 if two else 1, given.get("profile") == "demo")


@dataclass(frozen=True, slots=True)
class Key:
    """A key that bids can be sealed to: its ceremony, threshold, members, last second of use."""

    ceremony: int
    threshold: int
    members: int
    until: int


def keys_in_force(engine: Engine, now: int) -> list[Key]:
    """Ceremonies whose key can be used for any tender."""
    query = select(ceremonies).where(ceremonies.c.usable_until > now, ceremonies.c.tender == 0)
    with engine.connect() as connection:
        rows = [row for row in connection.execute(query.order_by(ceremonies.c.number.desc())) if row.key]
        members = connection.execute(select(ceremony_members.c.ceremony)).scalars().all()
    return [Key(row.number, row.threshold, list(members).count(row.number), row.usable_until) for row in rows]


def draft_from(given: Mapping[str, str]) -> dict[str, Any]:
    """The draft that a filled form gives; what was left empty is as ``yinxin tender draft`` writes it."""
    shape = Shape.of(given)
    draft = blank(shape.category, lots=shape.lots, envelopes=shape.envelopes, demo=shape.demo)
    draft["title"], draft["description"] = _words(given, "title"), _words(given, "description")
    draft["contact"] = _text(given, "contact")
    for name in TIMES:
        if said := _text(given, name):
            draft[name] = said + (":00" if len(said) == 16 else "") + _CHINA if "T" in said else said
    for name in NUMBERS:
        if (number := _whole(given.get(name, ""))) is not None:
            draft[name] = number
    draft["ceremony"] = _whole(given.get("ceremony", "")) or 0
    draft["bureau"] = {"uscc": _text(given, "bureau"), "name": _text(given, "bureauName")}
    draft["supervisor"] = {"name": _text(given, "supervisor"), "account": _text(given, "supervisorAccount").lower()}
    for envelope in draft["envelopes"]:
        envelope["officer"], envelope["supervisor"] = _text(given, "officerKey"), _text(given, "supervisorKey")
    draft["custodians"] = [_custodian(line) for line in _lines(given, "custodians")]
    draft["documents"] = [{"path": line} for line in _lines(given, "documents")]
    for lot in draft["lots"]:
        _lot(lot, given, f"lot{lot['number']}")
    if given.get("method") == "lowest-price":
        draft["evaluation"] |= {"method": "lowest-price", "criteria": []}
    if "guarantee" in given:
        said = _text(given, "guarantee")
        draft["guarantee"] = {**draft["guarantee"], "percent": said} if said else None
    return draft


def _lot(lot: dict[str, Any], given: Mapping[str, str], name: str) -> None:
    lot["title"] = _words(given, f"{name}Title")
    if quantity := _text(given, f"{name}Quantity"):
        lot["quantity"] = quantity
    if unit := _text(given, f"{name}Unit"):
        lot["unit"] = {"zh": unit, "en": lot["unit"]["en"] if unit == lot["unit"]["zh"] else ""}
    lot["ceiling"] = _text(given, f"{name}Ceiling") or None


def _custodian(line: str) -> dict[str, str]:
    """``0x… name address``; a name may have blanks."""
    account, _, rest = line.partition(" ")
    name, _, url = rest.strip().rpartition(" ")
    return {"account": account.lower(), "name": name.strip(), "url": url.strip()}


def look_at_draft(draft: Mapping[str, Any], place: Place) -> tuple[NoticeFinding, ...]:
    """What ``yinxin tender check`` would say, but for documents, which lie on the officer's own device; errors first.

    Args:
        draft: of :func:`draft_from`.
        place: where the notice would stand.
    """
    bare = {name: part for name, part in draft.items() if part is not None} | {"documents": []}
    with tempfile.TemporaryDirectory(prefix="yinxin-draft-") as folder:
        made = make_notice(bare, Path(folder), place)
    found = Findings()
    found.add(made.findings)
    if made.notice is not None:
        found.add(law_findings(made.notice, place.now))
    return (*found.errors, *found.warnings)


def _text(given: Mapping[str, str], name: str) -> str:
    return given.get(name, "").replace("\r\n", "\n").strip()


def _words(given: Mapping[str, str], name: str) -> dict[str, str]:
    return {"zh": _text(given, f"{name}Zh"), "en": _text(given, f"{name}En")}


def _lines(given: Mapping[str, str], name: str) -> list[str]:
    return [line.strip() for line in _text(given, name).split("\n") if line.strip()]


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


__all__ = ["MOST_LOTS", "NUMBERS", "TIMES", "Key", "Shape", "draft_from", "keys_in_force", "look_at_draft"]
