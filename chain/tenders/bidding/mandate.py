"""A mandate 授权委托书 (``yinxin-mandate-1``): a company lets a person's key act for it in one tender.

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

MANDATE_FORMAT = "yinxin-mandate-1"

ACTS = ("bid", "clarify", "object")
"""What an agent may do: sign the bid, answer the committee's questions, raise objections and complaints."""

_TAG = b"yinxin-mandate-signature-v1\x00"
_NAMES = ("genesis", "book", "tender", "company", "binding", "agent", "acts", "since", "until", "signature")


@dataclass(frozen=True, slots=True)
class Mandate:
    """One mandate.

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
        """What the company signs: SHA-256("yinxin-mandate-signature-v1", a zero byte, all but the signature)."""
        return _sha256(_TAG + canonical(self._content())).digest()

    def is_by(self, key: bytes) -> bool:
        """True if the owner of ``key`` (33 bytes) signed it."""
        return verify_es256(key, self.signed_digest, self.signature)

    def signed(self, company: P256Signer) -> Mandate:
        """The same, signed."""
        return replace(self, signature=company.sign(self.signed_digest))

    def _content(self) -> dict[str, Any]:
        return {
            "format": MANDATE_FORMAT,
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


def read_mandate(data: bytes) -> Mandate:
    """Read a mandate; whose signature it bears is not judged.

    Raises:
        InvalidInput: not its one form.
    """
    value = read_paper(data, MANDATE_FORMAT, _NAMES, limit=16 * 1024)
    agent = exactly(value["agent"], {"name", "key"}, "mandate.agent")
    acts = listed(value["acts"], "mandate.acts", least=1, most=len(ACTS))
    if acts != [act for act in ACTS if act in acts]:
        raise fault("mandate.acts", "of " + ", ".join(ACTS) + ", in this order")
    mandate = Mandate(
        hexed(value["genesis"], "mandate.genesis", 32),
        hexed(value["book"], "mandate.book", 20),
        number(value["tender"], "mandate.tender", least=1),
        company_code(value["company"], "mandate.company"),
        raw(value["binding"], "mandate.binding", 32),
        text(agent["name"], "mandate.agent.name", most=60),
        raw(agent["key"], "mandate.agent.key", 33),
        tuple(acts),
        moment(value["since"], "mandate.since"),
        moment(value["until"], "mandate.until"),
        raw(value["signature"], "mandate.signature", 64),
    )
    if mandate.since > mandate.until:
        raise fault("mandate.until", "not before it begins")
    coordinates(mandate.key)
    if not well_formed(mandate.signature):
        raise fault("mandate.signature", "ES256 with low s, in its one form")
    return mandate


def company_code(value: Any, field: str) -> str:
    """A unified social credit code. Raises InvalidInput."""
    code = text(value, field, least=18, most=18)
    if not is_uscc(code):
        raise InvalidInput(
            f"{field}: {code} is no unified social credit code", code="bidding.code", field=field,
            fix="18 characters as on the business licence",
        )  # fmt: skip
    return code
