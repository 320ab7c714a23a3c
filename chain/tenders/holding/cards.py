"""A key holder's card, and the announcement of a ceremony: who is who (docs/formats/key-holders.md)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from chain.kernel import strict
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, hex0x, sha256, unhex0x
from chain.kernel.errors import InvalidInput
from chain.keys.signatures import address_of, recover, sign
from chain.sealing.ceremony import Member, Roster

CARD = "yinxin-member-card-1"
ANNOUNCEMENT = "yinxin-announcement-1"
_CARD_TAG = CARD.encode() + b"\0"
_LONGEST = 100


def a_name(text: Any, field: str) -> str:
    """A name or title people read: 1 to 100 characters of one line, in form NFC. Raises InvalidInput."""
    if (
        not isinstance(text, str)
        or not 0 < len(text) <= _LONGEST
        or text != text.strip()
        or not text.isprintable()
        or not unicodedata.is_normalized("NFC", text)
    ):
        raise InvalidInput(
            f"{field}: 1 to {_LONGEST} characters on one line, without blanks at the ends (Unicode form NFC)",
            code="holding.name", field=field, fix="write it plainly",
        )  # fmt: skip
    return text


@dataclass(frozen=True, slots=True)
class MemberCard:
    """Who is ready to be a key holder.

    Attributes:
        address: account on the ledger, 20 bytes.
        key: X25519 public key for deals, 32 bytes.
        name: by which people know the key holder.
        signature: the account's over all this, 65 bytes.
    """

    address: bytes
    key: bytes
    name: str
    signature: bytes

    @classmethod
    def sign(cls, private: bytes, key: bytes, name: str) -> MemberCard:
        """The card of an account (its private key, 32 bytes). Raises InvalidInput for a name of another form."""
        address = address_of(private)
        return cls(address, key, name, sign(_card_digest(address, key, a_name(name, "name")), private))

    @property
    def member(self) -> Member:
        """As the roster has it."""
        return Member(self.address, self.key)

    def as_dict(self) -> dict[str, Any]:
        """As it stands in its file and in announcements."""
        return {"format": CARD, **_card_body(self.address, self.key, self.name), "signature": b64url(self.signature)}

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(self.as_dict())

    @classmethod
    def read(cls, value: Any) -> MemberCard:
        """Inverse of :meth:`as_dict`; the signature is checked. Raises InvalidInput."""
        members = {"format", "address", "key", "name", "signature"}
        if not isinstance(value, dict) or value.get("format") != CARD or set(value) != members:
            raise InvalidInput(f"not a card of the form {CARD}", code="holding.card", field="card")
        address = unhex0x(value["address"], size=20, field="address")
        key, signature = (_bytes(value[name], name, size) for name, size in (("key", 32), ("signature", 65)))
        name = a_name(value["name"], "name")
        if recover(_card_digest(address, key, name), signature) != address:
            raise InvalidInput(
                "the account did not sign this card", code="holding.card_signature", field="signature",
                fix="ask the key holder for the card again: yinxin keyholder join",
            )  # fmt: skip
        return cls(address, key, name, signature)

    @classmethod
    def from_bytes(cls, data: bytes) -> MemberCard:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        return cls.read(read_canonical(data, what="card", limit=4096))


@dataclass(frozen=True, slots=True)
class Announcement:
    """Who convenes whom, in words. Believed only as far as :meth:`check` finds it borne out.

    Attributes:
        ceremony: its number on the ledger.
        genesis: hash of the ledger's first block, 32 bytes.
        registry: address of the KeyHolderRegistry, 20 bytes.
        title: the term or occasion; its SHA-256 is the plan's term.
        cards: of the members, in the order of the roster.
    """

    ceremony: int
    genesis: bytes
    registry: bytes
    title: str
    cards: tuple[MemberCard, ...]

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": ANNOUNCEMENT,
                "ceremony": self.ceremony,
                "genesis": hex0x(self.genesis),
                "registry": hex0x(self.registry),
                "title": self.title,
                "cards": [card.as_dict() for card in self.cards],
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Announcement:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value = read_canonical(data, what="announcement", limit=1 << 20)
        members = {"format", "ceremony", "genesis", "registry", "title", "cards"}
        if not isinstance(value, dict) or value.get("format") != ANNOUNCEMENT or set(value) != members:
            raise InvalidInput(f"not an announcement of the form {ANNOUNCEMENT}", code="holding.announcement")
        if type(value["ceremony"]) is not int or not isinstance(value["cards"], list):
            raise InvalidInput("ceremony is a number, cards a list", code="holding.announcement")
        return cls(
            value["ceremony"],
            unhex0x(value["genesis"], size=32, field="genesis"),
            unhex0x(value["registry"], size=20, field="registry"),
            a_name(value["title"], "title"),
            tuple(MemberCard.read(card) for card in value["cards"]),
        )

    def fits(self, roster: Roster, term: bytes) -> bool:
        """True if the ledger's roster and term are the announced ones."""
        return tuple(card.member for card in self.cards) == roster.members and term_of(self.title) == term


def term_of(title: str) -> bytes:
    """The plan's term: SHA-256 of the title as UTF-8; 32 bytes."""
    return sha256(title.encode())


def _card_body(address: bytes, key: bytes, name: str) -> dict[str, Any]:
    return {"address": hex0x(address), "key": b64url(key), "name": name}


def _card_digest(address: bytes, key: bytes, name: str) -> bytes:
    return sha256(_CARD_TAG + canonical(_card_body(address, key, name)))


def _bytes(value: Any, name: str, size: int) -> bytes:
    return strict.raw(value, size, name, "holding.card")
