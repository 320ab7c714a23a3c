"""What the officer's room shows: everything that is due, who must act, and the command by which it is done.

Nothing of it can be done here: each step is signed by somebody's own key, on her own device.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chain.tenders.notice.agenda import Due, agenda
from chain.tenders.story import Story

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "ask": ("tender questions {tender} --draft answers.toml", "tender answer {tender} answers.toml"),
    "bid": (
        "tender draft --amend {tender}", "tender amend {tender} draft.toml", "tender extend {tender} --deadline TIME",
        "tender cancel {tender} --reason …",
    ),
    "tick": ("tender tick {tender}",),
    "reveal": (),
    "close": ("tender close {tender} --lot {lot} --wait 60",),
    "attest": ("custodian attest",),
    "open": ("tender open {tender} --lot {lot} --wait 600", "tender finish-opening {tender} --lot {lot}"),
    "review": (
        "tender evaluate {tender} --lot {lot}", "tender review {tender} --lot {lot}",
    ),
    "name-candidates": ("tender evaluate {tender} --lot {lot}", "tender candidates {tender} --lot {lot}"),
    "answer-objection": (
        "tender cases {tender} --lot {lot}", "tender answer-objection {tender} NUMBER --lot {lot} --text … --rejected",
    ),
    "decide-complaint": ("tender decide-complaint {tender} NUMBER --lot {lot} --text … --rejected",),
    "object": (),
    "award": ("tender award {tender} --lot {lot}", "tender letter {tender} --lot {lot} --out list.csv"),
    "complain": (),
    "contract": ("tender contract {tender} contract.toml --lot {lot}",),
    "re-tender": ("tender draft goods",),
}  # fmt: skip
"""Step of the agenda to the commands of who leads the tender, custodians or the supervisor; none where others act."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is due.

    Attributes:
        due: what, who, from when until when.
        commands: without ``yinxin``, in their order.
        ready: it can be done now.
    """

    due: Due
    commands: tuple[str, ...]
    ready: bool


def steps(story: Story, now: int, questions_until: int) -> tuple[Step, ...]:
    """What is due now or next, what can be done now first.

    Args:
        story: of the tender.
        now: by the chain's clock, seconds.
        questions_until: of the notice in force; 0 where it is not known.
    """
    found = [
        Step(due, tuple(one.format(tender=story.number, lot=due.lot) for one in COMMANDS[due.what]), due.begins <= now)
        for due in agenda(story, now, questions_until)
    ]
    return tuple(sorted(found, key=lambda one: not one.ready))


__all__ = ["COMMANDS", "Step", "steps"]
