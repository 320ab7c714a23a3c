"""Where this home's backups lie, as far as it knows: it wrote them, or took shares from them.

When a share is destroyed, it is taken out of each of them that can be reached; the others are named.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.errors import Damaged, InvalidInput
from chain.kernel.home import write_atomically
from chain.tenders.holding.places import Place

FORMAT = "yinxin-known-backups-1"
SHARES = "yinxin-share-backup-1"
SECRETS = "yinxin-share-secrets-1"
LISTS = {SHARES: "shares", SECRETS: "secrets"}
"""Form of a backup's file: name of what it lists."""

LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Cleared:
    """What became of the backups of a ceremony; paths.

    Attributes:
        cleared: nothing of the ceremony is in them any more.
        unreached: could not be read or written, or are something else now.
    """

    cleared: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()


class KnownBackups:
    """Files of backups of one registry's shares.

    Args:
        folder: of the registry in the home.
        place: the registry.
    """

    def __init__(self, folder: Path, place: Place) -> None:
        self._folder = folder
        self._place = place
        self._file = folder / "backups.json"

    def note(self, ceremonies: Iterable[int], *paths: Path) -> None:
        """Remember files that hold something of these ceremonies, or are about to."""
        known = self._read()
        for path in paths:
            name = str(path.resolve())
            known[name] = sorted({*known.get(name, ()), *ceremonies})
        self._write(known)

    def clear(self, ceremony: int) -> Cleared:
        """Take what they hold of that ceremony out of all that can be reached."""
        known = self._read()
        cleared, unreached = [], []
        for name in [name for name, held in sorted(known.items()) if ceremony in held]:
            try:
                self._take_out(Path(name), ceremony)
            except (OSError, InvalidInput):
                unreached.append(name)
                continue
            known[name].remove(ceremony)
            cleared.append(name)
        if cleared:
            self._write(known)
        return Cleared(tuple(cleared), tuple(unreached))

    def _take_out(self, path: Path, ceremony: int) -> None:
        with path.open("r+b") as old:
            data = old.read()
            value = read_canonical(data, what="backup", limit=LARGEST)
            name = LISTS.get(str(value.get("format"))) if isinstance(value, dict) else None
            here = self._place.as_dict()
            if name is None or {key: value.get(key) for key in here} != here or not isinstance(value.get(name), list):
                raise InvalidInput(f"{path}: not a backup of this registry", code="holding.backup", field="file")
            left = [one for one in value[name] if not isinstance(one, dict) or one.get("ceremony") != ceremony]
            # The new file is in its place before the old bytes go: the other ceremonies' are never lost.
            if left:
                write_atomically(path, canonical({**value, name: left}))
            else:
                path.unlink()
            old.seek(0)
            old.write(os.urandom(len(data)))
            old.flush()
            os.fsync(old.fileno())

    def _read(self) -> dict[str, list[int]]:
        if not self._file.exists():
            return {}
        try:
            value: Any = read_canonical(self._file.read_bytes(), what="known backups", limit=LARGEST)
            if set(value) != {"format", "files"} or value["format"] != FORMAT:
                raise ValueError(FORMAT)
            return {one["path"]: list(one["ceremonies"]) for one in value["files"]}
        except (InvalidInput, ValueError, TypeError, KeyError) as error:
            raise Damaged(
                f"{self._file} is damaged", code="holding.backups", field="home",
                fix="remove it; then destroy your backups by hand",
            ) from error  # fmt: skip

    def _write(self, known: dict[str, list[int]]) -> None:
        self._place.settle(self._folder)
        listed = [{"path": name, "ceremonies": held} for name, held in sorted(known.items()) if held]
        write_atomically(self._file, canonical({"format": FORMAT, "files": listed}))
