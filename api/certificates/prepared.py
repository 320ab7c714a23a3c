"""A list on its way into the register: judged as a whole, packed, and handed over some rows at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from api.certificates.uniqueness import Uniqueness
from chain.catalogue import CertificateType
from chain.issuing.contents import Draft
from chain.kernel.canonical import canonical
from chain.kernel.errors import InvalidInput
from chain.merkle import Tree, leaf_hash

CHUNK = 500
"""Rows packed together, and written by one statement."""


class PreparedRow(NamedTuple):
    """What the register keeps of a draft; ``fields`` is canonical JSON."""

    identifier: str
    number: str
    holder_name: str
    holder_code: str
    fields: str
    not_before: int
    expires: int | None
    predecessor: str | None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[PreparedRow])


def _pack(rows: list[PreparedRow]) -> bytes:
    """Rows resemble each other: compressed, a long list takes a tenth of the memory."""
    return zlib.compress(_encoder.encode(rows), level=1)


def _unpack(packed: bytes) -> list[PreparedRow]:
    return _decoder.decode(zlib.decompress(packed))


class PreparedList:
    """Drafts taken in one pass; none of them is kept as an object.

    Args:
        drafts: what is to be issued, in order; each is let go of before the next but a few is asked for.
        certificate_type: type of all.
        bureau: USCC of the issuing bureau.
        uniqueness: the bureau's keyed digests.

    Attributes:
        digest: what a release names, as :func:`chain.issuing.contents.rows_digest` gives it, 32 bytes.
        keyed: uniqueness digest of each row.
        identifiers: identifier of each row.

    Raises:
        InvalidInput: no rows, or a number or identifier comes twice.
    """

    def __init__(
        self, drafts: Iterable[Draft], certificate_type: CertificateType, bureau: str, uniqueness: Uniqueness
    ) -> None:
        self.keyed: list[bytes] = []
        self.identifiers: list[str] = []
        self._chunks: list[bytes] = []
        leaves: list[bytes] = []
        waiting: list[PreparedRow] = []
        for draft in drafts:
            fields = canonical(dict(draft.fields))
            leaves.append(leaf_hash(draft.to_bytes(fields)))
            self.keyed.append(uniqueness(bureau, certificate_type.code, draft.number, draft.version))
            self.identifiers.append(draft.identifier)
            waiting.append(_row_of(draft, fields.decode()))
            if len(waiting) == CHUNK:
                self._chunks.append(_pack(waiting))
                waiting.clear()
        if waiting:
            self._chunks.append(_pack(waiting))
        if not leaves:
            raise InvalidInput(
                "the list has no rows", code="batch.empty", field="list", fix="give a list with at least one row"
            )
        if len(set(self.keyed)) != len(leaves) or len(set(self.identifiers)) != len(leaves):
            raise InvalidInput(
                "the list holds a number twice",
                code="batch.twice",
                field="certificateNumber",
                fix="give each number once",
            )
        self.digest = Tree(leaves).root

    def __len__(self) -> int:
        """How many rows."""
        return len(self.keyed)

    def __getitem__(self, place: int) -> PreparedRow:
        """One row, counted from 0."""
        return _unpack(self._chunks[place // CHUNK])[place % CHUNK]

    def __iter__(self) -> Iterator[PreparedRow]:
        """All rows, in order."""
        for rows in self.chunks():
            yield from rows

    def chunks(self) -> Iterator[list[PreparedRow]]:
        """All rows in order, :data:`CHUNK` at a time."""
        return map(_unpack, self._chunks)


def _row_of(draft: Draft, fields: str) -> PreparedRow:
    return PreparedRow(
        draft.identifier,
        draft.number,
        draft.fields["certificateHolderName"],
        draft.fields["certificateHolderCode"],
        fields,
        draft.not_before,
        draft.expires,
        draft.predecessor,
    )
