"""Step 4, anchor: a certificate exists only if its bureau put it on the ledger.

A signature alone proves nothing: a stolen signing key makes perfect ones. What counts is that the leaf made
of credential, stamp and record stands under a root that the same bureau anchored in the lane of that type.

Two kinds of place are told apart. A bundle's place is part of what was shown: if it is false, the bundle is
refused (INVALID). An index's place is a stranger's hint: if it is false, nothing has been learnt (ERROR).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from chain.credentials.bundle import EvidenceBundle
from chain.credentials.leaf import certificate_leaf
from chain.credentials.verification.claims import Claims
from chain.credentials.verification.evidence import Answer, ChainProofs, ask, is_complete
from chain.credentials.verification.verdicts import Step, Verdict, invalid, unchecked, valid
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import sha256
from chain.kernel.errors import Unavailable, YinxinError
from chain.kernel.ports import AnchorFacts, EvidenceIndex, LeafPlace, TrustSource
from chain.merkle import root_of

_NAME = "anchor"
_Proven = tuple[AnchorFacts, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class AnchorReading:
    """The step, and the anchor it found; the anchor is None unless its existence is proven."""

    step: Step
    facts: AnchorFacts | None = None


def anchor_of_bundle(
    bundle: EvidenceBundle, claims: Claims, trust: TrustSource, proofs: ChainProofs | None
) -> AnchorReading:
    """Judge a bundle's anchor.

    4.1 the place is in the issuer's own name and in the lane of the certificate's type;
    4.2 the leaf leads by its inclusion path to a root;
    4.3 the bundle's chain evidence holds together, to the last byte;
    4.4 the anchor is known from the trust source, or witnesses co-signed its block; where both speak, they
        say the same; the anchor at that place has that root and size;
    4.5 the key that anchored was the bureau's own and not compromised at that time.
    """
    place = bundle.place
    if place.bureau != claims.bureau or place.lane != claims.certificate_type:  # 4.1
        return _forged("anchor.of_another", bureau=place.bureau, lane=place.lane)
    root = _root(place)  # 4.2
    if root is None:
        return _forged("anchor.path")
    chain, note = bundle.chain, bundle.checkpoint
    checkpoint = None if note is None else (note.note, note.index, note.path)
    if proofs is None:  # 4.3
        return AnchorReading(unchecked(_NAME, "anchor.evidence_open", fault="no trust root is at hand"))
    try:
        proven = proofs.prove_anchor(chain.header, chain.receipt_index, chain.receipt_proof, checkpoint, place)
    except Unavailable as error:
        # Not all of what was shown can be judged here: neither believed nor called false.
        return AnchorReading(unchecked(_NAME, "anchor.evidence_open", fault=error.message[:200]))
    except YinxinError as error:
        return _forged("anchor.evidence", fault=error.message[:200])
    if not _is_at(proven[0], place):
        return _forged("anchor.evidence", fault="the event proven is another one")
    if proven[0].root != root or proven[0].size != place.size:
        return _forged("anchor.root")
    known = ask(trust.anchor, place.bureau, place.lane, place.sequence)  # 4.4
    if known.value is None:
        by_stamp = ask(trust.stamp_anchor, sha256(bundle.stamp))
        if by_stamp.value is not None and _is_at(by_stamp.value, place):
            known = by_stamp
    facts, fault = _settle(proven, known, trust)
    if facts is None:
        assert fault is not None
        return AnchorReading(fault)
    return _by_whom(claims, facts, trust)


def anchor_of_stamp(
    stamp_digest: bytes, jwt_digest: bytes, claims: Claims, trust: TrustSource, index: EvidenceIndex | None
) -> AnchorReading:
    """Judge a stamp's anchor: a snapshot's stamp set, or else any index, whose answer is checked.

    The leaf must be made of this stamp and of the credential the stamp names.
    """
    offline = ask(trust.stamp_anchor, stamp_digest)
    if offline.value is not None:
        facts = offline.value
        if facts.bureau != claims.bureau or facts.lane != claims.certificate_type:
            return _forged("anchor.of_another", bureau=facts.bureau, lane=facts.lane)
        return _by_whom(claims, facts, trust)
    if index is None:
        return AnchorReading(unchecked(_NAME, "anchor.not_checked", time=rfc3339(trust.block.time)))
    found = ask(index.by_stamp, stamp_digest)
    reading = _of_index(found, claims, trust)
    if reading.facts is None or found.value is None:
        return reading
    if found.value.parts.stamp != stamp_digest:
        return AnchorReading(unchecked(_NAME, "anchor.index_wrong"))
    if found.value.parts.jwt != jwt_digest:
        return _forged("anchor.other_credential")
    return reading


def anchor_of_jwt(jwt_digest: bytes, claims: Claims, trust: TrustSource, index: EvidenceIndex | None) -> AnchorReading:
    """Judge a bare credential's anchor by an index."""
    if index is None:
        return AnchorReading(unchecked(_NAME, "anchor.not_checked", time=rfc3339(trust.block.time)))
    found = ask(index.by_jwt, jwt_digest)
    if found.value is not None and found.value.parts.jwt != jwt_digest:
        return AnchorReading(unchecked(_NAME, "anchor.index_wrong"))
    return _of_index(found, claims, trust)


def _of_index(found: Answer[LeafPlace], claims: Claims, trust: TrustSource) -> AnchorReading:
    if found.fault is not None:
        return AnchorReading(unchecked(_NAME, "anchor.unavailable", fault=found.fault))
    place = found.value
    if place is None:
        return AnchorReading(unchecked(_NAME, "anchor.not_checked", time=rfc3339(trust.block.time)))
    if place.bureau != claims.bureau or place.lane != claims.certificate_type:  # 4.1
        return AnchorReading(unchecked(_NAME, "anchor.index_wrong"))
    root = _root(place)  # 4.2
    if root is None:
        return AnchorReading(unchecked(_NAME, "anchor.index_wrong"))
    known = ask(trust.anchor, place.bureau, place.lane, place.sequence)  # 4.4
    if known.fault is not None:
        return AnchorReading(unchecked(_NAME, "anchor.unavailable", fault=known.fault))
    facts = known.value
    if facts is None:
        return AnchorReading(unchecked(_NAME, "anchor.not_checked", time=rfc3339(trust.block.time)))
    if not _is_at(facts, place) or facts.root != root or facts.size != place.size:
        return AnchorReading(unchecked(_NAME, "anchor.index_wrong"))
    return _by_whom(claims, facts, trust)


def _root(place: LeafPlace) -> bytes | None:
    return root_of(certificate_leaf(place.parts), place.index, place.size, place.path)


def _is_at(facts: AnchorFacts, place: LeafPlace) -> bool:
    return (facts.bureau, facts.lane, facts.sequence) == (place.bureau, place.lane, place.sequence)


def _settle(proven: _Proven, known: Answer[AnchorFacts], trust: TrustSource) -> tuple[AnchorFacts | None, Step | None]:
    """4.4: the anchor to go on with, or the step that says why there is none."""
    time = rfc3339(trust.block.time)
    shown, witnesses = proven
    if known.value is not None:
        # A receipt does not name its transaction; everything else must agree, the block's hash included.
        if replace(shown, transaction=known.value.transaction) != known.value:
            return None, _forged("anchor.evidence", fault="the ledger holds another event or block there").step
        return known.value, None
    if witnesses:
        if known.fault is None and trust.expires is None:
            # Witnesses vouch for a block that the ledger read here does not have, or does not have yet.
            return None, unchecked(_NAME, "anchor.disagreement", time=time)
        return shown, None
    if known.fault is not None:
        return None, unchecked(_NAME, "anchor.unavailable", fault=known.fault)
    if shown.block.number > trust.block.number:
        return None, unchecked(_NAME, "anchor.not_final", time=time)
    if trust.expires is None:
        return None, _forged("anchor.none").step
    return None, unchecked(_NAME, "anchor.no_witness", time=time)


def _by_whom(claims: Claims, facts: AnchorFacts, trust: TrustSource) -> AnchorReading:
    """4.5; also where the answer of the source itself is for another bureau or lane."""
    if facts.bureau != claims.bureau or facts.lane != claims.certificate_type:
        return _forged("anchor.of_another", bureau=facts.bureau, lane=facts.lane)
    time = rfc3339(facts.block.time)
    key = ask(trust.key, claims.bureau, facts.key.rjust(32, b"\0"))
    if key.fault is not None:
        return AnchorReading(unchecked(_NAME, "anchor.unavailable", fault=key.fault), facts)
    if key.value is None:
        if is_complete(trust.expires, trust.block.time, facts.block.time):
            return _forged("anchor.key_foreign", facts)
        return AnchorReading(unchecked(_NAME, "anchor.key_not_in_source", time=rfc3339(trust.block.time)), facts)
    if key.value.purpose != "anchor":
        return _forged("anchor.key_foreign", facts)
    if not key.value.usable(facts.block.time):
        return _forged("anchor.key_compromised", facts, time=time)
    return AnchorReading(
        valid(_NAME, "anchor.valid", time=time, block=str(facts.block.number), sequence=str(facts.sequence)), facts
    )


def _forged(code: str, facts: AnchorFacts | None = None, /, **params: str) -> AnchorReading:
    return AnchorReading(invalid(_NAME, code, Verdict.FORGED, **params), facts)
