"""Codes, claims and ends at the desk: what is malformed is answered so, and nothing is made of it."""

from __future__ import annotations

from typing import Any

import pytest

from chain.claims import make_claim, new_code
from chain.credentials.es256 import SoftwareSigner
from chain.desk.messages import Request
from chain.kernel.encoding import b64url
from tests.chain.desk.stage import Stage
from tests.support.world import USCC

NAME = "1.2.156.3005.2.11100000MB0143028R001.11440100000000001F.4401002026000001.001.7"
SEALING = {"keyId": b64url(bytes(16)), "secret": b64url(bytes(32))}


def claim_body(**changes: Any) -> dict[str, Any]:
    claim = make_claim(new_code(), USCC, NAME, SoftwareSigner.generate(), 1)
    return {"claim": b64url(claim.to_bytes()), "sequence": 1, **SEALING, **changes}


def test_a_signer_without_a_way_to_deliver_letters_makes_no_codes(stage: Stage) -> None:
    assert stage.code(Request("activation", USCC, {"certificates": [{}]})) == "desk.letters"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("claim", {}),
        ("claim", {"claim": 5, "sequence": 1, **SEALING}),
        ("claim", {"claim": "e30", "sequence": 1, **SEALING}),
        ("unbind", {"statement": 5}),
        ("unbind", {"statement": "e30", "identifier": NAME, "binding": "", "sequence": 1, **SEALING}),
    ],
)
def test_what_is_malformed_is_answered_so(stage: Stage, kind: str, body: dict[str, Any]) -> None:
    assert stage.code(Request(kind, USCC, body)) in ("desk.form", "claim.members", "claim.format", "claim.not_newest")


@pytest.mark.parametrize("body", [{}, {"identifier": 5, "reason": [], "operator": {}}])
def test_a_malformed_wish_to_end_a_binding_does_not_stop_the_person_at_the_desk(
    stage: Stage, body: dict[str, Any]
) -> None:
    name = stage.desk.submit(Request("unbind", USCC, body))
    for item in stage.signer.waiting():
        stage.signer.approve(item.name)
    answer = stage.desk.answer(name)
    assert answer is not None
    assert not answer.ok


def test_a_claim_for_which_no_code_was_made_binds_nobody(stage: Stage) -> None:
    assert stage.code(Request("claim", USCC, claim_body())) == "claim.no_code"
    assert stage.code(Request("claim", USCC, claim_body(sequence="x"))) == "claim.no_code"


def test_a_wish_to_end_what_nobody_bound_is_refused_even_if_a_person_approves(stage: Stage) -> None:
    body = {"number": 1, "identifier": NAME, "binding": b64url(bytes(32)), "operator": "O-001", "reason": "x", "at": 1}
    request = Request("unbind", USCC, {**body, "sequence": 1, **SEALING})
    assert stage.code(request) == "waits"
    assert stage.code(request, approve=True) == "claim.not_newest"
