"""One message a key holder opens all live bids."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput
from chain.sealing import (
    BidFault,
    FaultKind,
    LiveSet,
    Release,
    check_release,
    combine_releases,
    make_release,
    verify,
)
from tests.chain.sealing.samples import BOOK, GENESIS, TENDER, holders, identity

BIDS = [identity(bidder) for bidder in range(6)]
LIVE = LiveSet(GENESIS, BOOK, TENDER, 1, 1, sha256(b"the live set"))
KEY = holders().key
RELEASES = {one: make_release(share, LIVE, BIDS) for one, share in holders().shares.items()}


def test_any_three_in_any_order_give_the_same_opening() -> None:
    first = combine_releases(KEY, LIVE, BIDS, [RELEASES[5], RELEASES[1], RELEASES[3]])
    other = combine_releases(KEY, LIVE, BIDS, [RELEASES[2], RELEASES[4], RELEASES[5]])
    assert (first.live_set, first.bids) == (other.live_set, other.bids)
    assert (first.key_holders, first.refused) == ((1, 3, 5), {})
    assert verify(KEY.key, LIVE.digest(), first.live_set)
    assert all(verify(KEY.key, bid.digest(), key) for bid, key in zip(BIDS, first.bids, strict=True))


def test_messages_have_one_form() -> None:
    data = RELEASES[1].to_bytes()
    assert Release.from_bytes(data) == RELEASES[1]
    for bad in (
        data + b" ",
        data.replace(b"release-1", b"release-2"),
        b"{}",
        data.replace(b'"keyHolder":1', b'"keyHolder":"1"'),
    ):
        with pytest.raises(InvalidInput):
            Release.from_bytes(bad)


def test_a_wrong_signature_is_found_with_holder_and_place() -> None:
    bad = replace(RELEASES[2], bids=(*RELEASES[2].bids[:3], RELEASES[1].bids[3], *RELEASES[2].bids[4:]))
    assert check_release(KEY, bad, LIVE, BIDS) == (4,)
    assert check_release(KEY, RELEASES[2], LIVE, BIDS) == ()
    opened = combine_releases(KEY, LIVE, BIDS, [RELEASES[1], bad, RELEASES[3], RELEASES[4]])
    assert opened.refused == {2: (4,)}
    assert all(verify(KEY.key, bid.digest(), key) for bid, key in zip(BIDS, opened.bids, strict=True))


def test_who_signs_another_live_set_is_refused() -> None:
    foreign = make_release(holders().shares[2], replace(LIVE, live=sha256(b"another")), BIDS)
    with pytest.raises(InvalidInput):
        check_release(KEY, foreign, LIVE, BIDS)
    with pytest.raises(InvalidInput):
        check_release(KEY, replace(RELEASES[2], key_holder=9), LIVE, BIDS)
    opened = combine_releases(KEY, LIVE, BIDS, [RELEASES[1], foreign, RELEASES[3], RELEASES[4]])
    assert opened.refused == {2: (0,)}
    with pytest.raises(BidFault) as caught:
        combine_releases(KEY, LIVE, BIDS, [RELEASES[1], foreign, RELEASES[3]])
    assert caught.value.kind is FaultKind.MISSING_SHARES


def test_bids_of_another_lot_do_not_slip_in() -> None:
    with pytest.raises(InvalidInput):
        make_release(holders().shares[1], LIVE, [*BIDS, identity(lot=2)])


def test_two_messages_of_one_holder_are_refused() -> None:
    with pytest.raises(InvalidInput):
        combine_releases(KEY, LIVE, BIDS, [RELEASES[1], RELEASES[1], RELEASES[2]])
