"""Step 5, time: the one place where validity is compared with a clock, and the clock is passed in."""

from __future__ import annotations

from chain.credentials.verification.claims import Claims
from chain.credentials.verification.policy import Policy
from chain.credentials.verification.verdicts import Step, Verdict, invalid, unchecked, valid
from chain.kernel.clock import rfc3339
from chain.kernel.ports import AnchorFacts, TrustSource

_NAME = "time"


def check_time(claims: Claims, anchor: AnchorFacts | None, trust: TrustSource, at: int, policy: Policy) -> Step:
    """Judge the time.

    5.1 a device clock that is behind the chain's own by more than ``policy.clock_skew`` is wrong: ERROR;
    5.2 at or after ``exp``: EXPIRED (RFC 7519 section 4.1.4: "on or after");
    5.3 before ``nbf``: NOT_YET_VALID;
    5.4 asked about a past moment before the anchor: it had not been issued, NOT_YET_VALID.
    """
    if not policy.past and at + policy.clock_skew < trust.block.time:  # 5.1
        return unchecked(_NAME, "time.clock", at=rfc3339(at), time=rfc3339(trust.block.time))
    if claims.expires is not None and at >= claims.expires:  # 5.2
        return invalid(_NAME, "time.expired", Verdict.EXPIRED, time=rfc3339(claims.expires))
    if at < claims.not_before:  # 5.3
        return invalid(_NAME, "time.not_yet", Verdict.NOT_YET_VALID, time=rfc3339(claims.not_before))
    if policy.past and anchor is not None and at < anchor.block.time:  # 5.4
        return invalid(_NAME, "time.not_issued", Verdict.NOT_YET_VALID, time=rfc3339(anchor.block.time))
    if claims.expires is None:
        return valid(_NAME, "time.unlimited", at=rfc3339(at), time=rfc3339(claims.not_before))
    return valid(_NAME, "time.valid", at=rfc3339(at), time=rfc3339(claims.not_before), until=rfc3339(claims.expires))
