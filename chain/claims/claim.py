"""A claim (``yinxin-claim-1``): a holder's device says "I am the one", by the activation code and by its own key.

The message authentication code covers everything with the device key in it, so that whoever carries the claim can
neither learn the code nor put another key in. The signature shows that the device has the key.
"""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass, replace
from hashlib import sha256 as _sha256

from chain.claims._members import moment, raw, read_members
from chain.claims.codes import read_code
from chain.claims.kdf import PROFILE, key_of_code
from chain.credentials.es256 import P256Signer, coordinates, verify_es256, well_formed
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, sha256
from chain.kernel.errors import InvalidInput

CLAIM_FORMAT = "yinxin-claim-1"

_MAC = b"yinxin-claim-mac-v1\x00"
_SIGNATURE = b"yinxin-claim-signature-v1\x00"


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim, as read or made.

    Attributes:
        bureau: USCC of the bureau that issued the certificate.
        identifier: of the certificate.
        kdf: name of the parameters by which the code became a key.
        key: the device's public key, SEC1 compressed point of P-256, 33 bytes.
        nonce: 16 random bytes.
        time: the device's clock, seconds; only noted.
        mac: HMAC-SHA-256, 32 bytes.
        signature: ES256 by the device key, low s, 64 bytes.
    """

    bureau: str
    identifier: str
    kdf: str
    key: bytes
    nonce: bytes
    time: int
    mac: bytes = b""
    signature: bytes = b""

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(self._members() | {"mac": b64url(self.mac), "signature": b64url(self.signature)})

    @property
    def digest(self) -> bytes:
        """SHA-256 of :meth:`to_bytes`, 32 bytes."""
        return sha256(self.to_bytes())

    def _members(self) -> dict[str, str | int]:
        return {
            "format": CLAIM_FORMAT,
            "bureau": self.bureau,
            "identifier": self.identifier,
            "kdf": self.kdf,
            "key": b64url(self.key),
            "nonce": b64url(self.nonce),
            "time": self.time,
        }

    def mac_under(self, key: bytes) -> bytes:
        """HMAC-SHA-256 under the code's key over "yinxin-claim-mac-v1", a zero byte and the claim without ``mac`` and
        ``signature``; 32 bytes."""
        return hmac.digest(key, _MAC + canonical(self._members()), "sha256")

    def is_by(self, key: bytes) -> bool:
        """True if whoever made it knew the code that gives ``key``. Takes the same time whatever differs."""
        return hmac.compare_digest(self.mac_under(key), self.mac)

    @property
    def signed_digest(self) -> bytes:
        """What the device signs: SHA-256("yinxin-claim-signature-v1", a zero byte, the claim without ``signature``)."""
        return _sha256(_SIGNATURE + canonical(self._members() | {"mac": b64url(self.mac)})).digest()

    @property
    def is_signed(self) -> bool:
        """True if the device that holds :attr:`key` signed it."""
        return verify_es256(self.key, self.signed_digest, self.signature)


def make_claim(code: str, bureau: str, identifier: str, device: P256Signer, at: int) -> Claim:
    """Make a claim, on the holder's device.

    Args:
        code: the activation code as typed.
        bureau: USCC of the bureau.
        identifier: of the certificate.
        device: the key to be bound; it never leaves the device.
        at: the device's clock, seconds.

    Raises:
        InvalidInput: the code is mistyped.
    """
    claim = Claim(bureau, identifier, PROFILE, device.public_key, os.urandom(16), at)
    claim = replace(claim, mac=claim.mac_under(key_of_code(read_code(code), bureau, identifier)))
    return replace(claim, signature=device.sign(claim.signed_digest))


def parse_claim(data: bytes) -> Claim:
    """Read a claim. Its code and its signature are not judged: see :meth:`Claim.is_by` and :attr:`Claim.is_signed`.

    Raises:
        InvalidInput: not its one form, unknown parameters, no point of P-256, or a signature in another form.
    """
    kinds: dict[str, type | tuple[type, ...]] = dict.fromkeys(
        ("bureau", "identifier", "kdf", "key", "nonce", "mac", "signature"), str
    )
    value = read_members(data, CLAIM_FORMAT, {**kinds, "time": int}, "claim")
    if value["kdf"] != PROFILE:
        raise InvalidInput("claim: key derivation not known here", code="claim.kdf", field="kdf")
    claim = Claim(
        bureau=value["bureau"],
        identifier=value["identifier"],
        kdf=value["kdf"],
        key=raw(value["key"], 33, "key"),
        nonce=raw(value["nonce"], 16, "nonce"),
        time=moment(value["time"]),
        mac=raw(value["mac"], 32, "mac"),
        signature=raw(value["signature"], 64, "signature"),
    )
    coordinates(claim.key)
    if not well_formed(claim.signature):
        raise InvalidInput("claim: signature in another form", code="claim.signature", field="signature")
    return claim
