"""What scripts/ocds gives to libcoveocds, and how it reads the answer; the checker itself is run by hand, not here."""

from __future__ import annotations

import json
import venv
from pathlib import Path
from typing import Any

import pytest

from chain.contracting.ocds.schemas import EXTENSIONS
from scripts.ocds import run

CLEAN: dict[str, Any] = {
    "count": 17, "validation_errors": [], "deprecated_fields": [], "all_additional_fields": [],
    "additional_closed_codelist_values": {}, "additional_checks": {}, "extensions": {"invalid_extensions": []},
}  # fmt: skip
FAULTS: dict[str, Any] = {
    "validation_errors": [{"path": "releases/4", "description": "'date' is missing but required"}],
    "deprecated_fields": [{"field": "amendment", "paths": ["releases/2/tender"]}],
    "all_additional_fields": [
        {"path": "/releases/tender", "field_name": "colour", "root_additional_field": True},
        {"path": "/releases/tender/colour", "field_name": "name", "root_additional_field": False},
    ],
    "additional_closed_codelist_values": {"x": {"path": "releases/tender", "field": "status", "values": ["opened"]}},
    "additional_checks": {"empty_field": [{"json_location": "releases/3/tender/title"}]},
    "extensions": {"invalid_extensions": [["https://extensions.example.org/a/extension.json", "fetching failed"]]},
    "conformance_errors": {"ocds_prefixes_bad_format": ["7"]},
    "structure_warnings": {"missing_ids": ["releases/0/tender/items/0/id"]},
}
LINES = {
    "validation_errors": "releases/4: 'date' is missing but required",
    "deprecated_fields": "releases/2/tender/amendment: deprecated",
    "all_additional_fields": "/releases/tender/colour: no schema knows it",
    "additional_closed_codelist_values": "releases/tender/status: codes ['opened']",
    "additional_checks": "releases/3/tender/title: empty_field",
    "extensions": "extension https://extensions.example.org/a/extension.json: fetching failed",
    "conformance_errors": 'conformance_errors: {"ocds_prefixes_bad_format": ["7"]}',
    "structure_warnings": 'no id: "releases/0/tender/items/0/id"',
}


def test_an_answer_without_faults_has_none() -> None:
    found = run.finding(CLEAN)
    assert (found.count, found.faults) == (17, ())
    assert run.finding(CLEAN | {"extensions": None}).faults == ()


@pytest.mark.parametrize("member", FAULTS)
def test_every_kind_of_fault_has_its_line(member: str) -> None:
    assert run.finding(CLEAN | {member: FAULTS[member]}).faults == (LINES[member],)


def test_a_package_that_the_checker_trips_over_is_at_fault() -> None:
    assert run.finding({"refused": "KeyError: 'x'"}).faults == ("refused: KeyError: 'x'",)


def test_the_standard_is_given_with_its_record_and_its_closed_lists_of_codes() -> None:
    files = run.schema_files()
    package = json.loads(files["record-package-schema.json"])
    assert package["properties"]["records"]["items"] == {"$ref": "#/definitions/record"}
    assert {"ocid", "releases", "compiledRelease"} <= package["definitions"]["record"]["properties"].keys()
    assert "unsuccessful" in files["codelists/tenderStatus.csv"].splitlines()
    assert "tenderCancellation" in files["codelists/releaseTag.csv"].splitlines()


def test_every_extension_that_our_packages_declare_has_its_files() -> None:
    for package in run.made().values():
        given = run.extensions([package])
        assert set(package["extensions"]) == set(given) > set(EXTENSIONS.values())
    names = {"extensions": ["urn:yinxin:ocds:ledger:1", "https://elsewhere.example.org/extension.json", 7]}
    assert set(run.extensions([names])) == {*EXTENSIONS.values(), "urn:yinxin:ocds:ledger:1"}


def test_without_the_checker_or_a_readable_file_the_command_says_why_and_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(run, "FOLDER", tmp_path / "build")
    monkeypatch.setattr(venv, "create", full)
    package = tmp_path / "package.json"
    monkeypatch.setattr("sys.argv", ["run", str(package)])
    for data, said in ((b"{}", "no libcoveocds: no space left"), (b"[]", "no JSON object"), (b"{", "not read: ")):
        package.write_bytes(data)
        assert run.main() == 2
        assert said in capsys.readouterr().err
