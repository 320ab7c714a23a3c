"""What the ledger tells of a tender after one event, as one value of the form of a release.

A compiled release must equal the state after the last event: releases hold what changed, states hold everything, and
the two are made by different code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chain.contracting.ocds.awards_part import awards_of
from chain.contracting.ocds.bids_part import bids_of
from chain.contracting.ocds.contracts_part import contracts_of
from chain.contracting.ocds.members import party, reference
from chain.contracting.ocds.scene import Scene
from chain.contracting.ocds.tender_part import tender_part
from chain.kernel.encoding import hex0x
from chain.tenders.notice import read_notice


def state_of(scene: Scene) -> dict[str, Any]:
    """The state, without identifier, date and tag. Raises as :class:`Sources`."""
    bids, awards = bids_of(scene), awards_of(scene)
    tendering = bids.companies if bids is not None else {}
    opened = any(lot.openings for lot in scene.story.lots.values())
    notice = scene.notice
    out: dict[str, Any] = {
        "ocid": scene.ocid,
        "initiationType": "tender",
        "language": "zh",
        "parties": _parties(scene, tendering, awards.companies),
        "buyer": reference(notice.bureau.uscc, notice.bureau.name),
        "tender": tender_part(scene, [reference(code, name) for code, name in tendering.items()], opened),
    }
    if bids is not None:
        out["bids"] = bids.part()
    if awards.details:
        out["awards"] = awards.details
    contracts = contracts_of(scene, awards.details)
    if contracts:
        out["contracts"] = contracts
    related = _related(scene)
    if related:
        out["relatedProcesses"] = related
    return out


def _parties(scene: Scene, tendering: Mapping[str, str], winning: Mapping[str, str]) -> list[dict[str, Any]]:
    notice = scene.notice
    buyer, agent = notice.bureau, notice.agent
    names: dict[str, str] = {buyer.uscc: buyer.name}
    roles: dict[str, set[str]] = {buyer.uscc: {"buyer"}}
    entity = agent or buyer
    for code, name, role in (
        (entity.uscc, entity.name, "procuringEntity"),
        *((code, name, "tenderer") for code, name in tendering.items()),
        *((code, name, "supplier") for code, name in winning.items()),
    ):
        names.setdefault(code, name)
        roles.setdefault(code, set()).add(role)
    found = [party(code, names[code], roles[code]) for code in names]
    found[0]["contactPoint"] = {"name": notice.contact}
    supervisor = hex0x(notice.supervisor.account)
    found.insert(1, {"id": supervisor, "name": notice.supervisor.name, "roles": ["reviewBody"]})
    return found


def _related(scene: Scene) -> list[dict[str, Any]]:
    """The failed or cancelled tender that this one repeats."""
    previous = scene.notice.previous
    if previous is None:
        return []
    before = scene.sources.read(previous.notice, "previous", read_notice)
    if before is None:
        return []
    return [
        {
            "id": "1", "relationship": ["unsuccessfulProcess"], "title": before.title.in_("zh"), "scheme": "ocid",
            "identifier": before.ocid,
        }
    ]  # fmt: skip
