"""What a key holder keeps: seeds and shares, encrypted, in ``<home>/holding``; and papers it has seen.

::

    keys/ceremony-<n>-seed     secret of the keystore from which all of the member's messages follow
    keys/ceremony-<n>-share    secret of the keystore under which the share is encrypted
    holding/ceremony-<n>.share the share (yinxin-key-share-1), ChaCha20-Poly1305 under that secret
    holding/papers/            deals and rosters that were seen: what a board loses is not lost here
    holding/openings.json      the latest opening that each tender announced

Whoever destroys the keystore's secret has destroyed the share with every copy of its file.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, sha256, unb64url
from chain.kernel.errors import Conflict, Damaged, InvalidInput, NotFound, YinxinError
from chain.kernel.home import write_atomically
from chain.kernel.tender_ports import Board
from chain.keys import Keystore
from chain.sealing import KeyShare
from chain.tenders.board import FolderBoard

FORMAT = "yinxin-kept-share-1"
OPENINGS = "yinxin-seen-openings-1"
_FILE = re.compile(r"ceremony-([1-9][0-9]*)\.share\Z")


class ShareStore:
    """Seeds and shares of one home.

    Args:
        folder: ``<home>/holding``.
        keys: of the home.
    """

    def __init__(self, folder: Path, keys: Keystore) -> None:
        self.folder = folder
        self.keys = keys

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Only one process at a time works with this store. Raises Conflict at once if another one does."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Conflict(
                    "another command of this key holder is at work", code="holding.busy", field="home",
                    fix="wait until it has ended, or end it",
                ) from error  # fmt: skip
            yield
        finally:
            os.close(lock)

    def seed(self, ceremony: int) -> bytes:
        """The member's seed for that ceremony, made and stored when first asked for; 32 bytes."""
        name = f"ceremony-{ceremony}-seed"
        if not self.keys.has(name):
            self.keys.create(name, "secret")
        return self.keys.secret(name)

    def has_seed(self, ceremony: int) -> bool:
        """True once the seed was made."""
        return self.keys.has(f"ceremony-{ceremony}-seed")

    def has(self, ceremony: int) -> bool:
        """True if a share of that ceremony is kept."""
        return self.file(ceremony).is_file() and self.keys.has(self.secret_name(ceremony))

    def ceremonies(self) -> list[int]:
        """Numbers of the ceremonies of which a share is kept."""
        found = (_FILE.match(path.name) for path in self.folder.glob("ceremony-*.share"))
        return sorted(number for number in (int(match[1]) for match in found if match) if self.has(number))

    def keep(self, ceremony: int, share: KeyShare) -> None:
        """Store a share; the same one again does no harm. Raises Conflict if another one is kept."""
        if self.has(ceremony):
            if self.share(ceremony) != share:
                raise Conflict(
                    f"another share of ceremony {ceremony} is kept", code="holding.share", field="ceremony",
                    fix="do not go on: two homes of one key holder, or a ledger that was rewritten",
                )  # fmt: skip
            return
        if not self.keys.has(self.secret_name(ceremony)):
            self.keys.create(self.secret_name(ceremony), "secret")
        nonce = os.urandom(12)
        cipher = ChaCha20Poly1305(self.keys.secret(self.secret_name(ceremony)))
        sealed = cipher.encrypt(nonce, share.to_bytes(), _bound(ceremony))
        body = {"format": FORMAT, "ceremony": ceremony, "nonce": b64url(nonce), "sealed": b64url(sealed)}
        self.put(ceremony, canonical(body))

    def share(self, ceremony: int) -> KeyShare:
        """A share. Raises NotFound, Damaged, Refused (wrong passphrase)."""
        if not self.has(ceremony):
            raise NotFound(
                f"this home has no share of ceremony {ceremony}", code="holding.no_share", field="ceremony",
                fix="yinxin keyholder show tells which there are; yinxin keyholder restore takes one from a backup",
            )  # fmt: skip
        value = read_kept(self.file(ceremony).read_bytes(), ceremony)
        cipher = ChaCha20Poly1305(self.keys.secret(self.secret_name(ceremony)))
        try:
            return KeyShare.from_bytes(
                cipher.decrypt(unb64url(value["nonce"]), unb64url(value["sealed"]), _bound(ceremony))
            )
        except (InvalidTag, InvalidInput, ValueError) as error:
            raise Damaged(
                f"the share of ceremony {ceremony} is damaged", code="holding.damaged", field="ceremony",
                fix="take it from a backup: yinxin keyholder restore",
            ) from error  # fmt: skip

    def opening_of(self, tender: int) -> int:
        """The latest opening that this home has seen announced for a tender; 0 if none."""
        return self._openings().get(tender, 0)

    def note_opening(self, tender: int, open_at: int) -> None:
        """Remember it: openings only move to later times, so whoever tells an earlier one later on is not believed."""
        known = self._openings()
        if open_at > known.get(tender, 0):
            known[tender] = open_at
            listed = [{"tender": number, "openAt": known[number]} for number in sorted(known)]
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(self.folder / "openings.json", canonical({"format": OPENINGS, "openings": listed}))

    def _openings(self) -> dict[int, int]:
        file = self.folder / "openings.json"
        if not file.exists():
            return {}
        value = read_canonical(file.read_bytes(), what="openings", limit=1 << 24)
        if not isinstance(value, dict) or value.get("format") != OPENINGS:
            raise Damaged(f"{file} is damaged", code="holding.openings", field="home", fix="remove it")
        return {one["tender"]: one["openAt"] for one in value["openings"]}

    def put(self, ceremony: int, data: bytes) -> None:
        """Write a share's file as it is."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(self.file(ceremony), data)

    def destroy(self, ceremony: int) -> None:
        """Overwrite and delete share, seed and the secret under which backups are encrypted, too."""
        for name in (self.secret_name(ceremony), f"ceremony-{ceremony}-seed"):
            if self.keys.has(name):
                self.keys.destroy(name)
        overwrite(self.file(ceremony))

    def file(self, ceremony: int) -> Path:
        """Where the share lies."""
        return self.folder / f"ceremony-{ceremony}.share"

    def record_file(self, ceremony: int) -> Path:
        """Where the record lies that what is here of that ceremony is to be destroyed; then nothing is taken again."""
        return self.folder / f"ceremony-{ceremony}.destroyed.json"

    @staticmethod
    def secret_name(ceremony: int) -> str:
        """Name of the secret in the keystore under which the share is encrypted."""
        return f"ceremony-{ceremony}-share"


class SeenBoard:
    """A board whose papers stay here, too, once seen; notes are the outer board's alone (:class:`Board`).

    Args:
        folder: of the papers kept here.
        outer: the shared board.
    """

    def __init__(self, folder: Path, outer: Board) -> None:
        self._own = FolderBoard(folder)
        self._outer = outer
        self._spread: set[bytes] = set()

    def put(self, data: bytes) -> bytes:
        """Store a paper here and there."""
        self._own.put(data)
        return self._outer.put(data)

    def get(self, digest: bytes, *, limit: int = 16 * 2**20) -> bytes:
        """The paper with that digest, from here or there."""
        try:
            return self._own.get(digest, limit=limit)
        except (NotFound, Damaged):
            data = self._outer.get(digest, limit=limit)
            self._own.put(data)
            return data

    def spread(self, data: bytes) -> None:
        """Put a paper on the shared boards again: others may miss it, and read another board than this home.

        Once for each process in any case, for one board may have what the next lacks; then if none has it. Boards may
        be away, or refuse: that stops nobody.
        """
        digest = sha256(data)
        if digest in self._spread:
            try:
                self._outer.get(digest, limit=len(data))
                return
            except YinxinError:
                pass
        with suppress(YinxinError):
            self._outer.put(data)
            self._spread.add(digest)

    def post(self, topic: str, name: str, data: bytes) -> None:
        """Leave a note there."""
        self._outer.post(topic, name, data)

    def notes(self, topic: str) -> Iterator[tuple[str, bytes]]:
        """Notes from there."""
        return self._outer.notes(topic)


def read_kept(data: bytes, ceremony: int) -> dict[str, Any]:
    """A share's file, still encrypted. Raises Damaged."""
    try:
        value = read_canonical(data, what="kept share", limit=16_384)
    except InvalidInput as error:
        raise _damaged(ceremony) from error
    if not isinstance(value, dict) or set(value) != {"format", "ceremony", "nonce", "sealed"}:
        raise _damaged(ceremony)
    if value["format"] != FORMAT or value["ceremony"] != ceremony:
        raise _damaged(ceremony)
    return value


def overwrite(path: Path) -> None:
    """Overwrite a file with noise, then delete it. What the disk keeps of old blocks, no program can say."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _bound(ceremony: int) -> bytes:
    return f"{FORMAT} {ceremony}".encode()


def _damaged(ceremony: int) -> Damaged:
    return Damaged(
        f"the file of the share of ceremony {ceremony} is damaged", code="holding.damaged", field="ceremony",
        fix="take it from a backup: yinxin keyholder restore",
    )  # fmt: skip
