"""Long lists on the desk: what a request speaks of, in parts of their own, so that nobody holds a whole list in memory.

A request of at most a few rows carries them inside. One of more says how many there are (``size``) and how many stand
in a part (``part``); part *n* holds rows ``n * part`` and following. Nothing names the parts by their content, because
the request does: a release by the digest over all drafts in order, a root by the tree over all certificates. Parts may
lie on the desk before their request does, so that a signer can check the first while the register makes the next.

A part is canonical JSON (format ``yinxin-desk-part-1``), encrypted like a request. Its body says at which row it begins
(``first``) and holds ``drafts``, or ``credentials``, ``stamps`` and ``records``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from chain.containers import X25519Identity, X25519Recipient, decrypt_stream, encrypt_into
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Refused

FORMAT = "yinxin-desk-part-1"
KINDS = ("drafts", "certificates")
LIMIT = 256 * 2**20
"""Largest part, bytes."""

MOST = 10_000
"""Most rows in a part."""

LONGEST = 10_000_000
"""Most rows in a list."""

SHOWN = 5
"""Rows of a long list that its release request holds itself, for a person to see."""

_PIECE = 16
_READ = 256 * 1024
_SEALED_LIMIT = LIMIT + LIMIT // 1024 + 4096


@dataclass(frozen=True, slots=True)
class PartName:
    """Which part of which list.

    Attributes:
        kind: one of :data:`KINDS`.
        digest: the list's rows digest, 32 bytes.
        number: 0, 1, 2 …
    """

    kind: str
    digest: bytes
    number: int

    @property
    def file(self) -> str:
        """Name of its file, without the ending."""
        return f"{self.kind}-{self.digest.hex()[:32]}-{self.number:05d}"


class Parts:
    """The folder of parts.

    Args:
        path: folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: PartName, first: int, rows: Mapping[str, Sequence[bytes]], recipient: bytes) -> None:
        """Lay a part on the desk, encrypted to the signer's X25519 public key (32 bytes); durable on return.

        Args:
            name: which part.
            first: at which row of the list it begins.
            rows: by member, the canonical JSON of each row.
            recipient: the signer's key.

        Raises:
            InvalidInput: it is too large.
        """
        if sum(sum(map(len, texts)) + len(texts) for texts in rows.values()) > LIMIT - 4096:
            raise InvalidInput("a part of the list is too large", code="desk.size", field="batch", fix="split the list")
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        encrypt_into(self._file(name), _json(name, first, rows), X25519Recipient(recipient))

    def read(self, name: PartName, private: bytes) -> Mapping[str, Any]:
        """Decrypt one part. Raises NotFound if it is not there, Damaged if it is not what its name says."""
        where = f"part {name.number} of the list's {name.kind}"
        try:
            with self._file(name).open("rb") as file:
                if os.fstat(file.fileno()).st_size > _SEALED_LIMIT:
                    raise Damaged(f"{where} is too large", code="desk.damaged", field="part")
                data = b"".join(decrypt_stream(_pieces_of(file), X25519Identity(private)))
                value = read_canonical(data, what="part", limit=LIMIT)
        except FileNotFoundError as error:
            raise NotFound(f"{where} is not on the desk", code="desk.part", field="part") from error
        except OSError as error:
            raise Damaged(f"{where}: {error.strerror}", code="desk.damaged", field="part") from error
        except (InvalidInput, Refused) as error:  # not in its form, or encrypted to somebody else
            raise Damaged(f"{where}: {error.message}", code="desk.damaged", field="part") from error
        expected = {"format": FORMAT, "kind": name.kind, "list": b64url(name.digest), "number": name.number}
        if (
            not isinstance(value, dict)
            or not isinstance(body := value.pop("body", None), dict)
            or value != expected
            or type(value["number"]) is not int
        ):
            raise Damaged(f"{where} is another one inside", code="desk.damaged", field="part")
        return body

    def stamp(self, name: PartName) -> tuple[int, int, int] | None:
        """What changes when the part is written anew: its file's number, time and size. None if it is not there."""
        try:
            found = os.stat(self._file(name))
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def numbers(self, kind: str, digest: bytes) -> Iterator[int]:
        """Numbers of the parts of a list that lie here, ascending."""
        start = len(PartName(kind, digest, 0).file) - 5
        for file in sorted(self.path.glob(f"{PartName(kind, digest, 0).file[:start]}?????.age")):
            if file.stem[start:].isdecimal():
                yield int(file.stem[start:])

    def drop(self, digest: bytes, *kinds: str) -> None:
        """Remove all parts of a list, of these kinds or of all."""
        for kind in kinds or KINDS:
            for number in self.numbers(kind, digest):
                self._file(PartName(kind, digest, number)).unlink(missing_ok=True)

    def _file(self, name: PartName) -> Path:
        return self.path / f"{name.file}.age"


def _json(name: PartName, first: int, rows: Mapping[str, Sequence[bytes]]) -> Iterator[bytes]:
    """Canonical JSON of a part, some rows at a time: large pieces would cost more than the encryption."""
    before = b'{"body":{'
    for member in sorted([*rows, "first"]):
        if member == "first":
            yield before + b'"first":%d' % first
        else:
            yield before + b'"%b":[' % member.encode("ascii")
            texts = rows[member]
            for start in range(0, len(texts), _PIECE):
                yield (b"," if start else b"") + b",".join(texts[start : start + _PIECE])
            yield b"]"
        before = b","
    rest = canonical({"format": FORMAT, "kind": name.kind, "list": b64url(name.digest), "number": name.number})
    yield b"}," + rest[1:]


def _pieces_of(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_READ):
        yield piece


def bounds_of(body: Mapping[str, Any]) -> tuple[int, int]:
    """Size of the list and rows in a part, as a request says. Raises InvalidInput if they are no such numbers."""
    size, part = body["size"], body["part"]
    if type(size) is not int or type(part) is not int or not 1 <= size <= LONGEST or not 1 <= part <= MOST:
        raise InvalidInput("size and part must be numbers of rows", code="desk.size", field="size")
    return size, part


def names_of(kind: str, digest: bytes, size: int, part: int) -> Iterator[PartName]:
    """Names of all parts of a list of ``size`` rows, ``part`` in each."""
    return (PartName(kind, digest, number) for number in range(-(-size // part)))
