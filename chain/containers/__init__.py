"""Encrypted containers: the age v1 format, read and written strictly.

Source: C2SP age specification, https://c2sp.org/age (v1). A file is a text header with one stanza a recipient, a MAC
over that header keyed by the file key, and a payload of authenticated 64 KiB chunks. The reader accepts exactly one
form of each file: any other spelling of the same content is refused.

    sealed = encrypt(b"text", RecordRecipient(key_id, secret))
    decrypt(sealed, RecordIdentity(lambda key_id: secret))

Rooms above bring their own stanzas by implementing :class:`Recipient` and :class:`Identity`.
"""

from chain.containers._primitives import hkdf, unwrap_key, wrap_key
from chain.containers.age import (
    decrypt,
    decrypt_file,
    decrypt_stream,
    encrypt,
    encrypt_file,
    encrypt_into,
    encrypt_stream,
    read_pieces,
    stanzas_of,
    write_whole,
)
from chain.containers.header import Header, read_header
from chain.containers.record import KEY_ID_SIZE, SECRET_SIZE, RecordIdentity, RecordRecipient, encrypt_record, key_id_of
from chain.containers.stanza import FILE_KEY_SIZE, Identity, Recipient, Stanza, b64, unb64
from chain.containers.x25519 import X25519Identity, X25519Recipient

__all__ = [
    "FILE_KEY_SIZE",
    "KEY_ID_SIZE",
    "SECRET_SIZE",
    "Header",
    "Identity",
    "Recipient",
    "RecordIdentity",
    "RecordRecipient",
    "Stanza",
    "X25519Identity",
    "X25519Recipient",
    "b64",
    "decrypt",
    "decrypt_file",
    "decrypt_stream",
    "encrypt",
    "encrypt_file",
    "encrypt_into",
    "encrypt_record",
    "encrypt_stream",
    "hkdf",
    "key_id_of",
    "read_header",
    "read_pieces",
    "stanzas_of",
    "unb64",
    "unwrap_key",
    "wrap_key",
    "write_whole",
]
