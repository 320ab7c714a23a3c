"""What members of a notice must be to each other: one broken rule at a time, named with its member."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chain.kernel.canonical import read_canonical
from chain.tenders.notice import look_at
from tests.chain.tenders.notice.samples import sample

Value = dict[str, Any]
Change = Callable[[Value], object]


def _set(*path: str | int, to: Any) -> Change:
    def change(value: Any) -> None:
        for key in path[:-1]:
            value = value[key]
        value[path[-1]] = to

    return change


def _drop(*path: str | int) -> Change:
    def change(value: Any) -> None:
        for key in path[:-1]:
            value = value[key]
        del value[path[-1]]

    return change


FAULTS: list[tuple[str, Change, str, str]] = [
    ("desks", _set("lots", 0, "number", to=2), "lots", "notice.numbers"),
    ("desks", _set("lots", 0, "quantity", to="0"), "lots[0].quantity", "notice.quantity"),
    ("desks", _set("lots", 0, "ceiling", "amount", to="0.00"), "lots[0].ceiling", "notice.ceiling"),
    ("desks", _set("lots", 0, "ceiling", "amount", to="1000000.0"), "lots[0].ceiling.amount", "notice.money"),
    ("desks", _set("lots", 0, "ceiling", "currency", to="USD"), "lots[0].ceiling.currency", "notice.currency"),
    ("roads", _set("lots", 1, "ceiling", "currency", to="USD"), "lots", "notice.currency"),
    ("desks", lambda v: v.update(openAt=v["deadline"]), "openAt", "notice.opening_before_deadline"),
    (
        "desks",
        lambda v: v.update(questionsUntil=v["deadline"] + 1),
        "questionsUntil",
        "notice.questions_after_deadline",
    ),
    ("desks", _set("number", to=1), "amends", "notice.amends"),
    ("desks", _set("changes", to={"zh": "改", "en": ""}), "changes", "notice.changes"),
    (
        "desks",
        lambda v: v["envelopes"][0].update(officer=v["envelopes"][0]["supervisor"]),
        "envelopes[0].supervisor",
        "notice.recipients",
    ),
    ("desks", lambda v: v["custodians"].append(v["custodians"][0]), "custodians", "notice.custodians"),
    ("desks", _set("supervisor", "account", to="0x" + "00" * 20), "supervisor.account", "notice.supervisor"),
    ("desks", _set("envelopes", 0, "form", 1, "name", to="price"), "envelopes[0].form[1].name", "notice.field_twice"),
    ("desks", _set("evaluation", "price", to="delivery.days"), "evaluation.price", "notice.price"),
    ("desks", _set("envelopes", 0, "form", 0, "required", to=False), "evaluation.price", "notice.price"),
    ("roads", _set("evaluation", "price", to="period.days"), "evaluation.price", "notice.price"),
    (
        "roads",
        lambda v: v["envelopes"][0]["form"][0].update(kind="money", unit="CNY"),
        "envelopes[0].form[0]",
        "notice.price_early",
    ),
    ("desks", _set("evaluation", "criteria", 0, "weight", to="49.99"), "evaluation.criteria", "notice.weights"),
    ("desks", _set("envelopes", 0, "form", 0, "least", to=None), "envelopes[0].form[0].least", "notice.least"),
    ("desks", _set("envelopes", 0, "form", 0, "least", to="0"), "envelopes[0].form[0].least", "notice.least"),
    ("roads", _set("envelopes", 0, "form", 0, "least", to="0"), "envelopes[0].form[0].least", "notice.least"),
    ("roads", _set("envelopes", 1, "form", 0, "least", to=None), "envelopes[1].form[0].least", "notice.least"),
    (
        "roads",
        _set("evaluation", "reference", "floats", to=["100"]),
        "evaluation.reference.floats[0]",
        "notice.floats",
    ),
    (
        "roads",
        _set("evaluation", "reference", "floats", to=["99.99"]),
        "evaluation.reference.places",
        "notice.reference_places",
    ),
    ("desks", _set("evaluation", "rounding", "places", to=0), "evaluation.criteria[3].source.step", "notice.places"),
    (
        "desks",
        lambda v: [v["evaluation"]["criteria"][at].update(weight=to) for at, to in ((0, "49.999"), (1, "10.001"))],
        "evaluation.criteria[0].weight",
        "notice.places",
    ),
    ("desks", _set("evaluation", "method", to="lowest-price"), "evaluation.criteria", "notice.criteria"),
    ("desks", _set("evaluation", "method", to="reference-price"), "evaluation.reference", "notice.reference"),
    ("roads", _set("evaluation", "reference", to=None), "evaluation.reference", "notice.reference"),
    (
        "roads",
        lambda v: (
            v["evaluation"]["reference"].update(ceilingShare="50"),
            v["lots"][0].update(ceiling=None),
            v.update(guarantee=None),
        ),
        "evaluation.reference.ceilingShare",
        "notice.reference",
    ),
    (
        "roads",
        _set("evaluation", "reference", "leaveOut", "from", to=2),
        "evaluation.reference.leaveOut.from",
        "notice.reference",
    ),
    ("roads", _set("evaluation", "reference", "floats", to=["1", "1"]), "evaluation.reference.floats", "notice.floats"),
    (
        "desks",
        _set("evaluation", "criteria", 1, "source", "field", to="brand"),
        "evaluation.criteria[1].source.field",
        "notice.criterion_field",
    ),
    (
        "desks",
        _set("evaluation", "criteria", 1, "source", "field", to="nothing"),
        "evaluation.criteria[1].source.field",
        "notice.criterion_field",
    ),
    (
        "desks",
        _set("evaluation", "criteria", 1, "source", "field", to="warranty"),
        "evaluation.criteria[1].source.field",
        "notice.criterion_field",
    ),
    (
        "roads",
        _set("evaluation", "criteria", 0, "source", "field", to="period.days"),
        "evaluation.criteria[0].source.field",
        "notice.criterion_field",
    ),
    (
        "desks",
        _set("evaluation", "criteria", 1, "source", "full", to="90"),
        "evaluation.criteria[1].source.full",
        "notice.linear",
    ),
    (
        "desks",
        _drop("evaluation", "criteria", 2, "source", "points", "5y"),
        "evaluation.criteria[2].source.points",
        "notice.points",
    ),
    (
        "desks",
        _set("evaluation", "criteria", 2, "source", "points", "5y", to="10.01"),
        "evaluation.criteria[2].source.points",
        "notice.points",
    ),
    (
        "desks",
        _set("evaluation", "criteria", 3, "source", "step", to="0.7"),
        "evaluation.criteria[3].source.step",
        "notice.step",
    ),
    (
        "desks",
        _set("evaluation", "criteria", 3, "source", "kind", to="lottery"),
        "evaluation.criteria[3].source",
        "notice.source",
    ),
    ("desks", _set("envelopes", 0, "form", 3, "scored", to=True), "envelopes[0].form[3].scored", "notice.scored"),
    (
        "roads",
        _set("envelopes", 0, "form", 1, "scored", to=True),
        "envelopes[0].form[1].scored",
        "notice.scored_unused",
    ),
    ("desks", _set("evaluation", "ties", to=["price"]), "evaluation.ties", "notice.ties"),
    ("desks", _set("evaluation", "ties", to=["luck", "draw"]), "evaluation.ties", "notice.ties"),
    ("desks", _set("evaluation", "criteria", 1, "name", to="price"), "evaluation.criteria", "notice.names"),
    ("roads", _set("qualification", 1, "name", to="licence"), "qualification", "notice.names"),
    ("roads", lambda v: v["documents"][1].update(name=v["documents"][0]["name"]), "documents", "notice.names"),
    ("desks", _set("documents", 0, "name", to="../x"), "documents[0].name", "notice.file_name"),
    (
        "desks",
        _set("guarantee", "amount", to={"amount": "1.00", "currency": "CNY"}),
        "guarantee.amount",
        "notice.guarantee",
    ),
    ("desks", lambda v: v["lots"][0].update(ceiling=None), "guarantee.percent", "notice.guarantee"),
    ("desks", _set("guarantee", "percent", to="0.00"), "guarantee", "notice.guarantee"),
    ("desks", _set("envelopes", 0, "form", 0, "unit", to=""), "envelopes[0].form[0].unit", "notice.unit"),
    ("desks", _set("envelopes", 0, "form", 1, "unit", to="天"), "envelopes[0].form[1].unit", "notice.unit"),
    ("desks", _set("envelopes", 0, "form", 1, "most", to="0.5"), "envelopes[0].form[1].most", "notice.bounds"),
    ("desks", _set("envelopes", 0, "form", 2, "choices", to=[]), "envelopes[0].form[2].choices", "notice.choices"),
    ("desks", _set("committee", "experts", to=6), "committee", "notice.committee"),
    ("desks", _set("ocid", to="ocds-1-x"), "ocid", "notice.ocid"),
    ("desks", _set("openingKey", to="A" * 128), "openingKey", "notice.opening_key"),
    ("desks", _set("custodians", 0, "url", to="ftp://x"), "custodians[0].url", "notice.url"),
    ("desks", _set("bureau", "uscc", to="11440100000000001A"), "bureau.uscc", "notice.uscc"),
    ("desks", _set("title", to={"zh": "", "en": ""}), "title", "notice.words"),
    ("desks", _set("title", "zh", to=" 课桌"), "title.zh", "notice.text"),
]


@pytest.mark.parametrize(("name", "change", "field", "rule"), FAULTS, ids=[f"{f}-{r[7:]}" for _, _, f, r in FAULTS])
def test_one_fault_is_one_finding(tmp_path: Path, name: str, change: Change, field: str, rule: str) -> None:
    value = read_canonical(sample(tmp_path, name).data)
    change(value)
    notice, findings = look_at(value)
    assert notice is None
    assert (field, rule) in {(one.field, one.rule) for one in findings.errors}
    assert len(findings.errors) <= 2, [one.as_dict() for one in findings]
    assert all(one.message and one.message_zh for one in findings)


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    value = read_canonical(sample(tmp_path).data)
    value["committee"]["members"] = "5"
    value["evaluation"]["ties"] = ["draw", "price"]
    value["lots"][0]["ceiling"]["amount"] = "many"
    value["openAt"] = value["deadline"]
    assert {one.field for one in look_at(value)[1].errors} == {
        "committee.members",
        "evaluation.ties",
        "lots[0].ceiling.amount",
        "openAt",
    }


def test_a_consequence_of_a_fault_is_not_reported_beside_it(tmp_path: Path) -> None:
    value = read_canonical(sample(tmp_path).data)
    value["evaluation"]["criteria"][0]["weight"] = "fifty"
    assert [one.field for one in look_at(value)[1].errors] == ["evaluation.criteria[0].weight"]


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("price", ["1.00", "3600000.00"], ["1", "1.000", "0.99", "01.00", "-1.00", "1e3", "１.00", ""]),
        ("delivery.days", ["1", "90"], ["0", "91", "1.5", "one", "+3"]),
        ("warranty", ["1y", "5y"], ["2y", "", "1Y"]),
        ("brand", ["示例牌 A-1"], ["", " ", "x" * 1001]),
    ],
)
def test_a_value_is_judged_by_its_field(tmp_path: Path, field: str, good: list[str], bad: list[str]) -> None:
    found = sample(tmp_path).price_envelope.field(field)
    assert found is not None
    assert [found.fault(value) for value in good] == [None] * len(good)
    assert all(found.fault(value) for value in bad)


def test_the_guarantee_of_each_lot_follows_from_its_ceiling(tmp_path: Path) -> None:
    notice = sample(tmp_path, "roads")
    assert notice.guarantee is not None
    amounts = [notice.guarantee.for_ceiling(lot.ceiling) for lot in notice.lots]
    assert [one.amount for one in amounts if one] == [Decimal("277500.00"), Decimal("138000.00")]
    assert notice.guarantee.for_ceiling(None) is None
