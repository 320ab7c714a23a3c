"""What a state is told from: the story up to one event, the notices it has had, and the papers behind it."""

from __future__ import annotations

from dataclasses import dataclass

from chain.contracting.ocds.members import Papers
from chain.contracting.ocds.sources import Sources
from chain.kernel.tender_facts import TenderEvent
from chain.tenders.notice import Notice
from chain.tenders.story import Story


@dataclass(frozen=True, slots=True)
class Scene:
    """One tender at one event.

    Attributes:
        story: up to that event.
        versions: the notice as published, then each amended one, as far as the story goes.
        sources: the papers.
        papers: how documents are addressed.
    """

    story: Story
    versions: tuple[Notice, ...]
    sources: Sources
    papers: Papers

    @property
    def notice(self) -> Notice:
        """The notice in force."""
        return self.versions[-1]

    @property
    def ocid(self) -> str:
        """Of the contracting process: as the first notice gives it."""
        return self.versions[0].ocid

    def release_id(self, event: TenderEvent) -> str:
        """Identifier of the release about that event: the same whoever publishes it, and whenever."""
        return f"{self.ocid}-{event.block.number}-{event.index}"
