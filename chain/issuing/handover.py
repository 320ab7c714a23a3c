"""Parcels that two bureaus exchange when one hands certificates over to the other (formats ``yinxin-handover-…-1``).

A parcel is signed text in an age container: the header as canonical JSON, a line with the signature in base64url, and
one line of canonical JSON an item. The header names sender, receiver, how many items, their digest, and the key that
signed: the sender's credential key, judged by the registry. A *card* is the signed key to which parcels are encrypted.
See docs/care.md for the members.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.containers import X25519Identity, X25519Recipient, decrypt, encrypt
from chain.credentials.es256 import P256Signer, verify_es256
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, hex0x, sha256, unb64url, unhex0x
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.ports import TrustSource

PACKAGE, RECEIPT, CARD = "yinxin-handover-package-1", "yinxin-handover-receipt-1", "yinxin-handover-card-1"
MOST = 20_000
"""Items in one parcel."""

_MEMBERS = {"format", "from", "to", "at", "type", "count", "items", "key"}
_OWN = {PACKAGE: {"reason", "reply"}, RECEIPT: {"package"}}


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel that was opened. Its form holds together; who signed it is judged by :func:`check_sender`.

    Attributes:
        header: its members.
        items: one canonical JSON text each.
        signature: over the header, 64 bytes.
    """

    header: Mapping[str, Any]
    items: tuple[bytes, ...]
    signature: bytes

    @property
    def digest(self) -> bytes:
        """Names the parcel: SHA-256 of its header, 32 bytes."""
        return header_digest(self.header)


def header_of(
    form: str, *, sender: str, receiver: str, at: int, certificate_type: str, items: Sequence[bytes], key: bytes,
    **own: str,
) -> dict[str, Any]:  # fmt: skip
    """The header of a parcel.

    Args:
        form: :data:`PACKAGE` or :data:`RECEIPT`.
        sender: USCC.
        receiver: USCC.
        at: when, seconds.
        certificate_type: type code of all.
        items: the texts it covers, in order.
        key: thumbprint of the sender's credential key, 32 bytes.
        own: members that only this form has.
    """
    return {
        "format": form,
        "from": sender,
        "to": receiver,
        "at": at,
        "type": certificate_type,
        "count": len(items),
        "items": b64url(sha256(b"\n".join(items))),
        "key": hex0x(key),
        **own,
    }


def header_digest(header: Mapping[str, Any]) -> bytes:
    """SHA-256 of the header's canonical JSON, 32 bytes."""
    return sha256(canonical(dict(header)))


def seal_parcel(header: Mapping[str, Any], items: Sequence[bytes], signer: P256Signer, recipient: bytes) -> bytes:
    """Sign and encrypt a parcel to an X25519 key of 32 bytes."""
    signature = signer.sign(_signed(header))
    text = b"\n".join([canonical(dict(header)), b64url(signature).encode(), *items])
    return encrypt(text, X25519Recipient(recipient))


def open_parcel(data: bytes, private: bytes, form: str) -> Parcel:
    """Decrypt a parcel and hold it to its form.

    Raises:
        InvalidInput: not such a parcel.
        Refused: not meant for this key.
        Damaged: altered on the way.
    """
    lines = decrypt(data, X25519Identity(private)).split(b"\n")
    header = read_canonical(lines[0], what="parcel", limit=16 * 1024)
    if not isinstance(header, dict) or header.get("format") != form or set(header) != _MEMBERS | _OWN[form]:
        raise InvalidInput(
            "not such a parcel", code="handover.form", field="file", fix="name the file the other bureau sent"
        )
    items = tuple(lines[2:])
    texts = [header[name] for name in sorted((_MEMBERS | _OWN[form]) - {"at", "count"})]
    if any(type(text) is not str for text in texts) or type(header["at"]) is not int or not items:
        raise InvalidInput("parcel: a member of another kind", code="handover.form", field="file")
    if header["count"] != len(items) or unb64url(header["items"]) != sha256(b"\n".join(items)):
        raise InvalidInput("parcel: not the items its header names", code="handover.items", field="file")
    return Parcel(header, items, unb64url(lines[1].decode("ascii", "replace")))


def check_sender(parcel: Parcel, trust: TrustSource) -> None:
    """Refuse a parcel that no credential key of its sender signed, one that counts now by the registry."""
    _check_key(parcel.header["from"], parcel.header["key"], _signed(parcel.header), parcel.signature, trust)


def make_card(bureau: str, recipient: bytes, at: int, signer: P256Signer) -> bytes:
    """The card of a bureau: the X25519 key (32 bytes) to which parcels for it are encrypted, signed."""
    body = {"format": CARD, "bureau": bureau, "recipient": b64url(recipient), "at": at, "key": hex0x(signer.thumbprint)}
    return canonical(body | {"signature": b64url(signer.sign(_signed(body)))})


def read_card(data: bytes, bureau: str, trust: TrustSource) -> bytes:
    """The key on a bureau's card, 32 bytes.

    Raises:
        InvalidInput: not a card, or another bureau's.
        Refused: not signed by a credential key of that bureau that counts now.
    """
    card = read_canonical(data, what="card", limit=4096)
    names = {"format", "bureau", "recipient", "at", "key", "signature"}
    if not isinstance(card, dict) or set(card) != names or card["format"] != CARD:
        raise InvalidInput(
            "not a hand-over card",
            code="handover.card",
            field="card",
            fix="let the bureau make one: yinxin handover card",
        )
    if card["bureau"] != bureau:
        raise InvalidInput(f"the card is of {card['bureau']}", code="handover.card", field="card", fix="ask for theirs")
    signature = unb64url(card.pop("signature"))
    _check_key(bureau, card["key"], _signed(card), signature, trust)
    return bytes32(card["recipient"])


def bytes32(text: str) -> bytes:
    """A key or digest of 32 bytes from base64url. Raises InvalidInput."""
    found = unb64url(text)
    if len(found) != 32:
        raise InvalidInput("not 32 bytes", code="handover.form", field="file")
    return found


def _check_key(bureau: str, thumbprint: str, digest: bytes, signature: bytes, trust: TrustSource) -> None:
    facts = trust.key(bureau, unhex0x(thumbprint, size=32))
    if facts is None or facts.purpose != "credential" or not facts.usable(trust.block.time):
        raise Refused(
            f"signed with a key the registry does not hold for {bureau} now",
            code="handover.key",
            field="file",
            fix="ask that bureau for a new one",
        )
    if not verify_es256(facts.public_key, digest, signature):
        raise Refused("the signature does not verify", code="handover.signature", field="file")


def _signed(body: Mapping[str, Any]) -> bytes:
    """What is signed: SHA-256 over the format, a zero byte and the canonical JSON."""
    return sha256(str(body["format"]).encode() + b"\0" + canonical(dict(body)))
