"""A board in a folder: public papers by their SHA-256, and notes under a topic (:class:`Board`).

::

    <board>/papers/<first two digits>/<SHA-256>
    <board>/notes/<topic>/<time in ns>-<name>-<first digits of SHA-256>

Each file appears whole or not at all. Several people may share the folder; what it holds is never believed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

from chain.kernel.encoding import sha256
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Unavailable
from chain.kernel.home import write_atomically

LARGEST_PAPER = 64 * 2**20
LARGEST_NOTE = 16 * 2**20
MOST_NOTES = 10_000
_TOPIC = re.compile(r"[a-z0-9]+(?:[-/][a-z0-9]+)*\Z")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_LONGEST = 128


def check_topic(topic: str, name: str = "x") -> None:
    """Raises InvalidInput unless these are a topic and a name of notes."""
    if len(topic) > _LONGEST or not _TOPIC.match(topic):
        raise InvalidInput(f"topic {topic!r}", code="board.topic", field="topic", fix="a-z, 0-9, '-' and '/'")
    if len(name) > _LONGEST or not _NAME.match(name):
        raise InvalidInput(f"name {name!r}", code="board.name", field="name", fix="a-z, 0-9 and '-'")


def check_paper(data: bytes) -> None:
    """Raises InvalidInput if a board takes no paper of that size."""
    _check_size("paper", data, LARGEST_PAPER)


def check_note(data: bytes) -> None:
    """Raises InvalidInput if a board takes no note of that size."""
    _check_size("note", data, LARGEST_NOTE)


def check_digest(digest: bytes) -> None:
    """Raises InvalidInput unless these are the 32 bytes of a digest."""
    if len(digest) != 32:
        raise InvalidInput("a digest has 32 bytes", code="board.digest", field="digest")


def damaged(board: object, digest: bytes) -> Damaged:
    """The error of a board that holds other bytes under a digest; ``board`` is its folder or address."""
    return Damaged(
        f"the board {board} has other bytes under {digest.hex()}", code="board.damaged", field="digest",
        fix="ask another board, or who wrote it",
    )  # fmt: skip


def _check_size(what: str, data: bytes, most: int) -> None:
    if len(data) > most:
        raise InvalidInput(
            f"a {what} of {len(data)} bytes", code="board.size", field="data", fix=f"at most {most} bytes"
        )


class FolderBoard:
    """Args: ``folder``, made when first written to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> bytes:
        """Store a paper; its SHA-256."""
        check_paper(data)
        digest = sha256(data)
        path = self._paper(digest)
        if not _holds(path, data):  # a paper that was damaged is mended by whoever still has it
            self._write(path, data)
        return digest

    def get(self, digest: bytes, *, limit: int = 16 * 2**20) -> bytes:
        """The paper with that digest."""
        try:
            with self._paper(digest).open("rb") as stream:
                data = stream.read(limit + 1)
        except FileNotFoundError as error:
            raise NotFound(
                f"no paper {digest.hex()} on the board {self._folder}", code="board.missing", field="digest",
                fix="ask another board, or who wrote it",
            ) from error  # fmt: skip
        except OSError as error:
            raise Unavailable(f"{self._folder}: {error.strerror}", code="board.read") from error
        if len(data) > limit or sha256(data) != digest:
            raise damaged(self._folder, digest)
        return data

    def post(self, topic: str, name: str, data: bytes) -> None:
        """Leave a note; the same bytes under the same name are not left twice."""
        check_topic(topic, name)
        check_note(data)
        folder = self._folder / "notes" / topic
        there = list(folder.glob("*.note")) if folder.is_dir() else []
        ending = f"-{name}-{sha256(data).hex()[:16]}.note"
        if any(path.name.endswith(ending) for path in there):
            return
        if len(there) >= MOST_NOTES:
            raise InvalidInput(f"{topic}: {MOST_NOTES} notes lie there", code="board.full", field="topic")
        self._write(folder / f"{time.time_ns():020d}{ending}", data)

    def notes(self, topic: str, *, after: int = 0) -> Iterator[tuple[str, bytes]]:
        """Name and content of every note under that topic, oldest first; the first ``after`` of them are not read."""
        check_topic(topic)
        for path in sorted((self._folder / "notes" / topic).glob("*.note"))[after:]:
            name = path.name.partition("-")[2].rpartition("-")[0]
            try:
                yield name, path.read_bytes()
            except OSError as error:
                raise Unavailable(f"{self._folder}: {error.strerror}", code="board.read") from error

    def _paper(self, digest: bytes) -> Path:
        check_digest(digest)
        return self._folder / "papers" / digest.hex()[:2] / digest.hex()

    def _write(self, path: Path, data: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, data)
        except OSError as error:
            raise Unavailable(
                f"{self._folder}: {error.strerror}", code="board.write", fix="see that you may write there"
            ) from error


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() == data
    except OSError:
        return False
