"""A call is tried at the newest block's time; what only the next block will allow is worth one more try.

A node tries a call before it is sent, at the clock of the newest block it has. On a quiet chain that clock is seconds
old: an act whose hour has come is refused although the block that would hold it is late enough.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from chain.kernel.clock import system_clock
from chain.kernel.errors import InvalidInput, Refused
from chain.ledger import proofs
from chain.ledger._abi import errors
from chain.ledger.rpc import Reverted
from chain.ledger.sender import Sender

_Result = TypeVar("_Result")
_NEXT_BLOCK = 15.0
_LAST_SECOND_BEFORE = {"NotInRound": "from", "DeadlineNotOver": "deadline", "PeriodRunning": "until"}
_FIRST_SECOND = {"TooEarly": "notBefore"}
"""Errors that time takes away, and their argument that says when."""


def when_ripe(sender: Sender, act: Callable[[], _Result]) -> _Result:
    """Do it; if it was refused as too early although this device's clock says otherwise, once more in a newer block."""
    try:
        return act()
    except Refused as error:
        if not isinstance(error.__cause__, Reverted) or not _is_ripe(error.__cause__.data):
            raise
    _next_block(sender, sender.rpc.final_block().number)
    return act()


def after_header(sender: Sender, header: bytes) -> None:
    """Wait until a block follows the one of that header: only then can a contract look back at it."""
    try:
        number = proofs.parse_header(header).number
    except InvalidInput:
        return  # The contract says what is wrong.
    _next_block(sender, number)


def _next_block(sender: Sender, number: int) -> None:
    sender.wait_until(lambda newest: newest if newest > number else None, _NEXT_BLOCK)


def _is_ripe(data: bytes) -> bool:
    name, inputs = errors().get(data[:4], ("", ()))
    argument = _LAST_SECOND_BEFORE.get(name) or _FIRST_SECOND.get(name)
    if argument is None:
        return False
    try:
        values = decode([kind for kind, _ in inputs], data[4:])
    except (DecodingError, OverflowError):
        return False
    found = dict(zip((label for _, label in inputs), values, strict=True))
    moment = int(found[argument]) + (name in _LAST_SECOND_BEFORE)
    return int(found["time"]) < moment <= system_clock()
