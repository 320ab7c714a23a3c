"""Where in the form a finding of the check belongs: members of the draft are named by the labels that people read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from chain.tenders.notice import NoticeFinding

_PLACES: tuple[tuple[str, str, str], ...] = (
    ("title", "titleZh", "draft.titleZh"),
    ("title.en", "titleEn", "draft.titleEn"),
    ("description", "descriptionZh", "draft.descriptionZh"),
    ("description.en", "descriptionEn", "draft.descriptionEn"),
    ("contact", "contact", "fact.contact"),
    ("questionsUntil", "questionsUntil", "deadline.questions"),
    ("deadline", "deadline", "deadline.label"),
    ("openAt", "openAt", "deadline.opening"),
    ("minimumBids", "minimumBids", "fact.minimum"),
    ("bidValidity", "bidValidity", "draft.validity"),
    ("consortium", "consortium", "draft.consortium"),
    ("guarantee", "guarantee", "draft.guarantee"),
    ("evaluation.method", "method", "method.heading"),
    ("ceremony", "ceremony", "draft.ceremony"),
    ("bureau", "bureau", "fact.bureau"),
    ("bureau.name", "bureauName", "draft.bureauName"),
    ("supervisor", "supervisor", "fact.supervisor"),
    ("supervisor.account", "supervisorAccount", "draft.supervisorAccount"),
    ("envelopes[*].officer", "officerKey", "draft.officerKey"),
    ("envelopes[*].supervisor", "supervisorKey", "draft.supervisorKey"),
    ("custodians", "custodians", "draft.custodians"),
    ("documents", "documents", "draft.documents"),
    ("lots[*].title", "TitleZh", "draft.titleZh"),
    ("lots[*].title.en", "TitleEn", "draft.titleEn"),
    ("lots[*].quantity", "Quantity", "lot.quantity"),
    ("lots[*].unit", "Unit", "draft.unit"),
    ("lots[*].ceiling", "Ceiling", "lot.ceiling"),
    # What the form has no field for stands in the draft's file; people read which part of it.
    ("envelopes", "", "draft.figures"),
    ("evaluation", "", "method.heading"),
    ("qualification", "", "qualification.heading"),
    ("committee", "", "draft.committee"),
    ("lots", "", "lot.heading"),
    ("standstill", "", "periods.standstill"),
    ("complaintPeriod", "", "periods.complaints"),
    ("revealWindow", "", "periods.reveal"),
)
_LOT = re.compile(r"lots\[([0-9]+)\]")


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding at its place in the form.

    Attributes:
        finding: as the check gives it.
        input: id of the field that it is about; empty if the form has none for it.
        label: key of the words over that field, or over the part of the draft's file; ``draft.file`` for any other.
        lot: whose the field is, from 1; 0 for one of the whole tender.
    """

    finding: NoticeFinding
    input: str
    label: str
    lot: int


def placed(finding: NoticeFinding, lots: int) -> Placed:
    """The place of a finding; a member inside another that has a field belongs to that field.

    Args:
        finding: its ``field`` is a path such as ``lots[0].ceiling.currency``.
        lots: how many the form shows.
    """
    found = _LOT.match(finding.field)
    lot = int(found[1]) + 1 if found and int(found[1]) < lots else 0
    path = re.sub(r"\[[0-9]+\]", "[*]", finding.field)
    best, input_, shown = "", "", "draft.file"
    for member, name, label in _PLACES:
        own = member.startswith("lots[")
        inside = path == member or path.startswith((f"{member}.", f"{member}["))
        if inside and len(member) > len(best) and (lot or not own):
            best, input_, shown = member, f"lot{lot}{name}" if own else name, label
    return Placed(finding, input_, shown, lot)


def at_fields(found: Iterable[Placed]) -> dict[str, list[NoticeFinding]]:
    """What must be mended, by the id of the field, in the order in which it was found."""
    by: dict[str, list[NoticeFinding]] = {}
    for one in found:
        if one.input and one.finding.level == "error":
            by.setdefault(one.input, []).append(one.finding)
    return by


__all__ = ["Placed", "at_fields", "placed"]
