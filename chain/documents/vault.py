"""The key vault: one random secret a record, and destroying one for good.

Secrets lie in pages of up to 128, each page encrypted under its own page key; page keys lie in rings, encrypted under
the epoch's root key; the root key lies in the key slot, encrypted under the master key. Destroying a secret writes
its page under a new page key without it, all rings under a new root key, and overwrites the old root key in place.
So whatever survives of older database pages or journals stays closed, even to the master key, once 4 KiB are erased.
What holds and what does not: docs/adr/0005-records-and-vault.md.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from chain.documents._files import locked, make_private_directory, open_private
from chain.documents._keyslot import KeySlot
from chain.documents._tombstones import Tombstone, Tombstones
from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound, Refused, Unavailable

KEY_ID_SIZE = 16
SECRET_SIZE = 32

_PAGE = 128
_RING = 512
_ENTRY = KEY_ID_SIZE + SECRET_SIZE
_ZERO_NONCE = bytes(12)
_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS rings (ring INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS pages (page INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS keys (key_id BLOB PRIMARY KEY, page INTEGER NOT NULL) STRICT, WITHOUT ROWID;
"""


class KeyVault:
    """Secrets in the folder ``path``; safe among processes and threads.

    A key id found in the tombstones is refused for ever, also after an old copy of the folder was restored: opening
    such a copy destroys it again.
    """

    def __init__(self, path: Path, master_key: bytes, *, tombstones: Path) -> None:
        """Open or create.

        Args:
            path: folder of the vault.
            master_key: 32 bytes, kept elsewhere.
            tombstones: file of destroyed key ids, outside ``path`` and outside its backups.

        Raises:
            InvalidInput: a master key of another size, or tombstones inside the vault.
            Refused: another master key.
            Damaged: parts of the folder come from different backups, or are altered.
            Unavailable: the folder cannot be used.
        """
        if len(master_key) != 32:
            raise InvalidInput("a master key has 32 bytes", code="vault.master_key")
        if tombstones.resolve().is_relative_to(path.resolve()):
            raise InvalidInput("tombstones must lie outside the vault's folder", code="vault.tombstones")
        self.path = path
        self._master = master_key
        self._slot = KeySlot(path / "keyslot")
        self._tombstones = Tombstones(tombstones)
        self._guard = threading.RLock()
        self._epoch = -1
        self._root = b""
        try:
            make_private_directory(path)
            os.close(open_private(path / "keys.sqlite", os.O_RDWR | os.O_CREAT))
            self._db = sqlite3.connect(path / "keys.sqlite", timeout=60, isolation_level=None, check_same_thread=False)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
                self._db.execute(f"PRAGMA {pragma}")
            with self._exclusive():
                self._prepare()
                self._bury_again()
        except (OSError, sqlite3.Error) as error:
            raise Unavailable(f"key vault {path}: {error}", code="vault.open") from error

    def close(self) -> None:
        """Close the database and forget the keys in memory."""
        self._db.close()
        self._master = self._root = b""

    # ------------------------------------------------------------------ use

    @staticmethod
    def new_secrets(count: int) -> list[tuple[bytes, bytes]]:
        """``count`` fresh pairs (key id, secret), not yet stored."""
        random = os.urandom(count * _ENTRY)
        return [
            (random[start : start + KEY_ID_SIZE], random[start + KEY_ID_SIZE : start + _ENTRY])
            for start in range(0, len(random), _ENTRY)
        ]

    def put_many(self, secrets: Sequence[tuple[bytes, bytes]]) -> None:
        """Store pairs (key id, secret) in one transaction; durable on return. The same pair again is no error.

        Raises:
            InvalidInput: wrong sizes.
            Refused: a key id has a tombstone.
            Conflict: a key id is there with another secret.
        """
        self._tombstones.refresh()
        for key_id, secret in secrets:
            if len(key_id) != KEY_ID_SIZE or len(secret) != SECRET_SIZE:
                raise InvalidInput("a key id has 16 bytes and a secret 32", code="vault.secret")
            if self._tombstones.known(key_id):
                raise _destroyed(key_id)
        if not secrets:
            return
        with self._guarded(), self._transaction():
            fresh = self._fresh(secrets)
            page = self._db.execute("SELECT coalesce(max(page), -1) + 1 FROM pages").fetchone()[0]
            rings: dict[int, bytearray] = {}
            for start in range(0, len(fresh), _PAGE):
                part = fresh[start : start + _PAGE]
                key = os.urandom(32)
                ring = page // _RING
                if ring not in rings:
                    rings[ring] = self._ring(ring) if page % _RING else bytearray()
                rings[ring] += key
                self._db.execute("INSERT INTO pages VALUES (?, ?)", (page, _seal_page(key, page, part)))
                self._db.executemany("INSERT INTO keys VALUES (?, ?)", [(key_id, page) for key_id, _ in sorted(part)])
                page += 1
            for ring, keys in rings.items():
                self._write_ring(ring, keys)

    def get(self, key_id: bytes) -> bytes:
        """The 32-byte secret.

        Raises:
            Refused: it was destroyed.
            NotFound: never known here.
            Damaged: the vault is altered.
        """
        with self._guarded():
            for attempt in range(3):
                if self.is_destroyed(key_id):
                    raise _destroyed(key_id)
                with self._transaction("BEGIN"):
                    epoch = self._meta("epoch")
                    row = self._db.execute(
                        "SELECT p.page, p.sealed, r.sealed FROM keys k JOIN pages p USING (page) "
                        "JOIN rings r ON r.ring = p.page / ? WHERE k.key_id = ?",
                        (_RING, key_id),
                    ).fetchone()
                if row is None:
                    raise NotFound("the vault does not know this key id", code="vault.unknown", field="keyId")
                if not self._load_root(epoch) and attempt < 2:
                    continue  # another process turned the epoch meanwhile: read again
                keys = self._open_ring(row[0] // _RING, row[2])
                key = bytes(keys[row[0] % _RING * 32 :][:32])
                for known, secret in _open_page(key, row[0], row[1]):
                    if known == key_id:
                        return secret
                break
        raise Damaged("the vault's index names a page without the key", code="vault.page")

    def destroy(self, key_id: bytes, note: Mapping[str, Any] | None = None) -> None:
        """Destroy one secret for good; see :meth:`destroy_many`."""
        self.destroy_many([Tombstone(key_id, note or {})])

    def destroy_many(self, entries: Sequence[Tombstone]) -> None:
        """Destroy secrets for good. On return their tombstones are durable and the old root key is erased.

        Key ids not known here get a tombstone all the same. A crash on the way leaves the tombstones, and the next
        opening finishes the work. One call for many is as cheap as for one.
        """
        with self._guarded(), self._exclusive():
            self._tombstones.add(entries)
            self._drop([entry.key_id for entry in entries])

    def is_destroyed(self, key_id: bytes) -> bool:
        """True if it has a tombstone."""
        return self._tombstones.get(key_id) is not None

    def used(self, key_ids: Sequence[bytes]) -> set[bytes]:
        """Those of ``key_ids`` that have a secret here or had one that was destroyed."""
        self._tombstones.refresh()
        found = {key_id for key_id in key_ids if self._tombstones.known(key_id)}
        with self._guarded():
            for start in range(0, len(key_ids), 500):
                part = key_ids[start : start + 500]
                marks = ",".join("?" * len(part))
                query = f"SELECT key_id FROM keys WHERE key_id IN ({marks})"  # noqa: S608 - question marks only
                found.update(bytes(row[0]) for row in self._db.execute(query, part))
        return found

    def tombstones(self) -> list[Tombstone]:
        """Every tombstone, oldest first."""
        return self._tombstones.all()

    def __len__(self) -> int:
        """Number of secrets held."""
        with self._guarded():
            return int(self._db.execute("SELECT count(*) FROM keys").fetchone()[0])

    def __contains__(self, key_id: object) -> bool:
        with self._guarded():
            return self._db.execute("SELECT 1 FROM keys WHERE key_id = ?", (key_id,)).fetchone() is not None

    # ------------------------------------------------------------------ upkeep

    def change_master_key(self, new: bytes) -> None:
        """Seal the root key under another master key; the old master key opens nothing afterwards.

        Costs the same as destroying a secret: all rings turn to a new epoch.
        """
        if len(new) != 32:
            raise InvalidInput("a master key has 32 bytes", code="vault.master_key")
        with self._guarded(), self._exclusive():
            self._turn(lambda: None, master=new)

    def backup(self, target: Path) -> None:
        """Copy the vault into the new folder ``target``, in one state. A backup opens what is destroyed later: keep
        it no longer than deletion may wait, and never with the tombstones."""
        with self._guarded(), self._exclusive():
            target.mkdir(mode=0o700, parents=True)
            copy = sqlite3.connect(target / "keys.sqlite")
            try:
                self._db.backup(copy)
            finally:
                copy.close()
            (target / "keyslot").write_bytes(self._slot.path.read_bytes())

    # ------------------------------------------------------------------ inside

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            with self._guard:
                yield
        except (OSError, sqlite3.Error) as error:
            raise Unavailable(f"key vault {self.path}: {error}", code="vault.io") from error

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """One process at a time turns epochs."""
        with locked(self.path / "lock"):
            yield

    @contextmanager
    def _transaction(self, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
        self._db.execute(begin)
        try:
            if begin != "BEGIN" and self._db.execute("SELECT 1 FROM meta").fetchone():
                epoch = self._meta("epoch")
                if not self._load_root(epoch):
                    raise Damaged(
                        "the key slot is of another epoch than the vault",
                        code="vault.epoch",
                        fix="restore the vault's folder as a whole from one backup",
                    )
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _prepare(self) -> None:
        self._db.executescript(_SCHEMA)
        if not self._db.execute("SELECT 1 FROM meta").fetchone():
            root = os.urandom(32)
            self._slot.write(0, root, self._master)
            with self._transaction():
                self._db.executemany("INSERT INTO meta VALUES (?, ?)", [("version", _VERSION), ("epoch", 0)])
        if self._meta("version") != _VERSION:
            raise InvalidInput("the vault is of another version", code="vault.version")
        epoch = self._meta("epoch")
        with self._transaction():
            pass
        if self._slot.holds(epoch + 1) or (epoch and self._slot.holds(epoch - 1)):
            self._slot.erase(epoch + 1)  # a crash came between commit and erasure, or before the commit

    def _bury_again(self) -> None:
        """Destroy what has a tombstone but is still here: an interrupted destruction or a restored backup."""
        listed = [entry.key_id for entry in self._tombstones.all()]
        self._drop([key_id for key_id in listed if key_id in self])

    def _drop(self, key_ids: Iterable[bytes]) -> None:
        pages: dict[int, set[bytes]] = {}
        for key_id in key_ids:
            row = self._db.execute("SELECT page FROM keys WHERE key_id = ?", (key_id,)).fetchone()
            if row is not None:
                pages.setdefault(row[0], set()).add(key_id)
        if pages:
            self._turn(lambda: self._rewrite(pages))

    def _rewrite(self, pages: Mapping[int, set[bytes]]) -> None:
        """Write the pages under new page keys without the given key ids."""
        for page, gone in pages.items():
            keys = self._ring(page // _RING)
            place = page % _RING * 32
            sealed = self._db.execute("SELECT sealed FROM pages WHERE page = ?", (page,)).fetchone()[0]
            entries = _open_page(bytes(keys[place : place + 32]), page, sealed)
            left = [entry for entry in entries if entry[0] not in gone]
            key = os.urandom(32)
            keys[place : place + 32] = key
            self._write_ring(page // _RING, keys)
            self._db.execute("UPDATE pages SET sealed = ? WHERE page = ?", (_seal_page(key, page, left), page))
            self._db.executemany("DELETE FROM keys WHERE key_id = ?", [(key_id,) for key_id in gone])

    def _turn(self, change: Callable[[], None], *, master: bytes | None = None) -> None:
        """Turn to the next epoch: ``change`` runs inside the transaction; the old root key is erased after it."""
        with self._transaction():
            change()
            epoch = self._meta("epoch")
            rings = [(ring, self._ring(ring)) for (ring,) in self._db.execute("SELECT ring FROM rings").fetchall()]
            root = os.urandom(32)
            self._slot.write(epoch + 1, root, master or self._master)
            self._root, self._epoch = root, epoch + 1
            for ring, keys in rings:
                self._write_ring(ring, keys)
            self._db.execute("UPDATE meta SET value = ? WHERE name = 'epoch'", (epoch + 1,))
        self._master = master or self._master
        self._slot.erase(epoch)
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _meta(self, name: str) -> int:
        return int(self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()[0])

    def _load_root(self, epoch: int) -> bool:
        if self._epoch != epoch:
            root = self._slot.read(epoch, self._master)
            if root is None:
                return False
            self._root, self._epoch = root, epoch
        return True

    def _fresh(self, secrets: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """What is not stored yet, each key id once."""
        wanted: dict[bytes, bytes] = {}
        for key_id, secret in secrets:
            if wanted.setdefault(key_id, secret) != secret:
                raise Conflict("one key id with two secrets", code="vault.conflict")
        listed = list(wanted)
        for start in range(0, len(listed), 500):
            part = listed[start : start + 500]
            marks = ",".join("?" * len(part))
            query = f"SELECT key_id FROM keys WHERE key_id IN ({marks})"  # noqa: S608 - question marks only
            for (key_id,) in self._db.execute(query, part).fetchall():
                if self._secret_inside(key_id) != wanted.pop(key_id):
                    raise Conflict("this key id is there with another secret", code="vault.conflict")
        return list(wanted.items())

    def _secret_inside(self, key_id: bytes) -> bytes | None:
        page, sealed = self._db.execute(
            "SELECT page, sealed FROM keys JOIN pages USING (page) WHERE key_id = ?", (key_id,)
        ).fetchone()
        key = bytes(self._ring(page // _RING)[page % _RING * 32 :][:32])
        return dict(_open_page(key, page, sealed)).get(key_id)

    def _ring(self, ring: int) -> bytearray:
        row = self._db.execute("SELECT sealed FROM rings WHERE ring = ?", (ring,)).fetchone()
        if row is None:
            raise Damaged("a ring of page keys is missing", code="vault.ring")
        return self._open_ring(ring, row[0])

    def _open_ring(self, ring: int, sealed: bytes) -> bytearray:
        try:
            return bytearray(ChaCha20Poly1305(self._root).decrypt(sealed[:12], sealed[12:], b"ring%d" % ring))
        except InvalidTag as error:
            raise Damaged("a ring of page keys does not open", code="vault.ring") from error

    def _write_ring(self, ring: int, keys: bytearray) -> None:
        nonce = os.urandom(12)
        sealed = nonce + ChaCha20Poly1305(self._root).encrypt(nonce, bytes(keys), b"ring%d" % ring)
        self._db.execute("INSERT OR REPLACE INTO rings VALUES (?, ?)", (ring, sealed))


def _seal_page(key: bytes, page: int, entries: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A page key encrypts one version of one page only, so the nonce is zero."""
    body = b"".join([part for entry in entries for part in entry])
    return ChaCha20Poly1305(key).encrypt(_ZERO_NONCE, body, b"page%d" % page)


def _open_page(key: bytes, page: int, sealed: bytes) -> list[tuple[bytes, bytes]]:
    try:
        body = ChaCha20Poly1305(key).decrypt(_ZERO_NONCE, sealed, b"page%d" % page)
    except InvalidTag as error:
        raise Damaged("a page of the vault does not open", code="vault.page") from error
    return [(body[at : at + KEY_ID_SIZE], body[at + KEY_ID_SIZE : at + _ENTRY]) for at in range(0, len(body), _ENTRY)]


def _destroyed(key_id: bytes) -> Refused:
    return Refused("the key of this record was destroyed", code="vault.destroyed", field="keyId")
