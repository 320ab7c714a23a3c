"""What bidders sign, as JSON: the members are those of the EIP-712 types (docs/formats/tender-digests.md).

Addresses, digests and signatures are lower-case 0x hexadecimal, as everything of the EVM is in our JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chain.kernel.encoding import hex0x, unhex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.tender_facts import Commitment, SealedFile
from chain.tenders.typed import move_hash, withdrawal_hash

_MOST = 2**53 - 1
_COMMITMENT = (
    "tender", "lot", "bidder", "version", "recovery", "notAfter", "kindDigest",
    "file1", "size1", "form1", "file2", "size2", "form2",
)  # fmt: skip
_WITHDRAWAL = ("tender", "lot", "bidder", "version", "notAfter", "signature")
_MOVE = ("tender", "lot", "bidder", "successor", "version", "notAfter", "byRecovery", "bySuccessor")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A signed withdrawal; ``signature`` is the bidder's or the recovery address's, 65 bytes."""

    tender: int
    lot: int
    bidder: bytes
    version: int
    not_after: int
    signature: bytes

    def hash(self) -> bytes:
        """EIP-712 hashStruct, 32 bytes."""
        return withdrawal_hash(self.tender, self.lot, self.bidder, self.version, self.not_after)


@dataclass(frozen=True, slots=True)
class Move:
    """A signed move to another address; both signatures have 65 bytes."""

    tender: int
    lot: int
    bidder: bytes
    successor: bytes
    version: int
    not_after: int
    by_recovery: bytes
    by_successor: bytes

    def hash(self) -> bytes:
        """EIP-712 hashStruct, 32 bytes."""
        return move_hash(self.tender, self.lot, self.bidder, self.successor, self.version, self.not_after)


def commitment_json(commitment: Commitment) -> dict[str, Any]:
    """The commitment as plain data."""
    one, two = commitment.first, commitment.second
    return {
        "tender": commitment.tender, "lot": commitment.lot, "bidder": hex0x(commitment.bidder),
        "version": commitment.version, "recovery": hex0x(commitment.recovery), "notAfter": commitment.not_after,
        "kindDigest": hex0x(commitment.kind_digest),
        "file1": hex0x(one.digest), "size1": one.size, "form1": hex0x(one.form),
        "file2": hex0x(two.digest), "size2": two.size, "form2": hex0x(two.form),
    }  # fmt: skip


def read_commitment(value: object) -> Commitment:
    """Inverse of :func:`commitment_json`. Raises InvalidInput that names the member."""
    data = _members(value, _COMMITMENT, "commitment")
    one, two = (
        SealedFile(_bytes(data, f"file{n}", 32), _number(data, f"size{n}"), _bytes(data, f"form{n}", 32))
        for n in (1, 2)
    )
    return Commitment(
        _number(data, "tender"), _number(data, "lot", 32), _bytes(data, "bidder", 20), _number(data, "version", 32),
        _bytes(data, "recovery", 20), _number(data, "notAfter"), _bytes(data, "kindDigest", 32), one, two,
    )  # fmt: skip


def withdrawal_json(withdrawal: Withdrawal) -> dict[str, Any]:
    """The withdrawal as plain data."""
    return {
        "tender": withdrawal.tender, "lot": withdrawal.lot, "bidder": hex0x(withdrawal.bidder),
        "version": withdrawal.version, "notAfter": withdrawal.not_after, "signature": hex0x(withdrawal.signature),
    }  # fmt: skip


def read_withdrawal(value: object) -> Withdrawal:
    """Inverse of :func:`withdrawal_json`. Raises InvalidInput that names the member."""
    data = _members(value, _WITHDRAWAL, "withdrawal")
    return Withdrawal(
        _number(data, "tender"), _number(data, "lot", 32), _bytes(data, "bidder", 20), _number(data, "version", 32),
        _number(data, "notAfter"), _bytes(data, "signature", 65),
    )  # fmt: skip


def move_json(move: Move) -> dict[str, Any]:
    """The move as plain data."""
    return {
        "tender": move.tender, "lot": move.lot, "bidder": hex0x(move.bidder), "successor": hex0x(move.successor),
        "version": move.version, "notAfter": move.not_after, "byRecovery": hex0x(move.by_recovery),
        "bySuccessor": hex0x(move.by_successor),
    }  # fmt: skip


def read_move(value: object) -> Move:
    """Inverse of :func:`move_json`. Raises InvalidInput that names the member."""
    data = _members(value, _MOVE, "move")
    return Move(
        _number(data, "tender"), _number(data, "lot", 32), _bytes(data, "bidder", 20), _bytes(data, "successor", 20),
        _number(data, "version", 32), _number(data, "notAfter"), _bytes(data, "byRecovery", 65),
        _bytes(data, "bySuccessor", 65),
    )  # fmt: skip


def _members(value: object, names: tuple[str, ...], what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict) or set(value) != set(names):
        raise InvalidInput(
            f"a {what} has other members", code="custody.form", field=what,
            fix=f"give exactly {', '.join(names)}",
        )  # fmt: skip
    return value


def _number(data: Mapping[str, Any], name: str, bits: int = 53) -> int:
    value = data[name]
    if type(value) is not int or not 0 <= value <= min(_MOST, 2**bits - 1):
        raise InvalidInput(f"{name} is no number", code="custody.form", field=name, fix="a whole number from 0")
    return value


def _bytes(data: Mapping[str, Any], name: str, size: int) -> bytes:
    return unhex0x(data[name], size=size, field=name)
