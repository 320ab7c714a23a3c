"""A closed lot of nobody's with its key holders, shared by the tests of this room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from chain.kernel.tender_facts import Commitment, SealedFile
from chain.sealing import Bid, BidIdentity, Form, KeyShare, Recipients, Sealed, Source, make_release, seal_bid
from chain.tenders.opening import LiveBids, OpeningKeys, ReleaseBox, combine_keys, live_bids, releases_topic
from chain.tenders.story import tell
from tests.chain.sealing.samples import FIGURES, GENESIS, RECIPIENTS, Holders, holders
from tests.chain.tenders.events import BOOK, Teller, address

TOPIC = releases_topic(3, 1, 1)
Notes = list[tuple[str, bytes]]


def identity(bidder: int, version: int = 1) -> BidIdentity:
    """Of a bid in the sample tender."""
    return BidIdentity(GENESIS, BOOK, 3, 1, 1, address(bidder), version)


def seal(folder: Path, bidder: int, *, version: int = 1, to: Recipients = RECIPIENTS) -> Sealed:
    """A small bid, ``folder/bid-<bidder>-<version>.age``."""
    source = folder / f"offer-{bidder}-{version}.txt"
    source.write_text(f"offer of bidder {bidder}")
    bid = Bid(identity(bidder, version), Form.of(FIGURES), [Source("offer.txt", "text/plain", source)], {}, (), None)
    return seal_bid(bid, holders().key.key, to, folder / f"bid-{bidder}-{version}.age")


def commitment(teller: Teller, sealed: Sealed) -> Commitment:
    """The commitment to a sealed bid."""
    who = sealed.manifest.identity
    plain = teller.commitment(int.from_bytes(who.bidder, "big"), who.version)
    file = SealedFile(sealed.digest, sealed.size, sealed.form_root)
    return Commitment(
        plain.tender, plain.lot, plain.bidder, plain.version, plain.recovery, plain.not_after, plain.kind_digest, file
    )


def closed(sealed: Sequence[Sealed]) -> LiveBids:
    """A lot that was closed with these bids."""
    teller = Teller()
    teller.publish()
    commitments = [commitment(teller, one) for one in sealed]
    for place, one in enumerate(commitments, 1):
        teller.commit(place, one)
    teller.settle()
    teller.close(*commitments)
    return live_bids(tell(teller.events, BOOK), GENESIS, 1, 1)


def notes(live: LiveBids, *chosen: int, town: Holders | None = None) -> Notes:
    """What these key holders leave on the board."""
    scope = town or holders()
    out = []
    for number in chosen:
        share = scope.shares[number]
        out.append((f"holder-{number}", make_release(_for(share, live), live.message, live.identities).to_bytes()))
    return out


def keys(live: LiveBids) -> OpeningKeys:
    """Combined by the first three."""
    box = ReleaseBox(holders().key, live)
    box.take(notes(live, 1, 2, 3))
    return combine_keys(box)


def _for(share: KeyShare, live: LiveBids) -> KeyShare:
    """The sample share, made for the sample tender's book."""
    return replace(share, scope=replace(share.scope, book=live.book, number=live.tender))
