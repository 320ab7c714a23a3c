"""Stanzas: how a file key travels in the header, and the two ports that wrap and unwrap it.

A recipient turns the 16-byte file key into stanzas; an identity turns the stanzas of a header back into it.
Other rooms bring their own pairs (the two locks of a sealed bid, say); the container does not know them.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Protocol

from chain.kernel.errors import InvalidInput

FILE_KEY_SIZE = 16
"""Bytes of a file key (C2SP age, "File key")."""


@dataclass(frozen=True, slots=True)
class Stanza:
    """One recipient stanza.

    Attributes:
        args: the type first, then its arguments; each one or more visible ASCII characters (0x21 to 0x7E).
        body: the bytes behind it.
    """

    args: tuple[str, ...]
    body: bytes


class Recipient(Protocol):
    """Wraps a file key."""

    def wrap(self, file_key: bytes) -> tuple[Stanza, ...]:
        """The stanzas that let the matching identity find the 16-byte ``file_key``; at least one."""
        ...


class Identity(Protocol):
    """Unwraps a file key."""

    def unwrap(self, stanzas: tuple[Stanza, ...]) -> bytes:
        """The 16-byte file key.

        It sees *all* stanzas of the header and answers for the whole set: an identity that expects exactly one
        stanza refuses two.

        Raises:
            InvalidInput: a stanza of its own type is malformed, or the set is not the expected one.
            Refused: none of the stanzas is meant for it.
            Damaged: the stanza is meant for it but does not open.
        """
        ...


def b64(data: bytes) -> str:
    """Standard base64 without padding (RFC 4648 section 4), as age writes it."""
    return binascii.b2a_base64(data, newline=False).rstrip(b"=").decode("ascii")


def unb64(text: str, *, size: int | None = None, field: str = "stanza") -> bytes:
    """Inverse of :func:`b64`; refuses padding, foreign characters, unused bits and, if given, another size in bytes.

    Raises:
        InvalidInput: the text is not the one accepted form.
    """
    try:
        raw = text.encode("ascii")
        data = base64.b64decode(raw + b"=" * (-len(raw) % 4), validate=True)
    except ValueError as error:
        raise InvalidInput(f"{field}: not base64", code="age.base64", field=field) from error
    if b64(data) != text:
        raise InvalidInput(f"{field}: not canonical base64", code="age.base64", field=field)
    if size is not None and len(data) != size:
        raise InvalidInput(f"{field}: {len(data)} bytes instead of {size}", code="age.base64", field=field)
    return data
