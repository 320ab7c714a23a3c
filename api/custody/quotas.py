"""How much one address may bring. Kept in memory only: on disk it would tie bidders to bids."""

from __future__ import annotations

import threading
from collections import Counter

from chain.kernel.errors import Refused, Unavailable
from chain.kernel.home import CustodianSettings

_DAY = 86_400
_PARTS_AT_ONCE = 32
_PARTS_OF_ONE = 8


class Quotas:
    """Counts of this process, by network address."""

    def __init__(self, settings: CustodianSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._day = 0
        self._bytes: Counter[tuple[str, str]] = Counter()
        self._open: dict[str, str] = {}
        self._under_way: Counter[str] = Counter()

    def take_bytes(self, address: str, what: str, size: int, now: int) -> None:
        """Count bytes of a day for ``files`` or the ``board``. Raises Refused."""
        limit = self._settings.address_limit if what == "files" else self._settings.board_limit
        with self._lock:
            if now // _DAY != self._day:
                self._day = now // _DAY
                self._bytes.clear()
            if self._bytes[address, what] + size > limit:
                raise Refused(
                    f"more than {limit} bytes a day from one address", code="custody.address_bytes", field="body",
                    fix="go on tomorrow, from another address, or with another custodian",
                )  # fmt: skip
            self._bytes[address, what] += size

    def open(self, address: str, upload: str) -> None:
        """Note an unfinished upload of that address. Raises Refused if it has too many."""
        with self._lock:
            mine = sum(1 for other, who in self._open.items() if who == address and other != upload)
            if mine >= self._settings.open_uploads:
                raise Refused(
                    f"{mine} unfinished uploads of this address", code="custody.uploads", field="upload",
                    fix="finish them first",
                )  # fmt: skip
            self._open.setdefault(upload, address)

    def ended(self, upload: str) -> None:
        """That upload is whole, or removed."""
        with self._lock:
            self._open.pop(upload, None)

    def begin_part(self, address: str) -> None:
        """A part's body is about to be read. Raises Unavailable while too many are."""
        with self._lock:
            if self._under_way.total() >= _PARTS_AT_ONCE or self._under_way[address] >= _PARTS_OF_ONE:
                raise Unavailable(
                    "too many parts at once", code="custody.busy", field="part", fix="send it again in a second"
                )
            self._under_way[address] += 1

    def end_part(self, address: str) -> None:
        """It was read, or given up."""
        with self._lock:
            self._under_way[address] -= 1
            if self._under_way[address] <= 0:
                del self._under_way[address]
