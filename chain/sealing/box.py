"""A box for one X25519 key that anyone who is shown its content can make again, byte for byte.

The ephemeral secret is derived from the content, so there is nothing to hide once the content is known: whoever says
"my box does not open" or "it holds something else" is proved right or wrong by making it again. The content must be a
secret of at least 128 random bits, used for this purpose alone.

    e         = HKDF-SHA256(ikm = content, salt = recipient, info = label ‖ "/ephemeral" ‖ context)
    share     = X25519(e, 9)
    wrap key  = HKDF-SHA256(ikm = X25519(e, recipient), salt = share ‖ recipient, info = label ‖ "/wrap" ‖ context)
    body      = ChaCha20-Poly1305(wrap key, nonce = 0, content)
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from chain.containers import hkdf, unwrap_key, wrap_key
from chain.kernel.errors import InvalidInput

KEY_SIZE = 32
OVERHEAD = KEY_SIZE + 16
"""Bytes of a box beyond its content."""

_PRIME = 2**255 - 19


def check_recipient(key: bytes, *, field: str = "key") -> bytes:
    """``key`` if it is an X25519 public key (RFC 7748) that a box can be made for.

    Raises:
        InvalidInput: another size, a second spelling of the same key, or a point of low order.
    """
    if len(key) != KEY_SIZE or int.from_bytes(key, "little") >= _PRIME:
        raise InvalidInput(f"{field}: not an X25519 public key", code="sealing.recipient", field=field)
    try:
        X25519PrivateKey.from_private_bytes(b"\x40" * KEY_SIZE).exchange(X25519PublicKey.from_public_bytes(key))
    except ValueError as error:
        raise InvalidInput(f"{field}: a key of low order", code="sealing.recipient", field=field) from error
    return key


def make_box(content: bytes, recipient: bytes, label: bytes, context: bytes) -> bytes:
    """Share and body: :data:`OVERHEAD` bytes more than ``content``. The same arguments give the same box."""
    check_recipient(recipient)
    ephemeral = X25519PrivateKey.from_private_bytes(hkdf(content, recipient, label + b"/ephemeral" + context))
    share = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient))
    return share + wrap_key(hkdf(shared, share + recipient, label + b"/wrap" + context), content)


def open_box(box: bytes, private: bytes, label: bytes, context: bytes) -> bytes | None:
    """The content of a box for the key whose private part is ``private``; None if it does not open, or was not made
    as :func:`make_box` makes it."""
    key = X25519PrivateKey.from_private_bytes(private)
    recipient = key.public_key().public_bytes_raw()
    share, body = box[:KEY_SIZE], box[KEY_SIZE:]
    if len(box) < OVERHEAD:
        return None
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(share))
    except ValueError:
        return None
    content = unwrap_key(hkdf(shared, share + recipient, label + b"/wrap" + context), body)
    if content is None or make_box(content, recipient, label, context) != box:
        return None
    return content
