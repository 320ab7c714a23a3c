"""Where an evaluation dies, behind what it left in home or ledger; tests/cli/test_evaluation.py kills it there."""

from __future__ import annotations

import signal

from tests.api.walk import run_until
from tests.support.opening_stage import OpeningCase
from tests.support.tender_stage import TenderStage

READ = ("expert-bid",)
COMMIT = ("sheet-kept", "sheet-committed")
COMMITMENTS = ("commitments-put", "commitments-recorded")
REVEAL = ("sheet-shown",)
QUESTION = ("question-put", "question-recorded")
ANSWER = ("answer-left",)
VOTE = ("vote-left",)
CLARIFICATION = ("clarification-put", "clarification-recorded")
REVIEW = ("review-put", "reviewed")
EVALUATE = ("evaluation-put", "evaluation-recorded")
CANDIDATES = ("candidates-put", "candidates-named")
FAIL = ("fail-put", "failed")
EVALUATION = (
    *READ, *COMMIT, *COMMITMENTS, *REVEAL, *QUESTION, *ANSWER, *VOTE, *CLARIFICATION, *REVIEW, *EVALUATE, *CANDIDATES,
    *FAIL,
)  # fmt: skip


def killed(stage: TenderStage, name: str, steps: tuple[str, ...], *arguments: str) -> None:
    """The command dies at each of these steps."""
    for step in steps:
        run = run_until(["--home", str(stage.home(name)), "--json", *arguments], step)
        assert (run.steps[-1:], run.code) == ((step,), -signal.SIGKILL), (step, run)


def fails_for_want_of_a_bid(case: OpeningCase) -> None:
    """Nobody is shown to stand behind the bids: a report that leaves none, and a lot that fails for this reason."""
    stage, tender = case.stage, str(case.tender)
    unevaluated = stage.run("officer", "tender", "fail", tender, "--reason", "无有效投标")
    assert (unevaluated.code, unevaluated.data["error"]["code"]) == (1, "fail.valid")
    report = stage.ok("officer", "tender", "evaluate", tender)
    assert (report["bids"], {one["step"] for one in report["dropped"]}) == ([], {"opening", "formal"})
    nobody = stage.run("officer", "tender", "candidates", tender)
    assert (nobody.code, nobody.data["error"]["code"]) == (1, "candidates.none")
    killed(stage, "officer", FAIL, "tender", "fail", tender, "--reason", "无有效投标")
    failed = stage.ok("officer", "tender", "fail", tender, "--reason", "无有效投标")
    assert stage.ok("officer", "tender", "fail", tender, "--reason", "无有效投标") == failed
    assert stage.ok("holder-1", "tender", "ranking", tender)["same"] is True
    assert case.story.lots[1].failed is not None
