"""The opening form 开标一览表 as a notice lays it down: which figures a bid must state, of which kind, within what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from chain.tenders.notice.findings import Findings
from chain.tenders.notice.members import Members, Words, read_decimal

FieldKind = Literal["money", "number", "integer", "days", "text", "choice"]
KINDS: tuple[FieldKind, ...] = ("money", "number", "integer", "days", "text", "choice")

MOST_FIELDS = 200
LONGEST_VALUE = 1_000
"""Most characters of a text in the form (a sealed form takes 4,096 bytes)."""

_MEMBERS = ("name", "label", "kind", "unit", "least", "most", "choices", "required", "scored")
_NUMBERS = ("money", "number", "integer", "days")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_MONEY = re.compile(r"(0|[1-9][0-9]{0,14})\.[0-9]{2}\Z")
_WHOLE = re.compile(r"(0|[1-9][0-9]{0,14})\Z")


@dataclass(frozen=True, slots=True)
class FormField:
    """One figure that a bid states.

    Attributes:
        name: of the figure in the sealed form, such as ``price``.
        label: what people read.
        kind: ``money`` (two places), ``number``, ``integer``, ``days``, ``text`` or ``choice``.
        unit: for money the currency (ISO 4217), for number and integer a unit such as ``kW``; empty otherwise.
        least: smallest value, or for a text fewest characters; None: no bound.
        most: greatest value, or most characters; None: no bound.
        choices: for a choice, its values with their labels.
        required: a bid without it is refused.
        scored: it counts in the evaluation, so it is disclosed.
    """

    name: str
    label: Words
    kind: FieldKind
    unit: str
    least: Decimal | None
    most: Decimal | None
    choices: Mapping[str, Words]
    required: bool
    scored: bool

    def fault(self, value: str) -> tuple[str, str] | None:
        """What is wrong with a value, in English and Chinese; None if it will do."""
        if self.kind == "choice":
            if value in self.choices:
                return None
            return f"one of {', '.join(self.choices)}", f"应为以下之一：{'、'.join(self.choices)}"
        size: Decimal | None
        if self.kind == "text":
            size = Decimal(len(value)) if len(value) <= LONGEST_VALUE and value.strip() else None
        elif self.kind == "money":
            size = Decimal(value) if _MONEY.match(value) else None
        elif self.kind == "number":
            size = read_decimal(value)
        else:
            size = Decimal(value) if _WHOLE.match(value) else None
        if size is None:
            return _FORMS[self.kind]
        if self.least is not None and size < self.least:
            return f"at least {self.least}", f"不得小于 {self.least}"
        if self.most is not None and size > self.most:
            return f"at most {self.most}", f"不得大于 {self.most}"
        return None


_FORMS: dict[str, tuple[str, str]] = {
    "money": ("an amount with two places, such as 1234567.00", "应为带两位小数的金额，如 1234567.00"),
    "number": ("an exact decimal, such as 12.5", "应为精确小数，如 12.5"),
    "integer": ("a whole number", "应为整数"),
    "days": ("a whole number of days", "应为整数天数"),
    "text": (f"text of 1 to {LONGEST_VALUE} characters", f"应为 1 至 {LONGEST_VALUE} 字"),
}


def read_field(value: Any, path: str, findings: Findings) -> FormField:
    """A field of the form, as a notice writes it."""
    members = Members(value, path, _MEMBERS, findings)
    kind: FieldKind = members.choice("kind", KINDS)  # type: ignore[assignment]  # one of KINDS
    unit = members.text("unit", least=0, most=20)
    if (kind == "money") != bool(_CURRENCY.match(unit)) and (kind == "money" or kind not in _NUMBERS):
        findings.error(
            members.at("unit"), "unit", ("money has a currency as its unit", "金额的单位应为币种代码"), ("CNY", "CNY")
        )
    elif unit and kind in ("days", "text", "choice"):
        findings.error(
            members.at("unit"), "unit", (f"a {kind} has no unit", "此类填报项没有单位"), ('write ""', '写 ""')
        )
    field = FormField(
        members.name("name"),
        members.words("label", most=100),
        kind,
        unit,
        members.optional("least", members.decimal),
        members.optional("most", members.decimal),
        _read_choices(members, kind, findings),
        members.boolean("required"),
        members.boolean("scored"),
    )
    if field.least is not None and field.most is not None and field.least > field.most:
        findings.error(members.at("most"), "bounds", ("most is below least", "上限小于下限"))
    if kind == "choice" and (field.least is not None or field.most is not None):
        findings.error(members.at("least"), "bounds", ("a choice has no bounds", "选择项没有上下限"))
    if field.scored and kind == "text":
        findings.error(
            members.at("scored"), "scored", ("no formula scores a text", "文字填报项不能按公式计分"),
            ("let experts score it, by the documents", "请改由专家根据文件评分"),
        )  # fmt: skip
    return field


def _read_choices(members: Members, kind: str, findings: Findings) -> Mapping[str, Words]:
    def one(value: Any, path: str) -> tuple[str, Words]:
        inner = Members(value, path, ("value", "label"), findings)
        return inner.text("value", most=100), inner.words("label", most=100)

    found = members.items("choices", one, least=0, most=100)
    if (kind == "choice") != bool(found) and isinstance(members.raw("choices"), list):
        said = ("a choice has choices, nothing else has", "只有选择项需要列出选项，且不得为空")
        findings.error(members.at("choices"), "choices", said)
    if len({value for value, _ in found}) != len(found):
        findings.error(members.at("choices"), "choices", ("a value stands there twice", "选项重复"))
    return dict(found)
