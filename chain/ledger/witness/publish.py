"""The public side of a witness as plain files, so that a shared folder serves as well as a network.

::

    published/checkpoint             newest signed checkpoint
    published/checkpoints/<size>     every signed checkpoint that is kept
    published/tree/<level>           hashes of the perfect subtrees of 2^level blocks, 32 bytes each, in order
    published/witness.json           name and public key, for people to compare
"""

from __future__ import annotations

import os
from pathlib import Path

from chain.kernel.canonical import canonical
from chain.kernel.errors import Damaged, NotFound
from chain.kernel.home import write_atomically
from chain.ledger.witness import tree
from chain.ledger.witness.store import WitnessStore

_HASH = 32


class Published:
    """Reads a published folder. What it says is checked by whoever asks.

    Args:
        folder: the folder ``published`` of a witness' home.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def checkpoint(self, size: int | None = None) -> str:
        """Note of the newest checkpoint, or of the one with that size. Raises NotFound."""
        path = self.folder / "checkpoint" if size is None else self.folder / "checkpoints" / str(size)
        try:
            return path.read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError) as error:
            what = "no checkpoint" if size is None else f"no checkpoint of {size} blocks"
            raise NotFound(f"{what} in {self.folder}", code="witness.checkpoint", field="size") from error

    def sizes(self) -> list[int]:
        """Sizes of all kept checkpoints, in order."""
        folder = self.folder / "checkpoints"
        return sorted(int(path.name) for path in folder.iterdir() if path.name.isdigit()) if folder.is_dir() else []

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Path of block ``index`` among the first ``size`` blocks. Raises InvalidInput, NotFound."""
        return tree.inclusion(self._node, index, self._within(size))

    def consistency(self, earlier: int, later: int) -> tuple[bytes, ...]:
        """Proof that ``earlier`` blocks are a prefix of ``later`` blocks. Raises InvalidInput, NotFound."""
        return tree.consistency(self._node, earlier, self._within(later))

    def _within(self, size: int) -> int:
        try:
            blocks = (self.folder / "tree" / "0").stat().st_size // _HASH
        except FileNotFoundError:
            blocks = 0
        if size > blocks:
            raise NotFound(f"only {blocks} blocks are published", code="witness.size", field="size")
        return size

    def _node(self, level: int, place: int) -> bytes:
        try:
            with open(self.folder / "tree" / str(level), "rb") as file:
                file.seek(place * _HASH)
                value = file.read(_HASH)
        except FileNotFoundError:
            value = b""
        if len(value) != _HASH:
            raise Damaged(f"{self.folder}: node {level}/{place} of the tree is missing", code="witness.published")
        return value


class Publisher:
    """Writes a published folder from a witness' store.

    Args:
        folder: the folder ``published`` of the home.
        store: the witness' memory.
    """

    def __init__(self, folder: Path, store: WitnessStore) -> None:
        self.folder = folder
        self._store = store
        for part in (folder, folder / "tree", folder / "checkpoints"):
            part.mkdir(parents=True, exist_ok=True)
        self._last: str | None = None
        self._written = 0

    def card(self, name: str, key: str, chain_id: int) -> None:
        """Write ``witness.json``."""
        write_atomically(
            self.folder / "witness.json", canonical({"name": name, "key": key, "chainId": chain_id}), mode=0o644
        )

    def publish(self) -> None:
        """Bring the folder up to what is signed: first the tree, then the checkpoints that need it."""
        signed, _ = self._store.signed
        for level in range(max(1, signed.bit_length())):
            self._extend(level, signed >> level)
        for size, note in self._store.checkpoints(self._written):
            path = self.folder / "checkpoints" / str(size)
            if not path.exists():
                write_atomically(path, note.encode(), mode=0o644)
        self._tidy()
        newest = self._store.newest_checkpoint()
        if newest is not None and newest[1] != self._last:
            write_atomically(self.folder / "checkpoint", newest[1].encode(), mode=0o644)
            self._last = newest[1]

    def _extend(self, level: int, count: int) -> None:
        with open(self.folder / "tree" / str(level), "ab") as file:
            have = file.tell()
            if have > count * _HASH or have % _HASH:
                # A crash left part of a hash, or more than is signed.
                have = min(have // _HASH, count) * _HASH
                file.truncate(have)
            missing = count - have // _HASH
            if missing > 0:
                file.write(b"".join(self._store.level(level, have // _HASH)[:missing]))
                file.flush()
                os.fsync(file.fileno())

    def _tidy(self) -> None:
        stored = {size for size, _ in self._store.checkpoints(self._written)}
        for path in (self.folder / "checkpoints").iterdir():
            if path.name.isdigit() and int(path.name) > self._written and int(path.name) not in stored:
                path.unlink(missing_ok=True)
        # Sizes up to here never change any more; the newest may still be replaced.
        self._written = max(sorted(stored)[:-1], default=self._written)
