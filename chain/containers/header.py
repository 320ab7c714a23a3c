"""The header of an age v1 file: exactly one accepted form (C2SP age, "Header").

    age-encryption.org/v1
    -> TYPE ARG ARG
    base64 body, lines of 64 characters, the last one shorter
    --- base64 MAC

Line ends are LF. What is refused: other versions, CR, empty or non-ASCII arguments, doubled spaces, body lines
of another length, a missing short last line, padding or unused bits in base64, anything on the MAC line but
``---``, one space and 43 characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hmac import compare_digest

from chain.containers._primitives import hkdf, hmac_sha256
from chain.containers.stanza import Stanza, b64, unb64
from chain.kernel.errors import InvalidInput

VERSION_LINE = b"age-encryption.org/v1\n"
MAX_HEADER = 64 * 1024
"""Longest header that is read, in bytes."""

_COLUMNS = 64
_ARGS = re.compile(r"[\x21-\x7e]+(?: [\x21-\x7e]+)*\Z")


@dataclass(frozen=True, slots=True)
class Header:
    """A parsed header.

    Attributes:
        stanzas: in file order, at least one.
        mac: 32 bytes, not yet checked.
        covered: the bytes the MAC is taken over, up to and including ``---``.
        size: bytes of the whole header; the payload starts there.
    """

    stanzas: tuple[Stanza, ...]
    mac: bytes
    covered: bytes
    size: int

    def fits(self, file_key: bytes) -> bool:
        """True if the MAC is the one of this file key: a header commits to its key."""
        return compare_digest(hmac_sha256(hkdf(file_key, b"", b"header"), self.covered), self.mac)


def write_covered(stanzas: Sequence[Stanza]) -> bytes:
    """The header up to and including ``---``, over which the MAC is taken.

    Raises:
        InvalidInput: no stanza, or an argument that is empty or not visible ASCII.
    """
    if not stanzas:
        raise InvalidInput("a container needs at least one stanza", code="age.stanzas")
    lines = ["age-encryption.org/v1"]
    for stanza in stanzas:
        head = " ".join(stanza.args)
        if not _ARGS.match(head) or "" in stanza.args or head.count(" ") != len(stanza.args) - 1:
            raise InvalidInput("a stanza argument is empty or not visible ASCII", code="age.stanza")
        lines.append("-> " + head)
        text = b64(stanza.body)
        for start in range(0, len(text) + 1, _COLUMNS):
            lines.append(text[start : start + _COLUMNS])
    lines.append("---")
    return "\n".join(lines).encode("ascii")


def header_end(prefix: bytes) -> int | None:
    """Length of the header at the start of ``prefix``, or None if it does not end there yet.

    Raises:
        InvalidInput: the first line is another version, or the header is longer than MAX_HEADER.
    """
    if prefix[: len(VERSION_LINE)] != VERSION_LINE[: len(prefix)]:
        raise InvalidInput("not an age v1 file", code="age.version")
    mark = prefix.find(b"\n---", 0, MAX_HEADER)
    end = -1 if mark < 0 else prefix.find(b"\n", mark + 4, MAX_HEADER)
    if end < 0:
        if len(prefix) >= MAX_HEADER:
            raise InvalidInput(f"header longer than {MAX_HEADER} bytes", code="age.header")
        return None
    return end + 1


def read_header(data: bytes) -> Header:
    """Parse the header at the start of ``data``.

    Raises:
        InvalidInput: not the one accepted form.
    """
    size = header_end(data)
    if size is None:
        raise InvalidInput("the header has no end", code="age.header")
    try:
        lines = data[: size - 1].decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise InvalidInput("the header is not ASCII", code="age.header") from error
    last = lines.pop()
    if not last.startswith("--- ") or len(last) != 4 + 43:
        raise InvalidInput("the MAC line is not '---', a space and 43 characters", code="age.mac_line")
    mac = unb64(last[4:], size=32, field="MAC")
    stanzas: list[Stanza] = []
    place = 1
    while place < len(lines):
        line = lines[place]
        if not line.startswith("-> ") or not _ARGS.match(line[3:]):
            raise InvalidInput(f"header line {place + 1} is no stanza", code="age.stanza")
        place += 1
        body: list[str] = []
        while True:
            if place >= len(lines):
                raise InvalidInput("a stanza body has no short last line", code="age.stanza")
            text = lines[place]
            place += 1
            body.append(text)
            if len(text) < _COLUMNS:
                break
            if len(text) > _COLUMNS:
                raise InvalidInput(f"header line {place} is longer than 64 characters", code="age.stanza")
        stanzas.append(Stanza(tuple(line[3:].split(" ")), unb64("".join(body), field="stanza body")))
    if not stanzas:
        raise InvalidInput("the header has no stanza", code="age.stanzas")
    return Header(tuple(stanzas), mac, data[: size - len(last) - 1 + 3], size)
