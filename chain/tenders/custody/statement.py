"""What a custodian says of the files of a closed envelope, ``yinxin-custody-1`` (docs/formats/custody.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, hex0x, unb64url, unhex0x
from chain.kernel.errors import InvalidInput

FORMAT = "yinxin-custody-1"
KEPT, MISSING, DAMAGED, ELSEWHERE = "kept", "missing", "damaged", "elsewhere"
STATES = (KEPT, MISSING, DAMAGED, ELSEWHERE)
"""Whole and looked at again; gone; of other bytes; another custodian signed for it, and it does not lie here."""

_MEMBERS = {"format", "genesis", "book", "tender", "lot", "envelope", "custodian", "liveSet", "count", "files"}


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file of the live set.

    Attributes:
        commitment: commitment hash, 32 bytes.
        digest: SHA-256 of the file, 32 bytes.
        size: its length in bytes.
        state: one of :data:`STATES`.
    """

    commitment: bytes
    digest: bytes
    size: int
    state: str


@dataclass(frozen=True, slots=True)
class CustodyStatement:
    """One custodian's word on one closed envelope; files stand in the order of the live set.

    Attributes:
        genesis: hash of block 0, 32 bytes.
        book: address of the TenderBook, 20 bytes.
        tender: its number.
        lot: 1, 2, 3 …
        envelope: 1 or 2.
        custodian: its account, 20 bytes.
        live_set: digest of the live set, 32 bytes.
        files: one for each live commitment.
    """

    genesis: bytes
    book: bytes
    tender: int
    lot: int
    envelope: int
    custodian: bytes
    live_set: bytes
    files: tuple[KeptFile, ...]

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        files = [
            {"commitment": hex0x(one.commitment), "digest": b64url(one.digest), "size": one.size, "state": one.state}
            for one in self.files
        ]
        return canonical(
            {
                "format": FORMAT, "genesis": hex0x(self.genesis), "book": hex0x(self.book), "tender": self.tender,
                "lot": self.lot, "envelope": self.envelope, "custodian": hex0x(self.custodian),
                "liveSet": hex0x(self.live_set), "count": len(self.files), "files": files,
            }
        )  # fmt: skip

    def absent(self) -> tuple[KeptFile, ...]:
        """Files for which this custodian signed, and which are missing or damaged."""
        return tuple(one for one in self.files if one.state in (MISSING, DAMAGED))


def read_statement(data: bytes) -> CustodyStatement:
    """Inverse of :meth:`CustodyStatement.to_bytes`. Raises InvalidInput for any other form."""
    value = read_canonical(data, what="custody statement")
    if not isinstance(value, dict) or value.get("format") != FORMAT or set(value) != _MEMBERS:
        raise _form("format")
    files = value["files"]
    if not isinstance(files, list) or value["count"] != len(files) or type(value["count"]) is not int:
        raise _form("count")
    tender, lot, envelope = (_number(value, name) for name in ("tender", "lot", "envelope"))
    if not 1 <= envelope <= 2:
        raise _form("envelope")
    return CustodyStatement(
        unhex0x(value["genesis"], size=32, field="genesis"), unhex0x(value["book"], size=20, field="book"),
        tender, lot, envelope, unhex0x(value["custodian"], size=20, field="custodian"),
        unhex0x(value["liveSet"], size=32, field="liveSet"), tuple(_file(one) for one in files),
    )  # fmt: skip


def _file(value: Any) -> KeptFile:
    if not isinstance(value, dict) or set(value) != {"commitment", "digest", "size", "state"}:
        raise _form("files")
    if value["state"] not in STATES or not isinstance(value["digest"], str):
        raise _form("state")
    digest = unb64url(value["digest"], field="digest")
    if len(digest) != 32:
        raise _form("digest")
    return KeptFile(
        unhex0x(value["commitment"], size=32, field="commitment"), digest, _number(value, "size"), value["state"]
    )


def _number(value: dict[str, Any], name: str) -> int:
    found = value[name]
    if type(found) is not int or found < 1:
        raise _form(name)
    return found


def _form(field: str) -> InvalidInput:
    return InvalidInput(
        f"custody statement: {field} has another form", code="custody.statement", field=field,
        fix="take it again from a board",
    )  # fmt: skip
