"""``yinxin import``: existing certificates keep their identifiers, byte for byte, and both people see which fail."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from chain.identifiers import mint
from scripts.samples.lists import CHINESE, Sample, csv_bytes
from tests.api.town import BUREAU, LICENCE, OTHER, OTHER_NAME, Town, licences

pytestmark = pytest.mark.loopback

TYPE = ("--type", "business-licence")
REGION = "440100"


def wrong_check(identifier: str) -> str:
    """The same with another check character."""
    return identifier[:-1] + ("A" if identifier[-1] != "A" else "B")


def regional(serial: str, version: str = "001") -> str:
    """An identifier under a region's code, as older systems gave them."""
    return str(mint(LICENCE, REGION, serial, version))


def stock_list(town: Town, rows: Sequence[tuple[str, Sample]], name: str = "stock.csv") -> Path:
    """A list with a column 证照标识."""
    file = town.folder / name
    cells = [[*CHINESE, "证照标识"], *([*sample.values, identifier] for identifier, sample in rows)]
    file.write_bytes(csv_bytes(cells, "utf-8"))
    return file


def bring(town: Town, file: Path, *more: str) -> dict[str, object]:
    with town.signing():
        return town.ok(town.officer, "import", str(file), *TYPE, "--wait", "60", *more)


def test_they_keep_identifier_and_dates_and_are_found_by_it(town: Town) -> None:
    samples = [sample.with_value("certificateEffectiveDate", "2011-03-01") for sample in licences(4)]
    samples = [sample.with_value("certificateIssuedDate", "2011-03-01") for sample in samples]
    samples = [sample.with_value("KZ_establishmentDate", "2011-03-01") for sample in samples]
    identifiers = [
        str(mint(LICENCE, BUREAU, "OLD0000001", "003")),
        regional("OLD0000002"),
        wrong_check(regional("OLD0000003")),
        wrong_check(regional("OLD0000004", "002")),
    ]
    file = stock_list(town, list(zip(identifiers, samples, strict=True)))

    first = town.run(town.officer, "import", str(file), *TYPE, "--wait", "0")
    assert (first.code, first.data["waitingFor"]) == (2, "release")
    assert (first.data["kept"], first.data["minted"], first.data["failing"]) == (4, 0, identifiers[2:])
    (waiting,) = town.ok(town.approver, "approvals")["waiting"]
    assert (waiting["size"], waiting["operation"], waiting["failing"]) == (4, "import", 2)
    shown = town.run(town.approver, "approvals", as_json=False).out
    assert "4 imported, 3 of them under another code" in shown
    assert "2 of 4" in shown
    assert identifiers[2] in shown

    done = bring(town, file)
    assert (done["state"], done["issued"]) == ("complete", 4)
    assert town.identifiers(1) == identifiers
    for identifier in identifiers:
        found = town.verify(identifier.encode())
        assert str(found.verdict) == "VALID", identifier
        assert found.certificate["identifier"] == identifier
        bundle = town.bundle(identifier)
        assert identifier.encode() not in bundle, "it lies in a disclosure"
        assert town.verdict(bundle) == "VALID"
    said = town.run(town.officer, "verify", identifiers[3])
    assert (said.code, said.data["certificate"]["validity"]["notBefore"][:10]) == (0, "2011-02-28")
    assert bring(town, file)["issued"] == 0, "the same list twice imports once"

    mistyped = town.verify(wrong_check(regional("OLD0000099")).encode())
    assert str(mistyped.verdict) == "UNKNOWN"
    assert "check" in mistyped.steps[0].detail(), "an identifier nobody knows is still called mistyped"

    # What follows an imported certificate has the bureau's own code and the next version.
    renewed = [samples[3].with_value("certificateExpiringDate", "2060-12-31")]
    batch = town.issue(renewed, name="renew.csv", verb="renew")["batch"]
    assert town.identifiers(batch) == [str(mint(LICENCE, BUREAU, "OLD0000004", "003"))]
    assert town.verdict(identifiers[3].encode()) == "SUPERSEDED"

    # Everything comes back from ledger, store and vault.
    town.lose_register()
    assert town.ok(town.officer, "rebuild")["certificates"] == 5
    assert town.identifiers(1) == identifiers


@pytest.mark.parametrize(
    ("identifier", "rule"),
    [
        (wrong_check(str(mint(LICENCE, BUREAU, "OLD0000001"))), "identifier.check"),
        ("11440100000000001F.OLD0000001", "identifier.form"),
        (str(mint("11100000MB0143028R002", REGION, "OLD0000001")), "identifier.other-type"),
        (regional("OLD0000001").lower(), "identifier.type"),
        ("", "identifier.missing"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_imported(shared_town: Town, identifier: str, rule: str) -> None:
    town = shared_town
    file = stock_list(town, [(regional("OLD0000077"), licences(1)[0]), (identifier, licences(1, first=2)[0])])
    said = town.run(town.officer, "import", str(file), *TYPE, "--wait", "0")
    assert said.code == 1
    assert rule in {finding["rule"] for finding in said.data["findings"] if finding["row"] == 3}
    assert town.ok(town.officer, "batch", "list")["batches"] == []


def test_an_identifier_in_a_strangers_name_is_refused(shared_town: Town) -> None:
    town = shared_town
    file = stock_list(town, [(str(mint(LICENCE, OTHER, "OLD0000001")), licences(1)[0])])
    said = town.run(town.officer, "import", str(file), *TYPE, "--wait", "0")
    assert (said.code, said.data["error"]["code"]) == (1, "identifier.of_another")
    assert said.data["error"]["message"].startswith("row 2:")


def test_of_a_bureau_it_has_succeeded_it_may_bring_them(town: Town) -> None:
    town.ok(town.authority, "authority", "register", OTHER, "--name", OTHER_NAME)
    town.ok(town.authority, "authority", "succeed", OTHER, BUREAU)
    identifier = wrong_check(str(mint(LICENCE, OTHER, "OLD0000001")))
    bring(town, stock_list(town, [(identifier, licences(1)[0])]))
    assert town.verdict(identifier.encode()) == "VALID"


def test_collisions_are_named(town: Town) -> None:
    one, other = regional("OLD0000001"), regional("OLD0000002")
    bring(town, stock_list(town, [(one, licences(1)[0])]))
    for identifier, sample in ((one, licences(1, first=2)[0]), (other, licences(1)[0])):
        file = stock_list(town, [(identifier, sample)], "again.csv")
        said = town.run(town.officer, "import", str(file), *TYPE, "--wait", "0")
        assert (said.code, said.data["error"]["code"]) == (1, "batch.duplicate")
        assert said.data["taken"][0]["identifier"] == one
    double = stock_list(town, [(other, sample) for sample in licences(2, first=5)], "double.csv")
    said = town.run(town.officer, "import", str(double), *TYPE, "--wait", "0")
    assert [finding["rule"] for finding in said.data["findings"]] == ["row.identifier"]


def test_rows_without_one_get_one_only_if_asked(town: Town) -> None:
    samples = licences(2)
    file = stock_list(town, [(regional("OLD0000001"), samples[0]), ("", samples[1])])
    done = bring(town, file, "--mint-missing")
    assert (done["kept"], done["minted"]) == (1, 1)
    kept, minted = town.identifiers(1)
    assert kept == regional("OLD0000001")
    assert minted == str(mint(LICENCE, BUREAU, samples[1].values[0]))


def test_issuing_ignores_the_column_and_says_so(shared_town: Town) -> None:
    file = stock_list(shared_town, [(regional("OLD0000001"), licences(1)[0])])
    said = shared_town.ok(shared_town.officer, "issue", str(file), *TYPE, "--dry-run")
    assert [finding["rule"] for finding in said["findings"]] == ["column.unknown"]
