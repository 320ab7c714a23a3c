"""Step 7 of a check, for a showing: the device before you is the holder's, as of the newest final block."""

from __future__ import annotations

from dataclasses import replace

from chain.claims.lane import LaneReading
from chain.claims.showing import Showing
from chain.claims.verification import binding_in_force
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


def holder_step(showing: Showing, lane: LaneReading) -> Step:
    """Judge who shows it.

    7.1 the binding is for this certificate, anchored by the bureau that issued it;
    7.2 the bound key signed the presentation;
    7.3 the binding stands in the bureau's lane, and has not ended.

    Args:
        showing: as read; :meth:`~chain.claims.showing.OpenRequests.take` says whether it is fresh.
        lane: the lane of the certificate's bureau.
    """
    credential, binding = showing.credential, showing.binding
    if binding.certificate != credential.jwt_digest or binding.bureau != credential.bureau:
        return invalid("holder", "holder.other", Verdict.FORGED)
    if not showing.is_by_device:
        return invalid("holder", "holder.signature", Verdict.FORGED)
    check = binding_in_force(binding.to_bytes(), lane, certificate=None)
    # An end that is seen is an end, whatever else could not be read.
    if check.step("end").result is Result.INVALID:
        assert check.until is not None
        return invalid("holder", "holder.ended", Verdict.FORGED, block=str(check.until.block.number))
    if check.step("anchor").result is Result.INVALID:
        return invalid("holder", "holder.not_anchored", Verdict.FORGED)
    if check.result is not Result.VALID:
        return unchecked("holder", "holder.open")
    assert check.since is not None
    return valid("holder", "holder.present", block=str(check.since.block.number))


def with_holder(verification: Verification, step: Step) -> Verification:
    """The check of a showing's certificate with the holder's step in its place, decided anew."""
    steps = (*verification.steps[:-1], step)
    if not verification.certificate:
        return verification  # it could not even be read
    verdict, authentic, in_force = decide(steps)
    return replace(verification, verdict=verdict, authentic=authentic, in_force=in_force, steps=steps)
