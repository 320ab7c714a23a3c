"""The organisation statement (``yinxin-bidder-1``): which company bids from this fresh address.

It stands in the manifest of every envelope, sealed until the opening. Each company shows its business licence with name
and code disclosed and its binding; the bound device key (or an agent's, under a mandate) signs all of it together
with the fresh address. The fresh address in turn signs the commitment to the file in which the statement lies: so
nobody bids in another's name, and no company denies a bid.

What is signed names neither version nor envelope. A company authorises an *address*; only that address's own key
commits to a file, so a replacement needs no second signature by the company, and the statement is worth nothing to
whoever copies it out of an opened bid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256 as _sha256
from typing import Any

from chain.claims import Binding, parse_binding
from chain.credentials.credential import MAX_TEXT, ParsedCredential, parse_credential
from chain.credentials.es256 import P256Signer, verify_es256, well_formed
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, sha256
from chain.tenders.bidding.mandate import Mandate, company_code, read_mandate
from chain.tenders.bidding.members import exactly, fault, listed, raw, text
from chain.tenders.bidding.place import BidPlace, read_place

STATEMENT_FORMAT = "yinxin-bidder-1"
LARGEST = 2**20
"""Bytes of a statement."""
MOST_PARTIES = 20

_TAG = b"yinxin-bidder-signature-v1\x00"


@dataclass(frozen=True, slots=True)
class Party:
    """One company in a statement.

    Attributes:
        role: ``bidder`` alone, or ``leader`` and ``member`` of a consortium 联合体.
        code: its unified social credit code.
        licence: its business licence as SD-JWT, name and code disclosed.
        binding: the binding's document whose key acts for it, canonical JSON.
        mandate: under which an agent signs instead, or None.
        signature: ES256, 64 bytes; empty while it is missing.
    """

    role: str
    code: str
    licence: str
    binding: bytes
    mandate: Mandate | None = None
    signature: bytes = b""

    @property
    def credential(self) -> ParsedCredential:
        """The licence, its form checked."""
        return parse_credential(self.licence)

    @property
    def bound(self) -> Binding:
        """The binding, its form checked."""
        return parse_binding(self.binding)

    @property
    def signer(self) -> bytes:
        """The key that signs: the agent's if there is a mandate, else the bound device's; 33 bytes."""
        return self.bound.key if self.mandate is None else self.mandate.key

    def mark(self) -> dict[str, Any]:
        """What all parties sign of this one."""
        return {
            "role": self.role,
            "code": self.code,
            "certificate": b64url(sha256(self.licence.partition("~")[0].encode())),
            "binding": b64url(sha256(self.binding)),
            "mandate": None if self.mandate is None else b64url(self.mandate.digest),
        }

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "role": self.role,
            "code": self.code,
            "licence": self.licence,
            "binding": self.binding.decode(),
            "mandate": None if self.mandate is None else self.mandate.to_bytes().decode(),
            "signature": b64url(self.signature),
        }


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, complete or with signatures missing.

    Attributes:
        place: tender, lot and the two fresh addresses.
        agreement: SHA-256 of the consortium agreement 联合体协议, one of the bid's documents; None for one company.
        parties: one company, or the leader and then the members.
    """

    place: BidPlace
    agreement: bytes | None
    parties: tuple[Party, ...]

    def as_dict(self) -> dict[str, Any]:
        """As it stands in the manifest."""
        return {
            "format": STATEMENT_FORMAT,
            "place": self.place.as_dict(),
            "agreement": None if self.agreement is None else b64url(self.agreement),
            "parties": [party.as_dict() for party in self.parties],
        }

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(self.as_dict())

    @property
    def signed_digest(self) -> bytes:
        """What every party signs, 32 bytes: SHA-256("yinxin-bidder-signature-v1", a zero byte, canonical JSON of
        format, place, agreement and the marks of all parties)."""
        content = {
            "format": STATEMENT_FORMAT,
            "place": self.place.as_dict(),
            "agreement": None if self.agreement is None else b64url(self.agreement),
            "parties": [party.mark() for party in self.parties],
        }
        return _sha256(_TAG + canonical(content)).digest()

    def signed(self, number: int, signer: P256Signer) -> Statement:
        """The same with the signature of party ``number``, counted from 0."""
        mine = replace(self.parties[number], signature=signer.sign(self.signed_digest))
        return replace(self, parties=(*self.parties[:number], mine, *self.parties[number + 1 :]))

    def is_signed(self, number: int) -> bool:
        """True if the key that party ``number`` shows signed it. Whether that key acts for it is asked elsewhere."""
        party = self.parties[number]
        return bool(party.signature) and verify_es256(party.signer, self.signed_digest, party.signature)

    @property
    def missing(self) -> tuple[str, ...]:
        """Codes of the parties whose signature is missing or wrong."""
        return tuple(party.code for number, party in enumerate(self.parties) if not self.is_signed(number))


def read_statement(value: Mapping[str, Any], *, complete: bool = True) -> Statement:
    """Read a statement from a manifest's ``organisation``. What it says is not judged.

    Args:
        value: plain data, untrusted.
        complete: refuse one with a signature that is missing.

    Raises:
        InvalidInput: not its one form; names the member.
    """
    if not isinstance(value, dict) or value.get("format") != STATEMENT_FORMAT:
        raise fault("organisation.format", f"only {STATEMENT_FORMAT} is known")
    if len(canonical(value)) > LARGEST:
        raise fault("organisation", f"at most {LARGEST} bytes")
    members = exactly(value, {"format", "place", "agreement", "parties"}, "organisation")
    agreement = members["agreement"]
    parties = tuple(
        read_party(item, f"organisation.parties[{at}]", complete=complete)
        for at, item in enumerate(listed(members["parties"], "organisation.parties", least=1, most=MOST_PARTIES))
    )
    return checked(
        Statement(
            read_place(members["place"]),
            None if agreement is None else raw(agreement, "organisation.agreement", 32),
            parties,
        )
    )


def checked(statement: Statement) -> Statement:
    """The statement if its parties make one bidder. Raises InvalidInput."""
    roles = tuple(party.role for party in statement.parties)
    alone = statement.agreement is None
    wanted = ("bidder",) if alone else ("leader", *("member",) * (len(roles) - 1))
    if roles != wanted or (not alone and len(roles) < 2):
        raise fault(
            "organisation.parties",
            "one bidder without an agreement, or with one a leader and then at least one member",
        )
    codes = [party.code for party in statement.parties]
    if len(set(codes)) != len(codes):
        raise fault("organisation.parties", "each company once")
    return statement


def read_party(value: Any, field: str, *, complete: bool = True) -> Party:
    """Inverse of :meth:`Party.as_dict`. Raises InvalidInput."""
    members = exactly(value, {"role", "code", "licence", "binding", "mandate", "signature"}, field)
    if members["role"] not in ("bidder", "leader", "member"):
        raise fault(f"{field}.role", "bidder, leader or member")
    mandate = members["mandate"]
    party = Party(
        members["role"],
        company_code(members["code"], f"{field}.code"),
        text(members["licence"], f"{field}.licence", most=MAX_TEXT),
        text(members["binding"], f"{field}.binding", most=16 * 1024).encode(),
        None if mandate is None else read_mandate(text(mandate, f"{field}.mandate", most=16 * 1024).encode()),
        b"" if members["signature"] == "" and not complete else raw(members["signature"], f"{field}.signature", 64),
    )
    if party.signature and not well_formed(party.signature):
        raise fault(f"{field}.signature", "ES256 with low s, in its one form")
    parse_credential(party.licence)
    parse_binding(party.binding)
    return party


def alone(place: BidPlace, party: Party) -> Statement:
    """The statement of one company, unsigned."""
    return checked(Statement(place, None, (replace(party, role="bidder", signature=b""),)))


def together(place: BidPlace, agreement: bytes, parties: Sequence[Party]) -> Statement:
    """The statement of a consortium, unsigned: the leader first.

    Args:
        place: of the one bid.
        agreement: SHA-256 of the consortium agreement, 32 bytes.
        parties: leader, then members.

    Raises:
        InvalidInput: fewer than two companies, or one twice.
    """
    roles = ("leader", *("member",) * (len(parties) - 1))
    named = tuple(replace(party, role=role, signature=b"") for role, party in zip(roles, parties, strict=True))
    return checked(Statement(place, agreement, named))
