"""The stamp: what a printed QR carries. A CWT (RFC 8392) in a COSE_Sign1 (RFC 9052), in exactly one form.

    18([ << {1: -7, 4: kid} >>, {}, << claims >>, signature ])

``kid`` is the first 8 bytes of the key's RFC 7638 thumbprint. Claims, in this order:

====== ======================================================================================
1      iss: the bureau's USCC, 18 characters
4      exp: seconds; absent for a certificate without end
5      nbf: seconds
-65537 [1, identifier, holder, list, index, digest, face]: our private claim (keys below -65536
       are for private use, RFC 8392 section 9.1); its first element is the format's version
====== ======================================================================================

*identifier*: GB/T 36904 without its root ``1.2.156.3005.2.``; the issuer's part is empty where it equals iss.
*holder*: the holder's name, already masked. *list*, *index*: place in the bureau's status list.
*digest*: SHA-256 of the issuer-signed JWT of the credential. *face*: at most 4 pairs, flat: label, value, ….

CBOR is deterministic (RFC 8949 section 4.2.1), the unprotected header empty, s low: a stamp that differs
from its own re-encoding in one byte is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from chain.credentials import _claims
from chain.credentials._cbor import Reader, head, text, uint
from chain.credentials.es256 import P256Signer, verify_es256, well_formed
from chain.kernel.errors import InvalidInput

VERSION = 1
"""Version of the private claim."""

CLAIM = -65537
"""Key of the private claim."""

KID_BYTES = 8
"""Bytes of the thumbprint that travel as kid."""

MAX_FACE = 4
"""Most face fields."""

MAX_STAMP = 1024
"""Largest stamp made or read, in bytes."""

MAX_LABEL = 0xFFFF
"""Largest label number."""

MAX_TEXT = 256
"""Longest holder name and face value, in characters."""

_ALG = b"\xa2\x01\x26\x04\x48"  # {1 (alg): -7 (ES256), 4 (kid): 8 bytes …
_START = b"\xd2\x84\x4d" + _ALG  # tag 18, array of 4, 13 bytes
_SIGNED = b"\x84\x6aSignature1\x4d" + _ALG  # Sig_structure, RFC 9052 section 4.4
_OWN = b"\x3a\x00\x01\x00\x00"  # -65537
_DIGITS = re.compile(r"[1-9][0-9]*", re.ASCII)

FaceLabel = int | str
FaceValue = int | str


@dataclass(frozen=True, slots=True)
class StampContent:
    """What a stamp is to say.

    Attributes:
        bureau: USCC of the issuing bureau.
        identifier: GB/T 36904 identifier.
        holder_name: the holder's name, already masked; at most 256 characters.
        not_before: start of validity, seconds since 1970 UTC.
        expires: end of validity, or None.
        status_list: name of the bureau's status list.
        status_index: place in that list.
        face: at most 4 (label, value); a label is a number the certificate type defines, or a field name.
        credential_digest: SHA-256 of the issuer-signed JWT, 32 bytes.
    """

    bureau: str
    identifier: str
    holder_name: str
    not_before: int
    expires: int | None
    status_list: str
    status_index: int
    face: tuple[tuple[FaceLabel, FaceValue], ...]
    credential_digest: bytes

    @property
    def certificate_type(self) -> str:
        """Type code, from the identifier."""
        return self.identifier[len(_claims.IDENTIFIER_ROOT) :].partition(".")[0]


@dataclass(frozen=True, slots=True)
class ParsedStamp:
    """A stamp whose form was checked. Its signature was not: see :func:`verify_signature`.

    Attributes:
        data: the bytes as read.
        digest: SHA-256 of ``data``, what the leaf holds, 32 bytes.
        key_prefix: first 8 bytes of the signing key's thumbprint.
        content: what it says.
    """

    data: bytes
    digest: bytes
    key_prefix: bytes
    content: StampContent
    _signed: bytes
    _signature: bytes


def issue_stamp(content: StampContent, signer: P256Signer) -> bytes:
    """Sign a stamp: tagged COSE_Sign1, some 300 bytes.

    Raises:
        InvalidInput: a part of ``content`` breaks its rule, or the stamp would pass 1,024 bytes.
    """
    kid = signer.thumbprint[:KID_BYTES]
    payload = _claims_bytes(content)
    body = head(2, len(payload)) + payload
    stamp = _START + kid + b"\xa0" + body + b"\x58\x40" + signer.sign(sha256(_SIGNED + kid + b"\x40" + body).digest())
    if len(stamp) > MAX_STAMP:
        raise InvalidInput(f"stamp of {len(stamp)} bytes, at most {MAX_STAMP}", code="stamp.size", field="face")
    return stamp


def parse_stamp(data: bytes) -> ParsedStamp:
    """Check the form of a stamp: what it says, encoded again, must be the same bytes. The signature is not checked.

    Raises:
        InvalidInput: too long, not this structure, or not the one form of what it says.
    """
    if len(data) > MAX_STAMP:
        raise InvalidInput(f"stamp: longer than {MAX_STAMP} bytes", code="stamp.size")
    start = len(_START) + KID_BYTES
    if data[: len(_START)] != _START:
        raise InvalidInput("stamp: not a COSE_Sign1 with exactly alg ES256 and kid", code="stamp.header")
    if data[start : start + 1] != b"\xa0":
        raise InvalidInput("stamp: unprotected header is not empty", code="stamp.header", field="unprotected")
    kid, body, signature = data[len(_START) : start], data[start + 1 : -66], data[-64:]
    if len(data) < start + 70 or data[-66:-64] != b"\x58\x40":
        raise InvalidInput("stamp: cut short or with bytes after its end", code="stamp.form")
    if not well_formed(signature):
        raise InvalidInput("stamp: signature is not in its low-S form", code="stamp.signature", field="signature")
    size = len(body) - (2 if len(body) < 258 else 3)
    payload = body[-size:] if size >= 24 else b""
    if head(2, size) + payload != body:
        raise InvalidInput("stamp: payload is not one byte string", code="stamp.form")
    content = _read_claims(payload)
    if _claims_bytes(content) != payload:
        raise InvalidInput("stamp: not in deterministic CBOR form", code="stamp.form")
    signed = sha256(_SIGNED + kid + b"\x40" + body).digest()
    return ParsedStamp(data, sha256(data).digest(), kid, content, signed, signature)


def parse_expected(data: bytes, content: StampContent) -> ParsedStamp | None:
    """The stamp ``data`` if it is the one form of exactly ``content``; None if it says anything else.

    As ``parse_stamp(data).content == content`` at a third of the cost. The signature is not checked.

    Raises:
        InvalidInput: a part of ``content`` breaks its rule.
    """
    payload = _claims_bytes(content)
    body = head(2, len(payload)) + payload
    kid, signature = data[len(_START) : len(_START) + KID_BYTES], data[-64:]
    if data[:-64] != _START + kid + b"\xa0" + body + b"\x58\x40" or not well_formed(signature) or len(data) > MAX_STAMP:
        return None
    signed = sha256(_SIGNED + kid + b"\x40" + body).digest()
    return ParsedStamp(data, sha256(data).digest(), kid, content, signed, signature)


def verify_signature(parsed: ParsedStamp, public_key: bytes) -> bool:
    """True if the stamp was signed by ``public_key`` (SEC1 compressed point, 33 bytes)."""
    return verify_es256(public_key, parsed._signed, parsed._signature)


def digits(stamp: bytes) -> str:
    """The stamp as decimal digits, for a QR's numeric segment: the number whose bytes are 0x01 ‖ stamp.

    Hand scanners, capitals and input methods can spoil letters, never digits; three of them take 10 bits.

    Raises:
        InvalidInput: longer than a stamp may be.
    """
    if len(stamp) > MAX_STAMP:
        raise InvalidInput(f"stamp of {len(stamp)} bytes, at most {MAX_STAMP}", code="stamp.size")
    return str(int.from_bytes(b"\x01" + stamp, "big"))


def from_digits(text: str) -> bytes:
    """Inverse of :func:`digits`.

    Raises:
        InvalidInput: not decimal, a leading zero, too long, or the first byte is not 0x01.
    """
    if len(text) > 2500 or not _DIGITS.fullmatch(text):
        raise InvalidInput("stamp digits: not a decimal number of at most 2,500 digits", code="stamp.digits")
    number = int(text)
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    if data[0] != 1:
        raise InvalidInput(
            "stamp digits: incomplete, or not of a stamp", code="stamp.digits", fix="scan the code again, whole"
        )
    return data[1:]


def _claims_bytes(content: StampContent) -> bytes:
    """The claims in deterministic CBOR; every part is checked on the way."""
    expires, holder = content.expires, content.holder_name
    _claims.check_times(content.not_before, expires)
    _claims.check_identifier(content.identifier, None)
    if len(content.credential_digest) != 32:
        raise InvalidInput("credential digest is not 32 bytes", code="stamp.digest", field="credential_digest")
    if type(holder) is not str or not 0 < len(holder) <= MAX_TEXT:
        raise InvalidInput("holder name: empty or too long", code="stamp.holder", field="holder_name")
    kind, issuer, rest = content.identifier[len(_claims.IDENTIFIER_ROOT) :].split(".", 2)
    short = f"{kind}..{rest}" if issuer == content.bureau else f"{kind}.{issuer}.{rest}"
    try:
        parts = [
            _start(content.bureau, expires is not None),
            b"\x05" if expires is None else uint(expires) + b"\x05",
            uint(content.not_before),
            _OWN + b"\x87\x01",  # -65537: [1, …
            text(short),
            text(holder),
            _list(content.status_list),
            uint(_claims.check_index(content.status_index)),
            b"\x58\x20",
            content.credential_digest,
            *_face(content.face),
        ]
    except UnicodeEncodeError as error:
        raise InvalidInput("text holds a lone surrogate", code="stamp.text") from error
    return b"".join(parts)


@lru_cache(maxsize=256)
def _start(bureau: str, expires: bool) -> bytes:
    """The map's head, iss and, if there is one, the key of exp."""
    issuer = text(_claims.check_bureau(bureau))
    return b"\xa4\x01" + issuer + b"\x04" if expires else b"\xa3\x01" + issuer


@lru_cache(maxsize=256)
def _list(name: str) -> bytes:
    return text(_claims.check_list(name))


def _face(face: tuple[tuple[FaceLabel, FaceValue], ...]) -> list[bytes]:
    if len(face) > MAX_FACE:
        raise InvalidInput(f"face: more than {MAX_FACE} fields", code="stamp.face", field="face")
    parts = [head(4, 2 * len(face))]
    for label, value in face:
        if type(label) is int and 0 <= label <= MAX_LABEL:
            parts.append(uint(label))
        elif type(label) is str and _claims.FIELD_NAME.fullmatch(label):
            parts.append(text(label))
        else:
            raise InvalidInput(f"face: {label!r} is no label", code="stamp.face", field="face")
        if type(value) is str and len(value) <= MAX_TEXT:
            parts.append(text(value))
        elif type(value) is int and 0 <= value < 2**53:
            parts.append(uint(value))
        else:
            raise InvalidInput(
                f"face: value of {label!r} is neither short text nor a whole number", code="stamp.face", field="face"
            )
    if len(set(parts[1::2])) != len(face):
        raise InvalidInput("face: one label twice", code="stamp.face", field="face")
    return parts


def _read_claims(payload: bytes) -> StampContent:
    """What the claims say. Values are judged when they are encoded again."""
    reader = Reader(payload, "stamp")
    claims = reader.head(5)
    if not reader.exactly(b"\x01"):
        raise InvalidInput("stamp: claims must begin with iss", code="stamp.claims", field="iss")
    bureau = reader.text()
    expires = reader.uint() if reader.exactly(b"\x04") else None
    if not reader.exactly(b"\x05"):
        raise InvalidInput("stamp: after iss and exp belongs nbf", code="stamp.claims", field="nbf")
    not_before = reader.uint()
    if not reader.exactly(_OWN) or claims != (3 if expires is None else 4):
        raise InvalidInput("stamp: claims must be iss, nbf, perhaps exp, and our own", code="stamp.claims")
    items = reader.head(4)
    if reader.uint() != VERSION:
        raise InvalidInput("stamp: of a version not known here", code="stamp.version", fix="use a newer release")
    if items != 7:
        raise InvalidInput("stamp: private claim has another structure", code="stamp.claims")
    short, holder, name = reader.text(), reader.text(), reader.text()
    index, digest = reader.uint(), reader.blob()
    count, odd = divmod(reader.head(4), 2)
    if odd or count > MAX_FACE:
        raise InvalidInput(f"face: not at most {MAX_FACE} pairs of label and value", code="stamp.face", field="face")
    face = tuple((reader.uint_or_text(), reader.uint_or_text()) for _ in range(count))
    reader.end()
    kind, _, rest = short.partition(".")
    return StampContent(
        bureau=bureau,
        identifier=_claims.IDENTIFIER_ROOT + (f"{kind}.{bureau}{rest}" if rest[:1] == "." else short),
        holder_name=holder,
        not_before=not_before,
        expires=expires,
        status_list=name,
        status_index=index,
        face=face,
        credential_digest=digest,
    )
