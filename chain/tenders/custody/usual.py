"""What all commitments have alike, so that nobody tells one from another by it: real bids and decoys draw on this.

A decoy hides something only while it looks like a bid. So what a program may choose freely is chosen here, for both.
"""

from __future__ import annotations

GOOD_FOR = 600
"""Seconds for which an act is good that is sent at once: a lost one does not come later."""


def usual_not_after(now: int, deadline: int) -> int:
    """Last second at which a commitment, withdrawal or move is good.

    Args:
        now: by the ledger, when it is signed.
        deadline: of the tender.
    """
    return min(deadline, now + GOOD_FOR)
