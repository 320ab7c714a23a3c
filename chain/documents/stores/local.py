"""The local store: blobs on this machine's disk under their CIDs.

``segments/NNNN/NNNNNNN.car`` hold the bytes, one file a batch (fsync, rename, fsync of the folder); ``index.sqlite``
says where each blob lies and can be made again from the segments. Why segments and not a file a blob:
docs/adr/0005-records-and-vault.md.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from chain.documents import cids
from chain.documents._files import fsync_directory, locked, make_private_directory, open_private
from chain.documents.stores import _segments
from chain.documents.stores._writer import Writer
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Unavailable
from chain.kernel.sqlite import open_durable, writing

_SLICE = 500
_SLICE_SIZE = 16 << 20
_SCHEMA = """
CREATE TABLE IF NOT EXISTS segments (id INTEGER PRIMARY KEY, fault TEXT) STRICT;
CREATE TABLE IF NOT EXISTS blobs (
  cid BLOB NOT NULL, segment INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL,
  PRIMARY KEY (cid, segment, start)
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class StoreStat:
    """What a local store holds.

    Attributes:
        blobs: number of blobs.
        size: bytes of all segment files.
        segments: number of segment files.
    """

    blobs: int
    size: int
    segments: int


@dataclass(frozen=True, slots=True)
class BlobFault:
    """A blob that is not what its CID says, or a segment that cannot be read.

    Attributes:
        where: CID of the blob or name of the segment file.
        message: what is wrong with it.
    """

    where: str
    message: str


class LocalStore:
    """A :class:`chain.kernel.ports.BlobStore` in the folder ``path``; safe among processes and threads."""

    name = "local store"

    def __init__(self, path: Path) -> None:
        """Open or create. Raises Unavailable if the folder cannot be written or the index is not readable."""
        self.path = path
        self._segments = path / "segments"
        self._lock_path = path / "lock"
        self._guard = threading.RLock()
        try:
            make_private_directory(self._segments)
            os.close(open_private(path / "index.sqlite", os.O_RDWR | os.O_CREAT))
            self._db = open_durable(path / "index.sqlite", _SCHEMA, timeout=60)
        except (OSError, sqlite3.Error) as error:
            raise Unavailable(
                f"local store {path}: {error}",
                code="store.open",
                fix="check that the folder is writable; if index.sqlite is broken, delete it: it is made again",
            ) from error
        with locked(self._lock_path, wait=False) as got:
            if got:
                self._recover()

    def close(self) -> None:
        """Close the index."""
        self._db.close()

    # ------------------------------------------------------------------ the port

    def put(self, data: bytes) -> str:
        """Store and return the CID; durable on return."""
        return self.put_many([data])[0]

    def put_many(self, blobs: Iterable[bytes]) -> list[str]:
        """Store in one batch and return the CIDs in order; all durable on return, or none was added."""
        out: list[str] = []
        with self._writing():
            writer = Writer(self._segments, self._next_segment())
            try:
                part: list[bytes] = []
                size = 0
                for blob in blobs:
                    part.append(blob)
                    size += len(blob)
                    if len(part) == _SLICE or size > _SLICE_SIZE:
                        self._add(part, writer, out)
                        part, size = [], 0
                self._add(part, writer, out)
                self._commit(writer)
            except BaseException:
                writer.abandon()
                raise
        return out

    def get(self, cid: str, *, limit: int = 64 * 2**20) -> bytes:
        """The blob, every block hashed again.

        Raises:
            NotFound: not here.
            Damaged: the bytes on disk are not what the CID says.
            InvalidInput: larger than ``limit`` bytes.
        """
        key = cids.parse_cid(cid).raw
        fault: Damaged | None = None
        for segment, start, stop in self._places(key):
            if stop - start > limit + limit // 1024 + 4096:
                raise InvalidInput(f"{cid} is larger than {limit} bytes", code="blob.limit", field="cid")
            try:
                data = self._read(segment, key, start, stop)
            except Damaged as error:
                fault = error
                continue
            if data is not None:
                if len(data) > limit:
                    raise InvalidInput(f"{cid} is larger than {limit} bytes", code="blob.limit", field="cid")
                return data
        if fault is not None:
            raise fault
        raise NotFound(f"{cid} is not in the local store", code="blob.unknown", field="cid")

    def has(self, cid: str) -> bool:
        """True if it is here."""
        return bool(self._places(cids.parse_cid(cid).raw))

    def delete(self, cid: str) -> None:
        """Overwrite every copy of the blob on disk, then forget it."""
        key = cids.parse_cid(cid).raw
        with self._writing():
            places = self._places(key)
            for segment, start, stop in places:
                self._blank(segment, start, stop)
            with self._transaction():
                self._db.execute("DELETE FROM blobs WHERE cid = ?", (key,))
            for segment in {segment for segment, _, _ in places}:
                if not self._db.execute("SELECT 1 FROM blobs WHERE segment = ? LIMIT 1", (segment,)).fetchone():
                    self._drop(segment)

    # ------------------------------------------------------------------ upkeep

    def cids(self) -> Iterator[str]:
        """Every blob's CID, in the order of storing."""
        for group in self.groups():
            for key in group:
                yield str(cids.read_cid(key))

    def groups(self, *, blobs: int = 1000, size: int = 8 << 20) -> Iterator[list[bytes]]:
        """Binary CIDs in the order of storing, in lists cut at the end of a segment once they are large enough."""
        group: list[bytes] = []
        held = 0
        for segment in self._listed():
            rows = self._db.execute(
                "SELECT cid, stop - start FROM blobs WHERE segment = ? ORDER BY start", (segment,)
            ).fetchall()
            for key, length in rows:
                group.append(bytes(key))
                held += length
                if held >= 4 * size or len(group) >= 4 * blobs:
                    yield group
                    group, held = [], 0
            if held >= size or len(group) >= blobs:
                yield group
                group, held = [], 0
        if group:
            yield group

    def stat(self) -> StoreStat:
        """Counts and sizes."""
        count = self._db.execute("SELECT count(DISTINCT cid) FROM blobs").fetchone()[0]
        names = self._listed()
        size = sum(self._path(segment).stat().st_size for segment in names if self._path(segment).exists())
        return StoreStat(count, size, len(names))

    def check(self) -> Iterator[tuple[str, BlobFault | None]]:
        """Read and hash every blob: (CID, None) if sound, (CID or name of a segment, fault) if not."""
        for segment in self._listed():
            broken = self._db.execute("SELECT fault FROM segments WHERE id = ?", (segment,)).fetchone()
            if broken and broken[0]:
                name = self._path(segment).name
                yield name, BlobFault(name, broken[0])
            rows = self._db.execute("SELECT cid, start, stop FROM blobs WHERE segment = ?", (segment,)).fetchall()
            for key, start, stop in sorted(rows, key=lambda row: int(row[1])):
                cid = str(cids.read_cid(bytes(key)))
                try:
                    sound = self._read(segment, bytes(key), start, stop) is not None
                    yield cid, None if sound else BlobFault(cid, "was overwritten")
                except Damaged as error:
                    yield cid, BlobFault(cid, error.message)

    # ------------------------------------------------------------------ inside

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self._guard, locked(self._lock_path):
                yield
        except (OSError, sqlite3.Error) as error:
            raise Unavailable(f"local store {self.path}: {error}", code="store.write") from error

    def _transaction(self) -> AbstractContextManager[None]:
        return writing(self._db)

    def _add(self, part: list[bytes], writer: Writer, out: list[str]) -> None:
        made = [_segments.region_bytes(blob) for blob in part]
        names = cids.cids_of_sha256([cid[4:] for cid, _ in made])
        pairs = zip(made, names, strict=True)
        out.extend(name if cid[1] == cids.RAW else str(cids.read_cid(cid)) for (cid, _), name in pairs)
        marks = ",".join("?" * len(made))
        rows = self._db.execute(
            f"SELECT cid, segment, start, stop FROM blobs WHERE cid IN ({marks})",  # noqa: S608 - question marks only
            [cid for cid, _ in made],
        )
        here = {bytes(row[0]) for row in rows.fetchall() if self._sound(row)}
        for cid, parts in made:
            if cid not in here and cid not in writer.seen:
                writer.append(cid, parts)

    def _sound(self, row: tuple[bytes, int, int, int]) -> bool:
        try:
            return self._read(row[1], bytes(row[0]), row[2], row[3]) is not None
        except Damaged:
            return False

    def _commit(self, writer: Writer) -> None:
        rows = writer.finish()
        with self._transaction():
            self._db.executemany("INSERT INTO segments VALUES (?, NULL)", [(segment,) for segment in writer.segments])
            self._db.executemany("INSERT INTO blobs VALUES (?, ?, ?, ?)", rows)

    def _places(self, key: bytes) -> list[tuple[int, int, int]]:
        with self._guard:
            return self._db.execute("SELECT segment, start, stop FROM blobs WHERE cid = ?", (key,)).fetchall()

    def _read(self, segment: int, key: bytes, start: int, stop: int) -> bytes | None:
        try:
            handle = os.open(self._path(segment), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable(f"local store: {error}", code="store.read") from error
        try:
            region = os.pread(handle, stop - start, start)
        except OSError as error:
            raise Unavailable(f"local store: {error}", code="store.read") from error
        finally:
            os.close(handle)
        if len(region) != stop - start:
            raise Damaged(f"segment {self._path(segment).name} is cut off", code="store.segment")
        return _segments.read_blob(region, key)

    def _blank(self, segment: int, start: int, stop: int) -> None:
        with suppress(FileNotFoundError):
            handle = os.open(self._path(segment), os.O_RDWR | os.O_CLOEXEC)
            try:
                region = os.pread(handle, stop - start, start)
                try:
                    blank = _segments.blank(region)
                except Damaged:
                    blank = bytes(len(region))
                os.pwrite(handle, blank, start)
                os.fsync(handle)
            finally:
                os.close(handle)

    def _drop(self, segment: int) -> None:
        path = self._path(segment)
        path.unlink(missing_ok=True)
        fsync_directory(path.parent)
        with self._transaction():
            self._db.execute("DELETE FROM segments WHERE id = ?", (segment,))

    def _path(self, segment: int) -> Path:
        return self._segments / f"{segment // 1000:04d}" / f"{segment:07d}.car"

    def _listed(self) -> list[int]:
        with self._guard:
            return [row[0] for row in self._db.execute("SELECT id FROM segments ORDER BY id")]

    def _next_segment(self) -> int:
        return int(self._db.execute("SELECT coalesce(max(id), 0) FROM segments").fetchone()[0]) + 1

    def _recover(self) -> None:
        """Remove unfinished segments; index finished ones that a crash kept out of the index."""
        known = set(self._listed())
        for path in sorted(self._segments.glob("*/*")):
            if path.suffix == ".part":
                path.unlink(missing_ok=True)
            elif path.suffix == ".car" and path.stem.isdigit() and int(path.stem) not in known:
                segment = int(path.stem)
                rows: list[tuple[bytes, int, int, int]] = []
                fault = None
                try:
                    for region in _segments.scan(path):
                        rows.append((region.cid, segment, region.start, region.end))
                except Damaged as error:  # what stands before the break is still good
                    fault = error.message
                with self._transaction():
                    self._db.execute("INSERT INTO segments VALUES (?, ?)", (segment, fault))
                    self._db.executemany("INSERT INTO blobs VALUES (?, ?, ?, ?)", rows)
