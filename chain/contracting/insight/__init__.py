"""Public data: what everybody may know of all tenders together, and signals of collusion for the supervisor.

==============  ==============================================================================================
gathering       from the ledger's events and the papers on the board to facts
facts, papers   what is known of a tender, lot, bid; what is taken from papers of evaluation and award
statistics      figures of many tenders; exact: :mod:`exact`; small cells: :mod:`withheld`; CSV: :mod:`table`
period          of which time
signals         what may point to collusion 围标串标: advice with reasons, never a verdict
==============  ==============================================================================================

Statistics hold no personal rows and nothing of bids that are not open. Signals name companies in a suspicion: they are
no public data. Page: docs/public-data.md.
"""

from chain.contracting.insight.facts import Bid, CaseFact, Issued, LotFact, Outcome, Presented, TenderFact
from chain.contracting.insight.gathering import Anchors, Gatherer, issued, stories
from chain.contracting.insight.period import Span, read_span
from chain.contracting.insight.statistics import AsOf, statistics
from chain.contracting.insight.table import table

__all__ = [
    "Anchors",
    "AsOf",
    "Bid",
    "CaseFact",
    "Gatherer",
    "Issued",
    "LotFact",
    "Outcome",
    "Presented",
    "Span",
    "TenderFact",
    "issued",
    "read_span",
    "statistics",
    "stories",
    "table",
]
