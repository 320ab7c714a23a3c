"""Status lists: four bits a certificate, in a signed Token Status List (draft-ietf-oauth-status-list), JWT form.

A token counts only if its SHA-256 is what the bureau anchored; the signature says which key made it, and
``previous_head`` ties it to one place in the chain of states, so no two states share their bytes.

One form: compact JWS with exactly alg, kid, typ ``statuslist+jwt``; canonical JSON claims ``iat``, ``iss``,
``previous_head``, ``status_list`` {``bits``: 4, ``lst``}, ``sub``, ``ttl``; and every entry a known status.
"""

from __future__ import annotations

import os
import re
import secrets
import struct
import zlib
from collections.abc import Container, Iterator
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from chain.credentials import _claims
from chain.credentials._jws import CompactJws, b64, read_compact, sign_compact
from chain.credentials.es256 import P256Signer, verify_es256
from chain.kernel.canonical import read_canonical
from chain.kernel.encoding import unb64url, unhex0x
from chain.kernel.errors import Conflict, InvalidInput

BITS = 4
SIZE = 131_072
"""Entries of a list, unless told otherwise: enough that an index says little about its certificate."""

MAX_SIZE = _claims.MAX_STATUS_INDEX + 1
MAX_TOKEN = 4 * 2**20
"""Largest token read, in bytes."""

TYP = "statuslist+jwt"
TTL = 3600
"""Seconds a token may be cached before a newer one is asked for. Age is judged by the chain, not by this."""

AUTHORITY = "authority"
"""The actor who signs in place of a bureau that no longer can."""

_AUTHORITY_URN = "urn:yinxin:authority"
_LEVEL = 6  # see docs/formats/status-list.md: level 9 costs twelve times as much and saves under 1 %
_HEAD = re.compile(r"0x[0-9a-f]{64}", re.ASCII)
_KEYS = {"iat", "iss", "previous_head", "status_list", "sub", "ttl"}


class Status(IntEnum):
    """State of a certificate. 0–3 as Token Status List section 7.1, 0x0B–0x0F of its application-specific range."""

    VALID = 0
    REVOKED = 1
    """撤销: granted wrongly."""
    SUSPENDED = 2
    """暂扣."""
    SUPERSEDED = 3
    """Replaced by a renewed or changed one."""
    CANCELLED = 0x0B
    """注销."""
    LAPSED = 0x0C
    """失效."""
    TRANSFERRED = 0x0D
    """办理转出."""
    PENALTY = 0x0E
    """吊销: revoked as a penalty."""
    OTHER = 0x0F
    """其他."""

    @property
    def terminal(self) -> bool:
        """True if no way leads back into force."""
        return self not in (Status.VALID, Status.SUSPENDED)


_LABELS = {
    Status.VALID: "有效",
    Status.REVOKED: "撤销",
    Status.SUSPENDED: "暂扣",
    Status.SUPERSEDED: "被替代",
    Status.CANCELLED: "注销",
    Status.LAPSED: "失效",
    Status.TRANSFERRED: "办理转出",
    Status.PENALTY: "吊销",
    Status.OTHER: "其他",
}
_KNOWN = bytes(low | high << 4 for low in _LABELS for high in _LABELS)


def label_zh(status: Status) -> str:
    """The status in Chinese administrative usage."""
    return _LABELS[status]


def may_change(before: Status, after: Status) -> bool:
    """True if a certificate may go from ``before`` to ``after``.

    In force: anywhere. Suspended: back, or to an end. An end is final, with two exceptions that the law
    knows: what lapsed may still be punished, cancelled or transferred, and what was revoked as a penalty is
    cancelled afterwards.
    """
    if before == after:
        return False
    if not before.terminal:
        return True
    if before is Status.LAPSED:
        return after.terminal
    return before is Status.PENALTY and after is Status.CANCELLED


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
        low = sum(self._bytes.count(other << 4 | status) for other in _LABELS)
        high = sum(self._bytes.count(status << 4 | other) for other in _LABELS)
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


@dataclass(frozen=True, slots=True)
class ParsedStatusToken:
    """A status list token whose form was checked. Its signature was not: see :func:`verify_signature`.

    Attributes:
        data: the bytes as read.
        digest: SHA-256 of ``data``, what is anchored, 32 bytes.
        key_thumbprint: of the key the header names, 32 bytes.
        bureau: USCC of the bureau the list belongs to.
        list: its name.
        actor: USCC of the bureau that signed, usually the same, or ``authority``.
        previous_head: head of the list's chain that this state follows, 32 bytes; zeros for the first.
        issued_at: seconds, by the signer's clock; orders nothing.
        ttl: seconds.
        status_list: the entries.
    """

    data: bytes
    digest: bytes
    key_thumbprint: bytes
    bureau: str
    list: str
    actor: str
    previous_head: bytes
    issued_at: int
    ttl: int
    status_list: StatusList
    _jws: CompactJws


def issue_status_token(
    bureau: str,
    list_name: str,
    status_list: StatusList,
    previous_head: bytes,
    issued_at: int,
    signer: P256Signer,
    *,
    actor: str | None = None,
    ttl: int = TTL,
) -> bytes:
    """Sign one state of a list: a compact JWT in ASCII.

    Args:
        bureau: USCC of the bureau the list belongs to.
        list_name: name of the list.
        status_list: the entries.
        previous_head: current head of the list on chain, 32 bytes; zeros if never anchored.
        issued_at: seconds.
        signer: a credential key of ``actor``.
        actor: USCC of the registered successor, or :data:`AUTHORITY`, where the bureau itself does not sign.
        ttl: seconds a reader may keep it.

    Raises:
        InvalidInput: an argument breaks its rule.
    """
    _claims.check_bureau(bureau)
    _claims.check_list(list_name)
    _claims.check_times(issued_at, None)
    if len(previous_head) != 32:
        raise InvalidInput("previous head is not 32 bytes", code="status_list.head", field="previous_head")
    if type(ttl) is not int or not 0 < ttl <= 31_622_400:
        raise InvalidInput(f"ttl: {ttl!r}", code="status_list.ttl", field="ttl")
    issuer = _actor_urn(bureau if actor is None else actor)
    lst = b64(zlib.compress(status_list.packed, _LEVEL)).decode("ascii")
    payload = (
        f'{{"iat":{issued_at},"iss":"{issuer}","previous_head":"0x{previous_head.hex()}",'
        f'"status_list":{{"bits":{BITS},"lst":"{lst}"}},"sub":"{_claims.status_uri(bureau, list_name)}","ttl":{ttl}}}'
    )
    return sign_compact(payload.encode("ascii"), TYP, signer)[0]


def parse_status_token(data: bytes) -> ParsedStatusToken:
    """Check the form of a token and unpack its entries. The signature is not checked.

    Raises:
        InvalidInput: any other form, an entry with an unknown status, or more entries than a list may have.
    """
    if len(data) > MAX_TOKEN:
        raise InvalidInput(f"status token: longer than {MAX_TOKEN} bytes", code="status_token.size")
    jws = read_compact(data, TYP, "status_token")
    payload = read_canonical(jws.payload, what="status token")
    if type(payload) is not dict or payload.keys() != _KEYS:
        raise InvalidInput(f"status token: claims are not {', '.join(sorted(_KEYS))}", code="status_token.claims")
    bureau, name = _claims.read_status_uri(payload["sub"], field="sub")
    _claims.check_times(payload["iat"], None)
    ttl = payload["ttl"]
    if type(ttl) is not int or not 0 < ttl <= 31_622_400:
        raise InvalidInput(f"ttl: {ttl!r}", code="status_token.claims", field="ttl")
    inner = payload["status_list"]
    if type(inner) is not dict or inner.keys() != {"bits", "lst"} or type(inner["lst"]) is not str:
        raise InvalidInput("status token: status_list", code="status_token.claims", field="status_list")
    if type(inner["bits"]) is not int or inner["bits"] != BITS:
        raise InvalidInput("status token: bits must be 4", code="status_token.claims", field="bits")
    packed = _inflate(unb64url(inner["lst"], field="lst"))
    return ParsedStatusToken(
        data=data,
        digest=sha256(data).digest(),
        key_thumbprint=jws.thumbprint,
        bureau=bureau,
        list=name,
        actor=_read_actor(payload["iss"]),
        previous_head=unhex0x(payload["previous_head"], size=32, field="previous_head"),
        issued_at=payload["iat"],
        ttl=ttl,
        status_list=StatusList(len(packed) * 2, packed),
        _jws=jws,
    )


def verify_signature(parsed: ParsedStatusToken, public_key: bytes) -> bool:
    """True if the token was signed by ``public_key`` (SEC1 compressed point, 33 bytes)."""
    return verify_es256(public_key, parsed._jws.digest, parsed._jws.signature)


def _actor_urn(actor: str) -> str:
    if actor == AUTHORITY:
        return _AUTHORITY_URN
    return _claims.ISSUER_PREFIX + _claims.check_bureau(actor, field="actor")


def _read_actor(urn: object) -> str:
    if urn == _AUTHORITY_URN:
        return AUTHORITY
    if not isinstance(urn, str) or not urn.startswith(_claims.ISSUER_PREFIX):
        raise InvalidInput("status token: iss", code="status_token.claims", field="iss")
    return _claims.check_bureau(urn[len(_claims.ISSUER_PREFIX) :], field="iss")


def _inflate(data: bytes) -> bytes:
    """ZLIB (RFC 1950), never more than the largest list whatever the input promises."""
    reader = zlib.decompressobj()
    try:
        packed = reader.decompress(data, MAX_SIZE // 2 + 1)
    except zlib.error as error:
        raise InvalidInput("status token: lst is not ZLIB data", code="status_token.lst", field="lst") from error
    if not reader.eof or reader.unused_data or len(packed) > MAX_SIZE // 2:
        raise InvalidInput(
            "status token: lst is cut short, too large or has bytes after its end", code="status_token.lst", field="lst"
        )
    return packed
