"""What a person is told before deciding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chain.catalogue import SHIPPED, Catalogue
from chain.credentials.status_list import Status
from chain.desk._names import IMPORT
from chain.desk._type_texts import approved_type, told
from chain.desk.messages import Request
from chain.identifiers import parse
from chain.issuing.stock import stands_with_warning


@dataclass(frozen=True, slots=True)
class Summary:
    """What a person is asked to approve.

    Attributes:
        name: of the request.
        kind: release, status, type, unbind or retention.
        lines: what it says, in plain words.
        data: the same as plain data.
    """

    name: str
    kind: str
    lines: tuple[str, ...]
    data: Mapping[str, Any]


def summary_of(name: str, request: Request, catalogue: Catalogue = SHIPPED) -> Summary:
    """The summary of a release, a status change, a certificate type, the end of a binding or a retention run.

    A list that lies in parts says how many rows it has, and shows the first; the signer holds the list to both.

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
    if request.kind == "retention":
        return _retention(name, body, catalogue)
    if request.kind == "release":
        kind = approved_type(catalogue, body)
        version = f", 第{kind.version}版 version {kind.version}" if kind.version > 1 else ""
        drafts = body["drafts"]
        size = body.get("size", len(drafts))
        shown = [f"{item['number']}  {item['fields'].get('certificateHolderName', '')}" for item in drafts[:5]]
        lines = (
            f"{size} × {kind.zh} ({body['operation']}{version})",
            f"from {body['source']} by {body['operator']}",
            *_kept(body, request.bureau),
            *shown,
        )
        data = {
            "size": size,
            "type": body["lane"],
            "version": kind.version,
            "source": body["source"],
            "operator": body["operator"],
            "operation": body["operation"],
            **(_counts(body) if body["operation"] == IMPORT else {}),
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


def _counts(body: Mapping[str, Any]) -> dict[str, int]:
    """Of an import: how many identifiers break a rule that is only warned of."""
    return {"failing": sum(stands_with_warning(item["identifier"]) for item in body["drafts"])}


def _kept(body: Mapping[str, Any], bureau: str) -> tuple[str, ...]:
    """Of an import and of a hand-over: what is not of the bureau's own making."""
    drafts = body["drafts"]
    if body["operation"] == IMPORT:
        failing = [item["identifier"] for item in drafts if stands_with_warning(item["identifier"])]
        other = sum(parse(item["identifier"], foreign=True).issuer != bureau for item in drafts)
        return (
            f"存量导入 existing certificates: {len(drafts)} imported, {other} of them under another code than {bureau}",
            f"校验码不符 wrong check character: {len(failing)} of {len(drafts)}",
            *(f"  ! {identifier}" for identifier in failing[:5]),
        )
    origins = {parse(item["predecessor"], foreign=True).issuer for item in drafts if item["predecessor"]} - {bureau}
    if origins and body["operation"] == "transfer":
        return (f"转入 each follows a certificate in the name of {', '.join(sorted(origins))}",)
    return ()


def _retention(name: str, body: Mapping[str, Any], catalogue: Catalogue) -> Summary:
    records = body["records"]
    shown = [f"{item['number']}  {item['state']} since {item['since']}" for item in records[:5]]
    more = (f"… and {len(records) - 5} more",) if len(records) > 5 else ()
    kinds = ", ".join(f"{rule['count']} × {_zh(catalogue, rule['type'])} after {rule['years']} years"
                      for rule in body["rules"])  # fmt: skip
    lines = (
        f"DESTROY for ever 销毁 {len(records)} records by {body['operator']}: {kinds}",
        *shown,
        *more,
    )
    return Summary(name, "retention", lines, {"size": len(records), "operator": body["operator"]})


def _zh(catalogue: Catalogue, code: str) -> str:
    kind = catalogue.known(code)
    return code if kind is None else kind.zh
