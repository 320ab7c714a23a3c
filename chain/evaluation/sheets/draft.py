"""A sheet as a member fills it in (TOML), and back."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chain.evaluation.sheets.checking import SheetFault, expert_criteria, sheet_faults
from chain.evaluation.sheets.sheet import FAIL, PASS, BidSheet, Opinion
from chain.kernel.errors import InvalidInput
from chain.tenders.notice import Notice
from chain.tenders.notice.members import read_decimal

_LONGEST = 2_000
_MEMBERS = {"place", "formal", "formal_reason", "qualification", "qualification_reason", "remark", "points"}
_HEAD = """\
# Score sheet 评审表: tender {tender}, lot {lot}, round {round}.
# formal 形式评审, qualification 资格评审: "pass" or "fail"; a fail needs a reason 不通过须写明理由.
# points 评分: exact, in quotation marks; none for a bid that you fail 判为不通过的不评分.
# Until all members have committed, show it to nobody 全体承诺前请勿示人.

tender = {tender}
lot = {lot}
round = {round}
"""


@dataclass(frozen=True, slots=True)
class SheetDraft:
    """What a member filled in: number of tender, lot and round, the bids, and what is wrong with it."""

    tender: int
    lot: int
    round: int
    bids: tuple[BidSheet, ...]
    faults: tuple[SheetFault, ...]


def write_draft(
    notice: Notice, lot: int, round_: int, places: Iterable[int], shown: Mapping[int, Mapping[str, str]]
) -> str:
    """A draft to fill in: every bid by its place, with ``shown`` figures as comments."""
    out = [_HEAD.format(tender=notice.tender, lot=lot, round=round_)]
    for place in places:
        out.append(f"\n[[bids]]\nplace = {place}\n")
        out += [f"# {name}: {_comment(value)}\n" for name, value in shown.get(place, {}).items()]
        out.append('formal = ""\nformal_reason = ""\nqualification = ""\nqualification_reason = ""\nremark = ""\n')
        criteria = expert_criteria(notice)
        out.append("[bids.points]\n")
        for one in criteria:
            label = _comment(" / ".join(word for word in (one.label.zh, one.label.en) if word))
            out.append(f'"{one.name}" = ""  # 0 – {one.weight:f}, {one.source.step:f}: {label}\n')
    return "".join(out)


def read_draft(text: str, notice: Notice, lot: int, places: Collection[int]) -> SheetDraft:
    """What was filled in, with everything that is wrong at once. Raises InvalidInput: no TOML of this form."""
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(
            f"no TOML: {error}", code="sheet.draft", field="file", fix="begin with yinxin expert sheet"
        ) from error
    if set(value) != {"tender", "lot", "round", "bids"} or not isinstance(value["bids"], list):
        raise InvalidInput(
            "members are tender, lot, round, [[bids]]", code="sheet.draft", field="file",
            fix="begin with yinxin expert sheet",
        )  # fmt: skip
    if any(type(value[name]) is not int for name in ("tender", "lot", "round")):
        raise InvalidInput("tender, lot and round are numbers", code="sheet.draft", field="file")
    if (value["tender"], value["lot"]) != (notice.tender, lot):
        raise InvalidInput(
            f"the sheet is of tender {value['tender']}, lot {value['lot']}", code="sheet.draft", field="lot",
            fix="name that tender and lot",
        )  # fmt: skip
    faults: list[SheetFault] = []
    bids = [bid for number, one in enumerate(value["bids"]) if (bid := _bid(one, number, faults)) is not None]
    twice = {bid.place for bid in bids if sum(bid.place == other.place for other in bids) > 1}
    faults += [SheetFault(f"bids[{place}]", "stands there twice", "重复") for place in sorted(twice)]
    named = {fault.field for fault in faults}
    faults += [fault for fault in sheet_faults(bids, notice, places) if fault.field not in named]
    ordered = tuple(sorted(bids, key=lambda bid: bid.place))
    return SheetDraft(value["tender"], value["lot"], value["round"], ordered, tuple(faults))


def _bid(value: Any, number: int, faults: list[SheetFault]) -> BidSheet | None:
    if not isinstance(value, dict) or not _MEMBERS.issuperset(value) or type(value.get("place")) is not int:
        said = ", ".join(sorted(_MEMBERS))
        faults.append(SheetFault(f"bids[number {number + 1}]", f"members are {said}", f"应有 {said}"))
        return None
    place = value["place"]
    points = value.get("points", {})
    if not isinstance(points, dict):
        faults.append(SheetFault(f"bids[{place}].points", "a table", "应为表"))
        points = {}
    remark = _text(value, "remark", place, faults)
    formal, qualification = (_opinion(value, name, place, faults) for name in ("formal", "qualification"))
    return BidSheet(place, formal, qualification, dict(_points(points, place, faults)), remark)


def _points(points: Mapping[str, Any], place: int, faults: list[SheetFault]) -> Iterator[tuple[str, Decimal]]:
    for name, text in points.items():
        if text == "":
            continue
        found = read_decimal(text)
        if found is None:
            faults.append(
                SheetFault(
                    f"bids[{place}].points.{name}",
                    'an exact number in quotation marks, such as "12.5"',
                    '应为加引号的数，如 "12.5"',
                )
            )
            continue
        yield name, found


def _opinion(value: Mapping[str, Any], name: str, place: int, faults: list[SheetFault]) -> Opinion:
    said, reason = value.get(name), _text(value, f"{name}_reason", place, faults)
    if said not in (PASS, FAIL):
        faults.append(SheetFault(f"bids[{place}].{name}", f'"{PASS}" or "{FAIL}"', f'应为 "{PASS}" 或 "{FAIL}"'))
    if said == FAIL and not reason:
        faults.append(SheetFault(f"bids[{place}].{name}_reason", "a fail needs a reason", "不通过须写明理由"))
    return Opinion(said != FAIL, reason)


def _text(value: Mapping[str, Any], name: str, place: int, faults: list[SheetFault]) -> str:
    text = value.get(name, "")
    if not isinstance(text, str) or len(text) > _LONGEST:
        faults.append(
            SheetFault(
                f"bids[{place}].{name}", f"a text of at most {_LONGEST} characters", f"应为不超过 {_LONGEST} 字的文字"
            )
        )
        return ""
    return text.strip()


def _comment(text: str) -> str:
    """On one line, without what would end the comment or drive a terminal."""
    return "".join(char if char.isprintable() else "\ufffd" for char in " ".join(text.split()))
