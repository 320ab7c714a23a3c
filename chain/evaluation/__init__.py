"""Evaluation: what follows the opening and must be recomputable by anyone.

==============  ==============================================================================================
pool            experts, committed to before anybody knows who bids; names secret until the award
draw            who of them evaluates, and the float point: from a seed that nobody knows early or chooses
==============  ==============================================================================================

Pure: no clock, no ledger. The seed is the key holders' signature over a :class:`chain.sealing.Draw` or a
:class:`chain.sealing.FloatPoint`. Format: docs/formats/draw.md.
"""

from chain.evaluation.draw import Quota, Seats, draw_experts, draw_point, seed_of
from chain.evaluation.pool import Expert, Pool, PoolPaper, read_pool_paper

__all__ = [
    "Expert",
    "Pool",
    "PoolPaper",
    "Quota",
    "Seats",
    "draw_experts",
    "draw_point",
    "read_pool_paper",
    "seed_of",
]
