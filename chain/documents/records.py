"""Records: the encrypted documents that the public store holds, and the events of a certificate's life.

A record is an age v1 file (chain.containers) with exactly one ``yinxin-record-1`` stanza over canonical JSON. Formats:
docs/formats/record.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any, Protocol

from chain.containers import (
    KEY_ID_SIZE,
    SECRET_SIZE,
    RecordIdentity,
    decrypt,
    encrypt_record,
    key_id_of,
    stanzas_of,
)
from chain.documents.cids import CHUNK, cid_of, cids_of_sha256
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import InvalidInput

RECORD_FORMAT = "yinxin-record-1"
EVENT_FORMAT = "yinxin-event-1"
MAX_RECORD = 64 << 20
"""Longest record that is read, in bytes of ciphertext."""


_PLAIN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
_RECORD = b'{"attachments":[],"credential":"%b","format":"yinxin-record-1","stamp":"%b","template":%b}'


@lru_cache(maxsize=64)
def _template(kind: str, version: int) -> bytes:
    return canonical({"type": kind, "version": version})


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside a record.

    Attributes:
        name: file name, for people.
        media_type: such as ``application/pdf``.
        data: its bytes.
    """

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class RecordContent:
    """All that belongs to one certificate.

    Attributes:
        credential: SD-JWT with all disclosures.
        stamp: the stamp's bytes.
        template_type: which face the certificate is printed with.
        template_version: version of that face, 1 or more.
        attachments: further files.
    """

    credential: str
    stamp: bytes
    template_type: str
    template_version: int = 1
    attachments: tuple[Attachment, ...] = ()

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput."""
        if not self.attachments and self.credential.isascii():
            credential = self.credential.encode("ascii")
            if not credential.translate(None, _PLAIN):  # nothing to escape, so the canonical form is known
                template = _template(self.template_type, self.template_version)
                return _RECORD % (credential, b64url(self.stamp).encode("ascii"), template)
        return canonical(
            {
                "format": RECORD_FORMAT,
                "credential": self.credential,
                "stamp": b64url(self.stamp),
                "template": {"type": self.template_type, "version": self.template_version},
                "attachments": [
                    {"name": item.name, "mediaType": item.media_type, "data": b64url(item.data)}
                    for item in self.attachments
                ],
            }
        )


@dataclass(frozen=True, slots=True)
class EventContent:
    """One act in a certificate's life: a change of status with its reason, or a link.

    Attributes:
        kind: name of the act, such as ``revoke``.
        body: its facts as plain JSON; whose meaning belongs to the room that writes it.
    """

    kind: str
    body: Mapping[str, Any] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises InvalidInput."""
        return canonical({"format": EVENT_FORMAT, "kind": self.kind, "body": dict(self.body)})


Content = RecordContent | EventContent


class SecretStore(Protocol):
    """What sealing and opening need of a key vault."""

    def new_secrets(self, count: int) -> list[tuple[bytes, bytes]]:
        """Fresh pairs (16-byte key id, 32-byte secret)."""
        ...

    def put_many(self, secrets: Sequence[tuple[bytes, bytes]]) -> None:
        """Store them durably."""
        ...

    def get(self, key_id: bytes) -> bytes:
        """The secret. Raises NotFound, Refused."""
        ...


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """An encrypted record.

    Attributes:
        ciphertext: the age file.
        digest: its SHA-256, which goes into the leaf, 32 bytes.
        cid: where a blob store keeps it.
        key_id: names its secret in the vault, 16 bytes.
    """

    ciphertext: bytes
    digest: bytes
    cid: str
    key_id: bytes


def seal_bytes(plaintext: bytes, key_id: bytes, secret: bytes) -> SealedRecord:
    """Encrypt under a secret that the caller has stored or will store before the ciphertext leaves the machine."""
    return _sealed([encrypt_record(plaintext, key_id, secret)], [key_id])[0]


def seal_each(plaintexts: Sequence[bytes], secrets: Sequence[tuple[bytes, bytes]]) -> list[SealedRecord]:
    """As :func:`seal_bytes` for many, each under its own (key id, secret); a tenth faster than one by one."""
    ciphertexts = [
        encrypt_record(plaintext, key_id, secret)
        for plaintext, (key_id, secret) in zip(plaintexts, secrets, strict=True)
    ]
    return _sealed(ciphertexts, [key_id for key_id, _ in secrets])


def seal_many(contents: Sequence[Content | bytes], vault: SecretStore) -> list[SealedRecord]:
    """Seal each content (or its bytes, already canonical) under a fresh secret of its own.

    The secrets are durable in the vault on return. Raises what the vault raises.
    """
    secrets = vault.new_secrets(len(contents))
    ciphertexts = [
        encrypt_record(content if isinstance(content, bytes) else content.to_bytes(), key_id, secret)
        for content, (key_id, secret) in zip(contents, secrets, strict=True)
    ]
    vault.put_many(secrets)
    return _sealed(ciphertexts, [key_id for key_id, _ in secrets])


def _sealed(ciphertexts: Sequence[bytes], key_ids: Sequence[bytes]) -> list[SealedRecord]:
    digests = [sha256(ciphertext).digest() for ciphertext in ciphertexts]
    return [
        SealedRecord(ciphertext, digest, cid if len(ciphertext) <= CHUNK else cid_of(ciphertext), key_id)
        for ciphertext, digest, cid, key_id in zip(ciphertexts, digests, cids_of_sha256(digests), key_ids, strict=True)
    ]


def seal_record(content: Content | bytes, vault: SecretStore) -> SealedRecord:
    """As :func:`seal_many` for one."""
    return seal_many([content], vault)[0]


def record_key_id(ciphertext: bytes) -> bytes:
    """The 16-byte key id in a record's header, not authenticated. Raises InvalidInput if it is no record."""
    return key_id_of(stanzas_of(ciphertext))


def open_bytes(ciphertext: bytes, vault: SecretStore) -> bytes:
    """The plaintext of a record.

    Raises:
        InvalidInput: no record in its one form, or too large.
        NotFound: the vault does not know its key id.
        Refused: its secret was destroyed.
        Damaged: it does not authenticate.
    """
    if len(ciphertext) > MAX_RECORD:
        raise InvalidInput(f"a record of more than {MAX_RECORD} bytes", code="record.size")
    return decrypt(ciphertext, RecordIdentity(vault.get))


def open_record(ciphertext: bytes, vault: SecretStore) -> RecordContent:
    """The content of a certificate's record. Raises as :func:`open_bytes`."""
    content = parse_content(open_bytes(ciphertext, vault))
    if not isinstance(content, RecordContent):
        raise InvalidInput("this is an event, not a certificate's record", code="record.format")
    return content


def open_event(ciphertext: bytes, vault: SecretStore) -> EventContent:
    """The content of an event record. Raises as :func:`open_bytes`."""
    content = parse_content(open_bytes(ciphertext, vault))
    if not isinstance(content, EventContent):
        raise InvalidInput("this is a certificate's record, not an event", code="record.format")
    return content


def parse_content(plaintext: bytes) -> Content:
    """Parse what a record holds.

    Raises:
        InvalidInput: unknown version, or not exactly the members of its format.
    """
    value = read_canonical(plaintext, what="record", limit=MAX_RECORD)
    form = value.get("format") if isinstance(value, dict) else None
    if form == RECORD_FORMAT:
        return _parse_record(value)
    if form == EVENT_FORMAT:
        _members(value, {"format": str, "kind": str, "body": dict}, "event")
        return EventContent(value["kind"], value["body"])
    raise InvalidInput(f"record of unknown format {form!r}", code="record.format")


def _parse_record(value: dict[str, Any]) -> RecordContent:
    kinds = {"format": str, "credential": str, "stamp": str, "template": dict, "attachments": list}
    _members(value, kinds, "record")
    template = value["template"]
    _members(template, {"type": str, "version": int}, "record.template")
    attachments = []
    for item in value["attachments"]:
        _members(item, {"name": str, "mediaType": str, "data": str}, "record.attachments")
        attachments.append(Attachment(item["name"], item["mediaType"], unb64url(item["data"], field="data")))
    stamp = unb64url(value["stamp"], field="stamp")
    return RecordContent(value["credential"], stamp, template["type"], template["version"], tuple(attachments))


def _members(value: object, kinds: Mapping[str, type], where: str) -> None:
    """Raise InvalidInput unless ``value`` is an object of exactly these members with values of these types."""
    if not isinstance(value, dict) or set(value) != set(kinds):
        raise InvalidInput(f"{where}: not exactly the members {', '.join(kinds)}", code="record.members", field=where)
    for name, kind in kinds.items():
        if not isinstance(value[name], kind) or (kind is int and isinstance(value[name], bool)):
            raise InvalidInput(f"{where}.{name}: not {kind.__name__}", code="record.members", field=f"{where}.{name}")


__all__ = [
    "EVENT_FORMAT",
    "KEY_ID_SIZE",
    "MAX_RECORD",
    "RECORD_FORMAT",
    "SECRET_SIZE",
    "Attachment",
    "Content",
    "EventContent",
    "RecordContent",
    "SealedRecord",
    "SecretStore",
    "open_bytes",
    "open_event",
    "open_record",
    "parse_content",
    "record_key_id",
    "seal_bytes",
    "seal_each",
    "seal_many",
    "seal_record",
]
