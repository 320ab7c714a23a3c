"""What a signer demands before it lets a certificate lapse without a person: the anchored certificate's own date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chain.credentials.credential import parse_credential
from chain.credentials.leaf import certificate_leaf
from chain.issuing.events import EventRecord
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import InvalidInput
from chain.kernel.ports import LeafParts, LeafPlace, TrustSource
from chain.merkle import root_of


def expiry_proof(jwt: str, place: LeafPlace) -> dict[str, Any]:
    """What shows that an entry is past its date: the issuer-signed JWT with nothing disclosed, and its place."""
    return {
        "jwt": jwt,
        "stamp": b64url(place.parts.stamp),
        "record": b64url(place.parts.record),
        "sequence": place.sequence,
        "index": place.index,
        "size": place.size,
        "path": [b64url(node) for node in place.path],
    }


def is_expired(ledger: TrustSource, event: EventRecord, proof: Any) -> bool:
    """True if an *anchored* credential of that bureau has this entry and is past its date by the ledger's clock.

    A signature alone would not do: the officer's home can sign a credential with any date. False for what is no proof.
    """
    if not isinstance(proof, Mapping):
        return False
    try:
        credential = parse_credential(proof["jwt"])
        parts = LeafParts(credential.jwt_digest, unb64url(proof["stamp"]), unb64url(proof["record"]))
        path = tuple(unb64url(node) for node in proof["path"])
        root = root_of(certificate_leaf(parts), int(proof["index"]), int(proof["size"]), path)
        anchor = ledger.anchor(event.bureau, credential.certificate_type, int(proof["sequence"]))
    except (InvalidInput, AttributeError, LookupError, TypeError, ValueError):
        return False
    return (
        root is not None
        and anchor is not None
        and (anchor.root, anchor.size) == (root, proof["size"])
        and credential.bureau == event.bureau
        and (credential.status_list, credential.status_index) == (event.status_list, event.status_index)
        and credential.expires is not None
        and credential.expires <= ledger.block.time
    )
