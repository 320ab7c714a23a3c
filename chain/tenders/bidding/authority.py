"""An authority 授权委托书 (``yinxin-authority-1``): a company lets a person's key act for it in one tender.

It is signed by the device key that is bound to the company's licence. The person's own key then signs what the company
would have to sign. It lies within sealed bids, so the person's name is read at the opening, not before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256 as _sha256
from typing import Any

from chain.credentials.es256 import P256Signer, coordinates, verify_es256, well_formed
from chain.identifiers.uscc import check as is_uscc
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.errors import InvalidInput
from chain.tenders.bidding.members import exactly, fault, hexed, listed, moment, number, raw, read_paper, text

AUTHORITY_FORMAT = "yinxin-authority-1"

ACTS = ("bid", "clarify", "object")
"""What an agent may do: sign the bid, answer the committee's questions, raise objections and complaints."""

_TAG = b"yinxin-authority-signature-v1\x00"
_NAMES = ("genesis", "book", "tender", "company", "binding", "agent", "acts", "since", "until", "signature")


@dataclass(frozen=True, slots=True)
class Authority:
    """One authority.

    Attributes:
        genesis: hash of the ledger's first block, 32 bytes.
        book: address of the TenderBook, 20 bytes.
        tender: the one tender it is for.
        company: unified social credit code of the company that gives it.
        binding: SHA-256 of the binding whose key signs it, 32 bytes.
        name: name of the agent, 1 to 60 characters.
        key: the agent's public key, SEC1 compressed point of P-256, 33 bytes.
        acts: what it covers, of :data:`ACTS`, in that order.
        since: first second at which it holds.
        until: last second at which it holds.
        signature: ES256 by the company's device key, low s, 64 bytes; empty while it is not signed.
    """

    genesis: bytes
    book: bytes
    tender: int
    company: str
    binding: bytes
    name: str
    key: bytes
    acts: tuple[str, ...]
    since: int
    until: int
    signature: bytes = b""

    def as_dict(self) -> dict[str, Any]:
        """Plain data, with the signature."""
        return self._content() | {"signature": b64url(self.signature)}

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(self.as_dict())

    @property
    def digest(self) -> bytes:
        """SHA-256 of :meth:`to_bytes`, 32 bytes."""
        return sha256(self.to_bytes())

    @property
    def signed_digest(self) -> bytes:
        """What the company signs: SHA-256("yinxin-authority-signature-v1", a zero byte, all but the signature)."""
        return _sha256(_TAG + canonical(self._content())).digest()

    def is_by(self, key: bytes) -> bool:
        """True if the owner of ``key`` (33 bytes) signed it."""
        return verify_es256(key, self.signed_digest, self.signature)

    def signed(self, company: P256Signer) -> Authority:
        """The same, signed."""
        return replace(self, signature=company.sign(self.signed_digest))

    def _content(self) -> dict[str, Any]:
        return {
            "format": AUTHORITY_FORMAT,
            "genesis": hex0x(self.genesis),
            "book": hex0x(self.book),
            "tender": self.tender,
            "company": self.company,
            "binding": b64url(self.binding),
            "agent": {"name": self.name, "key": b64url(self.key)},
            "acts": list(self.acts),
            "since": self.since,
            "until": self.until,
        }


def read_authority(data: bytes) -> Authority:
    """Read an authority; whose signature it bears is not judged.

    Raises:
        InvalidInput: not its one form.
    """
    value = read_paper(data, AUTHORITY_FORMAT, _NAMES, limit=16 * 1024)
    agent = exactly(value["agent"], {"name", "key"}, "authority.agent")
    acts = listed(value["acts"], "authority.acts", least=1, most=len(ACTS))
    if acts != [act for act in ACTS if act in acts]:
        raise fault("authority.acts", "of " + ", ".join(ACTS) + ", in this order")
    authority = Authority(
        hexed(value["genesis"], "authority.genesis", 32),
        hexed(value["book"], "authority.book", 20),
        number(value["tender"], "authority.tender", least=1),
        company_code(value["company"], "authority.company"),
        raw(value["binding"], "authority.binding", 32),
        text(agent["name"], "authority.agent.name", most=60),
        raw(agent["key"], "authority.agent.key", 33),
        tuple(acts),
        moment(value["since"], "authority.since"),
        moment(value["until"], "authority.until"),
        raw(value["signature"], "authority.signature", 64),
    )
    if authority.since > authority.until:
        raise fault("authority.until", "not before it begins")
    coordinates(authority.key)
    if not well_formed(authority.signature):
        raise fault("authority.signature", "ES256 with low s, in its one form")
    return authority


def company_code(value: Any, field: str) -> str:
    """A unified social credit code. Raises InvalidInput."""
    code = text(value, field, least=18, most=18)
    if not is_uscc(code):
        raise InvalidInput(
            f"{field}: {code} is no unified social credit code", code="bidding.code", field=field,
            fix="18 characters as on the business licence",
        )  # fmt: skip
    return code
