"""A14: a published package of open contracting data (OCDS), against ledger and board."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chain.audit.report import Broken, Report
from chain.contracting.ocds import (
    Packages,
    Publication,
    compiled,
    differences,
    package_faults,
    publish,
    releases_in,
)
from chain.kernel.tender_ports import Board, TenderLedger

_MOST = 20
"""Members that are named; of more it is said how many there are."""


def audit_package(report: Report, ledger: TenderLedger, board: Board, tender: int, package: Mapping[str, Any]) -> None:
    """Look at a release package or record package of one tender.

    A package may be older than the ledger: what came later is noted, and what it holds must be right.

    Args:
        report: collects findings.
        ledger: what the contracts say.
        board: where papers lie.
        tender: its number.
        package: as it was published.
    """
    name = f"tender {tender}, OCDS"
    report.about(name)
    found = releases_in(package)[1]
    _form(report, name, package)
    publication = Publication.of(package, tender)
    expected = report.try_("A1402", name, lambda: publish(ledger, board, tender, publication))
    if expected is None:
        return
    _compare_releases(report, name, found, expected)
    _compare_frame(report, name, package, expected, found)
    if "records" in package:
        with report.looking("A1405", name):
            records = package["records"]
            told = records[0].get("compiledRelease") if records and found else None
            _same(told, compiled(found) if found else None, "compiledRelease")
            if len(records) != 1:
                raise Broken(f"it holds {len(records)} records, not the one of this tender")


def _form(report: Report, name: str, package: Mapping[str, Any]) -> None:
    with report.looking("A1401", name):
        faults = list(package_faults(package))
        if faults:
            listed = "; ".join(f"{one.path}: {one.message}" for one in faults[:_MOST])
            raise Broken(f"{len(faults)} faults: {listed}")


def _compare_releases(report: Report, name: str, found: list[Any], expected: Packages) -> None:
    right = {one.value["id"]: one.value for one in expected.told.releases}
    ids = [one.get("id") if isinstance(one, dict) else None for one in found]
    for place, one in enumerate(found):
        at = f"{name}, release {ids[place]}"
        with report.looking("A1403", at):
            if ids[place] not in right:
                raise Broken("ledger and board give no such release")
            _same(one, right[ids[place]], "")
    due = list(right)
    with report.looking("A1404", name):
        if ids != due[: len(ids)]:
            lacking = [one for one in due[: len(ids)] if one not in ids]
            raise Broken(f"not every release up to its last, in order; it lacks {', '.join(lacking) or 'none'}")
    if len(ids) < len(due):
        report.note("A1404", name, f"{len(due) - len(ids)} releases came later, from {due[len(ids)]} on")


def _compare_frame(report: Report, name: str, package: Mapping[str, Any], expected: Packages, found: list[Any]) -> None:
    whole = expected.record if "records" in package else expected.releases
    contents = ("records", "releases")
    with report.looking("A1402", name):
        right = {member: part for member, part in whole.items() if member not in contents}
        if 0 < len(found) < len(expected.told.releases):
            right["publishedDate"] = expected.told.releases[len(found) - 1].value["date"]
        _same({member: part for member, part in package.items() if member not in contents}, right, "")


def _same(found: Any, right: Any, path: str) -> None:
    differing = list(differences(found, right, path))
    if differing:
        more = f" and {len(differing) - _MOST} more" if len(differing) > _MOST else ""
        raise Broken(f"differs in {', '.join(differing[:_MOST])}{more}")
