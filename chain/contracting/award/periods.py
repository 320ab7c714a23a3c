"""How long there is: until when a case may be filed, when its answer is due, when the next step may come.

The contract keeps the ends of filing (``TenderProceedings.file``) and what must wait. When an answer is due it does not
know: that is the law's (three days for an objection, 30 working days for a complaint), or in the demo profile the
notice's own periods of seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from chain.kernel.clock import rfc3339
from chain.kernel.errors import Refused
from chain.kernel.tender_facts import CaseKind, Phase
from chain.tenders.notice import Notice
from chain.tenders.story import Case, LotStory, Story

DAY = 86_400
OBJECTION_DAYS = 3
"""Within which an objection is answered."""
COMPLAINT_DAYS = 42
"""30 working days, without holidays: within which a complaint is decided."""


@dataclass(frozen=True, slots=True)
class Window:
    """Until when cases may be filed in the phase that runs.

    Attributes:
        phase: of the lot.
        until: last second, by the block's time.
        left: seconds from now; 0 or less: it is over.
    """

    phase: Phase
    until: int
    left: int

    @property
    def is_open(self) -> bool:
        """True while something may be filed."""
        return self.left >= 0


def window(story: Story, lot: int, now: int) -> Window | None:
    """The window of the phase in which a lot is; None where the contract takes no cases at all."""
    line, phase = story.lots[lot], story.phase(lot)
    if not Phase.OPENED <= phase <= Phase.AWARDED:
        return None
    until = line.since + (story.terms.complaint_period if phase is Phase.AWARDED else story.terms.standstill)
    return Window(phase, until, until - now)


def check_window(story: Story, lot: int, now: int) -> Window:
    """The open window. Raises Refused, in words, if nothing may be filed now."""
    found = window(story, lot, now)
    if found is None:
        phase = story.phase(lot).name.lower()
        raise Refused(
            f"lot {lot} is {phase}: cases are taken from the opening until the contract", code="case.phase",
            field="lot", fix="before the opening ask (yinxin tender ask); after the contract go to the supervisor",
        )  # fmt: skip
    if not found.is_open:
        coming = "the award" if found.phase is Phase.CANDIDATES else "the contract"
        more = f" while {coming} is not there" if found.phase is not Phase.OPENED else ""
        raise Refused(
            f"the period ended at {rfc3339(found.until)}, {-found.left} s ago, by the chain's clock",
            code="case.late", field="lot", fix=f"go to the supervisor in writing; nothing is filed here{more}",
        )  # fmt: skip
    return found


def due(case: Case, notice: Notice) -> int:
    """Second by which the answer or decision is due."""
    objection = case.kind is CaseKind.OBJECTION
    if notice.profile == "demo":
        return case.filed.block.time + (notice.standstill if objection else notice.complaint_period)
    return case.filed.block.time + (OBJECTION_DAYS if objection else COMPLAINT_DAYS) * DAY


def check_over(story: Story, lot: int, now: int, what: str) -> None:
    """See whether the period before the award or the contract is over, and no case open. Raises Refused."""
    line = story.lots[lot]
    check_settled(line)
    found = window(story, lot, now)
    if found is not None and found.is_open:
        raise Refused(
            f"{what} comes after {rfc3339(found.until)}, in {found.left + 1} s, by the chain's clock",
            code="award.period", field="lot", fix="again then",
        )  # fmt: skip


def check_settled(line: LotStory) -> None:
    """See whether every case has its answer. Raises Refused, naming those that wait."""
    waiting = [case for case in line.cases if case.settled is None]
    if waiting:
        named = ", ".join(f"{case.kind.name.lower()} {case.number}" for case in waiting)
        fix = "yinxin tender answer-objection" if waiting[0].kind is CaseKind.OBJECTION else "the supervisor decides"
        raise Refused(f"{named}: waits for an answer", code="award.cases", field="cases", fix=fix)
