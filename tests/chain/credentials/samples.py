"""Sample certificates that belong to nobody, and the fixed key that signs them in tests and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from chain.credentials.credential import CredentialContent, IssuedCredential, issue_credential
from chain.credentials.es256 import SoftwareSigner
from chain.credentials.stamp import StampContent, issue_stamp

BUREAU = "11440100000000001F"
LICENCE = "11100000MB0143028R001"
IDENTIFIER = f"1.2.156.3005.2.{LICENCE}.{BUREAU}.4401002026000001.001.7"
NOT_BEFORE = 1767225600
EXPIRES = 2082758400
LIST = "2026-1"
INDEX = 77777

# The 15 fields of a business licence, as long as they are in practice.
FIELDS: dict[str, Any] = {
    "certificateName": "营业执照",
    "certificateNumber": "4401002026000001",
    "certificateIssuingAuthorityName": "示例市市场监督管理局",
    "certificateIssuedDate": "2026-01-01",
    "certificateHolderName": "广州市示例国际贸易有限公司",
    "certificateHolderCode": "914401000000000004",
    "certificateHolderCodeType": "001",
    "certificateEffectiveDate": "2026-01-01",
    "certificateExpiringDate": "2035-12-31",
    "KZ_companyType": "有限责任公司（自然人投资或控股）",
    "KZ_legalRepresentative": "张示例",
    "KZ_registeredCapital": "壹佰万元整",
    "KZ_establishmentDate": "2026-01-01",
    "KZ_businessScope": "货物进出口；技术进出口；互联网销售（除销售需要许可的商品）；信息技术咨询服务",
    "KZ_domicile": "广东省广州市天河区示例路1号101房",
}

# Holder code, company type, establishment date and capital, labelled by their places in the type.
FACE: tuple[tuple[int | str, int | str], ...] = (
    (6, "914401000000000004"),
    (10, "有限责任公司（自然人投资或控股）"),
    (13, "2026-01-01"),
    (12, "壹佰万元整"),
)

CONTENT = CredentialContent(BUREAU, LICENCE, IDENTIFIER, NOT_BEFORE, EXPIRES, LIST, INDEX, FIELDS)


@cache
def signer(name: str = "yinxin test vector 1") -> SoftwareSigner:
    """A P-256 key whose secret is the SHA-256 of ``name``: known to everybody, good for tests only."""
    secret = int.from_bytes(sha256(name.encode()).digest(), "big")
    return SoftwareSigner(ec.derive_private_key(secret, ec.SECP256R1()))


@cache
def credential() -> IssuedCredential:
    """The sample licence with all its disclosures."""
    return issue_credential(CONTENT, signer())


def stamp_content(**changes: Any) -> StampContent:
    """What the sample licence's stamp says."""
    content = StampContent(
        bureau=BUREAU,
        identifier=IDENTIFIER,
        holder_name="广州市示例国际贸易有限公司",
        not_before=NOT_BEFORE,
        expires=EXPIRES,
        status_list=LIST,
        status_index=INDEX,
        face=FACE,
        credential_digest=credential().jwt_digest,
    )
    return replace(content, **changes)


@cache
def stamp() -> bytes:
    """The sample licence's stamp."""
    return issue_stamp(stamp_content(), signer())


@cache
def another_credential() -> IssuedCredential:
    """The same licence, signed by a key of nobody's."""
    return issue_credential(CONTENT, signer("another"))
