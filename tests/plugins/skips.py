"""Counts outcomes and refuses silent skips.

A test that is skipped, or expected to fail, must be covered by an entry of tests/skips.toml; one that is
not makes the run fail, however green the rest is. With ``--outcomes FILE`` the counts and the reasons are
written as JSON, and what each file took (seconds, and processor seconds with those of its children)::

    {"passed": 12, "failed": 0, "skipped": 1, "seconds": 3.2,
     "skips": [{"where": "tests/…::test_x", "reason": "…", "listed": true}],
     "files": {"tests/…/test_x.py": [3.1, 2.4]}}
"""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from scripts.ci.skips import Allowed, is_listed, read_allowed


class Ledger:
    """The plugin that keeps the counts of one pytest run."""

    def __init__(self, allowed: list[Allowed]) -> None:
        self._allowed = allowed
        self._began = time.monotonic()
        self._failed: set[str] = set()
        self._passed: set[str] = set()
        self._skips: dict[str, str] = {}
        self._files: dict[str, tuple[float, float]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Add what one test takes, its fixtures included, to what its file took."""
        began = time.monotonic(), _processor()
        try:
            return (yield)
        finally:
            file = item.nodeid.partition("::")[0]
            seconds, processor = self._files.get(file, (0.0, 0.0))
            self._files[file] = seconds + time.monotonic() - began[0], processor + _processor() - began[1]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in one phase of one test; a fault in set-up or tear-down counts as a failure."""
        if report.failed:
            self._failed.add(report.nodeid)
        elif report.skipped:
            self._skips[report.nodeid] = _reason(report)
        elif report.when == "call":
            self._passed.add(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module may be skipped, or fail, while it is collected."""
        if report.failed:
            self._failed.add(report.nodeid)
        elif report.skipped:
            self._skips[report.nodeid] = _reason(report)

    @property
    def unlisted(self) -> list[tuple[str, str]]:
        """Skips that nothing allows, as (test, reason)."""
        return [(where, why) for where, why in self._skips.items() if not is_listed(where, why, self._allowed)]

    def as_dict(self) -> dict[str, Any]:
        """The counts as in the module's docstring."""
        unlisted = dict(self.unlisted)
        return {
            "passed": len(self._passed - self._failed),
            "failed": len(self._failed),
            "skipped": len(self._skips),
            "seconds": round(time.monotonic() - self._began, 3),
            "skips": [
                {"where": where, "reason": reason, "listed": where not in unlisted}
                for where, reason in sorted(self._skips.items())
            ],
            "files": {file: [round(one, 2) for one in took] for file, took in sorted(self._files.items())},
        }

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run that skipped something unlisted, and write the counts where asked."""
        if self.unlisted and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if target := session.config.getoption("--outcomes"):
            temporary = Path(f"{target}.{os.getpid()}")
            temporary.write_text(json.dumps(self.as_dict(), ensure_ascii=False, indent=1), encoding="utf-8")
            temporary.replace(target)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which skips were refused, and how to allow one."""
        if not self.unlisted:
            return
        terminalreporter.section("skips that tests/skips.toml does not list", red=True, bold=True)
        for where, reason in self.unlisted:
            terminalreporter.line(f"{where}: {reason}")
        terminalreporter.line("Make the test run, or list the skip with the reason why it may be skipped.")


def _processor() -> float:
    """Seconds of a core that this process and its ended children have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    if isinstance(report, pytest.TestReport) and hasattr(report, "wasxfail"):
        return f"expected to fail: {report.wasxfail}"
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(report.longrepr)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer ``--outcomes``."""
    parser.addoption("--outcomes", metavar="FILE", help="write passed, failed and skipped as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Start counting."""
    config.pluginmanager.register(Ledger(read_allowed()), "yinxin-ledger-of-outcomes")
