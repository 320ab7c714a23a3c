"""A decision is signed as any wallet signs typed data, and for nothing but a decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from hypothesis import given
from hypothesis import strategies as st

from chain.kernel.encoding import sha256, unhex0x
from chain.kernel.errors import InvalidInput
from chain.keys.signatures import recover, sign
from chain.ledger.decision import Decision
from chain.ledger.typed import Domain

DOMAIN = Domain(0x59, bytes.fromhex("ab" * 20))
DECISION = Decision("11440100000000001F", sha256(b"request"), True, "核对无误", 1_767_225_600, 1_767_312_000)
TIMES = st.integers(0, 2**64 - 1)
DECISIONS = st.builds(Decision, st.text(), st.binary(min_size=32, max_size=32), st.booleans(), st.text(), TIMES, TIMES)


@given(DECISIONS)
def test_a_wallet_that_is_handed_the_typed_data_signs_the_same_digest(decision: Decision) -> None:
    message = encode_typed_data(full_message=decision.typed_data(DOMAIN))
    account = Account.from_key(sha256(b"a person's key"))
    signed = account.sign_message(message)
    assert bytes(signed.message_hash) == decision.digest(DOMAIN)
    assert recover(decision.digest(DOMAIN), bytes(signed.signature)) == bytes.fromhex(account.address[2:])


@pytest.mark.parametrize("changed", [
    replace(DECISION, bureau="11440100000000002J"), replace(DECISION, request=sha256(b"another")),
    replace(DECISION, approve=False), replace(DECISION, reason=""), replace(DECISION, at=1),
    replace(DECISION, not_after=1),
])  # fmt: skip
def test_each_member_is_signed(changed: Decision) -> None:
    assert changed.digest(DOMAIN) != DECISION.digest(DOMAIN)


def test_it_counts_on_one_ledger_only() -> None:
    digests = {
        DECISION.digest(domain) for domain in (DOMAIN, replace(DOMAIN, chain_id=1), replace(DOMAIN, contract=bytes(20)))
    }
    assert len(digests) == 3


def test_an_address_comes_out_of_the_signature_and_of_no_other() -> None:
    key = sha256(b"a person's key")
    address = bytes.fromhex(Account.from_key(key).address[2:])
    assert recover(DECISION.digest(DOMAIN), sign(DECISION.digest(DOMAIN), key)) == address
    assert recover(replace(DECISION, approve=False).digest(DOMAIN), sign(DECISION.digest(DOMAIN), key)) != address


@pytest.mark.parametrize("odd", [
    replace(DECISION, request=b"short"), replace(DECISION, at=-1), replace(DECISION, not_after=2**64),
    replace(DECISION, reason="\ud800"), replace(DECISION, bureau="\udfff"),
])  # fmt: skip
def test_what_has_no_encoding_is_refused(odd: Decision) -> None:
    with pytest.raises(InvalidInput) as caught:
        odd.digest(DOMAIN)
    assert caught.value.code == "decision.form"


def test_the_golden_vectors_that_another_library_made(vectors: Callable[[str], Any]) -> None:
    golden = vectors("decision")
    domain = Domain(golden["domain"]["chainId"], unhex0x(golden["domain"]["verifyingContract"]))
    assert len(golden["cases"]) == 4
    for case in golden["cases"]:
        said = case["message"]
        decision = Decision(
            said["bureau"], unhex0x(said["request"]), said["approve"], said["reason"], said["at"], said["notAfter"]
        )
        assert decision.typed_data(domain)["types"] == golden["types"]
        assert decision.digest(domain) == unhex0x(case["digest"])
        assert sign(decision.digest(domain), unhex0x(golden["privateKey"])) == unhex0x(case["signature"])
        assert recover(decision.digest(domain), unhex0x(case["signature"])) == unhex0x(golden["address"])
