"""The report: from sheets, figures and papers to a ranking that anybody computes again, and candidates.

===========  ======================================================================================================
report       the evaluation report as a paper
candidates   candidates as they are named; a lot that fails because no valid bid is left
===========  ======================================================================================================

Format: docs/formats/evaluation.md. Page: docs/evaluation.md.
"""

from chain.evaluation.report.candidates import Candidate, Candidates, LotFailedForReasons, read_candidates
from chain.evaluation.report.report import DroppedBid, EvaluationReport, RankedBid, read_report

__all__ = [
    "Candidate",
    "Candidates",
    "DroppedBid",
    "EvaluationReport",
    "LotFailedForReasons",
    "RankedBid",
    "read_candidates",
    "read_report",
]
