"""The entries of a status list: two a byte, mutable; and drawing places in it."""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Container, Iterator

from chain.credentials._claims import MAX_STATUS_INDEX
from chain.credentials._status import Status
from chain.kernel.errors import Conflict, InvalidInput

SIZE = 131_072
"""Entries of a list, unless told otherwise: enough that an index says little about its certificate."""

MAX_SIZE = MAX_STATUS_INDEX + 1
_KNOWN = bytes(low | high << 4 for low in Status for high in Status)


class StatusList:
    """Entries of four bits, mutable; index 0 is the low half of the first byte (Token Status List section 4.1).

    Args:
        size: number of entries, even, 131,072 to 4,194,304.
        packed: their bytes, ``size // 2`` long; all valid if not given.
    """

    __slots__ = ("_bytes",)

    def __init__(self, size: int = SIZE, packed: bytes | None = None) -> None:
        if not SIZE <= size <= MAX_SIZE or size % 2:
            raise InvalidInput(
                f"a list of {size} entries; {SIZE} to {MAX_SIZE}, even", code="status_list.size", field="size"
            )
        if packed is not None and len(packed) != size // 2:
            raise InvalidInput("bytes do not fit the size", code="status_list.size", field="packed")
        if packed is not None and packed.translate(None, _KNOWN):
            raise InvalidInput("an entry holds a status not known here", code="status_list.status")
        self._bytes = bytearray(size // 2) if packed is None else bytearray(packed)

    @property
    def size(self) -> int:
        """Number of entries."""
        return len(self._bytes) * 2

    @property
    def packed(self) -> bytes:
        """The entries, two a byte."""
        return bytes(self._bytes)

    def get(self, index: int) -> Status:
        """Status of one entry. Raises InvalidInput for an index outside the list."""
        self._inside(index)
        return Status(self._bytes[index >> 1] >> (index & 1) * 4 & 0xF)

    def set(self, index: int, status: Status) -> None:
        """Change one entry. Raises InvalidInput for an index outside the list. Asks no rule: see :func:`may_change`."""
        self._inside(index)
        shift = (index & 1) * 4
        self._bytes[index >> 1] = self._bytes[index >> 1] & ~(0xF << shift) | Status(status) << shift

    def copy(self) -> StatusList:
        """An independent copy."""
        return StatusList(self.size, bytes(self._bytes))

    def count(self, status: Status) -> int:
        """How many entries have that status."""
        low = sum(self._bytes.count(other << 4 | status) for other in Status)
        high = sum(self._bytes.count(status << 4 | other) for other in Status)
        return low + high

    def changes(self, newer: StatusList) -> Iterator[tuple[int, Status, Status]]:
        """(index, before, after) of every entry in which ``newer`` differs, ascending.

        Raises:
            InvalidInput: the lists differ in size.
        """
        if newer.size != self.size:
            raise InvalidInput("lists of different size", code="status_list.size")
        step = 4096
        for start in range(0, len(self._bytes), step):
            mine, theirs = self._bytes[start : start + step], newer._bytes[start : start + step]
            if mine == theirs:
                continue
            for at, (old, new) in enumerate(zip(mine, theirs, strict=True), start):
                for half in (0, 1):
                    before, after = old >> half * 4 & 0xF, new >> half * 4 & 0xF
                    if before != after:
                        yield at * 2 + half, Status(before), Status(after)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StatusList) and self._bytes == other._bytes

    __hash__ = None  # type: ignore[assignment]

    def _inside(self, index: int) -> None:
        if type(index) is not int or not 0 <= index < self.size:
            raise InvalidInput(f"no entry {index!r} in a list of {self.size}", code="status_list.index", field="index")


def draw_indexes(count: int, taken: Container[int], size: int = SIZE) -> list[int]:
    """``count`` different random indexes that are not in ``taken``.

    Random, so that an index tells neither order nor number of issues (Token Status List section 12.5).

    Args:
        count: how many.
        taken: indexes given out before, destroyed records' included; best a set.
        size: entries of the list.

    Raises:
        Conflict: fewer are free; open a new list *before* signing anything.
    """
    drawn: dict[int, None] = {}
    # Drawing with rejection is cheap until a list is nearly full; then the rest is listed and sampled.
    fair = 2**32 - 2**32 % size
    for _ in range(8):
        missing = count - len(drawn)
        if not missing:
            return list(drawn)
        for number in struct.unpack(f"{missing}I", os.urandom(4 * missing)):
            if number < fair and (index := number % size) not in taken:
                drawn[index] = None
    if len(drawn) < count:
        free = [index for index in range(size) if index not in taken and index not in drawn]
        missing = count - len(drawn)
        if len(free) < missing:
            raise Conflict(
                f"status list: {len(free) + len(drawn)} places free, {count} needed",
                code="status_list.full",
                fix="open a new status list for this bureau",
            )
        drawn.update(dict.fromkeys(secrets.SystemRandom().sample(free, missing)))
    return list(drawn)
