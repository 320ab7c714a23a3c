"""Step 3, issuer: was this bureau entitled to issue this, with this key, when it was anchored?

All times are chain time: the moment the ledger itself put on the anchor. The document's own dates are the
issuer's (or a thief's) to choose and decide nothing here.
"""

from __future__ import annotations

from chain.credentials.verification.claims import Claims
from chain.credentials.verification.evidence import Answer, ask, is_complete
from chain.credentials.verification.verdicts import Step, Verdict, invalid, skipped, unchecked, valid
from chain.kernel.clock import rfc3339
from chain.kernel.ports import AnchorFacts, BureauFacts, KeyFacts, TrustSource

_NAME = "issuer"


def check_issuer(
    claims: Claims,
    bureau: Answer[BureauFacts],
    key: Answer[KeyFacts],
    anchor: AnchorFacts | None,
    trust: TrustSource,
) -> Step:
    """Judge the issuer.

    3.1 the bureau is registered;
    3.2 it was accredited for the type, and not suspended, at the anchor's time. What happened later, a
        suspension or the end of its accreditation, leaves earlier certificates as they were;
    3.3 the key is the bureau's own, for credentials, was in its span and not compromised at the anchor's time;
    3.4 the identifier is in the bureau's own name, or in that of a bureau it has succeeded.

    ``anchor`` None: where it is anchored is not known. What fails at any time is still INVALID.
    """
    if bureau.fault is not None or key.fault is not None:
        return unchecked(_NAME, "issuer.unavailable", fault=bureau.fault or key.fault or "")
    when = None if anchor is None else anchor.block.time
    complete = is_complete(trust.expires, trust.block.time, when)
    as_of = rfc3339(trust.block.time)
    facts = bureau.value
    if facts is None or facts.uscc != claims.bureau:  # 3.1
        if complete:
            return invalid(_NAME, "issuer.unregistered", Verdict.UNTRUSTED_ISSUER, uscc=claims.bureau)
        return unchecked(_NAME, "issuer.not_in_source", uscc=claims.bureau, time=as_of)
    known = key.value
    if known is None:  # 3.3
        if complete:
            return invalid(_NAME, "issuer.key_foreign", Verdict.FORGED, name=facts.name)
        return unchecked(_NAME, "issuer.key_not_in_source", name=facts.name, time=as_of)
    if known.purpose != "credential":
        return invalid(_NAME, "issuer.key_purpose", Verdict.FORGED, purpose=known.purpose)
    ever = facts.accreditations.get(claims.certificate_type, ())
    if not ever and complete:  # 3.2
        return invalid(_NAME, "issuer.never_accredited", Verdict.UNTRUSTED_ISSUER, name=facts.name)
    stranger = _foreign_name(claims, trust)  # 3.4
    if stranger is not None:
        return stranger
    if anchor is None or when is None:
        return skipped(_NAME, "issuer.time_unknown", name=facts.name)
    if when > trust.block.time:
        return unchecked(_NAME, "issuer.source_older", name=facts.name, time=as_of)
    time = rfc3339(when)
    if not facts.was_accredited(claims.certificate_type, when):  # 3.2
        suspended = any(period.holds(when) for period in facts.suspensions)
        code = "issuer.suspended" if suspended else "issuer.not_accredited"
        return invalid(_NAME, code, Verdict.UNTRUSTED_ISSUER, name=facts.name, time=time)
    if known.compromised_since is not None and when >= known.compromised_since:  # 3.3
        since = rfc3339(known.compromised_since)
        return invalid(_NAME, "issuer.key_compromised", Verdict.FORGED, time=time, since=since)
    if not known.usable(when):
        return invalid(_NAME, "issuer.key_out_of_span", Verdict.FORGED, time=time)
    return valid(_NAME, "issuer.valid", name=facts.name, time=time)


def _foreign_name(claims: Claims, trust: TrustSource) -> Step | None:
    named = claims.identifier.split(".")[-4] if claims.identifier else claims.bureau
    if named == claims.bureau or len(named) != 18:
        return None  # Identifiers may carry a region code instead of a bureau (GB/T 36904).
    other = ask(trust.bureau, named)
    if other.fault is not None:
        return unchecked(_NAME, "issuer.unavailable", fault=other.fault)
    seen = {named}
    while other.value is not None and other.value.successor is not None and other.value.successor not in seen:
        following = other.value.successor
        if following == claims.bureau:
            return None
        seen.add(following)
        other = ask(trust.bureau, following)
        if other.fault is not None:
            return unchecked(_NAME, "issuer.unavailable", fault=other.fault)
    if is_complete(trust.expires, trust.block.time, None) or other.value is not None:
        return invalid(_NAME, "issuer.identifier_of_another", Verdict.FORGED, named=named)
    return unchecked(_NAME, "issuer.not_in_source", uscc=named, time=rfc3339(trust.block.time))
