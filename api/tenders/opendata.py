"""Open contracting data of every tender, made of ledger and board, and kept for a minute."""

from __future__ import annotations

import gzip
import io
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from api.tenders.place import Tenders
from chain.contracting.ocds import Packages, Publication, Release, check, publish, to_bytes
from chain.kernel.errors import NotFound, YinxinError
from chain.kernel.tender_ports import TenderLedger

KEPT_SECONDS = 60
"""How old an answer may be."""

Place = tuple[int, int]
"""Block and index of a log: where a release stands in the feed."""


@dataclass(frozen=True, slots=True)
class Published:
    """Everything at one final block.

    Attributes:
        packages: by number of the tender; one that cannot be published is not in it.
        feed: every release in the chain's order, with its place.
        block: number of the final block.
    """

    packages: Mapping[int, Packages]
    feed: Sequence[tuple[Place, Release]]
    block: int

    def package(self, tender: int) -> Packages:
        """Of one tender. Raises NotFound."""
        found = self.packages.get(tender)
        if found is None:
            raise NotFound(
                f"tender {tender} is not published as open contracting data", code="ocds.unknown", field="tender",
                fix="GET /v1/tenders lists tenders; one whose papers lie on no board cannot be published",
            )  # fmt: skip
        return found

    def after(self, place: Place, limit: int) -> list[tuple[Place, Release]]:
        """The next releases of the feed."""
        return [one for one in self.feed if one[0] > place][:limit]

    def lines(self) -> bytes:
        """Every release package, one a line, as one gzip file: the same bytes for the same packages."""
        out = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as file:
            for _, packages in sorted(self.packages.items()):
                file.write(to_bytes(packages.releases) + b"\n")
        return out.getvalue()


@dataclass
class OpenData:
    """Keeps what was made last; one thread makes, the others wait.

    Attributes:
        tenders: ledger and boards.
        publication: under which addresses.
        seconds: for how long what was made is told again.
    """

    tenders: Tenders
    publication: Publication
    seconds: float = KEPT_SECONDS
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _kept: tuple[float, Published] | None = field(default=None, repr=False)
    _made: dict[int, tuple[bytes, Packages]] = field(default_factory=dict, repr=False)

    def published(self) -> Published:
        """Everything, at most :attr:`seconds` old. Raises Unavailable: no ledger."""
        with self._lock:
            now = time.monotonic()
            if self._kept is None or now - self._kept[0] >= self.seconds:
                self._kept = (now, self._make())
            return self._kept[1]

    def _make(self) -> Published:
        with self.tenders.chain() as chain:
            ledger = chain.ledger
            found = dict(self._each(ledger))
            block = ledger.block.number
        self._made = found
        packages = {number: one for number, (_, one) in found.items()}
        feed = [
            ((release.event.block.number, release.event.index), release)
            for one in packages.values()
            for release in one.told.releases
        ]
        return Published(packages, sorted(feed, key=lambda one: one[0]), block)

    def _each(self, ledger: TenderLedger) -> Iterator[tuple[int, tuple[bytes, Packages]]]:
        """Each tender that can be published; one with no event since the last time is taken from then."""
        for number in range(1, ledger.tenders() + 1):
            events = ledger.tender_events(number)
            if not events:
                continue
            newest = events[-1]
            mark, kept = newest.block.hash + newest.index.to_bytes(4, "big"), self._made.get(number)
            if kept is not None and kept[0] == mark:
                yield number, kept
                continue
            try:
                packages = publish(ledger, self.tenders.board, number, self.publication)
                check(packages)
            except YinxinError:
                continue  # GET of it says so; others are not kept from being published
            yield number, (mark, packages)


__all__ = ["KEPT_SECONDS", "OpenData", "Place", "Published"]
