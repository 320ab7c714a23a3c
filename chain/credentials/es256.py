"""ES256: ECDSA over P-256 with SHA-256 (FIPS 186-5, RFC 7518 section 3.4), in one form only.

For every signature (r, s) the twin (r, n−s) verifies too. We accept and make the one with s ≤ n/2, so a
signed thing has one set of bytes. Signing uses AWS-LC (``awscrt``) where it loads, else OpenSSL
(``cryptography``); both give the same kind of signature and ``cryptography`` stays the reference in tests.
"""

from __future__ import annotations

from functools import cache, lru_cache
from hashlib import sha256
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from chain.kernel.encoding import b64url
from chain.kernel.errors import InvalidInput

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Order n of the base point of P-256 (SP 800-186 section 3.2.1.3)."""

_ORDER = ORDER.to_bytes(32, "big")
_HALF = (ORDER // 2).to_bytes(32, "big")
_ZERO = bytes(32)
_PREHASHED = ec.ECDSA(Prehashed(hashes.SHA256()))
_SEC1 = (serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())


@cache
def _aws() -> Any:
    """AWS-LC, loaded where it is first needed: most commands sign and verify nothing with such keys."""
    try:
        from awscrt import crypto
    except ImportError:  # no wheel for this platform: OpenSSL does the same, a little slower
        return None
    return crypto


def backend() -> str:
    """Which library signs and verifies."""
    return "cryptography" if _aws() is None else "awscrt"


class P256Signer(Protocol):
    """Whatever holds a P-256 key: a file, a token, a key service."""

    @property
    def thumbprint(self) -> bytes:
        """RFC 7638 SHA-256 thumbprint of the public key, 32 bytes."""
        ...

    @property
    def public_key(self) -> bytes:
        """SEC1 compressed point, 33 bytes."""
        ...

    def sign(self, digest: bytes) -> bytes:
        """Sign a SHA-256 digest (32 bytes): r ‖ s, 64 bytes, s ≤ n/2. Raises Unavailable, Refused."""
        ...


class SoftwareSigner:
    """A key held in memory.

    Args:
        private_key: a P-256 key.

    Raises:
        InvalidInput: another curve.
    """

    __slots__ = ("_aws", "_key", "_public", "_thumbprint")

    def __init__(self, private_key: ec.EllipticCurvePrivateKey) -> None:
        if private_key.curve.name != "secp256r1":
            raise InvalidInput(f"key is on {private_key.curve.name}, not P-256", code="key.curve", field="key")
        self._key = private_key
        self._public = private_key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
        )
        self._thumbprint = thumbprint_of(self._public)
        aws = _aws()
        self._aws = None if aws is None else aws.EC.new_key_from_der_data(private_key.private_bytes(*_SEC1))

    @classmethod
    def generate(cls) -> SoftwareSigner:
        """A fresh random key."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @property
    def private_key(self) -> ec.EllipticCurvePrivateKey:
        """The key itself, to be stored encrypted."""
        return self._key

    @property
    def public_key(self) -> bytes:
        """SEC1 compressed point, 33 bytes."""
        return self._public

    @property
    def thumbprint(self) -> bytes:
        """RFC 7638 SHA-256 thumbprint, 32 bytes."""
        return self._thumbprint

    def sign(self, digest: bytes) -> bytes:
        """Sign a SHA-256 digest (32 bytes): r ‖ s, 64 bytes, s ≤ n/2.

        Raises:
            InvalidInput: the digest is not 32 bytes.
        """
        if len(digest) != 32:
            raise InvalidInput("digest is not 32 bytes", code="es256.digest", field="digest")
        if self._aws is not None:
            raw: bytes = self._aws.decode_der_signature_to_padded_pair(self._aws.sign(digest), 32)
        else:
            r, s = decode_dss_signature(self._key.sign(digest, _PREHASHED))
            raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return low_s(raw)


def low_s(signature: bytes) -> bytes:
    """The twin of ``signature`` (r ‖ s, 64 bytes) with s ≤ n/2; itself if it already is."""
    if signature[32:] <= _HALF:
        return signature
    return signature[:32] + (ORDER - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")


def well_formed(signature: bytes) -> bool:
    """True if 0 < r < n and 0 < s ≤ n/2 and the length is 64 bytes: the one form a signature may have."""
    r, s = signature[:32], signature[32:]
    return len(signature) == 64 and _ZERO < r < _ORDER and _ZERO < s <= _HALF


def verify_es256(public_key: bytes, digest: bytes, signature: bytes) -> bool:
    """True if ``signature`` (r ‖ s, 64 bytes, low s) over the SHA-256 ``digest`` (32 bytes) is by ``public_key``.

    Args:
        public_key: SEC1 compressed point, 33 bytes; the last 1,024 keys stay decoded.

    Raises:
        InvalidInput: ``public_key`` is no point of P-256.
    """
    key = _verifier(public_key)
    if len(digest) != 32 or not well_formed(signature):
        return False
    der = _der(signature)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return bool(key.verify(digest, der))
    try:
        key.verify(der, digest, _PREHASHED)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=1024)
def thumbprint_of(public_key: bytes) -> bytes:
    """RFC 7638 SHA-256 thumbprint (32 bytes) of a P-256 key given as SEC1 compressed point (33 bytes).

    Raises:
        InvalidInput: no point of P-256.
    """
    x, y = coordinates(public_key)
    return sha256(f'{{"crv":"P-256","kty":"EC","x":"{b64url(x)}","y":"{b64url(y)}"}}'.encode()).digest()


def coordinates(public_key: bytes) -> tuple[bytes, bytes]:
    """Affine x and y, 32 bytes each, of a SEC1 compressed point.

    Raises:
        InvalidInput: no point of P-256.
    """
    numbers = _decoded(public_key).public_numbers()
    return numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")


@lru_cache(maxsize=1024)
def _verifier(public_key: bytes) -> Any:
    """The key as the library that verifies takes it."""
    key = _decoded(public_key)
    aws = _aws()
    if aws is None:
        return key
    spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return aws.EC.new_key_from_der_data(spki)


@lru_cache(maxsize=1024)
def _decoded(public_key: bytes) -> ec.EllipticCurvePublicKey:
    if len(public_key) != 33 or public_key[0] not in (2, 3):
        raise InvalidInput(
            "public key is not a compressed P-256 point (33 bytes)", code="es256.public_key", field="public_key"
        )
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    except ValueError as error:
        raise InvalidInput("public key is no point of P-256", code="es256.public_key", field="public_key") from error


def _der(signature: bytes) -> bytes:
    """ASN.1 DER of r ‖ s (X.690 section 8.3: shortest two's complement integers)."""
    r = signature[:32].lstrip(b"\0")
    s = signature[32:].lstrip(b"\0")
    if r[0] & 0x80:
        r = b"\0" + r
    if s[0] & 0x80:
        s = b"\0" + s
    return b"\x30%c\x02%c%b\x02%c%b" % (len(r) + len(s) + 4, len(r), r, len(s), s)
