"""Make a home from a backup, without what was shredded since."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, update

from api.backups.archive import Manifest, check_mac, digest_of, identity_of, unpack
from api.certificates.office import Office
from api.certificates.shredding import bury_again
from api.certificates.tables import certificates, status_lists
from api.db import (
    Address,
    exists,
    load,
    open_address,
    register_address,
    remove,
    service_address,
    take_place,
)
from chain.containers import decrypt_stream, read_pieces
from chain.kernel.errors import Conflict, InvalidInput, Refused
from chain.kernel.home import Home

_FRESH = "restored"


@dataclass(frozen=True, slots=True)
class Restored:
    """A home that was made from a backup.

    Attributes:
        home: its folder.
        bureau: USCC.
        created_at: when the backup was made.
        certificates: rows of the register.
        shredded_since: of these, how many were whole in the backup and were shredded again.
        service: True if the service database came back, too.
        store: True if the encrypted records came back, too.
    """

    home: Path
    bureau: str
    created_at: int
    certificates: int
    shredded_since: int
    service: bool
    store: bool


def restore_backup(source: Path, target: Path, *, tombstones: Path | None) -> Restored:
    """Make the home ``target`` from the backup ``source``; it appears whole, or not at all.

    Args:
        source: the file that :func:`~api.backups.make_backup` wrote.
        target: folder that must not be there yet, or be empty.
        tombstones: the bureau's list of what was shredded, as new as there is; None only for a bureau that has
            never shredded anything.

    Raises:
        InvalidInput: no backup, or of a version unknown here.
        Damaged: the backup is not whole.
        Conflict: there is a home, or a register in the database, already.
        Refused: the tombstones are missing or older than the backup, or the passphrase is wrong.
        Unavailable: store or database did not answer.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Conflict(f"{target} is there already", code="restore.exists", field="home", fix="name a new folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, so that paths such as ../blobs mean the same and one rename ends it.
    folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.part-"))
    try:
        manifest, mac = unpack(source, folder)
        _bring_tombstones(manifest, tombstones, folder)
        restored = _Restoring(Home(folder), manifest, mac).run(target)
        os.rename(folder, target)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return restored


def _bring_tombstones(manifest: Manifest, tombstones: Path | None, folder: Path) -> None:
    if tombstones is None:
        if manifest.stones_size:
            raise Refused(
                "this bureau had shredded records when the backup was made: its tombstones are needed",
                code="restore.tombstones",
                field="tombstones",
                fix="give the newest copy of the old home's file: --tombstones FILE",
            )
        return
    if not tombstones.is_file():
        raise InvalidInput(f"no file {tombstones}", code="restore.tombstones", field="tombstones")
    if digest_of(tombstones, most=manifest.stones_size) != (manifest.stones_size, manifest.stones_digest):
        raise Refused(
            f"{tombstones} is older than the backup, or another bureau's",
            code="restore.tombstones",
            field="tombstones",
            fix="give the newest copy of the old home's file; lines are only ever added to it",
        )
    shutil.copyfile(tombstones, folder / "tombstones")
    (folder / "tombstones").chmod(0o600)


class _Restoring:
    def __init__(self, home: Home, manifest: Manifest, mac: bytes) -> None:
        self.home = home
        self.mac = mac
        self.manifest = manifest
        self.office = Office(home)
        self.made: list[Address] = []
        self.moved: Path | None = None

    def run(self, target: Path) -> Restored:
        try:
            check_mac(self.manifest, self.mac, self.office.master)
            store = self._store()
            shredded, count = self._register()
            service = self._service()
        except BaseException:
            for address in self.made:
                with suppress(Exception):  # what went wrong first is what counts
                    remove(address)
            if self.moved is not None:
                shutil.rmtree(self.moved, ignore_errors=True)
            raise
        finally:
            self.office.close()
        return Restored(target, self.manifest.bureau, self.manifest.created_at, count, shredded, service, store)

    def _register(self) -> tuple[int, int]:
        address = register_address(self.home)
        if not (self.home / "register.age").is_file():
            return 0, 0
        if exists(address):
            raise Conflict(
                f"there is a register already: {address}",
                code="restore.register",
                field="database.url",
                fix="name another database (YINXIN_DATABASE__URL), or remove that schema first",
            )
        fresh = self._load(address)
        self.office.__dict__["engine"] = open_address(fresh)
        shredded = bury_again(self.office)
        with self.office.engine.begin() as connection:
            # Slots given out after the backup are not known here: none of these lists is used for new ones.
            connection.execute(update(status_lists).values(free=0))
            count = connection.execute(select(func.count()).select_from(certificates)).scalar_one()
        self.office.__dict__.pop("engine").dispose()
        self._place(address, fresh)
        return shredded, count

    def _service(self) -> bool:
        address = service_address(self.home)
        if not (self.home / "service.age").is_file() or exists(address):
            (self.home / "service.age").unlink(missing_ok=True)
            return False
        self._place(address, self._load(address))
        return True

    def _store(self) -> bool:
        files = self.home / "blobs"
        if not files.is_dir():
            return False
        place = self.home.resolve(self.home.settings.documents.blobs)
        if place == files:
            return True
        if (place / "segments").is_dir():
            shutil.rmtree(files)
            return False
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(files, place)
        self.moved = place
        return True

    def _load(self, address: Address) -> Address:
        """A dump of this backup as a database beside the place it is for; the dump's file goes."""
        fresh = address.beside(_FRESH)
        remove(fresh)
        self.made.append(fresh)
        file = self.home / f"{address.kind}.age"
        with file.open("rb") as stream:
            load(fresh, _lines(decrypt_stream(read_pieces(stream), identity_of(self.office.master))))
        file.unlink()
        return fresh

    def _place(self, address: Address, fresh: Address) -> None:
        take_place(address, fresh)
        self.made.append(address)


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest:
        yield rest
