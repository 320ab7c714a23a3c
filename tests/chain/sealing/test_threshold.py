"""Any t open, t - 1 do not, and whoever signs wrongly is named."""

from __future__ import annotations

from itertools import combinations
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput, Refused
from chain.sealing import (
    BidFault,
    Draw,
    FaultKind,
    FloatPoint,
    KeyShare,
    LiveSet,
    Message,
    Party,
    RollCall,
    Scope,
    combine,
    combine_many,
    curve,
    verify,
)
from chain.sealing.ibe import lock, unlock
from chain.sealing.threshold import lagrange, sign, wrong_among
from tests.chain.sealing.samples import BOOK, GENESIS, TENDER, holders, identity

MESSAGE = identity()
K1 = bytes(range(16))


@pytest.mark.parametrize(("size", "threshold"), [(5, 3), (9, 5)])
class TestAllSubsets:
    def test_every_t_give_the_one_signature_which_opens_lock_one(self, size: int, threshold: int) -> None:
        town, digest = holders(size, threshold), MESSAGE.digest()
        partials = {one: share.sign(MESSAGE) for one, share in town.shares.items()}
        locked = lock(curve.read_g2(town.key.key), digest, K1)
        found = set()
        for chosen in combinations(sorted(partials), threshold):
            made = combine(town.key, digest, {one: partials[one] for one in chosen})
            assert (made.key_holders, made.wrong) == (chosen, ())
            found.add(made.signature)
        assert len(found) == 1
        signature = found.pop()
        assert verify(town.key.key, digest, signature)
        assert unlock(curve.read_g1(signature), locked) == K1

    def test_no_t_minus_one_open(self, size: int, threshold: int) -> None:
        town, digest = holders(size, threshold), MESSAGE.digest()
        partials = {one: share.sign(MESSAGE) for one, share in town.shares.items()}
        locked = lock(curve.read_g2(town.key.key), digest, K1)
        tried = 0
        for chosen in combinations(sorted(partials), threshold - 1):
            with pytest.raises(BidFault) as caught:
                combine(town.key, digest, {one: partials[one] for one in chosen})
            assert caught.value.kind is FaultKind.MISSING_SHARES
            # Nor does what they can make by themselves: the combination over too few points.
            points = [curve.read_g1(partials[one]) for one in chosen]
            short = curve.sum_g1(points, lagrange(chosen))
            assert not verify(town.key.key, digest, short.to_compressed_bytes())
            assert unlock(short, locked) is None
            tried += 1
        assert tried == comb(size, threshold - 1)


class TestWrongOnes:
    def test_are_named_and_the_rest_open(self) -> None:
        town, digest = holders(), MESSAGE.digest()
        partials = {one: share.sign(MESSAGE) for one, share in town.shares.items()}
        partials[1] = town.shares[1].sign(identity(version=2))
        partials[3] = b"\xff" * 48
        made = combine(town.key, digest, partials)
        assert made.wrong == (1, 3)
        assert made.key_holders == (2, 4, 5)
        assert verify(town.key.key, digest, made.signature)

    def test_are_not_enough_together_with_two_right_ones(self) -> None:
        town, digest = holders(), MESSAGE.digest()
        partials = {one: town.shares[one].sign(MESSAGE) for one in (1, 2)}
        partials[4] = partials[1]
        with pytest.raises(BidFault) as caught:
            combine(town.key, digest, partials)
        fault = caught.value
        assert (fault.kind, fault.party) == (FaultKind.MISSING_SHARES, Party.KEY_HOLDERS)
        assert fault.evidence == {"right": [1, 2], "wrong": [4], "missing": [3, 5]}

    def test_of_strangers_do_not_count(self) -> None:
        town, digest = holders(), MESSAGE.digest()
        partials = {one: town.shares[1].sign(MESSAGE) for one in (6, 7, 8)}
        with pytest.raises(BidFault):
            combine(town.key, digest, partials)

    def test_that_cancel_out_in_the_sum_are_seen(self) -> None:
        """Two wrong ones whose errors cancel under equal weights: the weights are random."""
        town, secret = holders(), curve.scalar(99)
        digests = [identity(bidder).digest() for bidder in (1, 2)]
        right = [curve.read_g1(sign(secret, digest)) for digest in digests]
        error = curve.hash_to_g1(b"error")
        wrong = [(right[0] + error).to_compressed_bytes(), (right[1] - error).to_compressed_bytes()]
        public = (curve.GENERATOR * secret).to_compressed_bytes()
        assert wrong_among(public, digests, wrong) == (0, 1)
        assert wrong_among(public, digests, [one.to_compressed_bytes() for one in right]) == ()
        assert town.key.threshold == 3

    @settings(max_examples=15)
    @given(st.sets(st.tuples(st.integers(1, 5), st.integers(0, 7)), max_size=9))
    def test_among_many_bids_are_found_wherever_they_are(self, wrong: set[tuple[int, int]]) -> None:
        town = holders()
        bids = [identity(bidder) for bidder in range(8)]
        partials = {
            one: [town.shares[one].sign(identity(99) if (one, at) in wrong else bid) for at, bid in enumerate(bids)]
            for one in town.shares
        }
        digests = [bid.digest() for bid in bids]
        most = max(sum(1 for _, at in wrong if at == place) for place in range(8))
        if most > 2:
            with pytest.raises(BidFault):
                combine_many(town.key, digests, partials)
            return
        made = combine_many(town.key, digests, partials)
        assert all(verify(town.key.key, digest, one.signature) for digest, one in zip(digests, made, strict=True))
        for place, one in enumerate(made):
            assert set(one.wrong) <= {holder for holder, at in wrong if at == place}
            assert not {(holder, place) for holder in one.key_holders} & wrong


class TestMessages:
    @pytest.mark.parametrize("number", [0, -1, 1, 2**16])
    def test_numbers_of_holders_are_sane(self, number: int) -> None:
        with pytest.raises(InvalidInput):
            lagrange([1, number] if number == 1 else [number])

    def test_no_message_of_one_kind_is_one_of_another(self) -> None:
        place = (GENESIS, BOOK, TENDER)
        messages: list[Message] = [
            identity(),
            identity(version=2),
            identity(lot=2),
            identity(envelope=2),
            identity(bidder=2),
            identity(tender=8),
            LiveSet(*place, 1, 1, sha256(b"live")),
            LiveSet(*place, 1, 2, sha256(b"live")),
            RollCall(*place, 1),
            Draw(*place, 1),
            Draw(*place, 2),
            FloatPoint(*place, 1),
        ]
        assert len({message.digest() for message in messages}) == len(messages)

    def test_a_share_of_a_tender_signs_for_no_other_tender_book_or_ledger(self) -> None:
        share = holders().shares[1]
        share.sign(identity())
        foreign: list[Message] = [
            identity(tender=8),
            Draw(GENESIS, sha256(b"other")[:20], TENDER, 1),
            RollCall(sha256(b"other"), BOOK, TENDER, 1),
        ]
        for message in foreign:
            with pytest.raises(Refused):
                share.sign(message)

    def test_a_share_of_a_term_signs_for_every_tender_of_its_book(self) -> None:
        share = holders().shares[1]
        term = KeyShare(Scope(GENESIS, BOOK, "term", 2026), share.ceremony, 1, share.secret)
        assert term.sign(identity(tender=8)) == sign(curve.read_scalar(share.secret), identity(tender=8).digest())
        with pytest.raises(Refused):
            term.sign(Draw(sha256(b"other"), BOOK, TENDER, 1))

    def test_a_share_is_kept_in_one_form(self) -> None:
        share = holders().shares[2]
        data = share.to_bytes()
        assert KeyShare.from_bytes(data) == share
        for bad in (
            data + b" ",
            data.replace(b"share-1", b"share-2"),
            data.replace(b'"keyHolder":2', b'"keyHolder":true'),
        ):
            with pytest.raises(InvalidInput):
                KeyShare.from_bytes(bad)

    def test_a_share_does_not_print_its_secret(self) -> None:
        share = holders().shares[1]
        assert share.secret.hex() not in repr(share)
        assert str(share.secret) not in repr(share)
