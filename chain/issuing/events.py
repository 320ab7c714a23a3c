"""The record of one status act on one certificate: who, when, why, and what follows.

It is encrypted, stored and anchored in the lane ``$events`` like any record, so that reasons and
successors come back when the register is rebuilt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from chain.credentials.status_list import Status
from chain.documents.records import EventContent, parse_content
from chain.kernel.errors import InvalidInput

MOST_REASON = 2_000
"""Characters of a reason."""


def check_reason(reason: str) -> None:
    """Refuse a reason that is too long to be read and to be kept in every event record."""
    if len(reason) > MOST_REASON:
        raise InvalidInput(
            f"the reason has {len(reason)} characters, at most {MOST_REASON} fit",
            code="status.reason",
            field="reason",
            fix="shorten it and name the file where the rest stands",
        )


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One act.

    Attributes:
        operation: name in :data:`chain.issuing.lifecycle.OPERATIONS`.
        bureau: USCC of the bureau whose list it is.
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
    bureau: str
    identifier: str
    status_list: str
    status_index: int
    before: int
    after: int
    operator: str
    reason: str
    at: int
    successor: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The act as plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> EventRecord:
        """Inverse of :meth:`as_dict`. Raises InvalidInput for missing or unknown members and unknown statuses."""
        try:
            record = cls(**value)
            Status(record.before), Status(record.after)
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"event record: {error}", code="event.form", field="event") from error
        for field in fields(record):
            found = getattr(record, field.name)
            if type(found) is not (int if field.type == "int" else str) and (field.name, found) != ("successor", None):
                raise InvalidInput(
                    f"event record: {field.name} is no {field.type}", code="event.form", field=f"event.{field.name}"
                )
        return record

    def to_bytes(self) -> bytes:
        """Plaintext of the record: format ``yinxin-event-1`` with the operation as its kind."""
        body = self.as_dict()
        return EventContent(body.pop("operation"), body).to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> EventRecord:
        """Inverse of :meth:`to_bytes`; one accepted form. Raises InvalidInput."""
        content = parse_content(data)
        if not isinstance(content, EventContent) or "operation" in content.body:
            raise InvalidInput("not the record of a status act", code="event.form", field="event")
        return cls.from_dict({"operation": content.kind, **content.body})
