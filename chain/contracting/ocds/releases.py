"""One release at every transition that the public may see, oldest first.

A release holds the tender as it stands, with every party that it names, and of the long lists (documents, amendments,
questions, bids, awards, contracts) what is new or changed. Merged in their order the releases give the state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chain.contracting.award import AMENDMENT_KIND
from chain.contracting.ocds.awards_part import award, ranking
from chain.contracting.ocds.bids_part import opening_records, report_of
from chain.contracting.ocds.contracts_part import amendments, contract
from chain.contracting.ocds.documents import WITH_THE_OPENING
from chain.contracting.ocds.members import Papers
from chain.contracting.ocds.scene import Scene
from chain.contracting.ocds.sources import Sources
from chain.contracting.ocds.states import state_of
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.tender_facts import TenderEvent
from chain.tenders.notice import Notice
from chain.tenders.opening.finishing import records_of
from chain.tenders.story import go_on, tell

_SIMPLE: Mapping[str, tuple[str, str]] = {
    "Published": ("notice", "tender"),
    "Amended": ("amendment", "tenderAmendment"),
    "Extended": ("extension", "tenderAmendment"),
    "DeadlineMoved": ("outage", "tenderAmendment"),
    "Reviewed": ("technical-result", "tenderUpdate"),
    "TenderCancelled": ("cancelled", "tenderCancellation"),
    "CaseFiled": ("case", "tenderUpdate"),
    "CaseSettled": ("case-settled", "tenderUpdate"),
}
_RECORDED: Mapping[str, tuple[str, str]] = {
    "answers": ("answers", "tenderUpdate"),
    "award-letter": ("award-letter", "awardUpdate"),
    "performance": ("performance", "implementation"),
}
PAPER = ("paper", "tenderUpdate")
"""Transition and tag of whatever else is put on record, and of papers that have no known form."""

_LISTS = {
    "tender": ("documents", "amendments", "enquiries", "tenderers"),
    "bids": ("statistics", "details"),
}
"""Lists by ``id`` of which a release holds what is new or changed."""


@dataclass(frozen=True, slots=True)
class Release:
    """A release: the transition that it is about, the event, and the value that is published."""

    transition: str
    event: TenderEvent
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """The releases of a tender, and the state after its last event."""

    releases: tuple[Release, ...]
    state: dict[str, Any]


def tell_releases(
    events: tuple[TenderEvent, ...], versions: tuple[Notice, ...], sources: Sources, papers: Papers
) -> Told:
    """Every release of a tender.

    Args:
        events: of the tender, in order, at least its publication.
        versions: the notice as published and each amended one.
        sources: the papers behind the events.
        papers: how documents are addressed.

    Raises:
        Damaged: events that cannot follow one another.
        NotFound, Unavailable: a paper that the releases need lies on no board.
    """
    story = tell(events[:1], sources.book)
    before: dict[str, Any] = {}
    releases: list[Release] = []
    for place, event in enumerate(events):
        if place:
            go_on(story, event)
        scene = Scene(story, versions[: len(story.notices)], sources, papers)
        found = transition_of(scene, event)
        if found is None:
            continue
        state = state_of(scene)
        releases.append(Release(found[0], event, _release(scene, event, found, before, state)))
        before = state
    return Told(tuple(releases), before)


def transition_of(scene: Scene, event: TenderEvent) -> tuple[str, str] | None:
    """Name of the transition and release tag of an event that was just told; None: the public learns nothing new by it.

    Bids that come, change or go, and decoys, make no release: while a lot is sealed nothing of them is told.
    """
    name, story = event.name, scene.story
    if name in _SIMPLE:
        return _SIMPLE[name]
    lot = story.lots.get(event.values.get("lot", 0))
    if name == "Recorded":
        return _recorded(scene, event)
    if lot is None:
        return None
    if name in ("EnvelopeClosed", "EnvelopeOpened"):
        word = "closed" if name == "EnvelopeClosed" else "opened"
        return (word if event.values["envelope"] == 1 else f"price-{word}"), "tenderUpdate"
    if name == "LotFailed":
        over = all(story.phase(number) >= story.phase(lot.number) for number in story.lots)
        return "lot-failed", "tenderCancellation" if over else "tenderUpdate"
    if name == "CandidatesNamed":
        return ("candidates", "award") if ranking(scene, lot, event) is not None else PAPER
    if name == "LotAwarded":
        return ("award", "awardUpdate") if award(scene, lot, event) is not None else PAPER
    if name == "LotContracted":
        return ("contract", "contract") if contract(scene, lot) is not None else PAPER
    return None


def _recorded(scene: Scene, event: TenderEvent) -> tuple[str, str] | None:
    kind = event.values["kind"]
    lot = scene.story.lots.get(event.values["lot"])
    if kind in WITH_THE_OPENING:
        return None
    if lot is None:
        return _RECORDED["answers"] if kind == "answers" else PAPER
    if kind == "opening":
        counted = any(records_of(lot, envelope)[0] is event for envelope in opening_records(scene, lot))
        return ("opening-record", "tenderUpdate") if counted else PAPER
    if kind == "evaluation":
        return ("evaluation", "tenderUpdate") if report_of(scene, lot) is not None else PAPER
    if kind == AMENDMENT_KIND:
        counted = any(one is event for one, _ in amendments(scene, lot))
        return ("contract-amendment", "contractAmendment") if counted else PAPER
    if kind in ("award-letter", "performance"):
        there = lot.awards if kind == "award-letter" else contract(scene, lot) is not None
        return _RECORDED[kind] if there else PAPER
    return PAPER


def _release(
    scene: Scene, event: TenderEvent, found: tuple[str, str], before: Mapping[str, Any], state: Mapping[str, Any]
) -> dict[str, Any]:
    transition, tag = found
    return {
        "ocid": scene.ocid,
        "id": scene.release_id(event),
        "date": rfc3339(event.block.time),
        "tag": [tag],
        "transition": transition,
        "ledger": {
            "transaction": hex0x(event.transaction), "block": event.block.number,
            "blockHash": hex0x(event.block.hash),
        },
        **_changed(before, state),
    }  # fmt: skip


def _changed(before: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
    """What a release holds of a state."""
    out = dict(state)
    for name, lists in _LISTS.items():
        if name in out:
            part, old = dict(out[name]), before.get(name, {})
            for member in lists:
                _cut(part, member, old.get(member, ()))
            out[name] = part
            if not part:
                del out[name]
    for name in ("awards", "contracts"):
        _cut(out, name, before.get(name, ()))
    changed = {one["id"] for one in _news(state["parties"], before.get("parties", ()))}
    named = changed | set(_named({name: part for name, part in out.items() if name != "parties"}))
    out["parties"] = [one for one in state["parties"] if one["id"] in named or "reviewBody" in one["roles"]]
    return out


def _cut(part: dict[str, Any], member: str, old: Any) -> None:
    if member in part:
        news = _news(part[member], old)
        if news:
            part[member] = news
        else:
            del part[member]


def _news(value: list[dict[str, Any]], old: Any) -> list[dict[str, Any]]:
    """The entries that are new or changed; a member that an entry has lost is null, so that merging takes it out."""
    known = {one["id"]: one for one in old}
    out = []
    for one in value:
        held = known.get(one["id"], {})
        if one != held:
            out.append(one | dict.fromkeys(set(held) - set(one)))
    return out


def _named(value: Any) -> Iterator[str]:
    """Identifiers of the organisations that a value refers to."""
    if isinstance(value, dict):
        if set(value) == {"id", "name"}:
            yield value["id"]
        for part in value.values():
            yield from _named(part)
    elif isinstance(value, list):
        for part in value:
            yield from _named(part)
