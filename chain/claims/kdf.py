"""From an activation code to a key. The holder needs nobody to compute it: the salt follows from the certificate.

Parameter sets have names, and the name travels in the claim; an unknown one is refused.
"""

from __future__ import annotations

from hashlib import scrypt

from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput

PROFILE = "scrypt-15-8-1"
"""scrypt (RFC 7914) with N = 2^15, r = 8, p = 1: 32 MiB, and well under a second on a phone."""

_SALT = b"yinxin-claim-salt-v1"
_MEMORY = 64 * 2**20


def salt_of(bureau: str, identifier: str) -> bytes:
    """SHA-256("yinxin-claim-salt-v1" ‖ bureau, 18 ASCII characters ‖ identifier, UTF-8), 32 bytes."""
    if len(bureau) != 18 or not bureau.isascii():
        raise InvalidInput("a bureau's code has 18 characters", code="claim.bureau", field="bureau")
    return sha256(_SALT + bureau.encode() + identifier.encode())


def key_of_code(code: str, bureau: str, identifier: str, profile: str = PROFILE) -> bytes:
    """The key that an activation code gives for one certificate, 32 bytes.

    Args:
        code: in its one form, as :func:`chain.claims.codes.read_code` gives it.
        bureau: USCC of the bureau that issued the certificate.
        identifier: of the certificate.
        profile: name of the parameters.

    Raises:
        InvalidInput: an unknown profile.
    """
    if profile != PROFILE:
        raise InvalidInput(f"key derivation {profile!r} is not known here", code="claim.kdf", field="kdf")
    salt = salt_of(bureau, identifier)
    return scrypt(code.encode("ascii"), salt=salt, n=2**15, r=8, p=1, maxmem=_MEMORY, dklen=32)
