"""Tombstones: the list of destroyed key ids, kept outside the vault so that no restored backup brings one back.

One canonical JSON object a line, ``{"format":"yinxin-tombstone-1","keyId":…,"note":{…}}``; lines are only added.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chain.documents._files import fsync_directory, locked, make_private_directory, open_private
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import Damaged, InvalidInput

_FORMAT = "yinxin-tombstone-1"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A destroyed key.

    Attributes:
        key_id: 16 bytes.
        note: what its owner wants kept (such as status slot and a keyed uniqueness digest); no personal data.
    """

    key_id: bytes
    note: Mapping[str, Any]


class Tombstones:
    """The append-only file ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read_to = 0
        self._known: dict[bytes, Tombstone] = {}

    def add(self, entries: Sequence[Tombstone]) -> None:
        """Append what is not there yet; durable on return. Raises InvalidInput if a note is not plain JSON."""
        make_private_directory(self.path.parent)
        with locked(self.path.with_name(self.path.name + ".lock")):
            self.refresh()
            lines = [_line(entry) for entry in entries if entry.key_id not in self._known]
            fresh = not self.path.exists()
            handle = open_private(self.path, os.O_RDWR | os.O_CREAT)
            try:
                os.ftruncate(handle, self._read_to)  # a line that a crash cut off was never acknowledged
                os.pwrite(handle, b"".join(lines), self._read_to)
                os.fsync(handle)
            finally:
                os.close(handle)
            if fresh:
                fsync_directory(self.path.parent)
            self.refresh()

    def get(self, key_id: bytes) -> Tombstone | None:
        """The tombstone of a key, or None."""
        self.refresh()
        return self._known.get(key_id)

    def known(self, key_id: bytes) -> bool:
        """As :meth:`get`, without looking at the file again."""
        return key_id in self._known

    def all(self) -> list[Tombstone]:
        """Every tombstone, oldest first."""
        self.refresh()
        return list(self._known.values())

    def refresh(self) -> None:
        """Read what other processes added. Raises Damaged if a whole line is not a tombstone."""
        try:
            size = os.stat(self.path).st_size
        except FileNotFoundError:
            size = 0
        if size == self._read_to:
            return
        if size < self._read_to:
            self._read_to, self._known = 0, {}
        if not size:
            return
        with self.path.open("rb") as stream:
            stream.seek(self._read_to)
            data = stream.read()
        whole = data.rfind(b"\n") + 1
        for line in data[:whole].splitlines():
            entry = _parse(line, self.path)
            self._known.setdefault(entry.key_id, entry)
        self._read_to += whole


def _line(entry: Tombstone) -> bytes:
    if len(entry.key_id) != 16:
        raise InvalidInput("a key id has 16 bytes", code="vault.key_id")
    return canonical({"format": _FORMAT, "keyId": b64url(entry.key_id), "note": dict(entry.note)}) + b"\n"


def _parse(line: bytes, path: Path) -> Tombstone:
    try:
        value = read_canonical(line, what="tombstone")
        if set(value) != {"format", "keyId", "note"} or value["format"] != _FORMAT:
            raise InvalidInput("not a tombstone")
        key_id = unb64url(value["keyId"])
        if len(key_id) != 16 or not isinstance(value["note"], dict):
            raise InvalidInput("not a tombstone")
    except (InvalidInput, TypeError, AttributeError) as error:
        raise Damaged(
            f"{path} holds a line that is no tombstone",
            code="vault.tombstones",
            fix="restore the file from its own copy; it is kept apart from the vault's backups",
        ) from error
    return Tombstone(key_id, value["note"])
