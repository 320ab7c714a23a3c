"""Qualification by certificate: the notice's rules, judged by the ledger and not by paper; and the guarantee.

=========  ====================================================================================================
judging    from what a bid shows to an answer for each rule, as of two blocks
paper      what came of it, public (``yinxin-qualification-1``); names nobody
outcome    what becomes of the guarantees (``yinxin-guarantee-outcome-1``)
=========  ====================================================================================================

Pure: what holds on the ledger comes in through :class:`chain.tenders.bidding.Evidence`. Page: docs/qualification.md.
"""

from chain.evaluation.qualifying.judging import Bench, companies_behind
from chain.evaluation.qualifying.outcome import Fate, GuaranteeOutcome, Outcome, read_outcome
from chain.evaluation.qualifying.paper import (
    KIND,
    Answer,
    GuaranteeAnswer,
    Moment,
    Qualification,
    QualifiedBid,
    RuleAnswer,
    Said,
    read_qualification,
    worst,
)

__all__ = [
    "KIND",
    "Answer",
    "Bench",
    "Fate",
    "GuaranteeAnswer",
    "GuaranteeOutcome",
    "Moment",
    "Outcome",
    "Qualification",
    "QualifiedBid",
    "RuleAnswer",
    "Said",
    "companies_behind",
    "read_outcome",
    "read_qualification",
    "worst",
]
