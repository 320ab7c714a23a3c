"""What shows a signer that a certificate is anchored, and that it is past its own date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chain.credentials.credential import ParsedCredential, parse_credential
from chain.credentials.leaf import certificate_leaf
from chain.desk.state import SignerState
from chain.issuing.events import EventRecord
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import InvalidInput
from chain.kernel.ports import LeafParts, LeafPlace, TrustSource
from chain.merkle import root_of


def expiry_proof(jwt: str, place: LeafPlace) -> dict[str, Any]:
    """What shows that a credential is anchored: its text, with as much disclosed as is needed, and its place."""
    return {
        "jwt": jwt,
        "stamp": b64url(place.parts.stamp),
        "record": b64url(place.parts.record),
        "sequence": place.sequence,
        "index": place.index,
        "size": place.size,
        "path": [b64url(node) for node in place.path],
    }


def anchored_credential(ledger: TrustSource, bureau: str, proof: Any) -> ParsedCredential | None:
    """The credential of that bureau that a proof shows to be anchored, or None for what is no proof.

    A signature alone would not do: the officer's home can sign a credential that says anything.
    """
    if not isinstance(proof, Mapping):
        return None
    try:
        credential = parse_credential(proof["jwt"])
        parts = LeafParts(credential.jwt_digest, unb64url(proof["stamp"]), unb64url(proof["record"]))
        path = tuple(unb64url(node) for node in proof["path"])
        root = root_of(certificate_leaf(parts), int(proof["index"]), int(proof["size"]), path)
        anchor = ledger.anchor(bureau, credential.certificate_type, int(proof["sequence"]))
    except (InvalidInput, AttributeError, LookupError, TypeError, ValueError):
        return None
    shown = root is not None and anchor is not None and (anchor.root, anchor.size) == (root, proof["size"])
    return credential if shown and credential.bureau == bureau else None


def is_expired(ledger: TrustSource, event: EventRecord, proof: Any) -> bool:
    """True if an *anchored* credential of that bureau has this entry and is past its date by the ledger's clock."""
    credential = anchored_credential(ledger, event.bureau, proof)
    return (
        credential is not None
        and (credential.status_list, credential.status_index) == (event.status_list, event.status_index)
        and credential.expires is not None
        and credential.expires <= ledger.block.time
    )


def is_allowed(
    ledger: TrustSource, state: SignerState, bureau: str, body: Mapping[str, Any], events: Sequence[EventRecord]
) -> bool:
    """Standing policy: lapses past their date by the ledger's clock, and predecessors of released drafts."""
    proofs = body.get("expired", {})
    return bool(events) and all(
        is_expired(ledger, event, proofs.get(event.identifier))
        if event.operation == "lapse"
        else event.operation in ("supersede", "transfer")
        and event.successor is not None
        and event.bureau == bureau
        and state.follows(event.successor, event.identifier)
        and state.slot_holder(event.status_list, event.status_index) is not None
        for event in events
    )
