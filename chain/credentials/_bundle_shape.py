"""The shape of a bundle as a typed reader knows it: the quick way for the usual bundle, which is the right one.

What this reader takes, encoded again, is the same bytes: members in the order of RFC 8785, none missing, none more.
Whatever it does not take is left to the reader that says what is wrong.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

MAX_INT = 2**53 - 1
_Digest = Annotated[str, Meta(min_length=43, max_length=43)]
_Hex = Annotated[str, Meta(min_length=2)]
_From0 = Annotated[int, Meta(ge=0, le=MAX_INT)]
_From1 = Annotated[int, Meta(ge=1, le=MAX_INT)]


class AnchorShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``anchor``."""

    bureau: str
    lane: str
    sequence: _From1


class ReceiptShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``chain.receipt``."""

    index: _From0
    proof: list[_Hex]


class ChainShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``chain``."""

    header: _Hex
    receipt: ReceiptShape


class CheckpointShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``checkpoint``."""

    index: _From0
    note: str
    path: list[_Digest]


class InclusionShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``inclusion``."""

    index: _From0
    path: list[_Digest]
    size: _From1


class LeafShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``leaf``."""

    jwt: _Digest
    record: _Digest
    stamp: _Digest


class BundleShape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All members, in the order of the canonical form."""

    anchor: AnchorShape
    chain: ChainShape
    checkpoint: CheckpointShape | None
    credential: str
    format: str
    inclusion: InclusionShape
    leaf: LeafShape
    stamp: str


_decode = msgspec.json.Decoder(BundleShape).decode
_encode = msgspec.json.Encoder().encode


def read_shape(data: bytes) -> BundleShape | None:
    """The bundle's members, if they have their kinds and ``data`` is their one form; else None."""
    try:
        shape = _decode(data)
        return shape if _encode(shape) == data else None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
