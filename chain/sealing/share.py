"""A key holder's share of an opening key, and where it may sign."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, hex0x, unb64url, unhex0x
from chain.kernel.errors import InvalidInput, Refused
from chain.sealing import curve
from chain.sealing.messages import Message, check_place
from chain.sealing.threshold import sign

FORMAT = "yinxin-key-share-1"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an opening key counts: one tender, or all tenders of a book during a term.

    Attributes:
        genesis: hash of the ledger's first block, 32 bytes.
        book: address of the TenderBook, 20 bytes.
        kind: ``tender`` or ``term``.
        number: of the tender, or of the term.
    """

    genesis: bytes
    book: bytes
    kind: Literal["tender", "term"]
    number: int

    def __post_init__(self) -> None:
        check_place(self.genesis, self.book, self.number, 1, 1)
        if self.kind not in ("tender", "term"):
            raise InvalidInput("kind: tender or term", code="sealing.scope", field="kind")

    def covers(self, message: Message) -> bool:
        """True if a share of this scope may sign ``message``. Which term a tender uses, its notice says."""
        same = (message.genesis, message.book) == (self.genesis, self.book)
        return same and (self.kind == "term" or message.tender == self.number)

    def as_dict(self) -> dict[str, Any]:
        """As it stands in the messages of a ceremony."""
        return {"genesis": hex0x(self.genesis), "book": hex0x(self.book), "kind": self.kind, "number": self.number}

    @classmethod
    def read(cls, value: Any) -> Scope:
        """Inverse of :meth:`as_dict`. Raises InvalidInput."""
        if not isinstance(value, dict) or set(value) != {"genesis", "book", "kind", "number"}:
            raise InvalidInput("scope: genesis, book, kind, number", code="sealing.scope", field="scope")
        genesis = unhex0x(value["genesis"], size=32, field="genesis")
        return cls(genesis, unhex0x(value["book"], size=20, field="book"), value["kind"], value["number"])


@dataclass(frozen=True, slots=True)
class KeyShare:
    """One key holder's share: secret.

    Attributes:
        scope: where it may sign.
        ceremony: digest of the ceremony's roster, 32 bytes.
        key_holder: number of the key holder, from 1.
        secret: 32 bytes.
    """

    scope: Scope
    ceremony: bytes
    key_holder: int
    secret: bytes = field(repr=False)

    @property
    def public(self) -> bytes:
        """Public part, 96 bytes."""
        return (curve.GENERATOR * curve.read_scalar(self.secret)).to_compressed_bytes()

    def to_bytes(self) -> bytes:
        """Canonical JSON: secret, to be kept encrypted."""
        return canonical(
            {
                "format": FORMAT,
                "scope": self.scope.as_dict(),
                "ceremony": hex0x(self.ceremony),
                "keyHolder": self.key_holder,
                "secret": b64url(self.secret),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> KeyShare:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value = read_canonical(data, what="key share", limit=4_096)
        members = {"format", "scope", "ceremony", "keyHolder", "secret"}
        if not isinstance(value, dict) or value.get("format") != FORMAT or set(value) != members:
            raise InvalidInput(f"not a share of the form {FORMAT}", code="sealing.share")
        if type(value["keyHolder"]) is not int or value["keyHolder"] < 1 or not isinstance(value["secret"], str):
            raise InvalidInput("keyHolder is a number, secret is text", code="sealing.share")
        secret = unb64url(value["secret"], field="secret")
        curve.read_scalar(secret, field="secret")
        ceremony = unhex0x(value["ceremony"], size=32, field="ceremony")
        return cls(Scope.read(value["scope"]), ceremony, value["keyHolder"], secret)

    def sign(self, message: Message) -> bytes:
        """Partial signature over ``message``, 48 bytes.

        When it is time to sign is not known here: the key holder's tool asks its own clock and endpoints first.

        Raises:
            Refused: the message belongs to another ledger, book or tender.
        """
        if not self.scope.covers(message):
            raise Refused(
                "this share was made for another ledger, book or tender", code="sealing.scope",
                fix="use the share of that tender's ceremony",
            )  # fmt: skip
        return sign(curve.read_scalar(self.secret, field="share"), message.digest())
