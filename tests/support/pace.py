"""Seconds in which a test must get something done, on a machine that others keep busy, too.

The tenders of tests have deadlines in real seconds, and bids must be in before them. What a quiet machine does in six
seconds takes a loaded one twice as long; a window that is wide enough for that one would make everybody wait. So a
window grows with the crowd: by two fifths of itself for each further process that waits for a processor.
"""

from __future__ import annotations

import math
import os

__all__ = ["crowd", "roomy", "soon"]

_MOST = 8.0
_FAR = 60


def crowd() -> float:
    """How many processes wanted each processor over the last minute: 1 where nobody waits for another."""
    return min(_MOST, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


def roomy(seconds: int) -> int:
    """A window that is so long on a quiet machine, and longer on a busy one."""
    return math.ceil(seconds * (1 + 0.4 * (crowd() - 1)))


def soon(seconds: int) -> int:
    """A deadline so many seconds from now, later on a busy machine; one that is a minute off or more stays as it is."""
    return roomy(seconds) if seconds < _FAR else seconds
