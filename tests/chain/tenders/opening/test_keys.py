"""The live set, key holders' messages, and the keys that come of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.sealing import BidFault, FaultKind, Release
from chain.tenders.opening import (
    LiveBids,
    ReleaseBox,
    check_keys,
    combine_keys,
    live_bids,
    read_keys,
    wrong_keys,
)
from chain.tenders.story import tell
from tests.chain.sealing.samples import GENESIS, holders
from tests.chain.tenders.events import BOOK, Teller, address
from tests.chain.tenders.opening.openings import closed, keys, notes, seal


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> LiveBids:
    folder = tmp_path_factory.mktemp("bids")
    return closed([seal(folder, bidder) for bidder in (1, 2, 3)])


def test_a_moved_bid_keeps_the_identity_it_was_sealed_under_and_a_withdrawn_one_is_not_live() -> None:
    teller = Teller()
    teller.publish()
    bids = [teller.commitment(one) for one in (1, 2, 3)]
    for place, one in enumerate(bids, 1):
        teller.commit(place, one)
    teller.say("BidWithdrawn", lot=1, bidder=address(2), place=2, version=2, by=address(2))
    teller.say("BidMoved", lot=1, bidder=address(3), successor=address(9), place=3, version=2)
    teller.settle()
    teller.close(bids[0], bids[2])
    found = live_bids(tell(teller.events, BOOK), GENESIS, 1, 1)
    assert [bid.place for bid in found.bids] == [1, 3]
    assert [(one.bidder, one.version) for one in found.identities] == [(address(1), 1), (address(3), 1)]
    assert found.bids[1].acting == address(9)
    assert found.message.live == found.digest


def test_an_envelope_that_is_not_closed_has_no_live_set() -> None:
    teller = Teller()
    teller.publish()
    story = tell(teller.events, BOOK)
    with pytest.raises(Refused, match="not closed"):
        live_bids(story, GENESIS, 1, 1)
    with pytest.raises(NotFound):
        live_bids(story, GENESIS, 2, 1)
    with pytest.raises(NotFound):
        live_bids(story, GENESIS, 1, 2)


def test_any_threshold_of_key_holders_in_any_order_gives_the_same_bytes(live: LiveBids) -> None:
    made = set()
    for chosen in ((1, 2, 3), (5, 3, 1), (4, 2, 5), (3, 2, 1, 5, 4)):
        box = ReleaseBox(holders().key, live)
        assert box.take(notes(live, *chosen)) == 0
        made.add(combine_keys(box).to_bytes())
    assert len(made) == 1
    assert wrong_keys(check_keys(made.pop(), holders().key.key, live), holders().key.key, live) == ()


def test_doubles_and_strangers_notes_do_no_harm_and_a_wrong_one_names_its_key_holder(live: LiveBids) -> None:
    right = notes(live, 1, 2, 3)
    forged = Release.from_bytes(right[1][1])
    wrong = replace(forged, bids=(forged.bids[1], forged.bids[0], forged.bids[2])).to_bytes()
    other_set = replace(forged, key_holder=3, message=bytes(32)).to_bytes()
    nobody = replace(forged, key_holder=77).to_bytes()
    board = [("x", b"junk"), ("holder-2", wrong), right[0], right[0], ("holder-3", other_set), ("y", nobody), right[1]]
    box = ReleaseBox(holders().key, live)
    assert box.take(board) == 1
    assert box.waiting_for == (3, 4, 5)
    assert [(one.key_holder, one.places) for one in box.refused] == [(None, ()), (2, (1, 2)), (3, (0,)), (77, (0,))]
    assert box.take([*board, right[2]]) == 0
    assert len(box.refused) == 4
    assert sorted(box.releases) == [1, 2, 3]
    assert combine_keys(box).to_bytes() == keys(live).to_bytes()


def test_one_key_holder_less_than_the_threshold_opens_nothing(live: LiveBids) -> None:
    box = ReleaseBox(holders().key, live)
    box.take(notes(live, 2, 4))
    with pytest.raises(BidFault) as caught:
        combine_keys(box)
    assert caught.value.kind is FaultKind.MISSING_SHARES
    assert caught.value.evidence["missing"] == [1, 3, 5]


def test_each_wrong_key_is_found_by_itself(live: LiveBids) -> None:
    right = keys(live)
    first, second, third = right.bids
    swapped = replace(
        right, bids=(replace(first, signature=second.signature), replace(second, signature=first.signature), third)
    )
    assert wrong_keys(swapped, right.opening_key, live) == (1, 2)
    assert wrong_keys(replace(right, live_signature=first.signature), right.opening_key, live) == (0,)
    with pytest.raises(InvalidInput, match="wrong keys at 1, 2"):
        check_keys(swapped.to_bytes(), right.opening_key, live)


@pytest.mark.parametrize("change", ["tender", "opening_key", "live", "order", "fewer"])
def test_keys_of_another_opening_are_refused(live: LiveBids, change: str) -> None:
    right = keys(live)
    changed = {
        "tender": replace(right, tender=4),
        "opening_key": replace(right, opening_key=holders(3, 2).key.key),
        "live": replace(right, live=bytes(32)),
        "order": replace(right, bids=right.bids[::-1]),
        "fewer": replace(right, bids=right.bids[:2]),
    }[change]
    with pytest.raises(InvalidInput):
        check_keys(changed.to_bytes(), right.opening_key, live)


def test_the_blob_has_one_form_and_no_other_members(live: LiveBids) -> None:
    data = keys(live).to_bytes()
    assert read_keys(data).to_bytes() == data
    value = read_canonical(data)
    for spoilt in (
        data + b" ",
        canonical({**value, "more": 1}),
        canonical({**value, "format": "yinxin-opening-keys-2"}),
        canonical({**value, "tender": True}),
        canonical({**value, "bids": [{**value["bids"][0], "place": 0}]}),
        canonical({**value, "liveSet": {}}),
    ):
        with pytest.raises(InvalidInput):
            read_keys(spoilt)


def test_a_bid_that_is_not_live_has_no_key(live: LiveBids, tmp_path: Path) -> None:
    """Replaced, withdrawn or never in: its identity is signed by nobody, so nothing of the blob opens it."""
    stranger = seal(tmp_path, 1, version=2)
    signatures = [one.signature for one in keys(live).bids]
    assert stranger.manifest.identity not in live.identities
    from chain.sealing import verify

    assert not any(verify(holders().key.key, stranger.manifest.identity.digest(), one) for one in signatures)
