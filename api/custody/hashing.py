"""Files read and hashed: one at a time, and once as long as they do not change."""

from __future__ import annotations

import threading
from pathlib import Path

from chain.kernel.encoding import sha256_file


class Hashed:
    """Digests of files by their time and size, for this process."""

    def __init__(self) -> None:
        self._one = threading.Lock()
        self._known: dict[Path, tuple[int, int, bytes]] = {}

    def is_right(self, path: Path, digest: bytes, size: int) -> bool:
        """True if the file has that digest and size. Raises OSError if it cannot be read."""
        found = path.stat()
        if found.st_size != size:
            return False
        known = self._known.get(path)
        if known is None or known[:2] != (found.st_mtime_ns, found.st_size):
            with self._one:
                known = self._known.get(path)
                found = path.stat()
                if known is None or known[:2] != (found.st_mtime_ns, found.st_size):
                    known = self._known[path] = (found.st_mtime_ns, found.st_size, sha256_file(path)[0])
        return known[1:] == (size, digest)
