"""The worker puts answered roll calls on the ledger; one that cannot be told stops none behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import insert

from api.holding.calling import run_rolls
from api.tenders.tables import tenders
from chain.kernel.errors import NotFound
from chain.tenders.holding import read_ceremony
from chain.tenders.holding.roll_call import Presence, roll_message
from tests.api.tenders.pages.made import an_index
from tests.chain.tenders.holding.stage import CHEAP, Town
from tests.support.memory_key_holders import MemoryActs
from tests.support.tender_stage import BUREAU


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Two keys in force, of ceremonies 1 and 2; enough key holders have answered both roll calls."""
    with CHEAP:
        town = Town.build(tmp_path, size=3)
        for number in (1, 2):
            town.play(town.convene(threshold=2))
            for one, person in town.people.items():
                message = roll_message(town.ledger, read_ceremony(town.ledger, town.board, number), 1)
                note = Presence(number, 1, one, person.holder.store.share(number).sign(message))
                town.board.post(f"roll-call/{number}/1", f"holder-{one}", note.to_bytes())
        yield town


def office_of(town: Town) -> Any:
    """As much of a worker's office as roll calls need: an index with a tender for each ceremony, chain and board."""

    @contextmanager
    def chain() -> Iterator[Any]:
        yield SimpleNamespace(ledger=town.ledger)

    engine = an_index()
    row = {
        "bureau": BUREAU, "lots": 1, "envelopes": 1, "minimum_bids": 3, "amendments": 0, "notice": bytes(32),
        "published_at": 0, "deadline": 1, "settled_at": 0, "reveal_window": 0, "standstill": 0, "complaint_period": 0,
        "supervisor": bytes(20), "custodians": [], "cancelled": False, "over": False, "open_at": town.ledger.time + 60,
    }  # fmt: skip
    with engine.begin() as connection:
        for number in range(1, town.ledger.ceremonies() + 1):
            connection.execute(insert(tenders).values(number=number, ceremony=number, **row))
    acts = MemoryActs(town.ledger, b"\xaa" * 20)
    here = SimpleNamespace(are_there=True, may_send=True, chain=chain, board=town.people[1].curtain, acts=acts)
    desk = SimpleNamespace(tenders=here, engine=engine)
    return SimpleNamespace(service=desk, bureau=BUREAU, clock=lambda: town.ledger.time)


def called(town: Town) -> list[int]:
    return [read_ceremony(town.ledger, town.board, number).roll_calls for number in (1, 2)]


def test_what_enough_have_answered_comes_onto_the_ledger_once(town: Town) -> None:
    office = office_of(town)
    for _ in range(2):
        assert run_rolls(office, 0, lambda *_: None) == ""
    assert called(town) == [1, 1]


def test_the_one_behind_a_ceremony_whose_roster_is_gone_is_put_there_all_the_same(town: Town) -> None:
    office, curtain = office_of(town), town.people[1].curtain
    curtain.hidden.add(town.ledger.kept[0].plan.roster_digest)
    with pytest.raises(NotFound) as caught:
        run_rolls(office, 0, lambda *_: None)
    assert caught.value.code == "holding.roster"
    assert called(town) == [0, 1]


def test_the_one_behind_a_ceremony_without_a_key_is_put_there_and_nothing_is_told(town: Town) -> None:
    town.ledger.kept[0].confirmed.clear()
    town.ledger.kept[0].key = b""
    assert run_rolls(office_of(town), 0, lambda *_: None) == ""
    assert called(town) == [0, 1]
    assert any(town.board.notes("roll-call/1/1"))
