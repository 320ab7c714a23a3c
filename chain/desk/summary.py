"""What a person is told before deciding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chain.catalogue import get_type
from chain.credentials.status_list import Status
from chain.desk.messages import Request


@dataclass(frozen=True, slots=True)
class Summary:
    """What a person is asked to approve.

    Attributes:
        name: of the request.
        kind: release or status.
        lines: what it says, in plain words.
        data: the same as plain data.
    """

    name: str
    kind: str
    lines: tuple[str, ...]
    data: Mapping[str, Any]


def summary_of(name: str, request: Request) -> Summary:
    """The summary of a release or a status change.

    A list that lies in parts says how many rows it has, and shows the first; the signer holds the list to both.
    """
    body = request.body
    if request.kind == "release":
        drafts = body["drafts"]
        size = body.get("size", len(drafts))
        shown = [f"{item['number']}  {item['fields'].get('certificateHolderName', '')}" for item in drafts[:5]]
        lines = (
            f"{size} × {get_type(body['lane']).zh} ({body['operation']})",
            f"from {body['source']} by {body['operator']}",
            *shown,
        )
        data: dict[str, Any] = {
            "size": size,
            "type": body["lane"],
            "source": body["source"],
            "operator": body["operator"],
        }
    else:
        events = body["events"]
        first = events[0] if events else {}
        shown = [
            f"{item['identifier']}  {Status(item['before']).name} → {Status(item['after']).name}" for item in events[:5]
        ]
        lines = (
            f"{first.get('operation')} {len(events)} certificates by {first.get('operator')}: {first.get('reason')}",
            *shown,
        )
        data = {
            "size": len(events),
            "operation": first.get("operation"),
            "reason": first.get("reason"),
            "operator": first.get("operator"),
        }
    more = (f"… and {data['size'] - 5} more",) if data["size"] > 5 else ()
    return Summary(name, request.kind, lines + more, data)
