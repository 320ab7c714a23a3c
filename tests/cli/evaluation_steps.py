"""Where an evaluation dies, behind what it left in home or ledger; tests/cli/test_evaluation.py kills it there."""

from __future__ import annotations

COMMIT = ("sheet-kept",)
COMMITMENTS = ("commitments-recorded",)
REVIEW = ("reviewed",)
EVALUATE = ("evaluation-recorded",)
CANDIDATES = ("candidates-named",)
