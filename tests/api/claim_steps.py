"""Where a claim, an activation and their signer die (tests/api/test_kill_claims.py)."""

CLAIM = (
    "claim", "claim-keyed", "claim-requested", "claim-stored", "claim-signed", "claim-sent", "claim-anchored",
    "claim-complete",
)  # fmt: skip
"""Where a claim dies, one after the other."""

ACTIVATION = ("activation", "activation-requested", "activation-answered")
"""Where the wish for a code dies."""

CLAIM_SIGNER = ("answer-activation", "answer-claim", "answer-unbind")
"""Where the approver's side dies: letter, binding or end is made and noted, and not answered."""

CLAIM_BACK = ("claim-waiting", "claim-refused")
"""Steps off the straight way: tests/api/test_claims_races.py and test_claims_seized.py go there."""
