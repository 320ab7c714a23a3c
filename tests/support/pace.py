"""Seconds in which a test must get something done, on a machine that others keep busy, too.

The tenders of tests have deadlines in real seconds, and bids must be in before them. What a quiet machine does in six
seconds takes a loaded one twice as long; a window that is wide enough for that one would make everybody wait. So a
window grows with the crowd: by two fifths of itself for each further process that waits for a processor. That is a
guess, made before the work, and the load may change. Where little time is to spare, :func:`in_time` begins anew.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import TypeVar

from chain.kernel.errors import Refused

__all__ = ["TooSlow", "crowd", "in_time", "roomy", "soon"]

T = TypeVar("T")

_MOST = 8.0
_FAR = 60
_LATE = ("deadline_over", "custody.late")


def crowd() -> float:
    """How many processes wanted each processor over the last minute: 1 where nobody waits for another."""
    return min(_MOST, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


def roomy(seconds: int) -> int:
    """A window that is so long on a quiet machine, and longer on a busy one."""
    return math.ceil(seconds * (1 + 0.4 * (crowd() - 1)))


def soon(seconds: int) -> int:
    """A deadline so many seconds from now, later on a busy machine; one that is a minute off or more stays as it is."""
    return roomy(seconds) if seconds < _FAR else seconds


class TooSlow(Exception):
    """A deadline came before what had to be done by it."""


def in_time(work: Callable[[int], T], seconds: int) -> T:
    """Do what has a deadline; if it came too late, do it anew with four, and then sixteen times as much time.

    Args:
        work: given the seconds, publishes something new with a deadline that far off and does what must be done by it.
            It is late if the chain or a custodian says so, or if it raises :class:`TooSlow`.
        seconds: enough on a machine that is not busy.
    """
    for window in (seconds, 4 * seconds):
        try:
            return work(window)
        except TooSlow:
            continue
        except Refused as error:
            if not error.code.endswith(_LATE):
                raise
    return work(16 * seconds)
