"""What the templates of a tender are given: the room, and how it is told in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.tenders.pages.cases import supervisor_of
from api.tenders.pages.lots import LotView
from api.tenders.pages.room import Room
from api.tenders.pages.telling import TONES, Telling, paper_named
from chain.kernel.encoding import sha256
from chain.kernel.tender_facts import Phase
from chain.words import Words, read

RECENT = 6
"""Facts on a tender's own page; all of them stand on the page of the timeline."""

_WORDS: Words = read("board")


def telling(language: str) -> Telling:
    """How pages of tenders tell things in that language."""

    def t(key: str, /, **values: object) -> str:
        return _WORDS[key][language].format_map({name: str(value) for name, value in values.items()})

    return Telling(language, t)


@dataclass(frozen=True, slots=True)
class Way:
    """A further page of a tender for this reader: its address, and its word ``part.…``."""

    path: str
    word: str


def values(room: Room, language: str) -> dict[str, Any]:
    """What every page of a tender has."""
    criteria: Mapping[str, Any] = (
        {one.name: one.label for one in room.notice.evaluation.criteria} if room.notice is not None else {}
    )
    return {
        "room": room,
        "h": telling(language),
        "tones": TONES,
        "paper_named": paper_named,
        "criteria": criteria,
        "due": tuple(one for one in room.facts.due if one.what != "deadline"),
        "phases": tuple(dict.fromkeys(lot.phase for lot in room.lots)),
        "recent": tuple(reversed(room.facts.events))[:RECENT],
        "supervisor": supervisor_of(room.facts),
        "stage": stage(room),
        "mark": mark(room),
    }


_ORDER = ("sealed", "closed", "opened", "recorded")
_OVER = (Phase.FAILED, Phase.CANCELLED)


def stage(room: Room) -> str:
    """How far the opening is, over all lots that go on: ``bidding``, ``deadline``, ``closed``, ``opened``, …"""
    if room.facts.row.cancelled:
        return "cancelled"
    lots = [lot for lot in room.lots if lot.phase not in _OVER]
    if not lots:
        return "failed"
    if room.bidding:
        return "bidding"
    least = min(_ORDER.index(_of_lot(lot)) for lot in lots)
    return "deadline" if least == 0 else _ORDER[least]


def _of_lot(lot: LotView) -> str:
    """The second envelope is opened long after the first; until it is closed the first is what there is."""
    first, last = lot.openings[0], lot.openings[-1]
    return last.stage if first.stage == "recorded" and last.closed else first.stage


def mark(room: Room) -> str:
    """Another one whenever the page of the opening shows something else."""
    newest = room.facts.events[-1].transaction if room.facts.events else ""
    said = f"{len(room.facts.events)} {newest} {stage(room)} {room.facts.row.deadline} {room.lively}"
    return sha256(said.encode()).hex()[:16]


__all__ = ["RECENT", "Way", "mark", "stage", "telling", "values"]
