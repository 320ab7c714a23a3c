"""Award letters of a bureau that issues in memory."""

from __future__ import annotations

from chain.catalogue import get_type
from chain.contracting.award import CITES, TYPES, Award, CertificateUse
from chain.identifiers import mint
from chain.kernel.encoding import hex0x, sha256
from tests.support.world import USCC, World


def town() -> World:
    """A bureau that is accredited for award letters and performance records."""
    world = World.with_bureau()
    for name in TYPES.values():
        world.ledger.accredit(USCC, get_type(name).code)
    return world


def certificate(world: World, award: Award, use: CertificateUse = CertificateUse.AWARD_LETTER, **fields: str) -> bytes:
    """Evidence bundle of a certificate about an award; ``fields`` change it."""
    kind = get_type(TYPES[use])
    said = {
        "certificateName": kind.zh, "certificateNumber": "ZB0003-01-01",
        "certificateHolderName": award.organisation.name, "certificateHolderCode": award.organisation.code,
        CITES: hex0x(sha256(award.to_bytes())),
    } | fields  # fmt: skip
    identifier = mint(kind.code, USCC, said["certificateNumber"].replace("-", "")).text
    (found,) = world.issue(
        count=1, lane=kind.code, content={"certificate_type": kind.code, "fields": said, "identifier": identifier}
    )  # fmt: skip
    return found.bundle.data
