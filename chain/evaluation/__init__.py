"""Evaluation: what follows the opening and must be recomputable by anyone.

==============  ==============================================================================================
pool            experts, committed to before anybody knows who bids; names secret until the award
draw            who of them evaluates, and the float point: from a seed that nobody knows early or chooses
scoring         points and ranking, exact, from the notice's rules and the disclosed figures
==============  ==============================================================================================

Pure: no clock, no ledger. The seed is the key holders' signature over a :class:`chain.sealing.Draw` or a
:class:`chain.sealing.FloatPoint`. Format: docs/formats/draw.md.
"""

from chain.evaluation.draw import Quota, Seats, draw_experts, draw_order, draw_point, seed_of, tie_subject
from chain.evaluation.pool import Expert, Pool, PoolPaper, read_pool_paper
from chain.evaluation.scoring import Figures, Ranking, Score, rank

__all__ = [
    "Expert",
    "Figures",
    "Pool",
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
    "tie_subject",
]
