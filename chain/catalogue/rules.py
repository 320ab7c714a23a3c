"""Rules of a type, applied to values: one value, and one row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from chain.catalogue import amounts, codes, dates, holder_types
from chain.catalogue.answers import check_answers
from chain.catalogue.items import read_items
from chain.catalogue.model import CertificateType, Field
from chain.catalogue.problems import Problem
from chain.catalogue.text import clean_text, strip
from chain.identifiers import check_name, holder_codes, uscc
from chain.identifiers.findings import PartFinding

Reader = Callable[[str, list[Problem]], "str | None"]
"""Takes the text of a cell and a list for problems; gives the canonical value, or None after an error."""

_ODD_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def reader_of(field: Field, *, unit: str = "") -> Reader:
    """The function that reads values of ``field``.

    Args:
        field: the field.
        unit: for amounts, the unit that the column's heading states.
    """
    if field.kind == "date":
        return _edged(dates.read_date)
    if field.kind == "date-or-open":
        return _edged(dates.read_date_or_open)
    if field.kind == "amount":
        return _edged(partial(amounts.read_amount, unit=unit or field.unit))
    if field.kind == "uscc":
        return _read_uscc
    if field.kind == "holder-code":
        if field.holder_kind is None:
            return _bounded(field, partial(codes.clean_code, brackets=True), is_code=True)
        return partial(_read_holder_code, field.holder_kind)
    if field.kind == "holder-code-type":
        return partial(holder_types.read_holder_type, holder_types.names_of(field.holder_kinds))
    if field.kind == "code":
        return _bounded(field, partial(codes.clean_code, brackets=True), is_code=True)
    if field.kind == "enum":
        return partial(_read_enum, {**field.value_aliases, **{value: value for value in field.values}})
    if field.kind == "items":
        return _bounded(field, partial(read_items, frozenset(field.values), field.lines))
    if field.kind in ("person-name", "organisation-name"):
        return _bounded(field, partial(_read_name, field.kind))
    return _bounded(field, partial(clean_text, lines=field.lines))


def _edged(inner: Callable[..., str | None]) -> Reader:
    def read(text: str, notes: list[Problem]) -> str | None:
        return inner(strip(text, notes), notes)

    return read


def _bounded(field: Field, inner: Callable[..., str | None], *, is_code: bool = False) -> Reader:
    low, high = field.min_length, field.max_length
    pattern = re.compile(rf"(?:{field.pattern})\Z") if field.pattern is not None else None
    words_en, words_zh = field.pattern_en or f"match {field.pattern}", field.pattern_zh or f"应符合 {field.pattern}"

    def read(text: str, notes: list[Problem]) -> str | None:
        value = inner(text, notes)
        if value is None:
            return None
        if not low <= len(value) <= high:
            notes.append(
                Problem(
                    "text.length",
                    f"{len(value)} characters instead of {low} to {high}",
                    f"长度为 {len(value)}，应为 {low} 至 {high} 个字符",
                    "compare with the source",
                    "请与来源核对",
                )
            )
            return None
        if pattern is not None and pattern.match(value) is None:
            damage = codes.lost_digits(value) if is_code else None
            notes.append(
                damage
                or Problem("text.pattern", f"should be {words_en}", words_zh, "compare with the source", "请与来源核对")
            )
            return None
        return value

    return read


def _read_uscc(text: str, notes: list[Problem]) -> str | None:
    if uscc.check(text) and uscc.organisation_agrees(text):
        return text
    value = codes.clean_code(text, notes)
    if value is None:
        return None
    damage = None if uscc.check(value) else codes.lost_digits(value)
    if damage is not None:
        notes.append(damage)
        return None
    return _judged(value, uscc.check_report(value), notes)


def _read_holder_code(kind: str, text: str, notes: list[Problem]) -> str | None:
    value = codes.clean_code(text, notes, brackets=True)
    if value is None:
        return None
    found = holder_codes.check_report(kind, value)
    damage = codes.lost_digits(value) if any(not one.ok for one in found) else None
    if damage is not None:
        notes.append(damage)
        return None
    return _judged(value, found, notes)


def _judged(value: str, found: list[PartFinding], notes: list[Problem]) -> str | None:
    good = True
    for one in found:
        if not one.ok:
            good = good and one.level == "warning"
            notes.append(_problem(one))
    return value if good else None


def _problem(one: PartFinding) -> Problem:
    return Problem(one.rule, one.message, one.message_zh, one.fix or "", "请与来源核对", one.level)


def _read_name(kind: str, text: str, notes: list[Problem]) -> str | None:
    value = clean_text(text, notes) if kind == "organisation-name" else strip(text, notes)
    if value is None:
        return None
    report = check_name(value, "organisation" if kind == "organisation-name" else "person")
    for one in report.findings:
        notes.append(_problem(one))
    return report.value if report.ok else None


def _read_enum(values: Mapping[str, str], text: str, notes: list[Problem]) -> str | None:
    if text in values:
        return values[text]
    value = clean_text(text, notes)
    if value is not None and value in values:
        return values[value]
    listed = "、".join(sorted(set(values.values()))[:12])
    notes.append(
        Problem("enum.value", f"none of {listed}", f"应为：{listed}", "use one of the values", "请使用所列值之一")
    )
    return None


def check_row(kind: CertificateType, fields: Mapping[str, str]) -> list[tuple[str, Problem]]:
    """Problems across the values of one row, each with the field to blame: the order of dates, and, where rows say
    by which document their holders are named, whether the code is of that kind."""
    found = check_order(kind, fields)
    code = kind.field("certificateHolderCode")
    if code.holder_kind_from is not None:
        document, number = fields.get(code.holder_kind_from), fields.get(code.name)
        documents = {holder_codes.kind(one).code for one in kind.field(code.holder_kind_from).holder_kinds}
        if document in documents and number is not None:
            notes: list[Problem] = []
            _read_holder_code(document, number, notes)
            found += [(code.name, one) for one in notes]
    return found


def check_order(kind: CertificateType, fields: Mapping[str, str]) -> list[tuple[str, Problem]]:
    """Problems across the dates of one row, each with the field to blame."""
    found = []
    for rule in kind.order_rules:
        earlier, later = fields.get(rule.earlier), fields.get(rule.later)
        if earlier and later and earlier > later:
            found.append(
                (
                    rule.later,
                    Problem(
                        "date.order",
                        f"{rule.en}: {earlier} is after {later}",
                        f"{rule.zh}：{earlier} 晚于 {later}",
                        "compare both dates with the source",
                        "请核对两个日期",
                    ),
                )
            )
    return found


def check_fields(kind: CertificateType, fields: Mapping[str, object]) -> list[tuple[str, Problem]]:
    """Problems of a whole certificate, as :meth:`CertificateType.complete` gives it: its values must be canonical.

    For values that come from elsewhere than a list (an API, a record). A value that a list would have normalised is
    an error here, and so is a derived answer that its field contradicts.
    """
    found: list[tuple[str, Problem]] = []
    known = {one.name for one in kind.fields}
    answers = {one.name for one in kind.derived}
    texts: dict[str, str] = {}
    for name, given in fields.items():
        if name not in known | answers:
            found.append((name, Problem("field.unknown", "no field of this type", "该证照类型没有此字段")))
        elif name in known and isinstance(given, str):
            texts[name] = given
        elif name in known:
            found.append((name, Problem("field.text", "is not text", "不是文本")))
    for one in kind.fields:
        value = texts.get(one.name)
        if value is None:
            if one.required and one.name not in fields:
                found.append((one.name, Problem("field.missing", "is missing", "缺少此项")))
            continue
        if one.derive.startswith("constant:"):
            if value != one.derive.partition(":")[2]:
                found.append((one.name, Problem("field.constant", "is not the value of this type", "与该证照类型不符")))
            continue
        notes: list[Problem] = []
        canonical = reader_of(one)(value, notes)
        if canonical is None:
            found += [(one.name, problem) for problem in notes]
        elif canonical != value:
            found.append((one.name, Problem("field.form", f"should be written {canonical}", f"应写作 {canonical}")))
    return found + check_row(kind, texts) + check_answers(kind, fields)
