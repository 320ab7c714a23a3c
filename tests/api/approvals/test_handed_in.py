from __future__ import annotations

import pytest
from eth_account import Account

from api.approvals.schemas import DecisionRequest
from chain.desk.decisions import sign_decision
from chain.kernel.errors import InvalidInput
from chain.ledger.decision import Decision
from chain.ledger.typed import Domain
from tests.api.town import BUREAU, OTHER

SIGNED = sign_decision(
    Decision(BUREAU, bytes(range(32)), True, "", 1_800_000_000, 1_800_003_600),
    Domain(7, bytes(20)),
    bytes(Account.create().key),
)


def test_the_file_that_a_person_signed_is_handed_in_as_it_is() -> None:
    assert DecisionRequest.model_validate_json(SIGNED.to_bytes()).signed(BUREAU) == SIGNED


def test_a_decision_for_another_bureau_is_told_so_before_its_signature_is_looked_at() -> None:
    with pytest.raises(InvalidInput) as caught:
        DecisionRequest.model_validate_json(SIGNED.to_bytes()).signed(OTHER)
    assert (caught.value.code, caught.value.field) == ("decision.bureau", "bureau")
