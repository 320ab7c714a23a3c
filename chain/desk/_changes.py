"""What a signer demands of a status change: each changed entry has one event, and each event says what was done."""

from __future__ import annotations

from chain.credentials.status_list import Status, StatusList
from chain.issuing.events import EventRecord
from chain.issuing.lifecycle import OPERATIONS, check_transition
from chain.kernel.canonical import canonical
from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, Refused


def act_digest(events: list[EventRecord]) -> bytes:
    """What a person approves: SHA-256 of the events, whatever list and place they are written into later. 32 bytes."""
    return sha256(canonical([event.as_dict() for event in events]))


def check_changes(old: StatusList, new: StatusList, owner: str, name: str, events: list[EventRecord]) -> None:
    """Exactly the entries that have an event changed, as the event says, and no terminal state was left."""
    if len({(event.operation, event.operator, event.reason) for event in events}) > 1:
        # A person reads these of the first event only.
        raise Refused("one act has one operation, operator and reason", code="desk.changes", field="events")
    expected = old.copy()
    seen: set[int] = set()
    for event in events:
        if (event.bureau, event.status_list) != (owner, name) or event.status_index in seen:
            raise Refused(
                f"{event.identifier}: event of another list or a second one", code="desk.changes", field="events"
            )
        seen.add(event.status_index)
        if event.operation not in OPERATIONS or OPERATIONS[event.operation].after != event.after:
            raise Refused(
                f"{event.identifier}: {event.operation} does not lead to {Status(event.after).name.lower()}",
                code="desk.operation",
                field="events",
            )
        before = Status(old.get(event.status_index))
        if before != event.before:
            raise Conflict(
                f"{event.identifier} is {before.name.lower()} now",
                code="desk.status",
                field="events",
                fix="run the command again",
            )
        check_transition(before, Status(event.after), identifier=event.identifier)
        expected.set(event.status_index, Status(event.after))
    if expected != new:
        raise Refused("the new list changes entries that no event speaks of", code="desk.changes", field="newToken")
