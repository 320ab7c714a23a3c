"""How bids will be compared, as data: method, criteria, formulas, reference price, rounding, ties.

Nothing is computed here; what is computed from it must follow from this data alone, in exact decimals.

====================  ==================================================================================================
``lowest-price``      the lowest price of those that qualify 经评审的最低投标价法
``weighted-points``   points by criteria that sum to 100 综合评估法
``reference-price``   the same, with a criterion that measures the distance from a reference price 评标基准价
====================  ==================================================================================================

Points of a criterion, before rounding (w: its weight, v: the bid's figure):

============  ==========================================================================================================
``expert``    each expert gives 0 to w in steps of ``step``; ``mean``, or ``trimmed-mean`` without one highest and one
              lowest
``lowest``    w · lowest v of the bids still in it / v
``highest``   w · v / highest v
``linear``    w · (v - zero) / (full - zero), not below 0 and not above w
``choice``    what ``points`` says for the value chosen
``reference`` w less ``above`` (``below``) for each percent of the reference price that v lies above (below) it, not
              below 0
============  ==========================================================================================================

Reference price = (ceiling · ceilingShare + average · (100 - ceilingShare)) / 100 · (100 - float point) / 100. The
average is of the prices of the bids still in it, without the highest and the lowest ones where there are at least
``from``. The float point 浮动点 is one of ``floats``, drawn after the opening; with one there is nothing to draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from chain.tenders.notice.findings import Findings
from chain.tenders.notice.members import Members, Words, read_decimal

Method = Literal["lowest-price", "weighted-points", "reference-price"]
METHODS: tuple[Method, ...] = ("lowest-price", "weighted-points", "reference-price")
SourceKind = Literal["expert", "lowest", "highest", "linear", "choice", "reference"]
_SOURCES: dict[SourceKind, tuple[str, ...]] = {
    "expert": ("step", "combine"),
    "lowest": ("field",),
    "highest": ("field",),
    "linear": ("field", "zero", "full"),
    "choice": ("field", "points"),
    "reference": ("field", "above", "below"),
}
ROUNDINGS = ("half-up", "half-even", "down")
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the points of a criterion come from; members that its kind has not are None or empty.

    Attributes:
        kind: see the module.
        field: of the form.
        step: smallest difference of an expert's points.
        combine: ``mean`` or ``trimmed-mean``.
        zero: value that gives no points; full: value that gives all.
        points: value of a choice to its points.
        above: points off for each percent above the reference price; below: for each percent below.
    """

    kind: SourceKind
    field: str = ""
    step: Decimal | None = None
    combine: str = ""
    zero: Decimal | None = None
    full: Decimal | None = None
    points: Mapping[str, Decimal] | None = None
    above: Decimal | None = None
    below: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: name, what people read, most points, where they come from."""

    name: str
    label: Words
    weight: Decimal
    source: Source


@dataclass(frozen=True, slots=True)
class Reference:
    """How the reference price comes about.

    Attributes:
        from_: number of prices from which on some are left out; highest, lowest: how many.
        ceiling_share: percent of the lot's ceiling in it, 0 to 100.
        floats: float points in percent; one of them is drawn.
        places: decimal places of the reference price.
    """

    from_: int
    highest: int
    lowest: int
    ceiling_share: Decimal
    floats: tuple[Decimal, ...]
    places: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How bids are compared.

    Attributes:
        method: see the module.
        price: field of the form that is the bid's price; lots' ceilings hold for it.
        criteria: empty for ``lowest-price``.
        reference: of the method ``reference-price``, else None.
        places: decimal places of points; rounding: ``half-up``, ``half-even`` or ``down``.
        ties: what decides between equals, in order: ``price`` (always the lower price, even if a criterion has that
            name), names of criteria (more points, even if the field that is the price has that name), at last ``draw``.
        low: a price below this percent of the other bids' average is questioned as abnormally low; None: not looked at.
        candidates: most candidates that are named for a lot.
    """

    method: Method
    price: str
    criteria: tuple[Criterion, ...]
    reference: Reference | None
    places: int
    rounding: str
    ties: tuple[str, ...]
    low: Decimal | None
    candidates: int


def read_evaluation(members: Members) -> Evaluation:
    """From the member ``evaluation`` of a notice."""
    findings = members.findings
    inner = members.object(
        "evaluation",
        ("method", "price", "criteria", "reference", "rounding", "ties", "abnormallyLow", "candidates"),
    )
    rounding = inner.object("rounding", ("places", "mode"))
    low = inner.optional(
        "abnormallyLow", lambda name: inner.object(name, ("percent",)).decimal("percent", most=_HUNDRED)
    )
    method: Method = inner.choice("method", METHODS)  # type: ignore[assignment]  # one of METHODS
    return Evaluation(
        method,
        inner.name("price"),
        inner.items("criteria", lambda value, path: _criterion(value, path, findings), least=0, most=100),
        inner.optional("reference", lambda name: _reference(inner, name)),
        rounding.integer("places", 0, 6),
        rounding.choice("mode", ROUNDINGS),
        inner.items("ties", lambda value, path: _tie(value, path, findings), least=1, most=20),
        low,
        inner.integer("candidates", 1, 100),
    )


def _tie(value: Any, path: str, findings: Findings) -> str:
    return Members({"tie": value}, path, ("tie",), findings).name("tie")


def _criterion(value: Any, path: str, findings: Findings) -> Criterion:
    members = Members(value, path, ("name", "label", "weight", "source"), findings)
    weight = members.decimal("weight", most=_HUNDRED)
    return Criterion(members.name("name"), members.words("label", most=200), weight, _source(members, weight))


def _source(members: Members, weight: Decimal) -> Source:
    findings, raw = members.findings, members.raw("source")
    said = raw.get("kind") if isinstance(raw, dict) else None
    kind = next((one for one in _SOURCES if one == said), None)
    if kind is None:
        listed = ", ".join(_SOURCES)
        text = (f"a source, whose kind is one of {listed}", f"应为计分来源，kind 为 {listed} 之一")
        if members.has("source"):
            findings.error(members.at("source"), "source", text)
        return Source("expert")
    inner = members.object("source", ("kind", *_SOURCES[kind]))
    if kind == "expert":
        step = inner.decimal("step")
        if step and weight % step:
            said = ("the weight is no multiple of the step", "权重不是分值步长的整数倍")
            findings.error(inner.at("step"), "step", said)
        if not step:
            findings.error(inner.at("step"), "step", ("must be above 0", "应大于 0"))
        return Source(kind, step=step, combine=inner.choice("combine", ("mean", "trimmed-mean")))
    field = inner.name("field")
    if kind == "linear":
        zero, full = inner.decimal("zero"), inner.decimal("full")
        if zero == full:
            findings.error(inner.at("full"), "linear", ("zero and full are the same", "零分值与满分值相同"))
        return Source(kind, field, zero=zero, full=full)
    if kind == "choice":
        return Source(kind, field, points=_points(inner, weight))
    if kind == "reference":
        return Source(kind, field, above=inner.decimal("above"), below=inner.decimal("below"))
    return Source(kind, field)


def _points(members: Members, weight: Decimal) -> Mapping[str, Decimal]:
    raw = members.raw("points")
    found = {str(key): read_decimal(value) for key, value in raw.items()} if isinstance(raw, dict) else {}
    if not found or any(value is None or value > weight for value in found.values()):
        members.findings.error(
            members.at("points"), "points",
            ("an object: each value of the choice to its points, as text, none above the weight",
             "应为对象：选项到分值（文字），均不超过权重"),
        )  # fmt: skip
    return {key: value for key, value in found.items() if value is not None}


def _reference(members: Members, name: str) -> Reference:
    inner = members.object(name, ("leaveOut", "ceilingShare", "floats", "places"))
    out = inner.object("leaveOut", ("from", "highest", "lowest"))

    def one(value: Any, path: str) -> Decimal:
        return Members({"float": value}, path, ("float",), inner.findings).decimal("float", most=_HUNDRED)

    found = Reference(
        out.integer("from", 1, 1_000),
        out.integer("highest", 0, 100),
        out.integer("lowest", 0, 100),
        inner.decimal("ceilingShare", most=_HUNDRED),
        inner.items("floats", one, least=1, most=1_000),
        inner.integer("places", 0, 6),
    )
    if found.from_ <= found.highest + found.lowest:
        said = ("nothing would be left of the prices", "去除后将没有报价可用")
        inner.findings.error(out.at("from"), "reference", said, ("a number above highest + lowest", "应大于两者之和"))
    if len(set(found.floats)) != len(found.floats):
        inner.findings.error(inner.at("floats"), "floats", ("a float point stands there twice", "浮动点重复"))
    return found
