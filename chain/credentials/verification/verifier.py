"""The checks themselves: bytes, facts and a time in; a verdict out. No clock, no network, no files.

Every check goes through the same seven steps; each module cites its own sub-steps:

1. **form**       it is one of our formats, in its only form (credential, stamp, bundle readers);
2. **integrity**  the issuer's signature, and the inner relations of what was shown (integrity.py);
3. **issuer**     who it is, by the registry alone, and whether it was entitled then (issuer.py);
4. **anchor**     the bureau put it on the ledger (anchor.py);
5. **time**       validity against the time passed in (times.py);
6. **status**     the anchored status list, and as of when (status.py);
7. **holder**     whose it is: SKIPPED, as nothing shown here is bound to a device; the clerk compares.

Steps 3 and 4 need each other's facts, so the anchor is sought before the issuer is judged; the order of the
numbers is the order in which people read them.
"""

from __future__ import annotations

from dataclasses import dataclass

from chain.credentials.bundle import EvidenceBundle, read_bundle
from chain.credentials.credential import ParsedCredential, parse_credential, verify_signature
from chain.credentials.stamp import ParsedStamp, parse_stamp
from chain.credentials.stamp import verify_signature as verify_stamp_signature
from chain.credentials.verification.anchor import AnchorReading, anchor_of_bundle, anchor_of_jwt, anchor_of_stamp
from chain.credentials.verification.certificate import describe
from chain.credentials.verification.claims import Claims, claims_of_credential, claims_of_stamp
from chain.credentials.verification.evidence import Answer, ChainProofs, LinkIndex, ask
from chain.credentials.verification.integrity import Signature, check_integrity
from chain.credentials.verification.issuer import check_issuer
from chain.credentials.verification.policy import Policy
from chain.credentials.verification.status import check_status
from chain.credentials.verification.times import check_time
from chain.credentials.verification.verdicts import (
    STEPS,
    Result,
    Step,
    Verdict,
    Verification,
    decide,
    invalid,
    skipped,
    unchecked,
    valid,
)
from chain.kernel.errors import InvalidInput
from chain.kernel.ports import BureauFacts, EvidenceIndex, KeyFacts, TrustSource

DEFAULT = Policy()

_NOT_KNOWN_HERE = frozenset({"bundle.version", "stamp.version", "credential.version", "credential.key_binding"})
"""Faults of form that a newer reader might not find: they make a check impossible, not a forgery."""


def verify_bundle(
    data: bytes,
    *,
    trust: TrustSource,
    at: int,
    proofs: ChainProofs | None,
    index: EvidenceIndex | None = None,
    policy: Policy = DEFAULT,
    links: LinkIndex | None = None,
) -> Verification:
    """Check an evidence bundle.

    Args:
        data: the bundle's bytes, untrusted.
        trust: where facts come from: the chain, or a signed snapshot.
        at: the time asked about, seconds since 1970 UTC; the present, unless ``policy.past``.
        index: any source of status list bytes; untrusted.
        proofs: judges the bundle's own chain evidence. None: it cannot be judged, so the bundle stays open
            (CANNOT_CHECK), for every byte of a valid one has been checked.
        policy: the verifier's own demands.
        links: for advice on predecessor and successor only.
    """
    try:
        bundle = read_bundle(data)
        credential = parse_credential(bundle.credential)
        stamp = parse_stamp(bundle.stamp)
    except InvalidInput as error:
        return broken_form("bundle", error)
    shown = _Shown("bundle", claims_of_credential(credential, stamp), credential, stamp, bundle)
    return _judge(shown, trust, index, proofs, at, policy, links)


def verify_stamp(
    stamp: bytes,
    *,
    trust: TrustSource,
    index: EvidenceIndex | None,
    at: int,
    policy: Policy = DEFAULT,
    links: LinkIndex | None = None,
) -> Verification:
    """Check a stamp, the content of a printed QR code. It is VALID only if its anchor is found.

    Args:
        stamp: bytes of the stamp, untrusted.
        trust: the chain, or a snapshot that holds the stamp set.
        index: any index of places and status lists; untrusted. None: without one, a live chain alone cannot
            tell where the stamp is anchored.
        at: the time asked about, seconds since 1970 UTC.
        policy: the verifier's own demands.
        links: for advice only.
    """
    try:
        parsed = parse_stamp(stamp)
    except InvalidInput as error:
        return broken_form("stamp", error)
    shown = _Shown("stamp", claims_of_stamp(parsed), None, parsed, None)
    return _judge(shown, trust, index, None, at, policy, links)


def verify_credential(
    text: str,
    *,
    trust: TrustSource,
    index: EvidenceIndex | None,
    at: int,
    policy: Policy = DEFAULT,
    links: LinkIndex | None = None,
) -> Verification:
    """Check a credential (SD-JWT) with any choice of disclosures; ``index`` finds its place.

    Args:
        text: ``jwt~disclosure~…~``, untrusted.
        trust: where facts come from.
        index: any index of places and status lists; untrusted.
        at: the time asked about, seconds since 1970 UTC.
        policy: the verifier's own demands.
        links: for advice only.
    """
    try:
        parsed = parse_credential(text)
    except InvalidInput as error:
        return broken_form("credential", error)
    shown = _Shown("credential", claims_of_credential(parsed, None), parsed, None, None)
    return _judge(shown, trust, index, None, at, policy, links)


def verify_presentation(
    sd_jwt_text: str,
    *,
    trust: TrustSource,
    index: EvidenceIndex | None,
    at: int,
    policy: Policy = DEFAULT,
    links: LinkIndex | None = None,
) -> Verification:
    """Check what a holder presents: some of the disclosures. One with key binding is not judged here yet.

    As :func:`verify_credential`; a presentation that ends in a key-binding JWT is CANNOT_CHECK, never valid.
    """
    return verify_credential(sd_jwt_text, trust=trust, index=index, at=at, policy=policy, links=links)


def not_found(code: str, /, **params: str) -> Verification:
    """The answer where nothing was found that could be checked: UNKNOWN, both answers open."""
    return _only_form(Step("form", Result.ERROR, code, params, Verdict.UNKNOWN))


def _only_form(first: Step) -> Verification:
    steps = (first, *(skipped(name, "skipped") for name in STEPS[1:]))
    verdict, authentic, in_force = decide(steps)
    return Verification(verdict, authentic, in_force, None, steps, {})


@dataclass(frozen=True, slots=True)
class _Shown:
    kind: str
    claims: Claims
    credential: ParsedCredential | None
    stamp: ParsedStamp | None
    bundle: EvidenceBundle | None


def broken_form(kind: str, error: InvalidInput) -> Verification:
    """The answer to what has not the form of its kind: FORGED, or CANNOT_CHECK where a newer reader might know it."""
    fault = error.message[:200]
    if error.code in _NOT_KNOWN_HERE:
        return _only_form(unchecked("form", "form.not_known_here", kind=kind, fault=fault))
    return _only_form(invalid("form", "form.broken", Verdict.FORGED, kind=kind, fault=fault))


def _judge(
    shown: _Shown,
    trust: TrustSource,
    index: EvidenceIndex | None,
    proofs: ChainProofs | None,
    at: int,
    policy: Policy,
    links: LinkIndex | None,
) -> Verification:
    claims = shown.claims
    bureau: Answer[BureauFacts] = ask(trust.bureau, claims.bureau)
    key: Answer[KeyFacts] = ask(trust.key, claims.bureau, claims.key)
    form = valid("form", "form.valid", kind=shown.kind)
    kind = policy.types.known(claims.certificate_type)
    integrity = check_integrity(shown.credential, shown.stamp, shown.bundle, key, _signatures(shown), kind)
    anchor = _anchor(shown, trust, index, proofs)
    issuer = check_issuer(claims, bureau, key, anchor.facts, trust)
    time = check_time(claims, anchor.facts, trust, at, policy)
    status = check_status(claims, bureau.value, trust, index, at, policy)
    steps = (form, integrity, issuer, anchor.step, time, status.step, skipped("holder", "holder.compare"))
    verdict, authentic, in_force = decide(steps)
    certificate = describe(
        claims,
        kind=kind,
        credential=shown.credential,
        stamp=shown.stamp,
        bureau=bureau.value,
        anchor=anchor.facts,
        authentic=authentic,
        status_as_of=status.as_of,
        source=trust.describes,
        links=None if links is None or claims.identifier is None else ask(links.links, claims.identifier).value,
    )
    return Verification(verdict, authentic, in_force, status.as_of, steps, certificate)


def _signatures(shown: _Shown) -> list[Signature]:
    found: list[Signature] = []
    credential, stamp = shown.credential, shown.stamp
    if credential is not None:
        found.append(Signature(credential.key_thumbprint, lambda key: verify_signature(credential, key)))
    if stamp is not None:
        found.append(Signature(stamp.key_prefix, lambda key: verify_stamp_signature(stamp, key)))
    return found


def _anchor(
    shown: _Shown, trust: TrustSource, index: EvidenceIndex | None, proofs: ChainProofs | None
) -> AnchorReading:
    if shown.bundle is not None:
        return anchor_of_bundle(shown.bundle, shown.claims, trust, proofs)
    if shown.stamp is not None:
        stamp = shown.stamp
        return anchor_of_stamp(stamp.digest, stamp.content.credential_digest, shown.claims, trust, index)
    assert shown.credential is not None
    return anchor_of_jwt(shown.credential.jwt_digest, shown.claims, trust, index)
