"""Who may bid, as rules over certificates; and the guarantee that a bid must carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from chain.catalogue import Catalogue
from chain.catalogue.answers import compiled
from chain.kernel.errors import InvalidInput
from chain.tenders.notice.findings import Findings
from chain.tenders.notice.members import Members, Money, Words

HOLDERS = ("bidder", "every-member", "one-member", "person")
UNTIL = ("deadline", "bid-validity")


@dataclass(frozen=True, slots=True)
class Condition:
    """What a field of the certificate must say.

    Attributes:
        field: English name of GB/T 36903, or ``KZ_…``.
        rule: ``at-least:二级``, ``one-of:a|b``, ``contains:a`` (:mod:`chain.catalogue.answers`).
        label: what people read.
    """

    field: str
    rule: str
    label: Words


@dataclass(frozen=True, slots=True)
class QualificationRule:
    """One certificate that must be shown. It must be in force at the deadline and, looked at again, at the opening.

    Attributes:
        name: short name, unique in the notice.
        label: what people read.
        certificate_type: code of the certificate type, 21 characters.
        issuers: USCCs of the bureaus whose certificates count; empty: any that is accredited for the type.
        conditions: what its fields must say.
        holder: ``bidder`` (of a consortium its leader), ``every-member``, ``one-member``, or ``person`` for a
            certificate of somebody whom the bidder employs.
        valid_until: it must not expire before the ``deadline``, or before the ``bid-validity`` ends.
        required: a bid without it does not qualify; else it is shown where it is scored.
    """

    name: str
    label: Words
    certificate_type: str
    issuers: tuple[str, ...]
    conditions: tuple[Condition, ...]
    holder: str
    valid_until: str
    required: bool


@dataclass(frozen=True, slots=True)
class GuaranteeRule:
    """The guarantee 保函 that a bid must carry for each lot: an amount, or a percentage of the lot's ceiling.

    Attributes:
        amount: for each lot, or None.
        percent: of the lot's ceiling, or None; one of the two.
        days: it must run so many days beyond the bid's validity.
        certificate_type: code of the certificate type of e-guarantees 电子保函, or empty: any form.
        issuers: USCCs of the banks that count; empty: any that is accredited.
    """

    amount: Money | None
    percent: Decimal | None
    days: int
    certificate_type: str
    issuers: tuple[str, ...]

    def for_ceiling(self, ceiling: Money | None) -> Money | None:
        """The least amount for a lot with that ceiling; None if the rule needs a ceiling and there is none."""
        if self.amount is not None:
            return self.amount
        if ceiling is None or self.percent is None:
            return None
        exact = ceiling.amount * self.percent / 100
        return Money(exact.quantize(Decimal("0.01"), ROUND_HALF_UP), ceiling.currency)


def read_rule(value: Any, path: str, findings: Findings) -> QualificationRule:
    """A qualification rule, as a notice writes it."""
    names = ("name", "label", "certificateType", "issuers", "conditions", "holder", "validUntil", "required")
    members = Members(value, path, names, findings)
    return QualificationRule(
        members.name("name"),
        members.words("label", most=300),
        members.certificate_type("certificateType"),
        read_issuers(members),
        members.items("conditions", lambda item, at: _condition(item, at, findings), least=0, most=20),
        members.choice("holder", HOLDERS),
        members.choice("validUntil", UNTIL),
        members.boolean("required"),
    )


def read_guarantee(members: Members, name: str) -> GuaranteeRule:
    """The rule of the guarantee."""
    inner = members.object(name, ("amount", "percent", "days", "certificateType", "issuers"))
    rule = GuaranteeRule(
        inner.optional("amount", inner.money),
        inner.optional("percent", lambda one: inner.decimal(one, most=Decimal(100), places=2)),
        inner.integer("days", 0, 3_650),
        inner.certificate_type("certificateType") if inner.raw("certificateType") != "" else "",
        read_issuers(inner),
    )
    if (rule.amount is None) == (rule.percent is None):
        inner.findings.error(
            inner.at("amount"), "guarantee", ("an amount or a percentage, not both", "金额与百分比须且只能填一项"),
            ("null for the other", "另一项写 null（TOML 中删去）"),
        )  # fmt: skip
    return rule


def read_issuers(members: Members) -> tuple[str, ...]:
    """A list of USCCs."""

    def one(value: Any, path: str) -> str:
        return Members({"uscc": value}, path, ("uscc",), members.findings).uscc("uscc")

    found = members.items("issuers", one, least=0, most=100)
    if len(set(found)) != len(found):
        members.findings.error(members.at("issuers"), "issuers", ("a code stands there twice", "代码重复"))
    return found


def check_types(
    rules: tuple[QualificationRule, ...], paths: Mapping[str, str], catalogue: Catalogue, findings: Findings
) -> None:
    """Compare rules with the certificate types that this home knows; unknown types are warned of.

    Args:
        rules: of the notice.
        paths: name of a rule to its path.
        catalogue: types of this home.
        findings: where faults go.
    """
    for rule in rules:
        path = paths[rule.name]
        kind = catalogue.known(rule.certificate_type)
        if kind is None:
            findings.warning(
                f"{path}.certificateType", "unknown_type",
                ("this home does not know that certificate type", "本机的证照类型目录中没有此类型"),
                ("compare the code with the bureau that issues it", "请与颁发机构核对类型代码"),
            )  # fmt: skip
            continue
        for place, condition in enumerate(rule.conditions):
            try:
                compiled(condition.rule, kind.field(condition.field))
            except InvalidInput:
                findings.error(
                    f"{path}.conditions[{place}]", "condition",
                    (f"{kind.en} has no field {condition.field} that answers {condition.rule}",
                     f"“{kind.zh}”没有可回答 {condition.rule} 的字段 {condition.field}"),
                    ("see the type's fields: yinxin type show", "请查看该类型的字段"),
                )  # fmt: skip


def _condition(value: Any, path: str, findings: Findings) -> Condition:
    members = Members(value, path, ("field", "rule", "label"), findings)
    rule = members.text("rule", most=500)
    if rule and rule.partition(":")[0] not in ("at-least", "one-of", "contains"):
        findings.error(
            members.at("rule"), "condition",
            ("at-least:, one-of: or contains:, and the value", "应为 at-least:、one-of: 或 contains: 加取值"),
        )  # fmt: skip
    return Condition(members.text("field", most=100), rule, members.words("label", most=200))
