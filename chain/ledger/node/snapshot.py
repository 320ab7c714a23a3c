"""Durable whole snapshots: a block is served only once a snapshot that holds it is on disk.

The EVM process gives its whole state as hexadecimal of gzip of JSON; the gzip is what lies on disk. At a start the
JSON is unpacked for it, with only the newest blocks: older ones are in the archive, and the state needs no more than
the last 256 block hashes.
"""

from __future__ import annotations

import gzip
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from chain.kernel.errors import Damaged

KEPT_BLOCKS = 300
"""Blocks the EVM process is given back at a start (BLOCKHASH and EIP-2935 look back at most 256 and 8,191)."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a snapshot file holds.

    Attributes:
        number: height of its newest block.
        trimmed: JSON for the EVM process, with the newest blocks only.
    """

    number: int
    trimmed: bytes


class SnapshotFile:
    """The newest snapshot of one node.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, dump: str) -> int:
        """Make a dump durable in place of the old one: temporary file, fsync, rename, fsync of the folder.

        Args:
            dump: the reply of ``anvil_dumpState``.

        Returns:
            bytes written.
        """
        data = bytes.fromhex(dump[2:])
        part = self.path.with_name(self.path.name + ".part")
        with open(part, "wb", opener=_private) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return len(data)

    def load(self) -> Loaded | None:
        """The snapshot on disk, or None in a new folder.

        Raises:
            Damaged: the file cannot be unpacked or lacks its newest block.
        """
        try:
            packed = self.path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            state: dict[str, Any] = msgspec.json.decode(gzip.decompress(packed))
            number = int(str(state["best_block_number"]), 0)
            lowest = number - KEPT_BLOCKS
            blocks = [block for block in state["blocks"] if int(block["header"]["number"], 16) > lowest]
            if not any(int(block["header"]["number"], 16) == number for block in blocks):
                raise ValueError(f"block {number} is missing")
            state["blocks"] = blocks
            state["transactions"] = [item for item in state["transactions"] if item["block_number"] > lowest]
        except (OSError, EOFError, zlib.error, msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
            raise Damaged(
                f"{self.path}: the snapshot cannot be read ({error})",
                code="node.snapshot",
                fix="put the node folder back from a copy made while it was stopped",
            ) from error
        return Loaded(number, msgspec.json.encode(state))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
