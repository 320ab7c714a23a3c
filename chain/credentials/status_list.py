"""Status lists: four bits a certificate, in a signed Token Status List (draft-ietf-oauth-status-list), JWT form.

A token counts only if its SHA-256 is what the bureau anchored; the signature says which key made it, and
``previous_head`` ties it to one place in the chain of states, so no two states share their bytes.

One form: compact JWS with exactly alg, kid, typ ``statuslist+jwt``; canonical JSON claims ``iat``, ``iss``,
``previous_head``, ``status_list`` {``bits``: 4, ``lst``}, ``sub``, ``ttl``; and every entry a known status.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from hashlib import sha256

from chain.credentials import _claims
from chain.credentials._jws import CompactJws, b64, read_compact, sign_compact
from chain.credentials._status import Status, label_zh, may_change
from chain.credentials._status_entries import MAX_SIZE, SIZE, StatusList, draw_indexes
from chain.credentials.es256 import P256Signer, verify_es256
from chain.kernel.canonical import read_canonical
from chain.kernel.encoding import unb64url, unhex0x
from chain.kernel.errors import InvalidInput

__all__ = [
    "AUTHORITY",
    "MAX_SIZE",
    "SIZE",
    "ParsedStatusToken",
    "Status",
    "StatusList",
    "draw_indexes",
    "issue_status_token",
    "label_zh",
    "may_change",
    "parse_status_token",
    "verify_signature",
]

BITS = 4
MAX_TOKEN = 4 * 2**20
"""Largest token read, in bytes."""

TYP = "statuslist+jwt"
TTL = 3600
"""Seconds a token may be cached before a newer one is asked for. Age is judged by the chain, not by this."""

AUTHORITY = "authority"
"""The actor who signs in place of a bureau that no longer can."""

_AUTHORITY_URN = "urn:yinxin:authority"
_LEVEL = 6  # see docs/formats/status-list.md: level 9 costs twelve times as much and saves under 1 %
_KEYS = {"iat", "iss", "previous_head", "status_list", "sub", "ttl"}


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
