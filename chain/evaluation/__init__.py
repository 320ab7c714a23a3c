"""Evaluation: what follows the opening and must be recomputable by anyone.

==============  ==============================================================================================
pool            experts, committed to before anybody knows who bids; names secret until the award
draw            who of them evaluates, and the float point: from a seed that nobody knows early or chooses
enrolling       an expert's own line for a pool, signed by its account
committee/      the draws of a lot, its committee, float point and ties, as ledger and board tell them
scoring         points and ranking, exact, from the notice's rules and the disclosed figures
==============  ==============================================================================================

No clock, no ledger of its own: committee/ is told the events and papers. The seed is the key holders' signature over a
:class:`chain.sealing.Draw` or a :class:`chain.sealing.FloatPoint`. Format: docs/formats/draw.md.
"""

from chain.evaluation.draw import Quota, Seats, draw_experts, draw_order, draw_point, seed_of, tie_paper, tie_subject
from chain.evaluation.enrolling import ExpertLine
from chain.evaluation.pool import Expert, Pool, PoolLine, PoolPaper, read_pool_paper
from chain.evaluation.scoring import Figures, Ranking, Score, rank

__all__ = [
    "Expert",
    "ExpertLine",
    "Figures",
    "Pool",
    "PoolLine",
    "PoolPaper",
    "Quota",
    "Ranking",
    "Score",
    "Seats",
    "draw_experts",
    "draw_order",
    "draw_point",
    "rank",
    "read_pool_paper",
    "seed_of",
    "tie_paper",
    "tie_subject",
]
