"""Make a backup of a bureau's home."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from api.backups.archive import Manifest, Member, digest_of, recipient_of, write
from api.certificates.office import Office
from api.db import dump, exists, open_register, open_service, register_address, service_address
from chain.containers import encrypt_stream
from chain.kernel.errors import Conflict, InvalidInput

_PATIENCE = 60.0
PLAIN = ("config.toml", "card.json", "trust-root.json", "deployment.json", "approver-seen.json")
"""Files of a home that go into a backup as they are, where they are there; besides them its keys."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made.

    Attributes:
        path: the file.
        size: its bytes.
        members: number of files in it.
        tombstones: the file that is not in it and must be kept apart.
        store: True if the encrypted records are in it.
    """

    path: Path
    size: int
    members: int
    tombstones: Path
    store: bool


def make_backup(office: Office, target: Path, *, store: bool = False) -> Made:
    """Write the home's register, service database, vault, keys and settings into the new file ``target``.

    Nothing is issued meanwhile; drafts may come in. Tombstones stay outside.

    Args:
        office: the officer's office.
        target: file that must not be there yet; readable by its owner only.
        store: with the local store's files, where this home keeps records itself.

    Raises:
        Conflict: something lies at ``target``, or another process is advancing this register right now.
        InvalidInput: ``store`` for a home whose records lie on IPFS.
    """
    if target.exists():
        raise Conflict(f"{target} is there already", code="backup.exists", field="OUT", fix="name a new file")
    settings = office.home.settings.documents
    if store and settings.store != "local":
        raise InvalidInput(
            "the records lie on IPFS, not in this home",
            code="backup.store",
            field="store",
            fix="leave the option out; pin the records on another node instead",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as name:
        folder = Path(name)
        with office.writing(patience=_PATIENCE):
            _databases(office, folder)
            office.vault.backup(folder / "vault")
            stones = office.home / "tombstones"
            size, digest = digest_of(stones)
            for source, place in _files(office, store=store):
                (folder / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, folder / place)
        names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        members = tuple(Member(place, *digest_of(folder / place)) for place in names)
        write(target, folder, names, Manifest(office.bureau, office.clock(), size, digest, members), office.master)
    return Made(target, target.stat().st_size, len(names), stones, store)


def _databases(office: Office, folder: Path) -> None:
    for address, opener in (
        (register_address(office.home), open_register),
        (service_address(office.home), open_service),
    ):
        if not exists(address):
            continue
        engine = opener(office.home)
        try:
            with (folder / f"{address.kind}.age").open("wb") as stream:
                for piece in encrypt_stream(_gathered(dump(engine, address)), recipient_of(office.master)):
                    stream.write(piece)
        finally:
            engine.dispose()


def _gathered(lines: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in larger pieces."""
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= 1 << 18:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def _files(office: Office, *, store: bool) -> Iterator[tuple[Path, str]]:
    home = office.home
    for name in PLAIN:
        if (home / name).is_file():
            yield home / name, name
    for path in sorted((home / "keys").glob("*.json")):
        yield path, f"keys/{path.name}"
    if store:
        segments = home.resolve(home.settings.documents.blobs) / "segments"
        for path in sorted(segments.rglob("*.car")):
            yield path, os.path.join("blobs", "segments", path.relative_to(segments))
