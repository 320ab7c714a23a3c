"""The record of one status act on one certificate: who, when, why, and what follows.

It is encrypted, stored and anchored in the lane ``$events`` like any record, so that reasons and
successors come back when the register is rebuilt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from chain.credentials.status_list import Status
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.errors import InvalidInput

FORMAT = "yinxin-event-1"


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One act.

    Attributes:
        operation: name in :data:`chain.issuing.lifecycle.OPERATIONS`.
        identifier: the certificate.
        status_list: name of its list.
        status_index: its entry.
        before: status before, its number.
        after: status after, its number.
        operator: who did it.
        reason: why, in the operator's words.
        at: when it was asked for, seconds; what counts is the anchor's block.
        successor: identifier of the certificate that follows, or None.
    """

    operation: str
    identifier: str
    status_list: str
    status_index: int
    before: int
    after: int
    operator: str
    reason: str
    at: int
    successor: str | None = None

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical({"format": FORMAT, **asdict(self)})

    @classmethod
    def from_bytes(cls, data: bytes) -> EventRecord:
        """Inverse of :meth:`to_bytes`; one accepted form. Raises InvalidInput."""
        return cls.from_dict(read_canonical(data, what="event record", limit=64 * 1024))

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> EventRecord:
        """From parsed canonical JSON. Raises InvalidInput for another format, missing or unknown members."""
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise InvalidInput("event record: unknown format", code="event.format", field="format")
        try:
            record = cls(**{name: item for name, item in value.items() if name != "format"})
            Status(record.before), Status(record.after)
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"event record: {error}", code="event.form", field="event") from error
        return record
