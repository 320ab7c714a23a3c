"""Decoys: what is drawn, that it outlives a restart, and what an observer of two and of nine bids sees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

import httpx
import pytest

from api.custody.decoys.drawing import draw_count, draw_size, draw_steps, most_in, sealed_size
from api.custody.decoys.plans import Decoy, Plans
from api.custody.store import Store
from chain.kernel.encoding import b64url, hex0x
from chain.kernel.errors import Damaged
from chain.kernel.tender_facts import Commitment, Phase
from chain.sealing.manifest import content_size
from chain.tenders.custody import commitment_json
from chain.tenders.custody.usual import usual_not_after
from chain.tenders.story import Bid
from tests.api.custody.bidders import Bidder
from tests.api.custody.served import SETTLED, Custody, serving, settings
from tests.api.custody.test_phases import story_of, until
from tests.chain.sealing.samples import sealed_bid
from tests.support.pace import roomy
from tests.support.tender_stage import TenderStage

MOST = 16


def test_a_decoy_has_the_size_of_a_sealed_file(tmp_path: Path) -> None:
    for number, sizes in enumerate(((0,), (1000, 70_000), (300_000,), (1_000_000, 5))):
        sealed = sealed_bid(tmp_path, sizes, f"{number}.age")
        assert sealed.size == sealed_size(content_size(sealed.manifest.to_bytes(), sealed.manifest.documents))


def test_sizes_are_padme_classes_and_near_what_stands_there() -> None:
    chance, real = Random(5), sealed_size(3_000_000)
    drawn = [draw_size(chance, 1, [real]) for _ in range(2000)]
    classes = {sealed_size(size) for size in range(1, 2**22, 1024)}
    assert {size for size in drawn if size < sealed_size(2**22 - 1)} <= classes
    assert sum(real / 2 <= size <= real * 2 for size in drawn) > 1000
    prices = Counter(draw_size(chance, 2, []) for _ in range(2000))
    assert prices.most_common(1)[0][0] == sealed_size(1)
    assert len(prices) > 1


def test_acts_come_in_order_and_most_come_late() -> None:
    chance = Random(7)
    drawn = [draw_steps(chance) for _ in range(4000)]
    for steps in drawn:
        assert all(later.left <= earlier.left for earlier, later in pairwise(steps))
        assert all(0.0 <= step.left <= 1.0 for step in steps)
        assert not steps[0].withdraws
    assert sum(steps[0].left < 0.25 for steps in drawn) > 2000
    assert 0.2 < sum(len(steps) > 1 for steps in drawn) / 4000 < 0.5
    assert any(steps[-1].withdraws for steps in drawn)


def _seen(bids: int, seed: int, draws: int = 20_000) -> Counter[int]:
    chance = Random(seed)
    return Counter(bids + draw_count(chance, MOST) for _ in range(draws))


@pytest.mark.parametrize("custodians", [1, 2])
def test_two_bids_and_nine_look_alike_more_often_than_not(custodians: int) -> None:
    """The overlap of what is counted: 10/17 with one custodian, more with a second one's decoys on top."""
    chance, draws = Random(11), 20_000

    def seen(bids: int) -> Counter[int]:
        return Counter(bids + sum(draw_count(chance, MOST) for _ in range(custodians)) for _ in range(draws))

    two, nine = seen(2), seen(9)
    overlap = sum(min(two[count], nine[count]) for count in two | nine) / draws
    assert overlap > (0.57, 0.62)[custodians - 1]


def test_there_are_no_more_decoys_than_can_be_revealed_in_time() -> None:
    assert [most_in(window, 1, 16) for window in (1, 5, 6, 10, 3600)] == [0, 0, 2, 10, 16]
    assert most_in(3600, 256, 16) == 16
    assert most_in(60, 256, 16) == 0


def test_a_count_in_the_common_range_speaks_for_neither() -> None:
    two, nine = _seen(2, 1), _seen(9, 2)
    for count in range(9, 2 + MOST + 1):
        assert 0.8 < two[count] / nine[count] < 1.25


def test_plans_outlive_a_restart_and_open_for_nobody_else(tmp_path: Path) -> None:
    store = Store(tmp_path)
    decoy = Decoy(0, 3, 1, bytes([1]) * 32, bytes([2]) * 20, draw_steps(Random(1)), (bytes([5]) * 32,) * 3)
    Plans(store, bytes([9]) * 32).plan(3, 1, [decoy])
    store.close()
    for file in tmp_path.iterdir():
        if file.is_file():
            assert bytes([1]) * 32 not in file.read_bytes(), "the key lies there encrypted only"
            assert bytes([5]) * 32 not in file.read_bytes()
    again = Store(tmp_path)
    found = Plans(again, bytes([9]) * 32)
    assert found.is_planned(3, 1)
    assert not found.is_planned(3, 2)
    assert [(one.key, one.steps, one.salts) for one in found.of(3)] == [(decoy.key, decoy.steps, decoy.salts)]
    with pytest.raises(Damaged):
        Plans(again, bytes([8]) * 32).of(3)
    again.close()


@pytest.mark.loopback
@pytest.mark.timeout(400)
def test_an_observer_of_two_bids_and_of_nine(tender_stage: TenderStage) -> None:
    stage = tender_stage
    settings(stage, "custodian-1", decoys=MOST)
    with serving(stage) as custody:
        few, many = _published(stage)
        signed = [_prepared(custody, stage, few, number) for number in range(1, 3)]
        signed += [_prepared(custody, stage, many, number) for number in range(1, 10)]
        client = custody.client()
        domain = stage.domain  # once: the stage's reader is for one thread
        stage.together([lambda m=made: client.commit(domain, *m, wait=SETTLED) for made in signed])  # type: ignore[misc]
        stage.wait_until(story_of(stage, few).deadline - 8)
        before = {tender: story_of(stage, tender) for tender in (few, many)}
        with httpx.Client(base_url=custody.url, timeout=60) as observer:
            shapes = {tender: _observed(observer, before[tender].lots[1].bids) for tender in before}
        assert stage.now() <= story_of(stage, few).deadline, "all of it was asked before answers change"
        for shape in shapes.values():
            assert len(shape) == 1
        assert _timeless(shapes[few]) == _timeless(shapes[many]), (
            "bids and decoys answer alike, in every member and at every address"
        )

        drawn = {tender: len(_decoys(stage, tender)) for tender in before}
        assert all(0 <= count <= MOST for count in drawn.values())
        assert any(len(before[tender].lots[1].bids) > count for tender, count in ((few, 2), (many, 9)))
        stories = {tender: until(stage, tender, lambda lot: lot.closings) for tender in before}
        for tender, count in ((few, 2), (many, 9)):
            lot = stories[tender].lots[1]
            assert len(lot.closings[1].commitments) == count, "every decoy was revealed"
            assert lot.phase is Phase.CLOSED
            revealed = sum(bid.is_decoy for bid in lot.bids)
            withdrawn = sum(not bid.live and not bid.is_decoy for bid in lot.bids)
            assert revealed + withdrawn == len(lot.bids) - count
            assert len(lot.bids) <= count + drawn[tender]
            states = Counter(one["state"] for one in _decoys(stage, tender))
            assert states["revealed"] == revealed
            assert not states["live"]


def _published(stage: TenderStage) -> tuple[int, int]:
    """Two tenders alike, for which some decoys are drawn: two draws of none in a row are drawn again."""
    while True:
        few, many = (stage.publish(deadline_in=90, open_in=80, reveal_window=roomy(14)) for _ in range(2))
        stage.wait_until(stage.now() + 1)
        if len(_decoys(stage, few)) + len(_decoys(stage, many)) > 4:
            return few, many


def _prepared(custody: Custody, stage: TenderStage, tender: int, number: int) -> tuple[Commitment, bytes]:
    path, file = Bidder(stage, number).sealed(sealed_size(1))
    custody.client().upload(tender, path)
    last = usual_not_after(stage.now(), story_of(stage, tender).deadline)
    return Bidder(stage, number).signed(tender, file, not_after=last)


def _timeless(shapes: set[tuple[object, ...]]) -> set[tuple[object, ...]]:
    return {(shape[0], *shape[2:]) for shape in shapes}


def _decoys(stage: TenderStage, tender: int) -> Sequence[dict[str, str]]:
    said = stage.run("custodian-1", "custodian", "decoy", str(tender))
    assert said.code == 0
    found: list[dict[str, str]] = said.data["decoys"]
    return found


def _observed(observer: httpx.Client, bids: Sequence[Bid]) -> set[tuple[object, ...]]:
    """All that is the same for every commitment: what is filled in, and how the custodian answers about it."""
    assert bids
    return {_answers(observer, bid.commitment) for bid in bids}


def _answers(observer: httpx.Client, commitment: Commitment) -> tuple[object, ...]:
    file = commitment.first
    upload = {"tender": commitment.tender, "digest": b64url(file.digest), "size": file.size}
    begun = observer.post("/custody/uploads", json=upload).json()
    again = {"commitment": commitment_json(commitment), "signature": hex0x(bytes(65)), "relay": True}
    signed = observer.post("/custody/commitments", json=again)
    read = observer.get(f"/custody/files/{b64url(file.digest)}")
    filled = tuple(bool(value and value != "0x" + "00" * 32) for value in commitment_json(commitment).values())
    return (
        filled, commitment.not_after, begun["complete"], tuple(begun["received"]), tuple(sorted(begun)),
        signed.status_code, tuple(sorted(signed.json())), signed.json()["state"], read.status_code,
        read.json()["detail"],
    )  # fmt: skip
