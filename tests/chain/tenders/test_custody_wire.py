"""What goes over a custodian's wire has one form; receipts and statements are signed or read strictly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.errors import InvalidInput
from chain.kernel.tender_facts import NO_FILE, Commitment, SealedFile
from chain.keys.signatures import address_of
from chain.tenders.custody import CustodyStatement, KeptFile, PartReceipt, read_statement
from chain.tenders.custody.statement import DAMAGED, ELSEWHERE, KEPT, MISSING
from chain.tenders.custody.wire import (
    Move,
    Withdrawal,
    commitment_json,
    move_json,
    read_commitment,
    read_move,
    read_withdrawal,
    withdrawal_json,
)

COMMITMENT = Commitment(
    7, 2, bytes([1]) * 20, 3, bytes([2]) * 20, 2_000_000_000, bytes([3]) * 32,
    SealedFile(bytes([4]) * 32, 66_000, bytes([5]) * 32), NO_FILE,
)  # fmt: skip
STATEMENT = CustodyStatement(
    bytes([1]) * 32, bytes([2]) * 20, 7, 1, 1, bytes([3]) * 20, bytes([4]) * 32,
    tuple(
        KeptFile(bytes([10 + place]) * 32, bytes([20 + place]) * 32, 1000 + place, state)
        for place, state in enumerate((KEPT, MISSING, DAMAGED, ELSEWHERE))
    ),
)  # fmt: skip


def test_commitment_withdrawal_and_move_come_back_as_they_went() -> None:
    assert read_commitment(commitment_json(COMMITMENT)) == COMMITMENT
    withdrawal = Withdrawal(7, 1, bytes([1]) * 20, 2, 9, bytes(65))
    assert read_withdrawal(withdrawal_json(withdrawal)) == withdrawal
    move = Move(7, 1, bytes([1]) * 20, bytes([2]) * 20, 2, 9, bytes(65), bytes(65))
    assert read_move(move_json(move)) == move


@pytest.mark.parametrize(
    ("member", "value"),
    [("tender", "7"), ("tender", -1), ("tender", True), ("lot", 2**32), ("version", 1.5), ("bidder", "0x00"),
     ("bidder", "0x" + "AA" * 20), ("kindDigest", None), ("size1", 2**53), ("file1", "00" * 32)],
)  # fmt: skip
def test_a_wrong_member_of_a_commitment_is_named(member: str, value: object) -> None:
    with pytest.raises(InvalidInput) as wrong:
        read_commitment(commitment_json(COMMITMENT) | {member: value})
    assert wrong.value.field == member


def test_members_more_or_less_are_refused() -> None:
    whole = commitment_json(COMMITMENT)
    for value in (whole | {"more": 1}, {name: whole[name] for name in whole if name != "lot"}, [], None):
        with pytest.raises(InvalidInput):
            read_commitment(value)


def test_a_receipt_holds_for_exactly_what_was_signed() -> None:
    key = bytes([9]) * 32
    receipt = PartReceipt(address_of(key), 7, bytes([1]) * 32, 10_000_000, 2, bytes([2]) * 32)
    signature = receipt.sign(key)
    assert receipt.holds(signature)
    for other in (
        replace(receipt, tender=8), replace(receipt, part=1), replace(receipt, size=1),
        replace(receipt, file=bytes(32)), replace(receipt, digest=bytes(32)), replace(receipt, custodian=bytes(20)),
    ):  # fmt: skip
        assert not other.holds(signature)


def test_a_statement_is_read_in_one_form_only() -> None:
    data = STATEMENT.to_bytes()
    assert read_statement(data) == STATEMENT
    assert [one.state for one in STATEMENT.absent()] == [MISSING, DAMAGED]
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            found = read_statement(changed)
        except InvalidInput:
            continue
        assert found != STATEMENT
        assert found.to_bytes() == changed, "another content is another statement; no two forms are one"


@pytest.mark.parametrize(
    "change",
    [{"format": "yinxin-custody-2"}, {"more": 1}, {"count": 3}, {"envelope": 3}, {"tender": 0}, {"files": None},
     {"liveSet": "0x00"}, {"count": True}],
)  # fmt: skip
def test_a_statement_of_another_form_is_refused(change: dict[str, object]) -> None:
    value = read_canonical(STATEMENT.to_bytes()) | change
    with pytest.raises(InvalidInput):
        read_statement(canonical(value))
