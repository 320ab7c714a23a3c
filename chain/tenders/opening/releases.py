"""Collecting key holders' messages from the board: any order, doubles harmless, wrong ones refused by name.

A note is believed for nothing but the signatures in it. Anybody may leave one in a key holder's name, so a wrong note
never keeps a right one of the same key holder out; each is checked by itself, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput
from chain.sealing import OpeningKey, Release, check_release
from chain.tenders.opening.live import LiveBids


def releases_topic(tender: int, lot: int, envelope: int) -> str:
    """Topic of the board under which key holders leave their messages."""
    return f"releases/{tender}/{lot}/{envelope}"


@dataclass(frozen=True, slots=True)
class RefusedRelease:
    """A message that does not count.

    Attributes:
        key_holder: whose it says it is, or None if it says nothing that can be read.
        places: of the wrong signatures: 0 is the live set, then the bids from 1 in the live set's order.
        reason: why, for people.
    """

    key_holder: int | None
    places: tuple[int, ...]
    reason: str


class NoteBox:
    """Key holders' notes about one thing that they sign together: each is looked at once, wrong ones keep none out.

    A box has the public side of the opening ``key``, and says by :meth:`right` what counts.
    """

    __slots__ = ()
    key: OpeningKey
    _seen: set[bytes]

    def right(self) -> Mapping[int, object]:
        """What came and is right, by key holder."""
        raise NotImplementedError

    def _look(self, data: bytes) -> None:
        raise NotImplementedError

    @property
    def missing(self) -> int:
        """How many more key holders are needed."""
        return max(0, self.key.threshold - len(self.right()))

    @property
    def waiting_for(self) -> tuple[int, ...]:
        """Qualified key holders of whom nothing right came."""
        return tuple(holder for holder in sorted(self.key.key_holders) if holder not in self.right())

    def take(self, notes: Iterable[tuple[str, bytes]]) -> int:
        """Look at the notes that are new; how many key holders are still needed."""
        for _, data in notes:
            digest = sha256(data)
            if digest not in self._seen:
                self._seen.add(digest)
                self._look(data)
        return self.missing


@dataclass(slots=True)
class ReleaseBox(NoteBox):
    """What has come so far for one live set; every note is looked at once.

    Attributes:
        key: public side of the opening key.
        live: what is to be opened.
        releases: right messages by key holder.
        refused: the others, each distinct one once, in the order in which they came.
    """

    key: OpeningKey
    live: LiveBids
    releases: dict[int, Release] = field(default_factory=dict)
    refused: list[RefusedRelease] = field(default_factory=list)
    _seen: set[bytes] = field(default_factory=set)

    def right(self) -> Mapping[int, Release]:
        """Right messages by key holder."""
        return self.releases

    def _look(self, data: bytes) -> None:
        try:
            release = Release.from_bytes(data)
        except InvalidInput as error:
            self.refused.append(RefusedRelease(None, (), error.message))
            return
        holder = release.key_holder
        try:
            wrong = check_release(self.key, release, self.live.message, self.live.identities)
        except InvalidInput as error:
            self.refused.append(RefusedRelease(holder, (0,), error.message))
            return
        if wrong:
            self.refused.append(RefusedRelease(holder, wrong, f"{len(wrong)} wrong signatures"))
        else:
            self.releases.setdefault(holder, release)
