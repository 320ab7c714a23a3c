"""Unix sockets below folders whose path is longer than the system's limit (108 bytes on Linux, 104 elsewhere)."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from pathlib import Path

_LIMIT = 100


class SocketPath:
    """A short name for a socket's path; valid in this process until :meth:`close`.

    Attributes:
        text: what to give to ``bind`` or ``connect``.
    """

    def __init__(self, path: Path) -> None:
        self._folder: int | None = None
        self._link: str | None = None
        self.text = str(path)
        if len(os.fsencode(self.text)) < _LIMIT:
            return
        if os.path.isdir("/proc/self/fd"):
            self._folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
            self.text = f"/proc/self/fd/{self._folder}/{path.name}"
        else:
            self._link = tempfile.mkdtemp(prefix="yx-", dir="/tmp")
            os.symlink(path.parent, os.path.join(self._link, "d"))
            self.text = os.path.join(self._link, "d", path.name)

    def close(self) -> None:
        """Give up the short name."""
        if self._folder is not None:
            os.close(self._folder)
            self._folder = None
        if self._link is not None:
            shutil.rmtree(self._link, ignore_errors=True)
            self._link = None


def connect_unix(sock: socket.socket, path: str) -> None:
    """Connect to a unix socket, however long its path."""
    short = SocketPath(Path(path))
    try:
        sock.connect(short.text)
    finally:
        short.close()
