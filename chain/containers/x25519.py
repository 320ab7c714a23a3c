"""The standard X25519 recipient and identity (C2SP age, "The X25519 recipient type").

Stanza: ``-> X25519 <ephemeral share>`` and a body of 32 bytes. Keys as text are Bech32 (BIP 173): ``age1…`` and
``AGE-SECRET-KEY-1…``.
"""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from chain.containers import _bech32
from chain.containers._primitives import hkdf, unwrap_key, wrap_key
from chain.containers.stanza import FILE_KEY_SIZE, Stanza, b64, unb64
from chain.kernel.errors import InvalidInput, Refused

_TYPE = "X25519"
_INFO = b"age-encryption.org/v1/X25519"
_BODY = FILE_KEY_SIZE + 16


class X25519Recipient:
    """Encrypts to a 32-byte Curve25519 public key."""

    def __init__(self, public_key: bytes) -> None:
        self._key = X25519PublicKey.from_public_bytes(public_key)
        self.public_key = public_key

    @classmethod
    def parse(cls, text: str) -> X25519Recipient:
        """From ``age1…``. Raises InvalidInput."""
        return cls(_bech32.decode("age", text, size=32))

    def __str__(self) -> str:
        return _bech32.encode("age", self.public_key)

    def wrap(self, file_key: bytes) -> tuple[Stanza, ...]:
        """One stanza with a fresh ephemeral share."""
        ephemeral = X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        try:
            shared = ephemeral.exchange(self._key)
        except ValueError as error:
            raise InvalidInput("the public key is of low order", code="age.x25519") from error
        key = hkdf(shared, share + self.public_key, _INFO)
        return (Stanza((_TYPE, b64(share)), wrap_key(key, file_key)),)


class X25519Identity:
    """Opens with a 32-byte Curve25519 private key; other recipients' X25519 stanzas may stand beside ours.

    Stanzas of other types are refused, unless ``others`` allows them (files of other age programs may carry some).
    """

    def __init__(self, private_key: bytes, *, others: bool = False) -> None:
        self._private = private_key
        self._others = others
        self._key = X25519PrivateKey.from_private_bytes(private_key)
        self.public_key = self._key.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> X25519Identity:
        """A fresh identity."""
        return cls(secrets.token_bytes(32))

    @classmethod
    def parse(cls, text: str, *, others: bool = False) -> X25519Identity:
        """From ``AGE-SECRET-KEY-1…``. Raises InvalidInput."""
        return cls(_bech32.decode("AGE-SECRET-KEY-", text, size=32), others=others)

    def recipient(self) -> X25519Recipient:
        """The recipient that encrypts to this identity."""
        return X25519Recipient(self.public_key)

    def export(self) -> str:
        """``AGE-SECRET-KEY-1…``: secret."""
        return _bech32.encode("AGE-SECRET-KEY-", self._private)

    def unwrap(self, stanzas: tuple[Stanza, ...]) -> bytes:
        """The file key.

        Raises:
            InvalidInput: a stanza of another type (unless allowed), or a malformed one of this type.
            Refused: none is ours.
        """
        shares: list[tuple[bytes, bytes]] = []
        for stanza in stanzas:
            if self._others and stanza.args[0] != _TYPE:
                continue
            if stanza.args[0] != _TYPE or len(stanza.args) != 2 or len(stanza.body) != _BODY:
                raise InvalidInput("a stanza other than a well-formed X25519 one", code="age.stanzas")
            shares.append((unb64(stanza.args[1], size=32, field="X25519 share"), stanza.body))
        for share, body in shares:
            try:
                shared = self._key.exchange(X25519PublicKey.from_public_bytes(share))
            except ValueError as error:
                raise InvalidInput("the ephemeral share is of low order", code="age.x25519") from error
            file_key = unwrap_key(hkdf(shared, share + self.public_key, _INFO), body)
            if file_key is not None:
                return file_key
        raise Refused("no stanza is meant for this key", code="age.identity")
