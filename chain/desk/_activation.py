"""Making activation codes: for anchored certificates only, and out of the officer's sight.

The request is believed in nothing but its proofs. Name and address on the letter are disclosed from the anchored
certificate, so that a seized register cannot have a code sent to itself.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chain.claims import grouped, key_of_code, new_code
from chain.credentials.credential import ParsedCredential
from chain.desk._claim_state import Activation
from chain.desk.expiry import anchored_credential
from chain.desk.state import SignerState
from chain.kernel.clock import Clock
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.ports import Letter, Letters, TrustSource

LIFETIME = 30 * 86_400
"""Seconds a code lives."""

TRIES = 5
"""Wrong claims a code bears."""

MOST = 100
"""Certificates a request."""

_ADDRESSES = ("KZ_domicile", "KZ_address", "KZ_businessPlace")
_INFO = b"yinxin-activation-key-v1"


class CodeSafe:
    """The keys of codes at rest: encrypted under one derived from the signer's desk key.

    Args:
        private: the desk's X25519 key, 32 bytes.
    """

    def __init__(self, private: bytes) -> None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(private)
        self._cipher = ChaCha20Poly1305(key)

    def close(self, subject: bytes, key: bytes) -> bytes:
        """Encrypt the key of a code for one certificate."""
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, key, subject)

    def open(self, subject: bytes, sealed: bytes) -> bytes | None:
        """Inverse of :meth:`close`; None if the desk key has been replaced since."""
        try:
            return self._cipher.decrypt(sealed[:12], sealed[12:], subject)
        except InvalidTag:
            return None


def make_codes(
    name: str,
    body: Mapping[str, Any],
    *,
    bureau: str,
    ledger: TrustSource,
    state: SignerState,
    safe: CodeSafe,
    letters: Letters | None,
    clock: Clock,
) -> None:
    """Make one code and one letter for each certificate of a request. Doing it again makes no second ones.

    The letter is written before the code counts: one that nobody knows of yet is replaced by the next attempt.

    Raises:
        Refused: no way to deliver letters, or a certificate that this bureau has not anchored.
        InvalidInput: none, or too many.
    """
    if letters is None:
        raise Refused("this signer has no way to deliver letters", code="desk.letters", field="activation")
    proofs: Sequence[Any] = body["certificates"]
    if not 1 <= len(proofs) <= MOST:
        raise InvalidInput(f"a request names 1 to {MOST} certificates", code="desk.size", field="certificates")
    facts = ledger.bureau(bureau)
    found = [_checked(ledger, bureau, proof) for proof in proofs]
    for credential in found:
        identifier = str(credential.identifier)
        subject = sha256(identifier.encode())
        known = state.claims.activation(subject)
        if known is not None and known.request == name:
            continue
        code, now = new_code(), clock()
        letters.put(
            Letter(
                name=subject.hex()[:16],
                bureau="" if facts is None else facts.name,
                bureau_code=bureau,
                holder=str(credential.fields["certificateHolderName"]),
                certificate=str(credential.fields.get("certificateName", "")),
                identifier=identifier,
                address=next((str(credential.fields[key]) for key in _ADDRESSES if key in credential.fields), ""),
                code=grouped(code),
                expires=now + LIFETIME,
                made_at=now,
            )
        )
        sealed = safe.close(subject, key_of_code(code, bureau, identifier))
        with state.transaction():
            state.claims.put_activation(
                subject, Activation(name, credential.jwt_digest, sealed, now + LIFETIME, TRIES, None)
            )


def _checked(ledger: TrustSource, bureau: str, proof: Any) -> ParsedCredential:
    credential = anchored_credential(ledger, bureau, proof)
    if credential is None or credential.identifier is None or "certificateHolderName" not in credential.fields:
        raise Refused(
            "a certificate that this bureau has not anchored, or that does not show its identifier and holder",
            code="desk.certificate",
            field="certificates",
            fix="ask again once its batch is complete",
        )
    return credential
