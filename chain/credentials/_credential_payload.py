"""The payload of the issuer-signed JWT: what is visible in every presentation, in its one canonical form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import msgspec

from chain.credentials import _claims
from chain.credentials._disclosures import IDENTIFIER_CLAIM, MAX_FIELDS, ascending
from chain.credentials._jws import ALPHABET
from chain.kernel.errors import InvalidInput

_LAST = b"AEIMQUYcgkosw048"  # the last of 43 characters carries four bits of the digest and two zero bits


@dataclass(slots=True)
class Payload:
    """What every presentation shows.

    Attributes:
        listed: base64url digests of the fields' disclosures, sorted, unique.
        identifier_digest: base64url digest of the identifier's disclosure.
        bureau: USCC.
        certificate_type: type code.
        not_before: seconds.
        expires: seconds, or None.
        status_list: name of the bureau's list.
        status_index: place in it.
    """

    listed: list[bytes]
    identifier_digest: bytes
    bureau: str
    certificate_type: str
    not_before: int
    expires: int | None
    status_list: str
    status_index: int


def payload_bytes(payload: Payload) -> bytes:
    """Canonical JSON (RFC 8785): keys in order, ASCII throughout.

    Raises:
        InvalidInput: a part breaks its rule.
    """
    _claims.check_times(payload.not_before, payload.expires)
    _claims.check_index(payload.status_index)
    exp = b"" if payload.expires is None else b',"exp":%d' % payload.expires
    listed = b'","'.join(payload.listed)
    return _frame(payload.bureau, payload.certificate_type, payload.status_list, bool(listed)) % (
        listed,
        payload.identifier_digest,
        exp,
        payload.not_before,
        payload.status_index,
    )


@lru_cache(maxsize=256)
def _frame(bureau: str, certificate_type: str, status_list: str, fields: bool) -> bytes:
    """What stays the same within a batch, with places for the rest."""
    _claims.check_bureau(bureau)
    _claims.check_type(certificate_type)
    _claims.check_list(status_list)
    listed = '["%b"]' if fields else "[%b]"
    return (
        f'{{"_sd":{listed},"_sd_alg":"sha-256","{IDENTIFIER_CLAIM}":{{"_sd":["%b"]}}%b,'
        f'"iss":"{_claims.ISSUER_PREFIX}{bureau}","nbf":%d,'
        f'"status":{{"status_list":{{"idx":%d,"uri":"{_claims.status_uri(bureau, status_list)}"}}}},'
        f'"vct":"{_claims.TYPE_PREFIX}{certificate_type}{_claims.TYPE_VERSION}"}}'
    ).encode("ascii")


class _List(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    idx: int
    uri: str


class _Status(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    status_list: _List


class _Identifier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    digests: list[str] = msgspec.field(name="_sd")


class _Claims(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All claims, required but for exp, in the order of the canonical form: encoded again, they are that form."""

    digests: list[str] = msgspec.field(name="_sd")
    algorithm: str = msgspec.field(name="_sd_alg")
    identifier: _Identifier = msgspec.field(name=IDENTIFIER_CLAIM)
    exp: int | msgspec.UnsetType = msgspec.UNSET
    iss: str
    nbf: int
    status: _Status
    vct: str


_decoder = msgspec.json.Decoder(_Claims)
_encoder = msgspec.json.Encoder()


def read_payload(data: bytes) -> Payload:
    """Inverse of :func:`payload_bytes`.

    Raises:
        InvalidInput: a claim missing, unknown or of another kind, or not the canonical form.
    """
    try:
        claims = _decoder.decode(data)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"credential: {error}", code="credential.claims", field="payload") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f"credential: payload is not JSON ({error})", code="credential.payload") from error
    if _encoder.encode(claims) != data:
        raise InvalidInput("credential: payload is not in canonical form (RFC 8785)", code="canonical.form")
    if claims.algorithm != "sha-256":
        raise InvalidInput("credential: _sd_alg must be sha-256", code="credential.claims", field="_sd_alg")
    own = claims.identifier.digests
    if len(own) != 1 or own[0] in claims.digests:
        raise InvalidInput(
            "credential: certificateIdentifier must hold one digest", code="credential.claims", field=IDENTIFIER_CLAIM
        )
    identifier_digest, listed = _check_digests(own)[0], _check_digests(claims.digests)
    if not claims.iss.startswith(_claims.ISSUER_PREFIX):
        raise InvalidInput(f"iss: {claims.iss!r} is no bureau", code="credential.bureau", field="iss")
    expires = None if claims.exp is msgspec.UNSET else claims.exp
    _claims.check_times(claims.nbf, expires)
    place = claims.status.status_list
    bureau, certificate_type, status_list = _names(claims.iss, claims.vct, place.uri)
    return Payload(
        listed,
        identifier_digest,
        bureau,
        certificate_type,
        claims.nbf,
        expires,
        status_list,
        _claims.check_index(place.idx, field="idx"),
    )


@lru_cache(maxsize=256)
def _names(issuer: str, vct: str, uri: str) -> tuple[str, str, str]:
    """USCC, type code and list name."""
    bureau = _claims.check_bureau(issuer[len(_claims.ISSUER_PREFIX) :], field="iss")
    start, end = _claims.TYPE_PREFIX, _claims.TYPE_VERSION
    if not vct.startswith(start) or not vct.endswith(end):
        raise InvalidInput(f"vct: {vct!r} is not known", code="credential.type", field="vct")
    certificate_type = _claims.check_type(vct[len(start) : -len(end)], field="vct")
    owner, name = _claims.read_status_uri(uri, field="uri")
    if owner != bureau:
        raise InvalidInput("status: the list is another bureau's", code="credential.status", field="uri")
    return bureau, certificate_type, name


def _check_digests(digests: list[str]) -> list[bytes]:
    """Canonical base64url of 32 bytes each, ascending, unique."""
    if not digests:
        return []
    if len(digests) > MAX_FIELDS:
        raise InvalidInput("credential: too many digests", code="credential.digests", field="_sd")
    if not ascending(digests):
        raise InvalidInput("credential: _sd is not sorted and unique", code="credential.digests", field="_sd")
    joined = "".join(digests).encode("utf-8")
    lengths = set(map(len, digests))
    if lengths != {43} or joined.translate(None, ALPHABET) or joined[42::43].translate(None, _LAST):
        raise InvalidInput("credential: _sd holds what is no SHA-256 digest", code="credential.digests", field="_sd")
    return "~".join(digests).encode("ascii").split(b"~")
