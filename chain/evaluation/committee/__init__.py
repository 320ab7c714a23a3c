"""The committee of a lot, from pool to names: drawn by the key holders' signature, recomputed by everybody.

==========  ==============================================================================================
papers      reasons, results of draws, float point, order of a tie
members     the committee's paper, and the names after the award
conflicts   who may not evaluate, by rule
draws       the draws on record, each judged in the order of the chain
standing    what stands: committee in office, float point, orders of ties
==========  ==============================================================================================

Nothing can be chosen once a seed can be known: the pool is on the ledger before the deadline, a draw with all its
exclusions before it is signed, each draw is completed before the next one, and a further one only replaces.
Format: docs/formats/draw.md. For the people who do it: docs/evaluation.md.

    digest, committee = current_committee(ledger, board, story, notice, lot)
    committee.member(account)                                   # seat, box, kind
    float_point_of(story, board, notice, lot)                   # (digest, paper) or None
    tie_orders_of(ledger, board, story, notice, lot)            # ((digest, paper), …)
"""

from chain.evaluation.committee.conflicts import bidding_codes, by_rule, other_parts, part_of
from chain.evaluation.committee.draws import Draws, Turn, pool_on_record, read_draws
from chain.evaluation.committee.members import (
    Committee,
    CommitteeNames,
    Member,
    MemberKind,
    read_committee,
    read_names,
)
from chain.evaluation.committee.papers import (
    Drawn,
    DrawReasons,
    Exclusion,
    ExclusionRule,
    FloatPointDrawn,
    Replacement,
    TieDrawn,
)
from chain.evaluation.committee.standing import (
    RecordedCommittee,
    committees_of,
    current_committee,
    draws_of,
    float_point_of,
    tie_orders_of,
)

__all__ = [
    "Committee",
    "CommitteeNames",
    "DrawReasons",
    "Drawn",
    "Draws",
    "Exclusion",
    "ExclusionRule",
    "FloatPointDrawn",
    "Member",
    "MemberKind",
    "RecordedCommittee",
    "Replacement",
    "TieDrawn",
    "Turn",
    "bidding_codes",
    "by_rule",
    "committees_of",
    "current_committee",
    "draws_of",
    "float_point_of",
    "other_parts",
    "part_of",
    "pool_on_record",
    "read_committee",
    "read_draws",
    "read_names",
    "tie_orders_of",
]
