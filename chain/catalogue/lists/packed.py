"""Rows kept packed and compressed: a list of a hundred thousand takes a fiftieth of what its dictionaries would."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import overload

import msgspec

from chain.catalogue.lists.model import Row

_CHUNK = 500
_Plain = list[str | int | None]

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[_Plain]).decode


class PackedRows(Sequence[Row]):
    """Rows in order, each unpacked when it is asked for; equal to any sequence of the same rows."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, ...], int] = {}
        self._shapes: list[tuple[str, ...]] = []
        self._packed: list[bytes] = []
        self._open: list[_Plain] = []

    def append(self, row: Row) -> None:
        """Add a row at the end."""
        names = tuple(row.fields)
        shape = self._names.get(names)
        if shape is None:
            shape = self._names[names] = len(self._shapes)
            self._shapes.append(names)
        self._open.append([row.number, row.version, row.serial, row.identifier, shape, *row.fields.values()])
        if len(self._open) == _CHUNK:
            self._packed.append(zlib.compress(_encode(self._open), level=1))
            self._open.clear()

    def __len__(self) -> int:
        """How many."""
        return len(self._packed) * _CHUNK + len(self._open)

    def __iter__(self) -> Iterator[Row]:
        """One after the other."""
        for number in range(len(self._packed) + 1):
            yield from map(self._row, self._chunk(number))

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Row, ...]: ...

    def __getitem__(self, place: int | slice) -> Row | tuple[Row, ...]:
        """A row, or some."""
        if isinstance(place, slice):
            return tuple(self)[place]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        number, inside = divmod(place % len(self), _CHUNK)
        return self._row(self._chunk(number)[inside])

    def __eq__(self, other: object) -> bool:
        """True for the same rows in the same order."""
        if not isinstance(other, Sequence) or len(other) != len(self):
            return False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """How many, and nothing of what they say."""
        return f"PackedRows({len(self)} rows)"

    def _chunk(self, number: int) -> list[_Plain]:
        return _decode(zlib.decompress(self._packed[number])) if number < len(self._packed) else self._open

    def _row(self, plain: _Plain) -> Row:
        number, version, serial, identifier, shape, *values = plain
        fields = dict(zip(self._shapes[shape], values, strict=True))  # type: ignore[index]
        return Row(number, fields, version, serial, identifier)  # type: ignore[arg-type]
