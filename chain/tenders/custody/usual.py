"""What all commitments have alike, so that nobody tells one from another by it: real bids and decoys draw on this.

A decoy hides something only while it looks like a bid. So what a program may choose freely is chosen here, for both.
"""

from __future__ import annotations

_SPARE = 7 * 86_400


def usual_not_after(open_at: int) -> int:
    """Last second at which a commitment, withdrawal or move is good: a week after the opening.

    The contract takes none after the deadline anyway; this leaves room for extensions and for an outage's grace.

    Args:
        open_at: the tender's opening time when it is signed, seconds.
    """
    return open_at + _SPARE
