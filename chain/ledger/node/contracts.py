"""The contracts of this ledger: the only addresses a stranger's transaction may name."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import msgspec

from chain.kernel.encoding import hex0x, unhex0x
from chain.kernel.errors import Damaged, InvalidInput
from chain.kernel.files import write_atomically
from chain.ledger.node.layout import NodeDir

log = logging.getLogger("yinxin.node")


class _File(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    addresses: list[str]


_FORMAT = "yinxin-node-contracts-1"


def read_contracts(path: Path) -> frozenset[bytes]:
    """The addresses in ``contracts.json``, 20 bytes each; none if there is no file.

    Raises:
        Damaged: the file cannot be read.
    """
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_File)
        if found.format != _FORMAT:
            raise InvalidInput(f"format {found.format!r} is not known")
        return frozenset(unhex0x(address, size=20) for address in found.addresses)
    except FileNotFoundError:
        return frozenset()
    except (msgspec.DecodeError, InvalidInput) as error:
        raise Damaged(
            f"{path}: {error}", code="node.contracts", fix="write it again by deploying, or remove it"
        ) from error


def allow_contracts(folder: Path | str, addresses: Iterable[str | bytes]) -> None:
    """Let strangers send transactions to these contracts too. Takes effect at once, also in a running node.

    Args:
        folder: the node folder.
        addresses: 0x hexadecimal or 20 bytes.

    Raises:
        InvalidInput: not an address.
        Damaged: the file of allowed contracts cannot be read.
    """
    path = NodeDir.at(folder).contracts
    new = {item if isinstance(item, bytes) else unhex0x(item.lower(), size=20, field="address") for item in addresses}
    if any(len(item) != 20 for item in new):
        raise InvalidInput("an address has 20 bytes", code="node.address", field="address")
    both = sorted(hex0x(item) for item in read_contracts(path) | new)
    write_atomically(path, msgspec.json.format(msgspec.json.encode(_File(_FORMAT, both))) + b"\n")


class AllowedContracts:
    """The file, read again whenever it has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._addresses: frozenset[bytes] = frozenset()

    def __call__(self) -> frozenset[bytes]:
        """The addresses allowed now; the last good ones while the file cannot be read."""
        try:
            stat = self._path.stat()
            seen = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        except FileNotFoundError:
            self._seen, self._addresses = None, frozenset()
            return self._addresses
        if seen != self._seen:
            self._seen = seen
            try:
                self._addresses = read_contracts(self._path)
            except Damaged as error:
                log.error("%s", error)
        return self._addresses
