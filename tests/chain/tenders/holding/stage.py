"""Key holders at one registry in memory, each with a home, keys and papers of its own; one board in a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from chain.kernel.encoding import sha256, unb64url
from chain.kernel.errors import NotFound, Unavailable
from chain.kernel.tender_facts import CeremonyPlan
from chain.keys import Keystore, keystore
from chain.sealing.ceremony import Roster
from chain.tenders.board import FolderBoard
from chain.tenders.holding import MemberCard, scope_of, term_of
from chain.tenders.holding.card_keys import open_card
from chain.tenders.holding.papers import SeenBoard
from chain.tenders.holding.places import Place
from chain.tenders.holding.rounds import Holder, Report
from chain.tenders.holding.store import ShareStore
from tests.support.memory_key_holders import BOOK, MemoryActs, MemoryKeyHolders

ROUND = 100
TITLE = "2026 年度密钥保管人"
CHEAP = mock.patch.dict(keystore._SCRYPT, {"n": 2**4})
"""Passphrases cost nothing here; what they cost otherwise, tests/chain/keys holds."""


class Curtain:
    """A board that hides papers from one reader."""

    def __init__(self, board: FolderBoard) -> None:
        self.board = board
        self.hidden: set[bytes] = set()
        self.away = False

    def put(self, data: bytes) -> bytes:
        if self.away:
            raise Unavailable("away", code="board.write")
        return self.board.put(data)

    def get(self, digest: bytes, *, limit: int = 16 * 2**20) -> bytes:
        if self.away:
            raise Unavailable("away", code="board.read")
        if digest in self.hidden:
            raise NotFound("hidden", code="board.missing")
        return self.board.get(digest, limit=limit)

    def post(self, topic: str, name: str, data: bytes) -> None:
        self.board.post(topic, name, data)

    def notes(self, topic: str) -> Iterator[tuple[str, bytes]]:
        return self.board.notes(topic)


@dataclass
class Person:
    """One key holder."""

    number: int
    holder: Holder
    curtain: Curtain
    keys: Keystore
    home: Path

    @property
    def card(self) -> MemberCard:
        return MemberCard.sign(account(self.number), unb64url(open_card(self.keys).public), f"保管人{self.number}")


def account(number: int) -> bytes:
    """A private key of nobody's."""
    return sha256(b"account of key holder %d" % number)


@dataclass
class Town:
    """Everybody.

    Attributes:
        folder: where all homes are.
        ledger: the registry.
        board: what everybody shares.
        people: by number.
    """

    folder: Path
    ledger: Any = field(default_factory=MemoryKeyHolders)  # as much of a TenderLedger as ceremonies need
    people: dict[int, Person] = field(default_factory=dict)

    @property
    def board(self) -> FolderBoard:
        return FolderBoard(self.folder / "board")

    @classmethod
    def build(cls, folder: Path, size: int = 5) -> Town:
        town = cls(folder)
        for number in range(1, size + 1):
            town.move_in(number)
        return town

    def move_in(self, number: int) -> Person:
        """A key holder's machine, started; again for one that died."""
        home = self.folder / f"home-{number}"
        keys = Keystore(home / "keys", f"passphrase of holder {number}")
        curtain = Curtain(self.board)
        address = MemberCard.sign(account(number), bytes(32), "x").address
        holder = Holder(
            self.ledger, MemoryActs(self.ledger, address), SeenBoard(home / "holding" / "papers", curtain),
            ShareStore(home / "holding", keys, Place.of(self.ledger)),
        )  # fmt: skip
        self.people[number] = Person(number, holder, curtain, keys, home)
        return self.people[number]

    def convene(self, threshold: int = 3, *, tender: int = 0, keys: Mapping[int, bytes] | None = None) -> int:
        """A ceremony of everybody; ``keys`` puts other X25519 keys in the roster."""
        number = self.ledger.ceremonies() + 1
        members = []
        for one, person in sorted(self.people.items()):
            member = person.card.member
            members.append(type(member)(member.address, (keys or {}).get(one, member.key)))
        roster = Roster(scope_of(self.ledger, number, tender), threshold, tuple(members))
        now = self.ledger.time
        plan = CeremonyPlan(
            "", BOOK, tender, term_of(TITLE), self.board.put(roster.to_bytes()), threshold,
            now + ROUND, now + 2 * ROUND, now + 3 * ROUND, now + 4 * ROUND, now + 10 * ROUND,
        )  # fmt: skip
        MemoryActs(self.ledger, b"\xaa" * 20).convene(number, plan, [member.address for member in members])
        return number

    def to_round(self, number: int, place: int, *, late: bool = False) -> None:
        """The beginning (or the last second) of round 1 (deals) to 5 (over)."""
        plan = self.ledger.kept[number - 1].plan
        ends = (plan.deals_until, plan.complaints_until, plan.answers_until, plan.confirm_until, plan.usable_until)
        self.ledger.time = ends[place - 1] if late else (ends[place - 2] + 1 if place > 1 else self.ledger.time)

    def all_go_on(self, number: int, *, without: tuple[int, ...] = ()) -> dict[int, Report]:
        return {
            one: person.holder.go_on(number) for one, person in sorted(self.people.items()) if one not in without
        }  # fmt: skip

    def play(self, number: int, *, without: tuple[int, ...] = ()) -> dict[int, Report]:
        """All rounds, early and late in each; the reports of the last pass."""
        reports: dict[int, Report] = {}
        for place in (1, 2, 3, 4):
            for late in (False, True):
                self.to_round(number, place, late=late)
                reports = self.all_go_on(number, without=without)
        return reports
