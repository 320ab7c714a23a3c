"""From steps to a verdict: every combination of results, against the rules in words."""

from __future__ import annotations

from itertools import product

import pytest

from chain.credentials.verification import Result, Step, Verdict, decide
from chain.credentials.verification.verdicts import STEPS

PROOF = STEPS[:4]
R = Result


def steps(results, *, status=Verdict.REVOKED, time=Verdict.EXPIRED, issuer=Verdict.UNTRUSTED_ISSUER):
    demands = {"issuer": issuer, "time": time, "status": status}
    return tuple(
        Step(name, result, "skipped", {}, demands.get(name, Verdict.FORGED) if result is R.INVALID else None)
        for name, result in zip(STEPS, results, strict=True)
    )


ALL = list(product(R, repeat=6))


def test_all_4096_combinations_keep_the_rules():
    for results in ALL:
        verdict, authentic, in_force = decide(steps((*results, R.SKIPPED)))
        proof, (time, status) = results[:4], results[4:]
        # VALID only if every step but the holder's holds.
        assert (verdict is Verdict.VALID) == (set(results) == {R.VALID})
        assert authentic == (False if R.INVALID in proof else True if set(proof) == {R.VALID} else None)
        # What could not be checked neither revokes nor clears.
        if R.INVALID not in results:
            assert verdict in (Verdict.VALID, Verdict.CANNOT_CHECK)
        if authentic is None:
            assert verdict is Verdict.CANNOT_CHECK
            assert in_force in (None, False)
        if in_force is True:
            assert verdict is Verdict.VALID
        if verdict in (Verdict.FORGED, Verdict.UNTRUSTED_ISSUER):
            assert authentic is False
            assert in_force is False
        if verdict in (Verdict.REVOKED, Verdict.EXPIRED):
            assert authentic is True
            assert in_force is False
        if R.INVALID in (time, status):
            assert in_force is False


def test_the_first_failed_step_of_the_proof_names_the_verdict():
    assert decide(steps((R.VALID, R.INVALID, R.INVALID, R.ERROR, R.VALID, R.VALID, R.SKIPPED)))[0] is Verdict.FORGED
    got = decide(steps((R.VALID, R.SKIPPED, R.INVALID, R.INVALID, R.VALID, R.VALID, R.SKIPPED)))
    assert got[0] is Verdict.UNTRUSTED_ISSUER


def test_certain_forgery_goes_before_what_could_not_be_checked():
    got = decide(steps((R.VALID, R.ERROR, R.ERROR, R.INVALID, R.ERROR, R.ERROR, R.SKIPPED)))
    assert got == (Verdict.FORGED, False, False)


@pytest.mark.parametrize(
    ("status", "time", "expected"),
    [
        (Verdict.REVOKED, Verdict.EXPIRED, Verdict.REVOKED),
        (Verdict.CANCELLED, Verdict.EXPIRED, Verdict.CANCELLED),
        (Verdict.LAPSED, Verdict.EXPIRED, Verdict.LAPSED),
        (Verdict.TRANSFERRED, Verdict.NOT_YET_VALID, Verdict.TRANSFERRED),
        (Verdict.SUPERSEDED, Verdict.EXPIRED, Verdict.SUPERSEDED),
        (Verdict.SUSPENDED, Verdict.EXPIRED, Verdict.EXPIRED),
        (Verdict.SUSPENDED, Verdict.NOT_YET_VALID, Verdict.NOT_YET_VALID),
    ],
)
def test_status_and_time_together(status, time, expected):
    both = steps((R.VALID,) * 4 + (R.INVALID, R.INVALID, R.SKIPPED), status=status, time=time)
    assert decide(both) == (expected, True, False)


def test_a_failed_holder_step_is_never_valid():
    assert decide(steps((R.VALID,) * 6 + (R.INVALID,)))[0] is Verdict.FORGED
    assert decide(steps((R.VALID,) * 6 + (R.ERROR,)))[0] is Verdict.CANNOT_CHECK


def test_other_steps_than_the_seven_are_refused():
    with pytest.raises(ValueError, match="seven"):
        decide(steps((R.VALID,) * 7)[:6])
