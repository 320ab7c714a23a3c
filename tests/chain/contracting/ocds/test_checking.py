"""The schema says so when a release is broken; and so does an independent validator, fault by fault."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from chain.contracting.ocds import faults, package_faults
from chain.contracting.ocds.schemas import (
    BASE,
    EXTENSIONS,
    LEDGER,
    RECORD_PACKAGE,
    RELEASE,
    RELEASE_PACKAGE,
    extended,
    extension,
    patched,
    standard,
)
from tests.chain.contracting.ocds.process import whole

Break = Callable[[dict[str, Any]], object]
Value = dict[str, Any]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Value:
    return whole(tmp_path_factory.mktemp("process")).publish().releases


@pytest.fixture(scope="module")
def independent() -> Any:
    return _validator(RELEASE_PACKAGE)


def _validator(root: str) -> Any:
    schemas = {name: dict(one) for name, one in extended().items()}
    registry = jsonschema_rs.Registry(list(schemas.items()), draft=jsonschema_rs.Draft4)
    return jsonschema_rs.Draft4Validator(schemas[root], registry=registry, validate_formats=True)


def _tender(package: Value, release: int = 0) -> Any:
    return package["releases"][release]["tender"]


def _last(package: Value, name: str) -> Any:
    return [one for one in package["releases"] if name in one][-1][name]


BROKEN: list[tuple[str, Break]] = [
    ("uri", lambda p: p.pop("uri")),
    ("uri", lambda p: p.update(uri="no address")),
    ("version", lambda p: p.update(version="1.1.5.0")),
    ("publishedDate", lambda p: p.update(publishedDate="2026-13-01T00:00:00Z")),
    ("publisher.name", lambda p: p["publisher"].pop("name")),
    ("extensions[0]", lambda p: p["extensions"].insert(0, "bids")),
    ("releases", lambda p: p.update(releases=[])),
    ("releases", lambda p: p["releases"].append(p["releases"][0])),
    ("releases[0].ocid", lambda p: p["releases"][0].pop("ocid")),
    ("releases[0].id", lambda p: p["releases"][0].update(id="")),
    ("releases[0].date", lambda p: p["releases"][0].update(date="2026-01-01")),
    ("releases[0].tag", lambda p: p["releases"][0].update(tag=[])),
    ("releases[0].tag[0]", lambda p: p["releases"][0].update(tag=["sealed"])),
    ("releases[0].initiationType", lambda p: p["releases"][0].update(initiationType="auction")),
    ("releases[0].buyer", lambda p: p["releases"][0].update(buyer="示例市教育局")),
    ("releases[0].parties[0].roles", lambda p: p["releases"][0]["parties"][0].update(roles="buyer")),
    ("releases[0].tender.id", lambda p: _tender(p).pop("id")),
    ("releases[0].tender.status", lambda p: _tender(p).update(status="opened")),
    ("releases[0].tender.procurementMethod", lambda p: _tender(p).update(procurementMethod="sealed")),
    ("releases[0].tender.mainProcurementCategory", lambda p: _tender(p).update(mainProcurementCategory="desks")),
    ("releases[0].tender.value.amount", lambda p: _tender(p)["value"].update(amount="3600000.00")),
    ("releases[0].tender.value.currency", lambda p: _tender(p)["value"].update(currency="RMB")),
    ("releases[0].tender.value.exact", lambda p: _tender(p)["value"].update(exact="3,600,000")),
    ("releases[0].tender.tenderPeriod.endDate", lambda p: _tender(p)["tenderPeriod"].update(endDate=1_790_000_000)),
    ("releases[0].tender.hasEnquiries", lambda p: _tender(p).update(hasEnquiries="no")),
    ("releases[0].tender.items[0].id", lambda p: _tender(p)["items"][0].pop("id")),
    ("releases[0].tender.items[0].quantity", lambda p: _tender(p)["items"][0].update(quantity="12000")),
    ("releases[0].tender.lots[0].id", lambda p: _tender(p)["lots"][0].update(id=1)),
    ("releases[0].tender.lots[0].phase", lambda p: _tender(p)["lots"][0].update(phase="waiting")),
    ("releases[0].tender.documents[0].sha256", lambda p: _tender(p)["documents"][0].update(sha256="0xAB")),
    ("releases[0].tender.documents[0].cid", lambda p: _tender(p)["documents"][0].update(cid="Qm123")),
    ("releases[0].tender.documents[0].url", lambda p: _tender(p)["documents"][0].update(url="papers/1")),
    ("releases[0].tender.bidOpening.date", lambda p: _tender(p)["bidOpening"].update(date="noon")),
    ("releases[0].ledger.transaction", lambda p: p["releases"][0]["ledger"].pop("transaction")),
    ("bids.details[0].status", lambda p: _last(p, "bids")["details"][0].update(status="sealed")),
    ("bids.details[0].commitment", lambda p: _last(p, "bids")["details"][0].update(commitment="0x12")),
    ("bids.statistics[0].value", lambda p: _last(p, "bids")["statistics"][0].pop("value")),
    ("awards[0].status", lambda p: _last(p, "awards")[0].update(status="won")),
    ("contracts[0].awardID", lambda p: _last(p, "contracts")[0].pop("awardID")),
    ("contracts[0].period.startDate", lambda p: _last(p, "contracts")[0]["period"].update(startDate="2026-11-01")),
]  # fmt: skip


@pytest.mark.parametrize(("path", "break_it"), BROKEN, ids=[f"{n}-{one[0]}" for n, one in enumerate(BROKEN)])
def test_each_way_to_break_a_package_is_found_where_it_is(
    package: Value, independent: Any, path: str, break_it: Break
) -> None:
    broken = copy.deepcopy(package)
    break_it(broken)
    found = [one.path for one in package_faults(broken)]
    assert any(one.endswith(path) for one in found), found
    assert not independent.is_valid(broken)


MISSPELT: list[Break] = [
    lambda p: p.update(publishDate="2026-01-01T00:00:00Z"),
    lambda p: _tender(p).update(tittle="课桌椅"),
    lambda p: _tender(p)["lots"][0].update(statuss="active"),
    lambda p: _last(p, "awards")[0].update(relatedBids=["1-1"]),
]


@pytest.mark.parametrize("break_it", MISSPELT)
def test_a_member_that_no_schema_knows_is_found_which_json_schema_lets_pass(
    package: Value, independent: Any, break_it: Break
) -> None:
    broken = copy.deepcopy(package)
    break_it(broken)
    assert [one.rule for one in package_faults(broken)] == ["unknown"]
    assert independent.is_valid(broken)


def test_sound_packages_pass_both_validators(package: Value, tmp_path: Path, independent: Any) -> None:
    found = whole(tmp_path).publish()
    assert [*package_faults(package), *package_faults(found.record)] == []
    assert independent.is_valid(package)
    assert _validator(RECORD_PACKAGE).is_valid(found.record)
    record = copy.deepcopy(found.record)
    record["records"][0]["compiledRelease"]["tender"]["status"] = "opened"
    assert [one.path for one in package_faults(record)] == ["records[0].compiledRelease.tender.status"]
    record["records"][0]["releases"] = [{"date": "2026-01-01T00:00:00Z"}]
    assert "oneOf" in {one.rule for one in package_faults(record)}


def test_extensions_add_members_and_change_none_of_the_standard() -> None:
    whole_one, plain = extended()[RELEASE], standard()[RELEASE]

    def holds(bigger: Any, smaller: Any) -> bool:
        if isinstance(smaller, dict):
            return isinstance(bigger, dict) and all(
                name in bigger and holds(bigger[name], part) for name, part in smaller.items()
            )
        return bool(bigger == smaller)

    assert holds(whole_one, plain)
    assert set(extended()) == {RELEASE, RELEASE_PACKAGE, RECORD_PACKAGE}
    assert plain["id"] == BASE + "release-schema.json"
    for name in (*EXTENSIONS, LEDGER):
        assert extension(name)["definitions"]
    assert patched({"a": {"b": 1, "c": 2}}, {"a": {"b": None, "d": 3}}) == {"a": {"c": 2, "d": 3}}


def test_whole_numbers_are_numbers_and_booleans_are_none() -> None:
    schema = {"properties": {"n": {"type": "number"}, "i": {"type": "integer"}}}
    assert list(faults({"n": 1, "i": 1}, schema, {})) == []
    assert [one.path for one in faults({"n": True, "i": 1.5}, schema, {})] == ["n", "i"]
