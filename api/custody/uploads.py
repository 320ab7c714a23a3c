"""Sealed files in parts: a part is on disk before it is acknowledged, a file is hashed whole before it counts."""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.custody.hashing import Hashed
from api.custody.names import Names
from api.custody.place import Custodian
from api.custody.room import require_free
from api.custody.store import sync_folder
from api.custody.view import known
from chain.kernel.encoding import sha256, sha256_file
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused, Unavailable
from chain.kernel.steps import reached
from chain.kernel.tender_facts import Phase, TenderState
from chain.kernel.tender_ports import TenderLedger
from chain.tenders.custody.receipts import PartReceipt

PART = 4 * 2**20
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload as it stands.

    Attributes:
        number: names it; 32 hexadecimal digits, known to who began it.
        tender: number of the tender.
        digest: SHA-256 of the whole file.
        size: bytes of the whole file.
        received: parts on disk, from 1.
        complete: the file is whole and has that digest.
        restoring: a live commitment names it, and it was lost here.
    """

    number: str
    tender: int
    digest: bytes
    size: int
    received: tuple[int, ...]
    complete: bool
    restoring: bool

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return -(-self.size // PART)

    def size_of(self, part: int) -> int:
        """Bytes of a part. Raises NotFound."""
        if not 1 <= part <= self.parts:
            raise NotFound(f"there is no part {part}", code="custody.part", field="part", fix=f"1 to {self.parts}")
        return min(PART, self.size - (part - 1) * PART)


class Uploads:
    """The uploads of one custodian."""

    def __init__(self, custodian: Custodian) -> None:
        self._custodian = custodian
        self._store = custodian.store
        self._names = Names(custodian)
        self._hashed = Hashed()
        self._guards: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def begin(self, tender: int, digest: bytes, size: int, address: str) -> Upload:
        """Begin an upload, or go on with one.

        Raises:
            NotFound, Refused: no such tender, not this custodian's, or no bids are taken any more.
            InvalidInput: too large.
        """
        self._check(digest, size)
        with self._custodian.view.newest() as ledger:
            state = known(ledger, tender)
            self._custodian.require(ledger, tender)
            check_bidding(ledger, state)
        return self._begin(tender, digest, size, address, restoring=False)

    def begin_restoring(self, tender: int, digest: bytes, size: int, address: str) -> Upload:
        """Begin to bring again a file that a live commitment names, within the window after the closing.

        Raises:
            NotFound: no live commitment of that tender names such a file.
            Refused: it is here, or the window is over.
        """
        self._check(digest, size)
        story = self._custodian.view.story(tender)
        found = None
        for lot in story.lots.values():
            for envelope, closing in lot.closings.items():
                due = Phase.CLOSED if envelope == 1 else Phase.PRICE_CLOSED
                for commitment in closing.commitments:
                    file = commitment.first if envelope == 1 else commitment.second
                    if (file.digest, file.size) == (digest, size) and lot.phase is due:
                        found = closing
        if found is None:
            raise NotFound(
                "no live commitment of a closed envelope names this file", code="custody.not_live", field="digest",
                fix="only the identical file may take the place of a lost one",
            )  # fmt: skip
        until = found.event.block.time + story.terms.reveal_window
        with self._custodian.view.newest() as ledger:
            self._custodian.require(ledger, tender)
            if ledger.block.time > until:
                raise Refused(
                    f"files could be brought again until {until}", code="custody.window", field="digest",
                    fix="look whether another custodian has it",
                )  # fmt: skip
        return self._begin(tender, digest, size, address, restoring=True)

    def look(self, number: str) -> Upload:
        """An upload as it stands; one whose parts are all there is made whole. Raises NotFound."""
        upload = self._find(number)
        if not upload.complete and len(upload.received) == upload.parts:
            with self._only(number):
                upload = self._find(number)
                if not upload.complete and len(upload.received) == upload.parts:
                    return self._finish(upload)
        return upload

    def keep_part(self, number: str, part: int, data: bytes | bytearray | memoryview, digest: bytes) -> bytes:
        """Put one part on disk; the custodian's receipt, 65 bytes.

        Args:
            number: of the upload.
            part: 1, 2, 3 …
            data: exactly that part's bytes.
            digest: what the sender says they hash to.

        Raises:
            NotFound: no such upload or part.
            InvalidInput: other bytes, or another length.
            Conflict: other bytes were acknowledged in that place.
            Unavailable: they could not be written.
        """
        upload = self._find(number)
        if len(data) != upload.size_of(part):
            raise InvalidInput(
                f"part {part} has {upload.size_of(part)} bytes", code="custody.part_size", field="body",
                fix=f"send {upload.size_of(part)} bytes",
            )  # fmt: skip
        if sha256(bytes(data)) != digest:
            raise InvalidInput(
                f"part {part} arrived with another digest", code="custody.part_digest", field="Content-Digest",
                fix="send it again",
            )  # fmt: skip
        with self._only(number):
            upload = self._find(number)
            if upload.complete:
                raise Conflict(
                    "the file is whole already", code="custody.whole", field="part", fix="go on with the commitment"
                )
            kept = self._store.row("SELECT digest FROM parts WHERE number = ? AND part = ?", number, part)
            if kept is not None and kept[0] != digest:
                raise Conflict(
                    f"part {part} was acknowledged with other bytes", code="custody.part_conflict", field="part",
                    fix="see whether the file changes while it is sent",
                )  # fmt: skip
            if kept is None:
                require_free(self._store.folder, len(data))
                self._write(upload, part, data)
                reached("custody-part")
                with self._store.writing() as database:
                    self._count(database, upload.tender, len(data))
                    database.execute("INSERT INTO parts VALUES (?, ?, ?)", (number, part, digest))
        receipt = PartReceipt(self._custodian.account, upload.tender, upload.digest, upload.size, part, digest)
        return receipt.sign(self._custodian.key)

    def drop(self, tender: int) -> int:
        """Remove a tender's unfinished uploads, but those that restore a lost file; how many."""
        gone = self._store.rows("SELECT number FROM uploads WHERE tender = ? AND restoring = 0 AND whole = 0", tender)
        for (number,) in gone:
            with self._only(number):
                self._forget(number)
        return len(gone)

    # ------------------------------------------------------------------ inside

    def _check(self, digest: bytes, size: int) -> None:
        if len(digest) != 32:
            raise InvalidInput("a digest has 32 bytes", code="custody.digest", field="digest")
        limit = self._custodian.settings.file_limit
        if not 1 <= size <= limit:
            raise InvalidInput(
                f"a file of {size} bytes", code="custody.size", field="size", fix=f"at most {limit} bytes"
            )

    def _begin(self, tender: int, digest: bytes, size: int, address: str, *, restoring: bool) -> Upload:
        found = self._of(tender, digest, size)
        if found is not None:
            upload = self.look(found)
            if not upload.complete or self._is_whole(upload, restoring):
                return upload
            with self._only(found):
                upload = self._find(found)  # another thread may have begun it anew, and have parts already
                if not upload.complete or self._is_whole(upload, restoring):
                    return upload
                return self._again(upload, restoring)
        require_free(self._store.folder, size)
        number = secrets.token_hex(16)
        self._custodian.quotas.open(address, number)
        found = None
        try:
            with self._store.writing() as database:
                self._count(database, tender, 0)
                database.execute(
                    "INSERT INTO uploads VALUES (?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING",
                    (number, tender, digest, size, restoring),
                )
            found = self._of(tender, digest, size)
            assert found is not None
            return self._find(found)
        finally:
            if found != number:  # it was refused, or another thread was faster
                self._custodian.quotas.ended(number)

    def _of(self, tender: int, digest: bytes, size: int) -> str | None:
        row = self._store.row(
            "SELECT number FROM uploads WHERE tender = ? AND digest = ? AND size = ?", tender, digest, size
        )
        return None if row is None else str(row[0])

    def _is_whole(self, upload: Upload, restoring: bool) -> bool:
        if not restoring and (self._names.is_named(upload.tender, upload.digest) or self._is_committed(upload)):
            return True  # decoys have no file: what is committed to is answered for alike, until it is closed
        path = self._store.file_path(upload.digest)
        try:
            if restoring:
                return self._hashed.is_right(path, upload.digest, upload.size)
            return path.stat().st_size == upload.size
        except OSError:
            return False

    def _is_committed(self, upload: Upload) -> bool:
        lots = self._custodian.view.story(upload.tender).lots.values()
        return any(
            upload.digest in (event.values["commitment"].first.digest, event.values["commitment"].second.digest)
            for lot in lots
            for bid in lot.bids
            for event in bid.history
        )

    def _again(self, upload: Upload, restoring: bool) -> Upload:
        """A file that was whole is lost: it is brought anew."""
        with self._store.writing() as database:
            database.execute("UPDATE uploads SET whole = 0, restoring = ? WHERE number = ?", (restoring, upload.number))
            database.execute("DELETE FROM parts WHERE number = ?", (upload.number,))
        return self._find(upload.number)

    def _find(self, number: str) -> Upload:
        row = self._store.row("SELECT tender, digest, size, whole, restoring FROM uploads WHERE number = ?", number)
        if row is None:
            raise NotFound(
                "there is no such upload", code="custody.upload", field="upload", fix="POST /custody/uploads again"
            )
        received = self._store.rows("SELECT part FROM parts WHERE number = ? ORDER BY part", number)
        return Upload(number, row[0], row[1], row[2], tuple(part for (part,) in received), bool(row[3]), bool(row[4]))

    def _write(self, upload: Upload, part: int, data: bytes | bytearray | memoryview) -> None:
        path = self._store.upload_path(upload.number)
        try:
            new = not path.exists()
            handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                left, at = memoryview(data), (part - 1) * PART
                while left:
                    written = os.pwrite(handle, left, at)
                    left, at = left[written:], at + written
                os.fsync(handle)
            finally:
                os.close(handle)
            if new:
                sync_folder(path.parent)
        except OSError as error:
            raise _disk(error) from error

    def _finish(self, upload: Upload) -> Upload:
        """All parts are here: the file counts if its digest is right; if not, all of them are forgotten."""
        path, target = self._store.upload_path(upload.number), self._store.file_path(upload.digest)
        if not path.is_file() and _is_right(target, upload):
            path = target  # a process before this one died between the two
        right = _is_right(path, upload)
        if right:
            try:
                target.parent.mkdir(exist_ok=True, mode=0o700)
                os.replace(path, target)
                for folder in (target.parent, target.parent.parent, self._store.folder / "uploads"):
                    sync_folder(folder)
            except OSError as error:
                raise _disk(error) from error
            reached("custody-file")
        with self._store.writing() as database:
            database.execute("DELETE FROM parts WHERE number = ?", (upload.number,))
            database.execute("UPDATE uploads SET whole = ? WHERE number = ?", (right, upload.number))
        if right:
            self._custodian.quotas.ended(upload.number)
        else:
            self._store.upload_path(upload.number).unlink(missing_ok=True)
        return self._find(upload.number)

    def _forget(self, number: str) -> None:
        with self._store.writing() as database:
            database.execute("DELETE FROM parts WHERE number = ?", (number,))
            database.execute("DELETE FROM uploads WHERE number = ?", (number,))
        self._store.upload_path(number).unlink(missing_ok=True)
        self._custodian.quotas.ended(number)
        with self._guard:
            self._guards.pop(number, None)

    def _count(self, database: sqlite3.Connection, tender: int, size: int) -> None:
        day, limit = self._custodian.clock() // _DAY, self._custodian.settings.day_limit
        row = database.execute("SELECT bytes FROM days WHERE tender = ? AND day = ?", (tender, day)).fetchone()
        if (row[0] if row else 0) + size > limit or (row and row[0] >= limit):
            raise Refused(
                f"more than {limit} bytes today for this tender", code="custody.day_bytes", field="tender",
                fix="go on tomorrow, or with another custodian",
            )  # fmt: skip
        database.execute(
            "INSERT INTO days VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes",
            (tender, day, size),
        )

    @contextmanager
    def _only(self, number: str) -> Iterator[None]:
        with self._guard:
            lock = self._guards.setdefault(number, threading.Lock())
        with lock:
            yield


def _disk(error: OSError) -> Unavailable:
    return Unavailable(
        f"the custodian's disk: {error.strerror}", code="custody.disk", field="part",
        fix="send it again later, or take another custodian",
    )  # fmt: skip


def _is_right(path: Path, upload: Upload) -> bool:
    return path.is_file() and path.stat().st_size == upload.size and sha256_file(path)[0] == upload.digest


def check_bidding(ledger: TenderLedger, state: TenderState) -> None:
    """Raises Refused unless bids are still taken, by the clock of the newest final block.

    While the deadline is over and not yet final, an outage may still move it: the answer says so.
    """
    if state.cancelled:
        raise Refused("the tender is cancelled", code="custody.cancelled", field="tender")
    if ledger.block.time > state.deadline:
        unless = "" if state.settled_at else ", unless an outage moves the deadline"
        raise Refused(
            f"the deadline was {state.deadline}; the ledger's clock says {ledger.block.time}", code="custody.late",
            field="deadline", fix=f"no bid is taken any more{unless}",
        )  # fmt: skip
