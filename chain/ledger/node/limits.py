"""How often one client may ask."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable


class TokenBuckets:
    """One bucket of tokens for each client; a call takes one, and they come back at a steady rate.

    Args:
        rate: tokens that come back each second.
        burst: tokens a bucket holds.
        clients: buckets remembered; the one unused for longest is forgotten first.
        clock: seconds, never going back.
    """

    def __init__(
        self, rate: float, burst: float, *, clients: int = 4096, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._most, self._clock = rate, burst, clients, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, count: int) -> float:
        """Take ``count`` tokens; 0.0 if they were there, else the seconds after which to try again (none are taken)."""
        now = self._clock()
        tokens, since = self._buckets.pop(client, (self._burst, now))
        tokens = min(self._burst, tokens + (now - since) * self._rate)
        enough = tokens >= min(count, self._burst)
        self._buckets[client] = (tokens - count if enough else tokens, now)
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return 0.0 if enough else (min(count, self._burst) - tokens) / self._rate
