"""Verdicts, the seven steps, and the one place that turns steps into a verdict.

*Authentic* ("did that bureau issue exactly this?") and *in force* ("may it be relied on at that time?") are
two answers. A step that could not be checked makes neither of them yes, and neither of them no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from chain.credentials.verification.wording import detail
from chain.kernel.clock import rfc3339


class Verdict(StrEnum):
    """The one word a clerk reads."""

    VALID = "VALID"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"
    CANCELLED = "CANCELLED"
    LAPSED = "LAPSED"
    TRANSFERRED = "TRANSFERRED"
    SUPERSEDED = "SUPERSEDED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    FORGED = "FORGED"
    UNTRUSTED_ISSUER = "UNTRUSTED_ISSUER"
    UNKNOWN = "UNKNOWN"
    CANNOT_CHECK = "CANNOT_CHECK"


class Result(StrEnum):
    """What one step found. ERROR: it could not be checked. SKIPPED: it does not apply, or rests on a failed step."""

    VALID = "VALID"
    INVALID = "INVALID"
    ERROR = "ERROR"
    SKIPPED = "SKIPPED"


STEPS = ("form", "integrity", "issuer", "anchor", "time", "status", "holder")
"""Names of the steps 1 to 7, in order."""


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step.

    Attributes:
        name: one of :data:`STEPS`.
        result: what was found.
        code: stable name of the finding, a key of :data:`chain.credentials.verification.wording.DETAILS`.
        params: values for the finding's sentence.
        verdict: the verdict this step demands if it decides; None where it demands none.
    """

    name: str
    result: Result
    code: str
    params: Mapping[str, str] = field(default_factory=dict)
    verdict: Verdict | None = None

    @property
    def n(self) -> int:
        """Number of the step, 1 to 7."""
        return STEPS.index(self.name) + 1

    def detail(self, lang: str = "en") -> str:
        """One sentence for people, in ``en`` or ``zh``."""
        return detail(self.code, self.params, lang)


def valid(name: str, code: str, /, **params: str) -> Step:
    """A step that holds."""
    return Step(name, Result.VALID, code, params)


def invalid(name: str, code: str, verdict: Verdict, /, **params: str) -> Step:
    """A step that fails for certain, and the verdict that follows if it decides."""
    return Step(name, Result.INVALID, code, params, verdict)


def unchecked(name: str, code: str, /, **params: str) -> Step:
    """A step that could not be checked."""
    return Step(name, Result.ERROR, code, params)


def skipped(name: str, code: str, /, **params: str) -> Step:
    """A step that was not made."""
    return Step(name, Result.SKIPPED, code, params)


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer to one check.

    Attributes:
        verdict: the one word.
        authentic: the named bureau issued exactly this; None if that could not be told.
        in_force: it may be relied on at the time asked about; None if that could not be told.
        status_as_of: seconds; time of the final block at which the status head was read (for a question about
            the past: that past time); None if the status was not read.
        steps: the seven steps in order.
        certificate: what was shown and what the registry adds, as plain data; see docs/verification.md.
    """

    verdict: Verdict
    authentic: bool | None
    in_force: bool | None
    status_as_of: int | None
    steps: tuple[Step, ...]
    certificate: Mapping[str, Any]

    def step(self, name: str) -> Step:
        """The step of that name."""
        return self.steps[STEPS.index(name)]

    def as_dict(self) -> dict[str, Any]:
        """Plain data with exactly the members verdict, authentic, inForce, statusAsOf, steps, certificate."""
        return {
            "verdict": str(self.verdict),
            "authentic": self.authentic,
            "inForce": self.in_force,
            "statusAsOf": None if self.status_as_of is None else rfc3339(self.status_as_of),
            "steps": [
                {"n": step.n, "name": step.name, "result": str(step.result), "detail": step.detail()}
                for step in self.steps
            ],
            "certificate": dict(self.certificate),
        }


_ENDED = (Verdict.REVOKED, Verdict.CANCELLED, Verdict.LAPSED, Verdict.TRANSFERRED, Verdict.SUPERSEDED)


def decide(steps: tuple[Step, ...]) -> tuple[Verdict, bool | None, bool | None]:
    """Verdict, authentic, in force. The order of precedence (docs/adr/0007-verdicts.md):

    1. The first INVALID of form, integrity, issuer, anchor: its verdict (FORGED or UNTRUSTED_ISSUER).
    2. One of those four not VALID: CANNOT_CHECK (or UNKNOWN, where nothing was found to check).
    3. A status that ended it: REVOKED, CANCELLED, LAPSED, TRANSFERRED, SUPERSEDED.
    4. Time: EXPIRED or NOT_YET_VALID.
    5. SUSPENDED.
    6. Time, status or holder could not be checked: CANNOT_CHECK. A holder step that fails: FORGED.
    7. VALID.
    """
    if tuple(step.name for step in steps) != STEPS:
        raise ValueError("a verification has exactly the seven steps, in order")
    proof, (time, status, holder) = steps[:4], steps[4:]
    for step in proof:
        if step.result is Result.INVALID:
            return step.verdict or Verdict.FORGED, False, False
    dead = time.result is Result.INVALID or status.result is Result.INVALID
    for step in proof:
        if step.result is not Result.VALID:
            return step.verdict or Verdict.CANNOT_CHECK, None, False if dead else None
    if status.result is Result.INVALID and status.verdict in _ENDED:
        return status.verdict, True, False
    if time.result is Result.INVALID and time.verdict is not None:
        return time.verdict, True, False
    if status.result is Result.INVALID and status.verdict is not None:
        return status.verdict, True, False
    if holder.result is Result.INVALID:
        return holder.verdict or Verdict.FORGED, True, False
    if time.result is not Result.VALID or status.result is not Result.VALID or holder.result is Result.ERROR:
        return Verdict.CANNOT_CHECK, True, None
    return Verdict.VALID, True, True
