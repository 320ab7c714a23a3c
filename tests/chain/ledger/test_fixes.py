"""Every custom error of our contracts says what to do about it."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from chain.kernel.errors import Conflict, NotFound, Refused
from chain.ledger._abi import errors, refusal
from chain.ledger._fixes import FIXES
from chain.ledger.abi import contract_abi
from chain.ledger.tenders.interface import CONTRACTS

_LIFE = {"BadContract", "BadBook", "BadGenesis", "BadSuccessorContract", "NoRetirementProposed", "RetirementTooEarly"}
"""Errors of deploying and of a contract's end, which no command of tenders meets."""


def test_every_error_of_tenders_has_field_and_fix() -> None:
    named = {
        entry["name"] for name in CONTRACTS for entry in contract_abi(name) if entry["type"] == "error"
    } - _LIFE - {"NotAuthority", "AlreadyRetired", "NotProceedings"}  # fmt: skip
    assert named <= set(FIXES)
    assert all(FIXES[name][1] for name in named)


def test_no_advice_about_errors_that_are_not_there() -> None:
    assert set(FIXES) <= {name for name, _ in errors().values()}


@pytest.mark.parametrize(
    ("signature", "values", "kind", "code", "field"),
    [
        ("UnknownTender(uint64)", [7], NotFound, "ledger.unknown_tender", "tender"),
        ("NotNextVersion(uint32,uint32)", [2, 3], Conflict, "ledger.not_next_version", "version"),
        ("DeadlineOver(uint64,uint64)", [100, 101], Refused, "ledger.deadline_over", "deadline"),
        ("AlreadySettled(uint64)", [1], Conflict, "ledger.already_settled", "tender"),
        ("AddressTaken(address)", ["0x" + "11" * 20], Conflict, "ledger.address_taken", "bidder"),
    ],
)
def test_a_revert_becomes_a_typed_error(
    signature: str, values: list[object], kind: type[Exception], code: str, field: str
) -> None:
    types = signature[signature.index("(") + 1 : -1].split(",")
    error = refusal(keccak(signature.encode())[:4] + encode(types, values), "submit 7/1")
    assert type(error) is kind
    assert (error.code, error.field) == (code, field)
    assert error.fix == FIXES[signature[: signature.index("(")]][1]
    assert error.message.startswith("submit 7/1: ")
