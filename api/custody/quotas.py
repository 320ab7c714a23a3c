"""How much one address may bring. Kept in memory only: on disk it would tie bidders to bids."""

from __future__ import annotations

import ipaddress
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from chain.kernel.errors import Refused, Unavailable
from chain.kernel.home import CustodianSettings

_DAY = 86_400
_PARTS_AT_ONCE = 32
_PARTS_OF_ONE = 8
_LARGE_AT_ONCE = 4
_NOTES_A_DAY = 64
_NOTE_LEAST = 4096
"""Bytes that a note counts at least: a file on disk has no less."""


def who(address: str) -> str:
    """Whose quota it is: an IPv6 address counts with its /64, since one line has all of them."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))


class Quotas:
    """Counts of this process, by network address."""

    def __init__(self, settings: CustodianSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._day = 0
        self._bytes: Counter[tuple[str, str]] = Counter()
        self._open: dict[str, str] = {}
        self._under_way: Counter[str] = Counter()
        self._notes: Counter[tuple[str, str]] = Counter()
        self._large: dict[str, Counter[str]] = {"read": Counter(), "write": Counter()}

    def take_bytes(self, address: str, what: str, size: int, now: int) -> None:
        """Count bytes of a day for ``files`` or the ``board``. Raises Refused."""
        limit, address = self._settings.address_limit if what == "files" else self._settings.board_limit, who(address)
        with self._lock:
            self._new_day(now)
            if self._bytes[address, what] + size > limit:
                raise Refused(
                    f"more than {limit} bytes a day from one address", code="custody.address_bytes", field="body",
                    fix="go on tomorrow, from another address, or with another custodian",
                )  # fmt: skip
            self._bytes[address, what] += size

    def take_note(self, address: str, topic: str, size: int, now: int) -> None:
        """Count a note of a day under that topic. Raises Refused."""
        self.take_bytes(address, "board", max(size, _NOTE_LEAST), now)
        with self._lock:
            if self._notes[who(address), topic] >= _NOTES_A_DAY:
                raise Refused(
                    f"more than {_NOTES_A_DAY} notes a day under this topic", code="custody.notes", field="topic",
                    fix="go on tomorrow, from another address, or on another board",
                )  # fmt: skip
            self._notes[who(address), topic] += 1

    @contextmanager
    def large(self, address: str, way: str) -> Iterator[None]:
        """Room for a large body to ``read`` or ``write``, one an address. Raises Unavailable at once if none is."""
        under_way, address = self._large[way], who(address)
        with self._lock:
            if under_way.total() >= _LARGE_AT_ONCE or under_way[address]:
                raise Unavailable(
                    "too many large papers at once", code="custody.busy", field="body", fix="try again in a second"
                )
            under_way[address] += 1
        try:
            yield
        finally:
            with self._lock:
                del under_way[address]

    def open(self, address: str, upload: str) -> None:
        """Note an unfinished upload of that address. Raises Refused if it has too many."""
        address = who(address)
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
        address = who(address)
        with self._lock:
            if self._under_way.total() >= _PARTS_AT_ONCE or self._under_way[address] >= _PARTS_OF_ONE:
                raise Unavailable(
                    "too many parts at once", code="custody.busy", field="part", fix="send it again in a second"
                )
            self._under_way[address] += 1

    def end_part(self, address: str) -> None:
        """It was read, or given up."""
        address = who(address)
        with self._lock:
            self._under_way[address] -= 1
            if self._under_way[address] <= 0:
                del self._under_way[address]

    def pressure(self) -> int:
        """How much faster than usual parts must come: 1, and up to 8 while more than half of their places are taken."""
        with self._lock:
            above = self._under_way.total() - _PARTS_AT_ONCE // 2
        return 1 if above <= 0 else 1 + 7 * above // (_PARTS_AT_ONCE - _PARTS_AT_ONCE // 2)

    def _new_day(self, now: int) -> None:
        if now // _DAY != self._day:
            self._day = now // _DAY
            self._bytes.clear()
            self._notes.clear()
