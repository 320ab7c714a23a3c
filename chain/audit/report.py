"""What an audit found: each look at something is counted under its rule, each fault is a finding of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from chain.audit.rules import RULES
from chain.kernel.errors import NotFound, Unavailable, YinxinError

_LONGEST = 400
_T = TypeVar("_T")


class Broken(YinxinError):
    """Raised within :meth:`Report.looking` where a rule does not hold."""

    code = "audit.broken"


class Result(StrEnum):
    """How sure a finding is."""

    BROKEN = "broken"
    """The rule does not hold."""
    UNKNOWN = "unknown"
    """It cannot be told: something is not to be had."""
    NOTE = "note"
    """Worth knowing; the rule is not broken."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes:
        rule: such as ``A104``; its sentence stands in :data:`chain.audit.rules.RULES`.
        result: how sure.
        subject: which stored thing or fact, such as ``batch 11440100000000001F/$events/3``.
        detail: what was found there.
    """

    rule: str
    result: Result
    subject: str
    detail: str

    def as_dict(self) -> dict[str, str]:
        """Plain data, with the rule's sentences."""
        sentences = RULES[self.rule]
        return {
            "rule": self.rule, "result": self.result.value, "subject": self.subject, "detail": self.detail,
            "zh": sentences["zh"], "en": sentences["en"],
        }  # fmt: skip


@dataclass(slots=True)
class Report:
    """Collects findings.

    Attributes:
        findings: in the order in which they were made.
        looked: how often each rule was looked at.
        said: told of each thing looked at, for progress; None if nobody listens.
    """

    findings: list[Finding] = field(default_factory=list)
    looked: Counter[str] = field(default_factory=Counter)
    said: Callable[[str], None] | None = None

    @property
    def exit_code(self) -> int:
        """0 clean, 1 a rule is broken, 2 it could not be told."""
        results = {finding.result for finding in self.findings}
        return 1 if Result.BROKEN in results else 2 if Result.UNKNOWN in results else 0

    def about(self, subject: str) -> None:
        """Tell whoever listens what is looked at now."""
        if self.said is not None:
            self.said(subject)

    def holds(self, rule: str, subject: str, condition: bool, detail: str) -> bool:
        """Look at a rule; a finding if ``condition`` is not true. Gives the condition."""
        self.looked[rule] += 1
        if not condition:
            self._find(rule, Result.BROKEN, subject, detail)
        return condition

    def unknown(self, rule: str, subject: str, detail: str) -> None:
        """A rule that cannot be judged."""
        self.looked[rule] += 1
        self._find(rule, Result.UNKNOWN, subject, detail)

    def note(self, rule: str, subject: str, detail: str) -> None:
        """Something worth knowing."""
        self.looked[rule] += 1
        self._find(rule, Result.NOTE, subject, detail)

    @contextmanager
    def looking(self, rule: str, subject: str, *, missing: Result = Result.UNKNOWN) -> Iterator[None]:
        """Look at a rule by doing something that raises if it does not hold.

        Who does not answer, or has not what is asked for, leaves it unknown (or as ``missing`` says); every other error
        of ours breaks the rule.
        """
        self.looked[rule] += 1
        try:
            yield
        except Unavailable as error:
            self._find(rule, Result.UNKNOWN, subject, error.message)
        except NotFound as error:
            self._find(rule, missing, subject, error.message)
        except YinxinError as error:
            self._find(rule, Result.BROKEN, subject, error.message)

    def try_(self, rule: str, subject: str, work: Callable[[], _T], *, missing: Result = Result.UNKNOWN) -> _T | None:
        """As :meth:`looking`: what ``work`` gives, or None after a finding."""
        with self.looking(rule, subject, missing=missing):
            return work()
        return None

    def as_dict(self) -> dict[str, Any]:
        """Plain data: verdict, how often each rule was looked at, findings with their numbers."""
        verdict = {0: "clean", 1: "broken", 2: "unknown"}[self.exit_code]
        findings = [{"number": number, **one.as_dict()} for number, one in enumerate(self.findings, 1)]
        return {"verdict": verdict, "looked": dict(sorted(self.looked.items())), "findings": findings}

    def _find(self, rule: str, result: Result, subject: str, detail: str) -> None:
        self.findings.append(Finding(rule, result, subject, detail[:_LONGEST]))
