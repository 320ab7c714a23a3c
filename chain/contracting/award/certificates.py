"""A certificate put on record of a lot: the award letter 中标通知书, the performance record 履约评价.

It says where on the ledger the certificate is anchored and for which award. Whom a lot is awarded to is public, so the
evidence bundle lies on the boards. Format: docs/formats/award.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chain.contracting.award.parts import CODE, PLACE
from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.tenders.opening import LotPlace

FORMAT = "yinxin-certificate-on-record-1"
_MEMBERS = {*PLACE, "certificate", "leaf", "bureau", "lane", "sequence", "bundle", "award"}


class CertificateUse(StrEnum):
    """What the certificate is; the value is also the kind under which it stands on the ledger."""

    AWARD_LETTER = "award-letter"
    """中标通知书."""
    PERFORMANCE = "performance"
    """履约评价: how the contract was carried out."""


@dataclass(frozen=True, slots=True)
class CertificateOnRecord:
    """One certificate, by its place on the ledger.

    Attributes:
        place: the lot.
        certificate: what it is.
        leaf: leaf hash in its batch, 32 bytes.
        bureau: USCC of who issued it.
        lane: code of its type.
        sequence: of its batch in that lane.
        bundle: SHA-256 of its evidence bundle, which lies on the boards; 32 bytes.
        award: SHA-256 of the award that it cites, 32 bytes.
    """

    place: LotPlace
    certificate: CertificateUse
    leaf: bytes
    bureau: str
    lane: str
    sequence: int
    bundle: bytes
    award: bytes

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        own = {
            "certificate": self.certificate.value, "leaf": hex0x(self.leaf), "bureau": self.bureau, "lane": self.lane,
            "sequence": self.sequence, "bundle": hex0x(self.bundle), "award": hex0x(self.award),
        }  # fmt: skip
        return canonical({"format": FORMAT, **self.place.as_dict(), **own})

    @classmethod
    def from_bytes(cls, data: bytes) -> CertificateOnRecord:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value = strict.paper(data, FORMAT, _MEMBERS, CODE)
        if value["certificate"] not in {use.value for use in CertificateUse}:
            listed = ", ".join(CertificateUse)
            raise InvalidInput(f"certificate: one of {listed}", code=CODE, field="certificate")
        return cls(
            LotPlace.read(value),
            CertificateUse(value["certificate"]),
            strict.hexed(value["leaf"], 32, "leaf"),
            strict.text(value["bureau"], "bureau", CODE, 18),
            strict.text(value["lane"], "lane", CODE, 64),
            strict.number(value["sequence"], "sequence", CODE),
            strict.hexed(value["bundle"], 32, "bundle"),
            strict.hexed(value["award"], 32, "award"),
        )
