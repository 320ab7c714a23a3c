"""Closing, opening and recording die at every step (SIGKILL) and are begun again: everything stands exactly once."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.api.walk import run_until
from tests.cli.opening_steps import CLOSE, FINISH, OPEN
from tests.support.opening_stage import OpeningCase
from tests.support.tender_fixtures import tender_stage, tender_template
from tests.support.tender_stage import TenderStage

__all__ = ["tender_stage", "tender_template"]

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(400)]


def test_an_opening_that_dies_anywhere_is_gone_on_with(tender_stage: TenderStage, tmp_path: Path) -> None:
    case = OpeningCase.publish(tender_stage, tmp_path / "tender", minimumBids=2, deadline=15)
    stage, tender = case.stage, str(case.tender)
    case.bid(1)
    case.bid(2)
    custody = ["--custody", str(case.custody)]

    def walk(table: tuple[str, ...], *arguments: str) -> None:
        for step in (*table, None):
            run = run_until(["--home", str(stage.home("officer")), "--json", "tender", *arguments], step)
            if step is None:
                assert run.code == 0, run
            else:
                assert (run.steps[-1:], run.code) == ((step,), -signal.SIGKILL), (step, run)

    walk(CLOSE, "close", tender, "--wait", "60")
    case.release(1, 2, 3)
    stage.wait_until(case.story.open_at)
    walk(OPEN, "open", tender)
    walk(FINISH, "finish-opening", tender, "--without-supervisor", "未到场")

    counted = Counter(event.name for event in case.story.events)
    assert {counted[name] for name in ("EnvelopeClosed", "EnvelopeOpened", "Recorded", "LotFailed")} == {1}
    audit = stage.run("supervisor", "audit", "--tender", tender, *custody)
    assert [(one["rule"], one["result"]) for one in audit.data["findings"]] == [("A909", "note")]
    left = [path.name for path in (stage.home("officer") / "openings").rglob("*") if path.name.endswith(".part")]
    assert left == []
