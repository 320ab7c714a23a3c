"""The indexer after a reorganisation: what came before the fork stays, what came after is read anew."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select

from api.db import open_address, open_register
from api.db.address import file_address
from api.indexer.follow import _fork, follow
from api.indexer.tables import ledger_anchors, ledger_cursor, ledger_statuses
from chain.kernel.encoding import sha256
from chain.kernel.home import Home
from chain.kernel.ports import BlockRef
from chain.ledger.anchoring import anchor_batch, change_status
from chain.ledger.reader import LedgerReader
from chain.ledger.sender import Sender
from tests.chain.ledger.kit import BUREAU, World

STEPS = 13
"""Pairs of an anchor and a status change; each transaction is a block of its own."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    built = World.build(tmp_path)
    yield built
    built.close()


@pytest.fixture
def engine(fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("YINXIN_DATABASE__URL", fresh_database)
    monkeypatch.setenv("YINXIN_BUREAU__USCC", BUREAU)
    opened = open_register(Home(tmp_path / "home"))
    yield opened
    opened.dispose()


def live(world: World, sender: Sender, story: str, count: int) -> None:
    """``count`` anchors and as many status changes, each following what the chain has."""
    for _ in range(count):
        reader = LedgerReader(world.rpc, world.trust_root)
        sequence = reader.lane_head(BUREAU, world.batch(1, bytes(32)).lane)[0] + 1
        anchor_batch(sender, world.trust_root, world.batch(sequence, sha256(f"{story} {sequence}".encode())))
        head = reader.status_head(BUREAU, "business-licence-1")
        previous = bytes(32) if head is None else head.head
        change_status(sender, world.trust_root, world.status(previous, sha256(f"{story} after".encode() + previous)))


def rows(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Everything the chain says; the register's own row numbers are left out."""
    found = {}
    with engine.connect() as connection:
        for table in (ledger_anchors, ledger_statuses):
            columns = [column for column in table.c if column.name != "id"]
            found[table.name] = sorted(tuple(row) for row in connection.execute(select(*columns)))
    return found


def places(engine: Engine) -> dict[int, bytes]:
    """The register's own number of each row of a status change, and its block."""
    with engine.connect() as connection:
        query = select(ledger_statuses.c.id, ledger_statuses.c.block_hash)
        return {row.id: bytes(row.block_hash) for row in connection.execute(query)}


@pytest.mark.loopback
@pytest.mark.parametrize("depth", [1, 5, 20])
def test_only_what_came_after_the_fork_is_read_anew(world: World, engine: Engine, depth: int) -> None:
    for _ in range(STEPS):
        live(world, world.sender, "as it was", 1)
        follow(engine, LedgerReader(world.rpc, world.trust_root), BUREAU)
    before, numbers = rows(engine), places(engine)
    tip = world.rpc.final_block().number

    world.rpc.call("anvil_reorg", [depth, []])
    after = Sender(world.rpc, world.authority, world.folder / "after.db", chain_id=world.trust_root.chain_id)
    try:
        live(world, after, "as it came", 2)
    finally:
        after.close()
    gone = follow(engine, LedgerReader(world.rpc, world.trust_root), BUREAU)

    assert gone == depth, "each block that was lost held one event"
    now = rows(engine)
    for table, column in (("ledger_anchors", 8), ("ledger_statuses", 6)):
        kept = [row for row in before[table] if row[column] <= tip - depth]
        assert kept == [row for row in now[table] if row[column] <= tip - depth]
        lost = [row for row in before[table] if row[column] > tip - depth]
        assert not set(lost) & set(now[table])
    still = {number: block for number, block in numbers.items() if places(engine).get(number) == block}
    assert len(still) == STEPS - (depth + 1) // 2, "rows before the fork are the very same rows"

    anew = open_address(file_address(world.folder / "anew.sqlite"))
    assert follow(anew, LedgerReader(world.rpc, world.trust_root), BUREAU) == 0
    assert rows(anew) == now
    anew.dispose()
    assert follow(engine, LedgerReader(world.rpc, world.trust_root), BUREAU) == 0
    assert rows(engine) == now


@pytest.mark.loopback
def test_a_chain_of_which_nothing_is_known_replaces_everything(world: World, engine: Engine) -> None:
    live(world, world.sender, "as it was", 1)
    with engine.begin() as connection:
        connection.execute(insert(ledger_cursor).values(number=3, hash=b"\x01" * 32))
        connection.execute(insert(ledger_cursor).values(number=10**6, hash=b"\x02" * 32))
    follow(engine, LedgerReader(world.rpc, world.trust_root), BUREAU)
    assert len(rows(engine)["ledger_anchors"]) == 1
    with engine.connect() as connection:
        assert connection.execute(select(ledger_cursor.c.number)).scalars().all() == [world.rpc.final_block().number]


@pytest.mark.loopback
def test_a_reader_that_is_behind_takes_nothing_away(world: World, engine: Engine) -> None:
    live(world, world.sender, "as it is", 1)
    slow = LedgerReader(world.rpc, world.trust_root)
    live(world, world.sender, "as it is", 1)
    follow(engine, LedgerReader(world.rpc, world.trust_root), BUREAU)
    before = rows(engine)
    assert len(before["ledger_anchors"]) == 2
    assert follow(engine, slow, BUREAU) == 0
    assert rows(engine) == before


@dataclass
class _Chain:
    """A chain whose blocks up to ``cut`` are those that were known; others came since. Counts what it is asked."""

    height: int
    cut: int
    asked: int = 0
    block: BlockRef = field(init=False)

    def __post_init__(self) -> None:
        self.block = self.block_at(self.height)
        self.asked = 0

    def block_at(self, number: int) -> BlockRef:
        self.asked += 1
        assert number <= self.height, "asked for a block that is not there"
        return BlockRef(number, sha256(b"%d" % number if number <= self.cut else b"other %d" % number), number)


@given(
    known=st.sets(st.integers(0, 400), max_size=60),
    height=st.integers(0, 420),
    cut=st.integers(-1, 420),
)
def test_the_fork_is_the_newest_known_block_that_is_still_there(known: set[int], height: int, cut: int) -> None:
    chain = _Chain(height, min(cut, height))
    marks = {number: sha256(b"%d" % number) for number in known}
    found = _fork(marks, cast(LedgerReader, SimpleNamespace(block=chain.block, rpc=chain)))
    assert found == max((number for number in known if number <= chain.cut), default=None)
    assert chain.asked <= 2 + math.ceil(math.log2(len(known) + 1))
