"""The deadline and the phases of tenders, proved by symbolic execution (scripts/prove)."""

from __future__ import annotations

import pytest

from scripts.prove.run import CANARIES, PROOFS, NoTool, run, sentences


@pytest.mark.timeout(900)
def test_every_sentence_is_proved_and_every_false_one_refuted() -> None:
    try:
        wrong = run()
    except NoTool as error:
        pytest.skip(str(error))
    assert wrong == []


def test_every_function_that_writes_a_phase_or_a_bid_has_its_sentence() -> None:
    timed = {
        f"check_{name}" for name in ("submit", "withdraw", "move", "amend", "extend", "open", "close", "revealDecoy")
    }
    assert timed <= sentences("Deadlines")
    phased = {f"check_{name}" for name in ("close", "open", "review", "fail", "cancel", "advance")}
    assert phased <= sentences("Phases")
    assert len(sentences(CANARIES)) >= len(PROOFS)
