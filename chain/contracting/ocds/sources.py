"""The papers behind a tender's events, each fetched once.

A paper that lies on no board cannot be told from one that is withheld, so it stops the work: what would be published
without it would be another package than with it. A paper that is there and has no form that is known is another matter:
everybody finds the same, and it is published by its digest alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from chain.kernel.errors import InvalidInput, YinxinError
from chain.kernel.tender_ports import Board
from chain.tenders.opening import LotPlace

Paper = TypeVar("Paper")
_LARGEST = 64 * 2**20


@dataclass
class Sources:
    """The papers of one tender.

    Attributes:
        board: where they lie.
        genesis: hash of block 0, 32 bytes; book: address of the TenderBook, 20 bytes; chain_id: EIP-155.
        tender: its number.
    """

    board: Board
    genesis: bytes
    chain_id: int
    book: bytes
    tender: int
    _data: dict[bytes, bytes] = field(default_factory=dict, repr=False)
    _read: dict[tuple[bytes, Any], Any] = field(default_factory=dict, repr=False)

    def data(self, digest: bytes, what: str) -> bytes:
        """The bytes of a paper. Raises NotFound, Damaged, Unavailable, naming what it is."""
        if digest not in self._data:
            try:
                self._data[digest] = self.board.get(digest, limit=_LARGEST)
            except YinxinError as error:
                raise type(error)(
                    f"{what} of tender {self.tender}: {error.message}", code=error.code, field=what,
                    fix="ask another board ([tenders] boards), or the procuring officer",
                ) from error  # fmt: skip
        return self._data[digest]

    def read(self, digest: bytes, what: str, reader: Callable[[bytes], Paper]) -> Paper | None:
        """A paper as its reader gives it, or None: it has another form. Raises as :meth:`data`."""
        key = (digest, reader)
        if key not in self._read:
            data = self.data(digest, what)
            try:
                self._read[key] = reader(data)
            except InvalidInput:
                self._read[key] = None
        found: Paper | None = self._read[key]
        return found

    def is_here(self, place: LotPlace, lot: int) -> bool:
        """True if a paper is about that lot of this tender."""
        return place == LotPlace(self.genesis, self.book, self.tender, lot)
