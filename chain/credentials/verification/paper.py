"""A sealed PDF judged: the bundle in it like any other, and then the seal. docs/formats/pdf.md, "Judging it"."""

from __future__ import annotations

from dataclasses import replace

from chain.credentials.paper import SealedPaper, read_sealed
from chain.credentials.verification.evidence import Answer, ChainProofs, LinkIndex, ask, is_complete
from chain.credentials.verification.policy import Policy
from chain.credentials.verification.verdicts import (
    Result,
    Step,
    Verdict,
    Verification,
    decide,
    invalid,
    unchecked,
    valid,
)
from chain.credentials.verification.verifier import DEFAULT, broken_form, verify_bundle
from chain.kernel.clock import rfc3339
from chain.kernel.errors import InvalidInput
from chain.kernel.ports import EvidenceIndex, KeyFacts, TrustSource

_GRAVITY = (Result.VALID, Result.SKIPPED, Result.ERROR, Result.INVALID)
_MOST_SUCCESSORS = 16


def verify_paper(
    data: bytes,
    *,
    trust: TrustSource,
    at: int,
    proofs: ChainProofs | None,
    index: EvidenceIndex | None = None,
    policy: Policy = DEFAULT,
    links: LinkIndex | None = None,
) -> Verification:
    """Check a sealed PDF; arguments as for :func:`~chain.credentials.verification.verifier.verify_bundle`.

    Of the findings about the bundle and about the seal the worse one counts in each step.
    """
    try:
        paper = read_sealed(data)
    except InvalidInput as error:
        return broken_form("pdf", error)
    inside = verify_bundle(paper.bundle, trust=trust, at=at, proofs=proofs, index=index, policy=policy, links=links)
    if not inside.certificate:  # the bundle itself has not the form of one
        return inside
    bureau = inside.certificate["bureau"]["uscc"]
    found = {step.name: step for step in (valid("form", "form.valid", kind="pdf"), *judge_seal(paper, bureau, trust))}
    steps = tuple(_worse(step, found.get(step.name)) for step in inside.steps)
    verdict, authentic, in_force = decide(steps)
    certificate = {**inside.certificate, "confirmed": authentic is True}
    return replace(
        inside, verdict=verdict, authentic=authentic, in_force=in_force, steps=steps, certificate=certificate
    )


def judge_seal(paper: SealedPaper, bureau: str, trust: TrustSource) -> tuple[Step, Step]:
    """The seal's part of steps 2 and 3.

    2.3 the one signature covers the whole file, which is as it was signed;
    3.5 the registry holds the key for the credential's bureau or one that answers for it, for seals, in its span at
        the time the sealer states, and never marked as compromised. That time is the sealer's word alone: whoever has
        stolen the key may state any. So once a key is marked, what it says of an earlier time is open, not good.

    Args:
        paper: what was read.
        bureau: USCC that the credential names.
        trust: the registry.
    """
    if not paper.unchanged:
        return (
            invalid("integrity", "integrity.paper_changed", Verdict.FORGED),
            Step("issuer", Result.SKIPPED, "skipped"),
        )
    return valid("integrity", "integrity.sealed"), _issuer(paper, bureau, trust)


def _issuer(paper: SealedPaper, bureau: str, trust: TrustSource) -> Step:
    key = _key(paper.thumbprint, bureau, trust)
    if key.fault is not None:
        return unchecked("issuer", "issuer.unavailable", fault=key.fault)
    known, time = key.value, rfc3339(paper.sealed_at)
    if known is None:
        if is_complete(trust.expires, trust.block.time, None):
            return invalid("issuer", "issuer.seal_foreign", Verdict.FORGED)
        return unchecked("issuer", "issuer.seal_not_in_source", time=rfc3339(trust.block.time))
    if known.purpose != "seal":
        return invalid("issuer", "issuer.seal_purpose", Verdict.FORGED, purpose=known.purpose)
    if not known.valid.holds(paper.sealed_at):
        return invalid("issuer", "issuer.seal_out_of_span", Verdict.FORGED, time=time)
    if known.compromised_since is not None:
        since = rfc3339(known.compromised_since)
        if paper.sealed_at >= known.compromised_since:
            return invalid("issuer", "issuer.seal_compromised", Verdict.FORGED, time=time, since=since)
        return unchecked("issuer", "issuer.seal_unsure", time=time, since=since)
    return valid("issuer", "issuer.sealed", time=time)


def _key(thumbprint: bytes, bureau: str, trust: TrustSource) -> Answer[KeyFacts]:
    """The key as the bureau's own, or as that of one that has succeeded it."""
    seen: set[str] = set()
    while bureau not in seen and len(seen) < _MOST_SUCCESSORS:
        seen.add(bureau)
        found = ask(trust.key, bureau, thumbprint)
        if found.fault is not None or found.value is not None:
            return found
        facts = ask(trust.bureau, bureau)
        if facts.fault is not None:
            return Answer(None, facts.fault)
        if facts.value is None or facts.value.successor is None:
            break
        bureau = facts.value.successor
    return Answer(None)


def _worse(inside: Step, seal: Step | None) -> Step:
    """The graver finding; of two that weigh the same the seal's for form and integrity, which says more there."""
    if seal is None:
        return inside
    if seal.result is inside.result:
        return inside if seal.name == "issuer" or seal.result is not Result.VALID else seal
    return max(inside, seal, key=lambda step: _GRAVITY.index(step.result))
