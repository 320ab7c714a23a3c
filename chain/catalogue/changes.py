"""What a new version of a type changes: told to people in both languages, and what it must leave alone."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields as members_of
from typing import Any

from chain.catalogue.catalogue import Catalogue
from chain.catalogue.model import CertificateType, DerivedAnswer, Field
from chain.kernel.errors import Conflict, NotFound, Refused


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        place: where in the definition: ``zh``, ``fields.KZ_scope``, ``derived.is_large``.
        zh: in Chinese; en: in English.
        breaks: existing certificates would be read wrongly, so it is not allowed.
    """

    place: str
    zh: str
    en: str
    breaks: bool = False


_FROZEN = {
    "code": ("类型代码不可更改", "the type code stays"),
    "slug": ("类型短名不可更改：既有证照的记录以其指明版式", "the slug stays: records name their face by it"),
    "holder": ("持证主体类别不可更改", "who holds it stays"),
    "number_field": (
        "编号字段不可更改：同一编号会被再次使用",
        "the number field stays: a number could be given out twice",
    ),
    "code_status": ("类型代码的状态不可更改", "the standing of the code stays"),
}
"""Members of a type that no version changes, and why."""

_NAMES = {
    "zh": ("中文名称", "name in Chinese"), "en": ("英文名称", "name in English"), "slug": ("短名", "slug"),
    "code": ("类型代码", "type code"), "holder": ("持证主体类别", "holder"),
    "code_status": ("代码状态", "standing of the code"),
    "face_fields": ("二维码字段", "face fields"), "number_field": ("编号字段", "number field"),
    "effective_field": ("生效日期字段", "effective field"), "expiring_field": ("失效日期字段", "expiring field"),
    "order_rules": ("日期先后规则", "order of dates"), "matters": ("常用事项", "matters"),
    "status_max_age": ("状态最长时效（秒）", "status may be so old (s)"),
}  # fmt: skip


def changes_between(old: CertificateType, new: CertificateType) -> tuple[Change, ...]:
    """Every difference between two versions, those that break existing certificates first."""
    found = [_of_type(old, new, name) for name in _NAMES if getattr(old, name) != getattr(new, name)]
    found += _of_fields(old, new)
    found += _of_answers(old, new)
    return tuple(sorted(found, key=lambda one: not one.breaks))


def describe_new(kind: CertificateType) -> tuple[Change, ...]:
    """A first version, told in the same way: who holds it, each field, each answer."""
    holder = ("自然人", "persons") if kind.holder == "person" else ("组织", "organisations")
    lines = [Change("holder", f"持证主体：{holder[0]}", f"held by {holder[1]}")]
    lines += [_added(one) for one in kind.fields]
    lines += [_answer_added(one) for one in kind.derived]
    lines.append(
        Change(
            "faceFields", "二维码字段：" + "、".join(kind.face_fields), "in the stamp: " + ", ".join(kind.face_fields)
        )
    )
    return tuple(lines)


def check_proposal(catalogue: Catalogue, kind: CertificateType) -> tuple[Change, ...]:
    """Judge a proposed type, or a next version of one, against what there is.

    Returns:
        What it brings, for people.

    Raises:
        Conflict: another type has its slug or name, or the version is not the newest plus 1.
        Refused: it would break certificates that exist; the message lists every reason, in both languages.
    """
    others = [one for one in catalogue.every() if one.code != kind.code]
    for name, value in (("slug", kind.slug), ("zh", kind.zh), ("slug", kind.zh), ("zh", kind.slug)):
        taken = next((one for one in others if getattr(one, name) == value), None)
        if taken is not None:
            raise Conflict(
                f"{value} is the name of another type ({taken.code})",
                code="catalogue.taken",
                field="slug" if value == kind.slug else "zh",
                fix="choose another name, or write that type's code to propose its next version",
            )
    try:
        newest = catalogue.versions(kind.code)[-1]
    except NotFound:
        newest = None
    expected = 1 if newest is None else newest.version + 1
    if kind.version != expected:
        raise Conflict(
            f"version {kind.version}: the next version of {kind.slug} is {expected}",
            code="catalogue.version",
            field="version",
            fix=f"write {expected}",
        )
    if newest is None:
        return describe_new(kind)
    changes = changes_between(newest, kind)
    broken = [one for one in changes if one.breaks]
    if broken:
        raise Refused(
            "it would break certificates that exist: " + "; ".join(f"{one.place}: {one.en} {one.zh}" for one in broken),
            code="catalogue.breaks",
            field=broken[0].place,
            fix="leave that as it is; what differs so much is a type of its own, or a field with a new name at the end",
        )
    if not changes:
        raise Conflict(
            "it says just what the newest version says",
            code="catalogue.same",
            field="version",
            fix="change something, or keep the version there is",
        )
    return changes


def _of_type(old: CertificateType, new: CertificateType, name: str) -> Change:
    zh, en = _NAMES[name]
    before, after = _shown(getattr(old, name)), _shown(getattr(new, name))
    if name in _FROZEN:
        return Change(name, f"{_FROZEN[name][0]}（{before}→{after}）", f"{_FROZEN[name][1]} ({before} → {after})", True)
    return Change(name, f"{zh}：{before} → {after}", f"{en}: {before} → {after}")


def _of_fields(old: CertificateType, new: CertificateType) -> list[Change]:
    before, after = {one.name: one for one in old.fields}, {one.name: one for one in new.fields}
    found = []
    for place, one in enumerate(old.fields):
        at = f"fields.{one.name}"
        if one.name not in after:
            found.append(
                Change(at, f"字段“{one.zh}”不可删除，可改为非必填", f"field {one.en} stays; make it optional", True)
            )
        elif place >= len(new.fields) or new.fields[place].name != one.name:
            found.append(
                Change(
                    at,
                    f"字段“{one.zh}”的位置（第 {place + 1} 个）不可更改，新字段加在最后：印记以位置指明字段",
                    f"field {one.en} stays number {place + 1}, new ones go to the end: stamps name fields by number",
                    True,
                )
            )
        if one.name in after:
            found += _of_field(one, after[one.name])
    return found + [_added(one) for one in new.fields if one.name not in before]


def _of_field(old: Field, new: Field) -> list[Change]:
    found = []
    for member in members_of(Field):
        before, after = getattr(old, member.name), getattr(new, member.name)
        if before == after:
            continue
        at, words = f"fields.{old.name}.{member.name}", f"{_shown(before)} → {_shown(after)}"
        breaks = member.name == "kind"
        zh = f"字段“{old.zh}”的类别不可更改：{words}" if breaks else f"字段“{old.zh}”的 {member.name}：{words}"
        en = f"the kind of {old.en} stays: {words}" if breaks else f"{old.en}, {member.name}: {words}"
        found.append(Change(at, zh, en, breaks))
    return found


def _of_answers(old: CertificateType, new: CertificateType) -> list[Change]:
    before, after = {one.name: one for one in old.derived}, {one.name: one for one in new.derived}
    taken = {one.name for one in new.fields}
    found = []
    for name, one in before.items():
        at = f"derived.{name}"
        if name in after and (after[name].field, after[name].rule) != (one.field, one.rule):
            found.append(
                Change(
                    at,
                    f"派生结论“{one.zh}”的规则不可更改，请另起名称",
                    f"the rule of {name} stays; use a new name",
                    True,
                )
            )
        elif name in after and after[name] != one:
            found.append(Change(at, f"派生结论“{one.zh}” → “{after[name].zh}”", f"answer {one.en} → {after[name].en}"))
        elif name not in after:
            breaks = name in taken
            found.append(Change(at, f"删去派生结论“{one.zh}”", f"answer {name} is dropped", breaks))
    return found + [_answer_added(one) for name, one in after.items() if name not in before]


def _added(one: Field) -> Change:
    need, need_zh = ("required", "必填") if one.required else ("optional", "选填")
    if one.source == "derived":
        need, need_zh = f"filled in: {one.derive}", f"自动填写：{one.derive}"
    personal, personal_zh = (", personal", "，个人信息") if one.personal else ("", "")
    values = f" {_shown(one.values)}" if one.values else ""
    pattern = f" /{one.pattern}/" if one.pattern else ""
    return Change(
        f"fields.{one.name}",
        f"＋ {one.zh}（{one.name}，{one.kind}{pattern}{values}，{need_zh}{personal_zh}）",
        f"+ {one.en} ({one.name}, {one.kind}{pattern}{values}, {need}{personal})",
    )


def _answer_added(one: DerivedAnswer) -> Change:
    return Change(
        f"derived.{one.name}",
        f"＋ 派生结论：{one.zh}（{one.name}：{one.field} {one.rule}）",
        f"+ answer: {one.en} ({one.name}: {one.rule} of {one.field})",
    )


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_shown(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_shown(one)}" for name, one in value.items()) + "}"
    if hasattr(value, "earlier"):
        return f"{value.earlier} ≤ {value.later}"
    return "—" if value is None or value == "" else str(value)
