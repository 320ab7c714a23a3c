"""A bidder's working folder for one lot, ``<home>/bids/<tender>-<lot>/``: everything that a stop must not lose.

::

    bid.json                    where, by which keys of the home       written first, never changed but by a move
    draft.json                  what the bidder fills in
    statement.json              the organisation statement, while it is signed by all
    versions/<n>/envelope-1.age, envelope-1.age.committed.json, envelope-1.age.proof.age, kept.age
                 sealed.json    the version is whole                   written last
                 act.json       signed; with custody once there is one
                 receipt.json   the ledger accepted it
    acts/<n>.json, acts/<n>.receipt.json      withdrawals and moves

What was accepted is asked of the ledger each time; a file here says what was tried. Secrets among them are encrypted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, InvalidInput, NotFound
from chain.kernel.home import write_atomically
from chain.kernel.tender_facts import NO_FILE, Commitment, SealedFile
from chain.kernel.tender_ports import TenderLedger
from chain.tenders.bidding.acts import SignedAct, read_act
from chain.tenders.bidding.draft import Draft, read_draft
from chain.tenders.bidding.members import exactly, fault, hexed, listed, number, read_paper, text
from chain.tenders.bidding.place import BidPlace, read_place
from chain.tenders.bidding.statement import Statement, read_statement

BID_FORMAT, SEALED_FORMAT = "yinxin-bid-folder-1", "yinxin-sealed-version-1"


@dataclass(frozen=True, slots=True)
class BidKeys:
    """The keys of one bid in a home.

    Attributes:
        place: with the first fresh address.
        fresh: name and address of every key that ever acts for the bid, the first first.
        recovery: name of the recovery key; empty where it lies in a kit only.
    """

    place: BidPlace
    fresh: tuple[tuple[str, bytes], ...]
    recovery: str

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": BID_FORMAT,
                "place": self.place.as_dict(),
                "fresh": [{"name": name, "address": hex0x(address)} for name, address in self.fresh],
                "recovery": self.recovery,
            }
        )


def read_keys(data: bytes) -> BidKeys:
    """Inverse of :meth:`BidKeys.to_bytes`. Raises InvalidInput."""
    value = read_paper(data, BID_FORMAT, ("place", "fresh", "recovery"))
    fresh = []
    for item in listed(value["fresh"], "fresh", least=1, most=1000):
        members = exactly(item, {"name", "address"}, "fresh")
        fresh.append((text(members["name"], "fresh.name", least=0, most=40), hexed(members["address"], "address", 20)))
    return BidKeys(read_place(value["place"]), tuple(fresh), text(value["recovery"], "recovery", least=0, most=40))


@dataclass(frozen=True, slots=True)
class SealedVersion:
    """A version that is sealed and may be committed.

    Attributes:
        place: of the bid, with the address that it is sealed for.
        version: number of the act that commits it.
        notice: SHA-256 of the notice that it was made from, 32 bytes.
        kind_digest: 32 bytes.
        files: envelope to file.
    """

    place: BidPlace
    version: int
    notice: bytes
    kind_digest: bytes
    files: Mapping[int, SealedFile]

    def commitment(self, not_after: int) -> Commitment:
        """What is signed."""
        place = self.place
        return Commitment(
            place.tender, place.lot, place.bidder, self.version, place.recovery, not_after, self.kind_digest,
            self.files[1], self.files.get(2, NO_FILE),
        )  # fmt: skip

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        files = [self.files[number] for number in sorted(self.files)]
        return canonical(
            {
                "format": SEALED_FORMAT,
                "place": self.place.as_dict(),
                "version": self.version,
                "notice": hex0x(self.notice),
                "kindDigest": hex0x(self.kind_digest),
                "files": [{"digest": hex0x(one.digest), "size": one.size, "form": hex0x(one.form)} for one in files],
            }
        )


def read_sealed(data: bytes) -> SealedVersion:
    """Inverse of :meth:`SealedVersion.to_bytes`. Raises InvalidInput."""
    value = read_paper(data, SEALED_FORMAT, ("place", "version", "notice", "kindDigest", "files"))
    files: dict[int, SealedFile] = {}
    for at, item in enumerate(listed(value["files"], "files", least=1, most=2)):
        one = exactly(item, {"digest", "size", "form"}, "files")
        files[at + 1] = SealedFile(
            hexed(one["digest"], "digest", 32), number(one["size"], "size"), hexed(one["form"], "form", 32)
        )
    return SealedVersion(
        read_place(value["place"]),
        number(value["version"], "version", least=1, most=2**32 - 1),
        hexed(value["notice"], "notice", 32),
        hexed(value["kindDigest"], "kindDigest", 32),
        files,
    )


class VersionFolder:
    """One sealed version. Args: ``path``, which may not be there yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def envelope(self, number: int) -> Path:
        """Its sealed file."""
        return self.path / f"envelope-{number}.age"

    @property
    def sealed(self) -> SealedVersion | None:
        """What was sealed, or None while that is not whole."""
        file = self.path / "sealed.json"
        return read_sealed(file.read_bytes()) if file.is_file() else None

    @property
    def act(self) -> SignedAct | None:
        """What was signed last, or None."""
        file = self.path / "act.json"
        return read_act(file.read_bytes()) if file.is_file() else None

    def keep(self, signed: SignedAct) -> None:
        """Keep what was signed, before it goes out."""
        write_atomically(self.path / "act.json", signed.to_bytes())

    @property
    def receipt(self) -> Path:
        """Where its receipt lies."""
        return self.path / "receipt.json"


class BidFolder:
    """Args: ``path``, such as ``<home>/bids/7-1``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def exists(self) -> bool:
        """True once a bid was started here."""
        return (self.path / "bid.json").is_file()

    @property
    def keys(self) -> BidKeys:
        """Its keys. Raises NotFound."""
        if not self.exists:
            raise NotFound(
                f"no bid was started in {self.path}", code="bidding.none", field="tender",
                fix="yinxin bid start TENDER --lot L",
            )  # fmt: skip
        return read_keys((self.path / "bid.json").read_bytes())

    def start(self, keys: BidKeys) -> None:
        """Open the folder, or replace what it says of its keys."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(self.path / "bid.json", keys.to_bytes())

    def draft(self, file: Path | None = None) -> Draft:
        """What the bidder filled in. Raises InvalidInput, NotFound."""
        file = file or self.path / "draft.json"
        if not file.is_file():
            raise NotFound(f"no draft {file}", code="bidding.draft", field="draft", fix="name it with --draft")
        return read_draft(file.read_bytes(), file.parent)

    @property
    def statement(self) -> Statement | None:
        """The statement, complete or not; None if none was made."""
        file = self.path / "statement.json"
        return read_statement(_json(file), complete=False) if file.is_file() else None

    def state(self, statement: Statement) -> None:
        """Keep a statement."""
        write_atomically(self.path / "statement.json", statement.to_bytes())

    def version(self, number: int) -> VersionFolder:
        """Folder of a version."""
        return VersionFolder(self.path / "versions" / str(number))

    def versions(self) -> tuple[int, ...]:
        """Numbers of the versions that are sealed, ascending."""
        found = [int(one.name) for one in (self.path / "versions").glob("*") if one.name.isdigit()]
        return tuple(sorted(number for number in found if self.version(number).sealed is not None))

    def clear(self, number: int) -> VersionFolder:
        """An empty folder for a version that is sealed anew; what lay there is set aside."""
        folder = self.version(number)
        if folder.path.exists():
            count = 1
            while (aside := folder.path.with_name(f"{number}-old-{count}")).exists():
                count += 1
            folder.path.rename(aside)
        folder.path.mkdir(parents=True, mode=0o700)
        return folder

    def act_file(self, number: int) -> Path:
        """Where the withdrawal or move of that number lies."""
        return self.path / "acts" / f"{number}.json"

    def act_receipt(self, number: int) -> Path:
        """Where its receipt lies."""
        return self.path / "acts" / f"{number}.receipt.json"

    def keep_act(self, signed: SignedAct) -> None:
        """Keep a withdrawal or move, before it goes out."""
        (self.path / "acts").mkdir(exist_ok=True, mode=0o700)
        write_atomically(self.act_file(signed.version), signed.to_bytes())

    def current(self, ledger: TenderLedger) -> tuple[str, BidPlace]:
        """Name of the key that acts for the bid now, and its place: the newest to which the ledger has moved it.

        Raises:
            NotFound: no bid was started here.
            Conflict: the folder is of another ledger or book.
        """
        keys = self.keys
        place = keys.place
        if (place.genesis, place.book) != (ledger.genesis, ledger.book):
            raise Conflict(
                f"{self.path} is for another ledger", code="bidding.ledger", field="book",
                fix="use the home in which this bid was started with its own settings",
            )  # fmt: skip
        at = 0
        while at + 1 < len(keys.fresh) and ledger.entry(place.tender, place.lot, keys.fresh[at][1]).moved:
            at += 1
        name, address = keys.fresh[at]
        return name, BidPlace(place.genesis, place.book, place.tender, place.lot, address, place.recovery)


def _json(file: Path) -> Any:
    value = read_canonical(file.read_bytes(), what="statement")
    if not isinstance(value, dict):
        raise fault("statement", "an object")
    return value


def folder_of(bids: Path, tender: int, lot: int) -> BidFolder:
    """The folder of a lot. Raises InvalidInput for numbers that are none."""
    if tender < 1 or lot < 1:
        raise InvalidInput("tender and lot count from 1", code="bidding.place", field="tender")
    return BidFolder(bids / f"{tender}-{lot}")
