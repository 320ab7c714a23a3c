"""Where an evaluation dies, behind what it left in home or ledger; tests/cli/test_evaluation.py kills it there."""

from __future__ import annotations

from tests.support.opening_stage import OpeningCase

COMMIT = ("sheet-kept",)
COMMITMENTS = ("commitments-recorded",)
REVIEW = ("reviewed",)
EVALUATE = ("evaluation-recorded",)
CANDIDATES = ("candidates-named",)


def fails_for_want_of_a_bid(case: OpeningCase) -> None:
    """Nobody is shown to stand behind the bids: a report that leaves none, and a lot that fails for this reason."""
    stage, tender = case.stage, str(case.tender)
    unevaluated = stage.run("officer", "tender", "fail", tender, "--reason", "无有效投标")
    assert (unevaluated.code, unevaluated.data["error"]["code"]) == (1, "fail.valid")
    report = stage.ok("officer", "tender", "evaluate", tender)
    assert (report["bids"], {one["step"] for one in report["dropped"]}) == ([], {"opening", "formal"})
    nobody = stage.run("officer", "tender", "candidates", tender)
    assert (nobody.code, nobody.data["error"]["code"]) == (1, "candidates.none")
    failed = stage.ok("officer", "tender", "fail", tender, "--reason", "无有效投标")
    assert stage.ok("officer", "tender", "fail", tender, "--reason", "无有效投标") == failed
    assert stage.ok("holder-1", "tender", "ranking", tender)["same"] is True
    assert case.story.lots[1].failed is not None
