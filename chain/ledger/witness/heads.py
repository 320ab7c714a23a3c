"""All lane and list heads of AnchorLog, derived from events alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from eth_hash.auto import keccak

from chain.kernel.errors import Damaged
from chain.ledger.events import NO_HEAD, Anchored, Log, StatusAnchored, decode_anchored, decode_status_anchored, word

LANE: Literal[0] = 0
LIST: Literal[1] = 1


@dataclass(frozen=True, slots=True, order=True)
class HeadKey:
    """Which head.

    Attributes:
        contract: AnchorLog's address, 20 bytes.
        kind: 0 a lane, 1 a status list.
        bureau: USCC.
        name: of the lane or list.
    """

    contract: bytes
    kind: int
    bureau: str
    name: str


@dataclass(frozen=True, slots=True)
class Head:
    """One head.

    Attributes:
        sequence: last sequence of a lane; for a list the number of its states.
        value: 32 bytes.
    """

    sequence: int
    value: bytes


EMPTY = Head(0, NO_HEAD)


def digest(heads: Mapping[HeadKey, Head]) -> bytes:
    """Keccak-256 over all heads: contract ‖ kind (1 byte) ‖ bureau (18) ‖ name (32) ‖ sequence (8) ‖ head, in order."""
    return keccak(
        b"".join(
            key.contract + bytes([key.kind]) + key.bureau.encode("ascii") + word(key.name)
            + heads[key].sequence.to_bytes(8, "big") + heads[key].value
            for key in sorted(heads)
        )
    )  # fmt: skip


def apply(heads: dict[HeadKey, Head], logs: Iterable[Log], contract: bytes, time: int) -> set[HeadKey]:
    """Extend ``heads`` by the events of one block's logs; returns which changed.

    Raises:
        Damaged: an event does not follow from the head before it and the block's time.
    """
    changed: set[HeadKey] = set()
    for log in logs:
        anchored = decode_anchored(log, contract)
        if anchored is not None:
            changed.add(_anchored(heads, anchored, contract, time))
            continue
        status = decode_status_anchored(log, contract)
        if status is not None:
            changed.add(_status(heads, status, contract, time))
    return changed


def _anchored(heads: dict[HeadKey, Head], event: Anchored, contract: bytes, time: int) -> HeadKey:
    key = HeadKey(contract, LANE, event.bureau, event.lane)
    before = heads.get(key, EMPTY)
    if event.sequence != before.sequence + 1 or event.head_after(before.value, time) != event.head:
        raise _broken(f"anchor {event.sequence} of {event.bureau} in lane {event.lane}")
    heads[key] = Head(event.sequence, event.head)
    return key


def _status(heads: dict[HeadKey, Head], event: StatusAnchored, contract: bytes, time: int) -> HeadKey:
    key = HeadKey(contract, LIST, event.bureau, event.list)
    before = heads.get(key, EMPTY)
    if event.previous_head != before.value or event.head_after(time) != event.head:
        raise _broken(f"status list {event.list} of {event.bureau}")
    heads[key] = Head(before.sequence + 1, event.head)
    return key


def _broken(what: str) -> Damaged:
    return Damaged(f"{what}: its head does not follow from the one before", code="witness.heads", field="chain")
