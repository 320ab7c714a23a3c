"""The key slot: the one small file of a vault that must be, and can be, erased.

Two blocks of 4 KiB. Block ``epoch mod 2`` holds that epoch's root key, sealed under the master key. Turning to the
next epoch writes the other block, lets the database commit, then overwrites the old block in place. A torn write can
hit only the block being written, never the one in force.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from chain.documents._files import fsync_directory, open_private
from chain.kernel.errors import Damaged, Refused

BLOCK = 4096
_MAGIC = b"yinxin-keyslot-1"
_HEAD = len(_MAGIC) + 8
_SEALED = 12 + 32 + 16


class KeySlot:
    """Root keys of at most two epochs in the file ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """True if a root key was ever written."""
        return self.path.exists()

    def write(self, epoch: int, root: bytes, master: bytes) -> None:
        """Store the root key of ``epoch`` beside that of the epoch before; durable on return."""
        head = _MAGIC + epoch.to_bytes(8, "big")
        nonce = os.urandom(12)
        block = head + nonce + ChaCha20Poly1305(master).encrypt(nonce, root, head)
        fresh = not self.path.exists()
        self._overwrite(epoch, block + os.urandom(BLOCK - len(block)))
        if fresh:
            fsync_directory(self.path.parent)

    def read(self, epoch: int, master: bytes) -> bytes | None:
        """Root key of ``epoch``, or None if the slot holds another one.

        Raises:
            Damaged: the file is missing.
            Refused: it is the right epoch, but this master key does not open it.
        """
        try:
            with self.path.open("rb") as stream:
                stream.seek(epoch % 2 * BLOCK)
                block = stream.read(BLOCK)
        except FileNotFoundError as error:
            raise Damaged(
                f"{self.path.name} is missing beside the vault",
                code="vault.keyslot",
                fix="restore the vault's folder as a whole from one backup",
            ) from error
        if block[:_HEAD] != _MAGIC + epoch.to_bytes(8, "big"):
            return None
        sealed = block[_HEAD : _HEAD + _SEALED]
        try:
            return ChaCha20Poly1305(master).decrypt(sealed[:12], sealed[12:], block[:_HEAD])
        except InvalidTag as error:
            raise Refused(
                "the key vault does not open with this master key",
                code="vault.master_key",
                fix="use the master key the vault was made with",
            ) from error

    def erase(self, epoch: int) -> None:
        """Overwrite the block of ``epoch`` in place, twice with random bytes, each time down to the disk."""
        if not self.path.exists():
            return
        for _ in range(2):
            self._overwrite(epoch, os.urandom(BLOCK))

    def holds(self, epoch: int) -> bool:
        """True if the block of ``epoch`` still stands."""
        with self.path.open("rb") as stream:
            stream.seek(epoch % 2 * BLOCK)
            return stream.read(_HEAD) == _MAGIC + epoch.to_bytes(8, "big")

    def _overwrite(self, epoch: int, block: bytes) -> None:
        handle = open_private(self.path, os.O_RDWR | os.O_CREAT)
        try:
            os.pwrite(handle, block, epoch % 2 * BLOCK)
            os.fsync(handle)
        finally:
            os.close(handle)
