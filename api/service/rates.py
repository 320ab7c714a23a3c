"""How often one caller may ask: a bucket of tokens a caller, in this process."""

from __future__ import annotations

import time
from collections import OrderedDict

from starlette.requests import HTTPConnection

from api.service.problems import TooMany

_MOST_CALLERS = 20_000

RATED = "rated"
"""In a request's state: its token has been taken already."""


def address_of(request: HTTPConnection) -> str:
    """Whose bucket it is where nobody is signed in."""
    return request.client.host if request.client else "unknown"


class Rates:
    """Token buckets.

    Args:
        per_minute: requests a minute that a caller may make for long; 0 for no limit.
        burst: requests at once after a quiet time.
    """

    def __init__(self, per_minute: float, burst: int) -> None:
        self._rate = per_minute / 60
        self._burst = float(burst)
        self._buckets: OrderedDict[object, tuple[float, float]] = OrderedDict()

    def take(self, caller: object, *, now: float | None = None) -> None:
        """Take one token. Raises TooMany if the bucket is empty."""
        if not self._rate:
            return
        moment = time.monotonic() if now is None else now
        left, then = self._buckets.pop(caller, (self._burst, moment))
        left = min(self._burst, left + (moment - then) * self._rate)
        self._buckets[caller] = (max(left - 1, 0.0), moment)
        if len(self._buckets) > _MOST_CALLERS:
            self._buckets.popitem(last=False)
        if left < 1:
            raise TooMany(f"more than {self._rate * 60:g} requests a minute", fix="wait a while and send it again")
