"""Open contracting packages before a stranger's eyes: libcoveocds, the Open Contracting Partnership's own checker.

    python -m scripts.ocds.run FILE…       release or record packages
    python -m scripts.ocds.run             those in demo-out/ocds, else two that are made from the tests' tender

Exit code 0: nothing is wrong. 1: something is, and each fault has its line. 2: libcoveocds could not be had, or a file
not be read, and why.

What counts as wrong: a fault against the schema, a member that the standard deprecates, a member or a code of a closed
list that no schema knows, an empty member (libcoveocds' additional check), a bad ocid, an extension without files.

libcoveocds (AGPL) is a tool for development in a virtual environment of its own under build/, made once from
requirements.lock, every package by hash; it runs in its own process (inside.py), and nothing of ours imports or ships
it. It gets no network: standard and extensions are our own files (chain/contracting/ocds/schema), so it judges packages
by its rules, and by our copy of the schemas. Two things are left out for want of files: versionedRelease, which our
records never have, and codes of open lists, where every code is allowed.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chain.contracting.ocds.packages import Publication, extension_files
from chain.contracting.ocds.schemas import EXTENSIONS, LEDGER, extension, standard
from scripts.own_environment import NoTool, own_python

ROOT = Path(__file__).resolve().parent.parent.parent
LOCK = Path(__file__).with_name("requirements.lock")
FOLDER = ROOT / "build" / "ocds"
DEMO = ROOT / "demo-out" / "ocds"
_OURS = (Publication("").extension, "/extension/extension.json")
_RECORD = "#/definitions/record"
_PATIENCE = 600


@dataclass(frozen=True)
class Finding:
    """What libcoveocds says of one package; each list has a line a fault.

    Attributes:
        count: releases of a release package, records of a record package.
    """

    count: int
    validation: tuple[str, ...] = ()
    deprecated: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    additional: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.validation, *self.deprecated, *self.unknown, *self.additional, *self.others)

    @property
    def line(self) -> str:
        """The counts."""
        return (
            f"{self.count} releases or records, {len(self.validation)} validation errors, "
            f"{len(self.deprecated)} deprecated fields, {len(self.unknown)} unknown fields and codes, "
            f"{len(self.additional)} additional checks, {len(self.others)} others"
        )


def finding(answer: Mapping[str, Any]) -> Finding:
    """An answer of inside.py, read."""
    if "refused" in answer:
        return Finding(0, others=(f"refused: {answer['refused']}",))
    closed = answer["additional_closed_codelist_values"]
    others = [f"extension {url}: {why}" for url, why in (answer["extensions"] or {}).get("invalid_extensions", ())]
    others += [
        f"{name}: {json.dumps(answer[name])}" for name in ("conformance_errors", "json_deref_error") if answer.get(name)
    ]
    others += [f"no id: {json.dumps(one)}" for one in answer.get("structure_warnings", {}).get("missing_ids", ())]
    return Finding(
        answer["count"],
        tuple(f"{one['path']}: {one['description']}" for one in answer["validation_errors"]),
        tuple(f"{path}: deprecated" for one in answer["deprecated_fields"] for path in _paths(one)),
        (
            *(
                f"{one['path']}/{one['field_name']}: no schema knows it"
                for one in answer["all_additional_fields"]  # additional_fields would list title_en and the like
                if one["root_additional_field"]
            ),
            *(f"{one['path']}/{one['field']}: codes {one['values']}" for one in closed.values()),
        ),
        tuple(f"{one['json_location']}: {name}" for name, many in answer["additional_checks"].items() for one in many),
        tuple(others),
    )


def _paths(deprecated: Mapping[str, Any]) -> Iterator[str]:
    for path in deprecated["paths"]:
        yield f"{path}/{deprecated['field']}"


def checker() -> Path:
    """The Python of libcoveocds' environment, which is made first if the lock has changed. Raises NoTool."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        return own_python(FOLDER, LOCK, "libcoveocds")


def check(packages: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """What libcoveocds says of each. Raises NoTool."""
    given = {"standard": schema_files(), "extensions": extensions(packages), "packages": packages}
    done = subprocess.run(
        [str(checker()), "-I", str(Path(__file__).with_name("inside.py"))],
        input=json.dumps(given), check=False, capture_output=True, text=True, timeout=_PATIENCE, cwd=FOLDER,
    )  # fmt: skip
    if done.returncode:
        raise NoTool(f"no libcoveocds: {(done.stderr.strip() or str(done.returncode)).splitlines()[-1]}")
    return [finding(one) for one in json.loads(done.stdout)]


def schema_files() -> dict[str, str]:
    """The standard's folder ``schema``, by name; closed lists of codes are what the schemas enumerate."""
    schemas = {name.rpartition("/")[2]: schema for name, schema in standard().items()}
    records = schemas["record-package-schema.json"]
    # libcoveocds looks for the record among the definitions, where the original has it.
    members = {**records["properties"], "records": {**records["properties"]["records"], "items": {"$ref": _RECORD}}}
    record = records["properties"]["records"]["items"]
    schemas["record-package-schema.json"] = {**records, "properties": members, "definitions": {"record": record}}
    schemas["versioned-release-validation-schema.json"] = {"$schema": records["$schema"]}
    out = {name: _text(schema) for name, schema in schemas.items()}
    lists: dict[str, set[str]] = {}
    for name, codes in _codes([*schemas.values(), *(extension(one) for one in (*EXTENSIONS, LEDGER))]):
        lists.setdefault(name, set()).update(codes)
    return out | {f"codelists/{name}": "\n".join(["Code", *sorted(codes)]) + "\n" for name, codes in lists.items()}


def _text(schema: Mapping[str, Any]) -> str:
    """With the prose that libcoveocds wants beside every mark of deprecation; ours has the marks alone."""
    return json.dumps(schema).replace('"deprecated": {', '"deprecated": {"description": "", ')


def _codes(value: Any) -> Iterator[tuple[str, list[str]]]:
    if isinstance(value, list):
        for one in value:
            yield from _codes(one)
    elif isinstance(value, dict):
        listed = value.get("enum") or (value.get("items") or {}).get("enum")
        if isinstance(value.get("codelist"), str) and listed:
            yield value["codelist"], [one for one in listed if one is not None]
        for one in value.values():
            yield from _codes(one)


def extensions(packages: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Files of the extensions that packages declare and that we have, by address."""
    out = {
        url: {"extension.json": "{}", "release-schema.json": _text(extension(name))} for name, url in EXTENSIONS.items()
    }
    ours = {name: data.decode() for name, data in extension_files().items()}
    for package in packages:
        declared = package.get("extensions")
        for url in declared if isinstance(declared, list) else ():
            if isinstance(url, str) and url.endswith(_OURS):
                out[url] = ours
    return out


def _read(path: Path) -> dict[str, Any]:
    value = json.loads(path.read_bytes())
    if not isinstance(value, dict):
        raise ValueError(f"{path}: no JSON object")
    return value


def made() -> dict[str, dict[str, Any]]:
    """Both packages of the tests' tender, from its notice to the record of performance."""
    from tests.chain.contracting.ocds.process import whole

    with tempfile.TemporaryDirectory() as folder:
        packages = whole(Path(folder)).publish()
    return {"releases of the tests' tender": dict(packages.releases), "its record": dict(packages.record)}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="packages; default: demo-out/ocds")
    given = parser.parse_args()
    files = given.files or sorted(DEMO.glob("**/*-releases.json")) + sorted(DEMO.glob("**/*-record.json"))
    try:
        packages = {str(one): _read(one) for one in files} if files else made()
        findings = check(list(packages.values()))
    except NoTool as error:
        print(error, file=sys.stderr)
        return 2
    except (OSError, ValueError) as error:
        print(f"not read: {error}", file=sys.stderr)
        return 2
    for name, found in zip(packages, findings, strict=True):
        print(f"{name}: {found.line}")
        for fault in found.faults:
            print(f"  {fault}")
    return 1 if any(found.faults for found in findings) else 0


if __name__ == "__main__":
    raise SystemExit(main())
