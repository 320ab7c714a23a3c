"""What a verification shows of the certificate: a summary for people, as plain data.

The bureau's name comes from the registry or is absent; what a document calls its issuer is never shown.
"""

from __future__ import annotations

from typing import Any

from chain.catalogue import CertificateType, DerivedAnswer, Field
from chain.credentials.credential import ParsedCredential
from chain.credentials.stamp import ParsedStamp
from chain.credentials.verification.claims import Claims
from chain.credentials.verification.evidence import Links
from chain.kernel.clock import rfc3339
from chain.kernel.ports import AnchorFacts, BureauFacts

HOLDER_NAME = "certificateHolderName"
"""Field with the holder's name (GB/T 36903)."""


def describe(
    claims: Claims,
    *,
    kind: CertificateType | None,
    credential: ParsedCredential | None,
    stamp: ParsedStamp | None,
    bureau: BureauFacts | None,
    anchor: AnchorFacts | None,
    authentic: bool | None,
    status_as_of: int | None,
    source: str,
    links: Links | None,
) -> dict[str, Any]:
    """The summary; its members are listed in docs/verification.md. Only with ``confirmed`` true is it more than
    what the document claims."""
    disclosed = {} if credential is None else dict(credential.fields)
    face: dict[int | str, Any] = {} if stamp is None else dict(stamp.content.face)
    shown: dict[int | str, Any] = {**face, **{name: disclosed[name] for name in disclosed if name != HOLDER_NAME}}
    return {
        "confirmed": authentic is True,
        "bureau": {"name": None if bureau is None else bureau.name, "uscc": claims.bureau},
        "type": {
            "code": claims.certificate_type,
            "zh": None if kind is None else kind.zh,
            "en": None if kind is None else kind.en,
        },
        "identifier": claims.identifier,
        "holder": _holder(disclosed, stamp),
        "fields": _fields(shown, kind),
        "hidden": 0 if credential is None else credential.hidden,
        "validity": {
            "notBefore": rfc3339(claims.not_before),
            "expires": None if claims.expires is None else rfc3339(claims.expires),
        },
        "anchor": None
        if anchor is None
        else {
            "lane": anchor.lane,
            "sequence": anchor.sequence,
            "block": anchor.block.number,
            "time": rfc3339(anchor.block.time),
        },
        "statusAsOf": None if status_as_of is None else rfc3339(status_as_of),
        "source": source,
        "predecessor": None if links is None else links.predecessor,
        "successor": None if links is None else links.successor,
    }


def _holder(disclosed: dict[str, Any], stamp: ParsedStamp | None) -> str | None:
    """The disclosed name, or the masked one of the stamp."""
    if HOLDER_NAME in disclosed:
        return str(disclosed[HOLDER_NAME])
    return None if stamp is None else stamp.content.holder_name


def _fields(shown: dict[int | str, Any], kind: CertificateType | None) -> list[dict[str, Any]]:
    places = () if kind is None else kind.fields
    named: tuple[Field | DerivedAnswer, ...] = () if kind is None else (*kind.derived[::-1], *kind.fields[::-1])
    known = {one.name: one for one in named}  # the first of a name counts
    found = []
    for name, value in shown.items():
        field: Field | DerivedAnswer | None
        if isinstance(name, int):
            # A stamp's label is the field's place in its type, from 1.
            field = places[name - 1] if 1 <= name <= len(places) else None
        else:
            field = known.get(name)
        plain = str(name)
        found.append(
            {"name": plain, "zh": plain, "en": plain, "value": value}
            if field is None
            else {"name": field.name, "zh": field.zh, "en": field.en, "value": value}
        )
    return found
