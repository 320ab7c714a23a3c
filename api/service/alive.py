"""Which processes of the service live: each holds a lock on a file of its own, which the system gives up for the dead.

The name of the file stands before whatever the process does in the database, so that another can take it over at
once. A process of another machine, whose files are not here, is nobody's to judge.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from chain.ledger.node.locks import FileLock, is_held

_SUFFIX = ".lock"


class Alive:
    """This process among the others of one home.

    Args:
        folder: where the files lie; made if it is not there.

    Attributes:
        name: of this process, 16 hexadecimal digits.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._folder = folder
        self.name = secrets.token_hex(8)
        hidden = folder / f".{self.name}"
        self._lock = FileLock(hidden)
        self._lock.take()
        os.rename(hidden, self._file(self.name))  # nobody sees the file before it is locked

    def owner(self, what: str) -> str:
        """Name of this process and of what it does, for a row that it owns."""
        return f"{self.name} {what}"

    def has_died(self, owner: str) -> bool:
        """True if the process that owns a row is known here and has ended."""
        name = owner.partition(" ")[0]
        return name.isalnum() and self._file(name).exists() and not is_held(self._file(name))

    def dead(self) -> Iterator[str]:
        """Names of processes that have ended."""
        for file in sorted(self._folder.glob(f"*{_SUFFIX}")):
            if self.has_died(file.stem):
                yield file.stem

    def forget(self, name: str) -> None:
        """A dead process owns nothing any more."""
        self._file(name).unlink(missing_ok=True)

    def close(self) -> None:
        """This process ends."""
        self._lock.release()

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}{_SUFFIX}"
