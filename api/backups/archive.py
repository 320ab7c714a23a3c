"""The file of a backup: a tar whose first member, ``manifest.json``, names all others with size and SHA-256.

``manifest.json`` is canonical JSON: ``format`` (``yinxin-backup-1``), ``bureau``, ``createdAt`` (seconds since 1970
UTC), ``tombstones`` (size and SHA-256 of the tombstones' file at that moment; the file itself is not in the backup)
and ``members``. ``manifest.mac``, after it, is HMAC-SHA-256 of it under a key that follows from the vault's master
key, so that nobody without the passphrase alters a backup unseen.

Readable without a passphrase are settings and public keys; databases are encrypted (age, ``*.age``), and keys and
vault are encrypted files as they lie in the home.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from chain.containers import RecordIdentity, RecordRecipient
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import Damaged, InvalidInput, YinxinError

FORMAT = "yinxin-backup-1"
MANIFEST = "manifest.json"
MAC = "manifest.mac"
_KEY_OF_MAC = b"manifest"
_LONGEST_MANIFEST = 1 << 24
_PIECE = 1 << 20
_MAC_SIZE = 32
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a backup.

    Attributes:
        name: path below the home, with ``/``.
        size: bytes.
        digest: SHA-256, 32 bytes.
    """

    name: str
    size: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    Attributes:
        bureau: USCC.
        created_at: seconds since 1970 UTC, by the officer's clock.
        stones_size: bytes of the tombstones' file at that moment.
        stones_digest: SHA-256 of those bytes.
        members: the other files.
    """

    bureau: str
    created_at: int
    stones_size: int
    stones_digest: bytes
    members: tuple[Member, ...]

    def to_bytes(self) -> bytes:
        """The one form of it."""
        return canonical(
            {
                "format": FORMAT,
                "bureau": self.bureau,
                "createdAt": self.created_at,
                "tombstones": {"size": self.stones_size, "sha256": b64url(self.stones_digest)},
                "members": [
                    {"name": item.name, "size": item.size, "sha256": b64url(item.digest)} for item in self.members
                ],
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Manifest:
        """Read it. Raises InvalidInput for another format or version."""
        value: Any = read_canonical(data, what="manifest")
        try:
            if value["format"] != FORMAT:
                raise InvalidInput("another format", code="backup.format")
            members = tuple(
                Member(_safe(item["name"]), int(item["size"]), unb64url(item["sha256"])) for item in value["members"]
            )
            stones = value["tombstones"]
            return cls(
                str(value["bureau"]), int(value["createdAt"]), int(stones["size"]), unb64url(stones["sha256"]), members
            )
        except (KeyError, TypeError, ValueError, YinxinError) as error:
            raise InvalidInput(
                "this is no backup in a form known here",
                code="backup.format",
                field="FILE",
                fix="give a file that yinxin backup wrote, with this version or an older one",
            ) from error


def recipient_of(master: bytes) -> RecordRecipient:
    """Encrypts a database under a key that follows from the vault's master key and a fresh salt."""
    salt = os.urandom(16)
    return RecordRecipient(salt, _secret(master, salt))


def identity_of(master: bytes) -> RecordIdentity:
    """Opens what :func:`recipient_of` encrypted."""
    return RecordIdentity(lambda salt: _secret(master, salt))


def _secret(master: bytes, salt: bytes) -> bytes:
    return hmac.digest(master, FORMAT.encode() + salt, "sha256")


def write(target: Path, folder: Path, names: Sequence[str], manifest: Manifest, master: bytes) -> None:
    """Write the backup from the files below ``folder``; ``target`` appears whole and on disk, or not at all."""
    part = target.with_name(f".{target.name}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
                (folder / MANIFEST).write_bytes(manifest.to_bytes())
                (folder / MAC).write_bytes(_mac(manifest, master))
                for name in (MANIFEST, MAC, *names):
                    archive.add(folder / name, arcname=name, filter=_plain, recursive=False)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


def check_mac(manifest: Manifest, found: bytes, master: bytes) -> None:
    """Raises Damaged if the manifest was not written by somebody who has the master key."""
    if not hmac.compare_digest(found, _mac(manifest, master)):
        raise _damaged(f"{MANIFEST} was altered")


def _mac(manifest: Manifest, master: bytes) -> bytes:
    return hmac.digest(_secret(master, _KEY_OF_MAC), manifest.to_bytes(), "sha256")


def unpack(source: Path, folder: Path) -> tuple[Manifest, bytes]:
    """Unpack a backup into ``folder``, every byte compared with its manifest.

    Returns:
        The manifest and its MAC, which nobody has checked yet: :func:`check_mac`.

    Raises:
        InvalidInput: no backup, or of an unknown version.
        Damaged: a member is missing, cut off, altered, or not in the manifest.
    """
    try:
        with tarfile.open(source, mode="r:") as archive:
            first = archive.next()
            if first is None or first.name != MANIFEST or not first.isfile() or first.size > _LONGEST_MANIFEST:
                raise tarfile.ReadError("no manifest")
            manifest = Manifest.from_bytes(_content(archive, first).read())
            second = archive.next()
            if second is None or second.name != MAC or not second.isfile() or second.size != _MAC_SIZE:
                raise _damaged(f"{MAC} is missing")
            mac = _content(archive, second).read()
            left = {member.name: member for member in manifest.members}
            while (info := archive.next()) is not None:
                member = left.pop(info.name, None)
                if member is None or not info.isfile() or info.size != member.size:
                    raise _damaged(f"{info.name} is not as the manifest says")
                path = folder / member.name
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                    if _copy(_content(archive, info), stream) != member.digest:
                        raise _damaged(f"{info.name} was altered")
    except (tarfile.TarError, EOFError) as error:
        raise InvalidInput(
            f"{source} is no backup: {error}",
            code="backup.format",
            field="FILE",
            fix="give a file that yinxin backup wrote, whole",
        ) from error
    if left:
        raise _damaged(f"{min(left)} is missing")
    return manifest, mac


def digest_of(path: Path, *, most: int | None = None) -> tuple[int, bytes]:
    """Size and SHA-256 of a file, or of its first ``most`` bytes; of no file, those of nothing."""
    digest, size = hashlib.sha256(), 0
    if path.is_file():
        with path.open("rb") as stream:
            while piece := stream.read(_PIECE if most is None else min(_PIECE, most - size)):
                digest.update(piece)
                size += len(piece)
    return size, digest.digest()


def _content(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(info)
    assert content is not None
    return content


def _copy(source: IO[bytes], target: IO[bytes]) -> bytes:
    digest = hashlib.sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
        target.write(piece)
    target.flush()
    os.fsync(target.fileno())
    return digest.digest()


def _safe(name: str) -> str:
    if not _NAME.fullmatch(name) or name in (MANIFEST, MAC):
        raise ValueError(name)
    return name


def _damaged(what: str) -> Damaged:
    return Damaged(f"the backup is damaged: {what}", code="backup.damaged", field="FILE", fix="use another backup")
