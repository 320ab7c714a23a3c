"""A custodian of one process without chain and sockets: its real store, and a ledger that says what a test puts in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from api.custody.place import Custodian
from api.custody.quotas import Quotas
from api.custody.store import Store
from chain.kernel.encoding import sha256
from chain.kernel.home import CustodianSettings
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import Commitment, Entry, Phase, SealedFile, TenderEvent
from chain.keys.signatures import address_of, sign
from chain.tenders.story import Closing, LotStory
from chain.tenders.typed import BookDomain, commitment_hash

TENDER = 7
NOW = 1_800_000_000
_KEY = sha256(b"custodian")
_BOOK = bytes([9]) * 20


class SmallLedger:
    """What the custodian asks of a ledger, and its view: both are at the block whose time is ``now``."""

    def __init__(self) -> None:
        self.now = NOW
        self.state = SimpleNamespace(
            lots=1, envelopes=1, cancelled=False, deadline=NOW + 1000, settled_at=0, open_at=NOW + 2000
        )
        self.told = SimpleNamespace(
            number=TENDER, events=[], lots={1: LotStory(1)}, cancelled=None, open_at=NOW + 2000,
            terms=SimpleNamespace(reveal_window=60), phase=lambda lot: self.told.lots[lot].phase,
        )  # fmt: skip

    @property
    def block(self) -> BlockRef:
        return BlockRef(self.now, bytes(32), self.now)

    def tender(self, _tender: int) -> Any:
        return self.state

    def is_custodian(self, _tender: int, _account: bytes) -> bool:
        return True

    def entry(self, _tender: int, _lot: int, _bidder: bytes) -> Entry:
        return Entry(bytes(20), 0, 0, False, False)

    @contextmanager
    def newest(self) -> Iterator[SmallLedger]:
        yield self

    def story(self, _tender: int) -> Any:
        return self.told

    def happened(self, commitment: Commitment) -> TenderEvent:
        """The event by which the chain took a commitment; the story has it from now on."""
        values = {"lot": commitment.lot, "commitment": commitment, "commitmentHash": commitment_hash(commitment)}
        event = TenderEvent("TenderBook", "BidCommitted", values, self.block, bytes([8]) * 32, 0)
        self.told.events.append(event)
        return event

    def close(self, envelope: int, *commitments: Commitment) -> None:
        """The lot's envelope is closed with these."""
        lot = self.told.lots[1]
        event = TenderEvent("TenderBook", "EnvelopeClosed", {}, self.block, bytes([8]) * 32, 0)
        places = tuple(range(1, len(commitments) + 1))
        lot.closings[envelope] = Closing(bytes(32), commitments, places, event)
        lot.phase = Phase.CLOSED if envelope == 1 else Phase.PRICE_CLOSED


def small_custodian(folder: Path, ledger: SmallLedger, *, acts: object = None, **settings: int) -> Custodian:
    """A custodian in that folder; close its store."""
    limits = CustodianSettings(**cast(Any, settings))
    return Custodian(
        address_of(_KEY), _KEY, limits, Store(folder / "custody"), cast(Any, ledger), cast(Any, acts), cast(Any, None),
        folder / "shelf", Quotas(limits), BookDomain(1, _BOOK), lambda: NOW,
    )  # fmt: skip


def stored(custodian: Custodian, data: bytes) -> SealedFile:
    """A file that was uploaded."""
    digest = sha256(data)
    path = custodian.store.file_path(digest)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    with custodian.store.writing() as database:
        values = (digest.hex()[:32], TENDER, digest, len(data))
        database.execute("INSERT INTO uploads VALUES (?, ?, ?, ?, 1, 0)", values)
    return SealedFile(digest, len(data), bytes([4]) * 32)


def signed_by(custodian: Custodian, name: bytes, *files: SealedFile) -> tuple[Commitment, bytes]:
    """A commitment of that bidder to those files, and the signature."""
    key = sha256(name)
    made = Commitment(TENDER, 1, address_of(key), 1, bytes([3]) * 20, NOW + 600, bytes([5]) * 32, *files)
    return made, sign(custodian.domain.digest(commitment_hash(made)), key)
