"""Events and phases as people and programs read them: words, and bytes as hexadecimal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import IntEnum
from typing import Any

from pydantic.alias_generators import to_camel

from chain.kernel.clock import LAST
from chain.kernel.encoding import hex0x
from chain.kernel.tender_facts import Phase, TenderEvent

PHASES = tuple(phase.name.lower().replace("_", "-") for phase in Phase if phase)
"""Words of the phases, in their order: bidding, closed, opened …"""

OF_BIDS = frozenset({"BidCommitted", "BidWithdrawn", "BidMoved", "DecoyRevealed"})
"""Events that tell of bids: of a lot they are shown once its first envelope is open."""


def word(value: IntEnum) -> str:
    """``Phase.PRICE_CLOSED`` becomes ``price-closed``."""
    return value.name.lower().replace("_", "-")


def phase_of(text: str) -> Phase:
    """Inverse of :func:`word` for phases. Raises KeyError."""
    return Phase[text.upper().replace("-", "_")]


def plain(value: Any) -> Any:
    """A value of an event as JSON has it."""
    if isinstance(value, bytes):
        return hex0x(value)
    if isinstance(value, IntEnum):
        return word(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {to_camel(one.name): plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def row_of(event: TenderEvent) -> dict[str, Any]:
    """The row of ``tender_events``."""
    values = event.values
    return {
        "block_number": event.block.number,
        "log_index": event.index,
        "contract": event.contract,
        "name": event.name,
        "tender": values.get("tender", 0),
        "ceremony": values.get("ceremony", 0),
        "lot": values.get("lot", 0),
        "shown": plain(values),
        "block_hash": event.block.hash,
        "block_time": event.block.time,
        "transaction": event.transaction,
    }


def seconds(value: int) -> int:
    """A time of the chain, which may be beyond all calendars: at most the last second that can be written."""
    return min(value, LAST)


_PAPERS = {
    "Amended": ("amendment", "digest"),
    "TenderCancelled": ("cancellation", "reasonDigest"),
    "EnvelopeOpened": ("keys", "keysDigest"),
    "Reviewed": ("review", "digest"),
    "LotFailed": ("failure", "digest"),
    "CustodyAttested": ("custody", "digest"),
    "CandidatesNamed": ("candidates", "digest"),
    "LotAwarded": ("award", "digest"),
    "LotContracted": ("contract", "digest"),
    "CaseSettled": ("settlement", "digest"),
}


def paper_of(event: TenderEvent) -> tuple[str, bytes] | None:
    """Kind and digest of the paper an event names, or None."""
    values = event.values
    match event.name:
        case "Published":
            found = ("notice", values["notice"].digest)
        case "Recorded":
            found = (values["kind"], values["digest"])
        case "CaseFiled":
            found = (word(values["kind"]), values["digest"])
        case name if name in _PAPERS:
            kind, member = _PAPERS[name]
            found = (kind, values[member])
        case _:
            return None
    return found if any(found[1]) else None
