"""What a stamp and a credential both say, in one shape, so that each rule is written once."""

from __future__ import annotations

from dataclasses import dataclass

from chain.credentials.credential import ParsedCredential
from chain.credentials.stamp import ParsedStamp


@dataclass(frozen=True, slots=True)
class Claims:
    """Signed statements, before anything about them is believed.

    Attributes:
        bureau: USCC of the issuer (``iss``).
        certificate_type: type code; also the lane of the anchor.
        identifier: GB/T 36904 text, or None where its disclosure was withheld.
        not_before: seconds, first moment of validity.
        expires: seconds, first moment after validity; None if unlimited.
        status_list: name of the status list.
        status_index: entry in that list.
        key: thumbprint of the signing key (32 bytes), or its first 8 (stamp).
    """

    bureau: str
    certificate_type: str
    identifier: str | None
    not_before: int
    expires: int | None
    status_list: str
    status_index: int
    key: bytes


def claims_of_credential(credential: ParsedCredential, stamp: ParsedStamp | None) -> Claims:
    """What a credential says; where it withholds its identifier, the stamp beside it supplies that."""
    identifier = credential.identifier
    if identifier is None and stamp is not None:
        identifier = stamp.content.identifier
    return Claims(
        bureau=credential.bureau,
        certificate_type=credential.certificate_type,
        identifier=identifier,
        not_before=credential.not_before,
        expires=credential.expires,
        status_list=credential.status_list,
        status_index=credential.status_index,
        key=credential.key_thumbprint,
    )


def claims_of_stamp(stamp: ParsedStamp) -> Claims:
    """What a stamp says."""
    content = stamp.content
    return Claims(
        bureau=content.bureau,
        certificate_type=content.certificate_type,
        identifier=content.identifier,
        not_before=content.not_before,
        expires=content.expires,
        status_list=content.status_list,
        status_index=content.status_index,
        key=stamp.key_prefix,
    )
