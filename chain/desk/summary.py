"""What a person is told before deciding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chain.catalogue import SHIPPED, Catalogue
from chain.credentials.status_list import Status
from chain.desk._type_texts import approved_type, told
from chain.desk.messages import Request


@dataclass(frozen=True, slots=True)
class Summary:
    """What a person is asked to approve.

    Attributes:
        name: of the request.
        kind: release, status, type or unbind.
        lines: what it says, in plain words.
        data: the same as plain data.
    """

    name: str
    kind: str
    lines: tuple[str, ...]
    data: Mapping[str, Any]


def summary_of(name: str, request: Request, catalogue: Catalogue = SHIPPED) -> Summary:
    """The summary of a release, a status change, a certificate type or the end of a binding.

    Args:
        name: of the request.
        request: the request.
        catalogue: the types a person has approved here.

    Raises:
        Refused, Conflict: it speaks of a type that is not approved, or may not be proposed.
    """
    body = request.body
    if request.kind == "type":
        lines, data = told(catalogue, body)
        return Summary(name, request.kind, lines, data)
    if request.kind == "unbind":
        return _unbind_summary(name, body)
    if request.kind == "release":
        kind = approved_type(catalogue, body)
        version = f", 第{kind.version}版 version {kind.version}" if kind.version > 1 else ""
        drafts = body["drafts"]
        shown = [f"{item['number']}  {item['fields'].get('certificateHolderName', '')}" for item in drafts[:5]]
        lines = (
            f"{len(drafts)} × {kind.zh} ({body['operation']}{version})",
            f"from {body['source']} by {body['operator']}",
            *shown,
        )
        data = {
            "size": len(drafts),
            "type": body["lane"],
            "version": kind.version,
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


def _unbind_summary(name: str, body: Mapping[str, Any]) -> Summary:
    data = {"size": 1, "identifier": str(body["identifier"]), "reason": body["reason"], "operator": body["operator"]}
    lines = (
        f"end the device binding of {data['identifier']} by {data['operator']}: {data['reason']}",
        "afterwards no device acts for the holder until another one is bound",
    )
    return Summary(name, "unbind", lines, data)
