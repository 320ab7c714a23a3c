"""Packages as they are published, and looking at them before they go out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chain.contracting.ocds.checking import Fault, faults
from chain.contracting.ocds.members import SCHEME, Papers
from chain.contracting.ocds.merging import compiled
from chain.contracting.ocds.releases import Told, tell_releases
from chain.contracting.ocds.required import missing
from chain.contracting.ocds.schemas import (
    EXTENSIONS,
    LEDGER,
    RECORD_PACKAGE,
    RELEASE_PACKAGE,
    extended,
    extension,
    metadata,
)
from chain.contracting.ocds.sources import Sources
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Damaged
from chain.kernel.tender_ports import Board, TenderLedger
from chain.tenders.notice import Notice, notices

VERSION = "1.1"
ROOM = "/v1/ocds"
"""Where a service has its open data."""


@dataclass(frozen=True, slots=True)
class Publication:
    """Under which addresses a tender is published.

    Attributes:
        base: address of a service without a slash at its end, or empty: packages have names and no addresses.
    """

    base: str = ""

    @property
    def extension(self) -> str:
        """Where our own extension lies."""
        return f"{self.base}{ROOM}/extension/extension.json" if self.base else "urn:yinxin:ocds:ledger:1"

    def uri(self, book: bytes, tender: int, name: str) -> str:
        """Of a package: ``name`` is ``releases`` or ``record``."""
        if self.base:
            return f"{self.base}{ROOM}/tenders/{tender}/{name}"
        return f"urn:yinxin:ocds:{hex0x(book)}:{tender}:{name}"

    @classmethod
    def of(cls, package: Mapping[str, Any], tender: int) -> Publication:
        """Under which a package of that tender was published."""
        uri, room = str(package.get("uri", "")), f"{ROOM}/tenders/{tender}/"
        base, found, name = uri.rpartition(room)
        return cls(base if found and name in ("releases", "record") else "")

    def frame(self, uri: str, notice: Notice, date: str) -> dict[str, Any]:
        """The members of a package besides its contents. It is as old as its newest release: no clock is asked."""
        bureau = notice.bureau
        return {
            "uri": uri, "version": VERSION, "extensions": [*EXTENSIONS.values(), self.extension],
            "publishedDate": date, "publisher": {"name": bureau.name, "scheme": SCHEME, "uid": bureau.uscc},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Packages:
    """What is published of one tender: every release in one package, and the record of the whole."""

    told: Told
    releases: dict[str, Any]
    record: dict[str, Any]


def publish(ledger: TenderLedger, board: Board, tender: int, publication: Publication) -> Packages:
    """The packages of one tender, from ledger and board alone.

    Raises:
        NotFound: no such tender; or a paper that is needed lies on no board.
        Damaged: events or papers that cannot be.
        Refused: the notice says other than the chain.
        Unavailable: no answer.
    """
    versions = notices(ledger, board, tender)
    sources = Sources(board, ledger.genesis, ledger.chain_id, ledger.book, tender)
    events = tuple(ledger.tender_events(tender))
    told = tell_releases(events, versions, sources, Papers(publication.base, tender))
    return packages_of(told, versions[-1], ledger.book, publication)


def packages_of(told: Told, notice: Notice, book: bytes, publication: Publication) -> Packages:
    """The packages around releases."""
    values = [one.value for one in told.releases]
    date = values[-1]["date"]
    releases = publication.frame(publication.uri(book, notice.tender, "releases"), notice, date)
    record = publication.frame(publication.uri(book, notice.tender, "record"), notice, date)
    whole = {"ocid": values[0]["ocid"], "releases": values, "compiledRelease": compiled(values)}
    return Packages(told, {**releases, "releases": values}, {**record, "records": [whole]})


def check(packages: Packages) -> None:
    """See whether packages may go out. Raises Damaged, naming the first member at fault and how many there are."""
    found = [*package_faults(packages.releases), *package_faults(packages.record)]
    if found:
        first = found[0]
        raise Damaged(
            f"{first.path}: {first.message} ({first.rule}); {len(found)} faults in all", code="ocds.fault",
            field=first.path, fix="publish nothing; this is a fault of the program or of a paper: tell its maintainers",
        )  # fmt: skip


def package_faults(package: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults of a release package or record package: schema, required members, what is told too early."""
    schemas = extended()
    yield from faults(package, schemas[RECORD_PACKAGE if "records" in package else RELEASE_PACKAGE], schemas)
    start, found = releases_in(package)
    for place, release in enumerate(found):
        if isinstance(release, dict):
            at = f"{start}[{place}]."
            yield from (Fault(at + one.path, one.rule, one.message) for one in missing(release))


def releases_in(package: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Where the releases of a package of either kind stand, and the releases; none if it has another form."""
    if "records" not in package:
        start, found = "releases", package.get("releases")
    else:
        records = package["records"]
        first = records[0] if isinstance(records, list) and records and isinstance(records[0], dict) else {}
        start, found = "records[0].releases", first.get("releases")
    return start, found if isinstance(found, list) else []


def extension_files() -> dict[str, bytes]:
    """The files of our own extension, by name, as a package declares it."""
    return {"extension.json": to_bytes(metadata()), "release-schema.json": to_bytes(extension(LEDGER))}


def to_bytes(value: Any) -> bytes:
    """A package as a file: UTF-8, members sorted, the same bytes for the same value everywhere."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def read_package(data: bytes) -> dict[str, Any]:
    """A package from a file. Raises Damaged."""
    try:
        value = json.loads(data)
    except ValueError as error:
        raise Damaged("not a package: no JSON", code="ocds.json", field="ocds", fix="name a release package") from error
    if not isinstance(value, dict):
        raise Damaged("not a package", code="ocds.json", field="ocds", fix="name a release package")
    return value
