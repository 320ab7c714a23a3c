"""The symmetric stanza of a record: ``-> yinxin-record-1 <key id>`` (docs/formats/record.md).

A record's secret is 32 random bytes used for one record only, so the wrapping key needs no per-file salt and the
nonce is zero. The key id is 16 random bytes; it names the secret in the vault and says nothing else. Binding it into
the derivation makes a stanza whose key id was exchanged useless.

    wrap key = HKDF-SHA256(ikm = secret, salt = key id, info = "yinxin-record-1")
    body     = ChaCha20-Poly1305(wrap key, nonce = 0, file key)                     32 bytes
"""

from __future__ import annotations

import os
from binascii import b2a_base64
from collections.abc import Callable
from hmac import digest as hmac_digest

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from chain.containers import payload
from chain.containers._primitives import hkdf, unwrap_key, wrap_key
from chain.containers.stanza import FILE_KEY_SIZE, Stanza, b64, unb64
from chain.kernel.errors import Damaged, InvalidInput

STANZA_TYPE = "yinxin-record-1"
KEY_ID_SIZE = 16
SECRET_SIZE = 32

_INFO = STANZA_TYPE.encode("ascii")
_INFO_1 = _INFO + b"\x01"
_HEADER = b"age-encryption.org/v1\n-> yinxin-record-1 %b\n%b\n---"
_ZERO_SALT = bytes(32)
_ZERO_NONCE = bytes(12)
_ONLY_CHUNK = bytes(11) + b"\x01"


class RecordRecipient:
    """Encrypts one record under its own 32-byte ``secret``, named by the 16-byte ``key_id``."""

    __slots__ = ("_key_id", "_secret")

    def __init__(self, key_id: bytes, secret: bytes) -> None:
        if len(key_id) != KEY_ID_SIZE or len(secret) != SECRET_SIZE:
            raise InvalidInput("a key id has 16 bytes and a secret 32", code="record.key")
        self._key_id = key_id
        self._secret = secret

    def wrap(self, file_key: bytes) -> tuple[Stanza, ...]:
        """The one stanza of a record."""
        body = wrap_key(hkdf(self._secret, self._key_id, _INFO), file_key)
        return (Stanza((STANZA_TYPE, b64(self._key_id)), body),)


def encrypt_record(plaintext: bytes, key_id: bytes, secret: bytes) -> bytes:
    """As ``encrypt(plaintext, RecordRecipient(key_id, secret))``, written out for speed: issuing does it per record."""
    if len(plaintext) > payload.CHUNK or len(key_id) != KEY_ID_SIZE or len(secret) != SECRET_SIZE:
        from chain.containers.age import encrypt

        return encrypt(plaintext, RecordRecipient(key_id, secret))
    random = os.urandom(FILE_KEY_SIZE + payload.NONCE)
    file_key, nonce = random[:FILE_KEY_SIZE], random[FILE_KEY_SIZE:]
    wrap = hmac_digest(hmac_digest(key_id, secret, "sha256"), _INFO_1, "sha256")
    body = ChaCha20Poly1305(wrap).encrypt(_ZERO_NONCE, file_key, None)
    covered = _HEADER % (b2a_base64(key_id, newline=False)[:22], b2a_base64(body, newline=False)[:43])
    mac_key = hmac_digest(hmac_digest(_ZERO_SALT, file_key, "sha256"), b"header\x01", "sha256")
    mac = b2a_base64(hmac_digest(mac_key, covered, "sha256"), newline=False)[:43]
    key = hmac_digest(hmac_digest(nonce, file_key, "sha256"), b"payload\x01", "sha256")
    return b"%b %b\n%b%b" % (covered, mac, nonce, ChaCha20Poly1305(key).encrypt(_ONLY_CHUNK, plaintext, None))


class RecordIdentity:
    """Opens records; ``secret_of`` answers the 32-byte secret of a key id or raises (NotFound, Refused)."""

    __slots__ = ("_secret_of",)

    def __init__(self, secret_of: Callable[[bytes], bytes]) -> None:
        self._secret_of = secret_of

    def unwrap(self, stanzas: tuple[Stanza, ...]) -> bytes:
        """The file key of a header that has exactly one stanza, ours. Raises what :meth:`Identity.unwrap` says."""
        key_id = key_id_of(stanzas)
        file_key = unwrap_key(hkdf(self._secret_of(key_id), key_id, _INFO), stanzas[0].body)
        if file_key is None:
            raise Damaged("the stanza does not open with the secret of its key id", code="record.stanza")
        return file_key


def key_id_of(stanzas: tuple[Stanza, ...]) -> bytes:
    """The 16-byte key id of a record's header.

    Raises:
        InvalidInput: anything but exactly one well-formed record stanza.
    """
    if len(stanzas) != 1 or stanzas[0].args[0] != STANZA_TYPE or len(stanzas[0].args) != 2:
        raise InvalidInput("not a record: its header has other stanzas", code="record.stanzas")
    if len(stanzas[0].body) != FILE_KEY_SIZE + 16:
        raise InvalidInput("not a record: the wrapped key has another size", code="record.stanzas")
    return unb64(stanzas[0].args[1], size=KEY_ID_SIZE, field="key id")
