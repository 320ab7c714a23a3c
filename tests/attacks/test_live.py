"""After the hour only what is live opens: not what was copied, replayed, replaced, withdrawn, or never stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from chain.containers import stanzas_of
from chain.kernel.encoding import sha256
from chain.kernel.errors import NotFound, YinxinError
from chain.kernel.tender_facts import Phase
from chain.keys.signatures import sign
from chain.sealing import (
    BidFault,
    BidKeys,
    BidStanza,
    FaultKind,
    Party,
    check_release,
    combine,
    curve,
    make_release,
    open_bid,
)
from chain.sealing.threshold import sign as sign_share
from chain.tenders.opening import (
    LiveBids,
    OpenedBid,
    Outcome,
    ReleaseBox,
    combine_keys,
    committed_to,
    open_live_bid,
    read_story,
    releases_topic,
)
from chain.tenders.opening.naming import name_keys, published_keys
from chain.tenders.typed import BookDomain, commitment_hash
from tests.attacks.siege import SealedFor, Siege

pytestmark = pytest.mark.loopback

HONEST, REPLACED, WITHDRAWN, MOVED, COPYCAT, CROOKED, HOMELESS, NEW_HAND = 1, 2, 3, 4, 5, 6, 7, 14
OFFICERS_BOX = 130
"""A byte of the officer's box in the body of a bid's stanza."""


@dataclass
class Closed:
    """A tender that is closed on the chain and whose opening time has come.

    Attributes:
        sealed: by bidder and version.
        live: what the contract fixed.
    """

    siege: Siege
    tender: int
    sealed: dict[tuple[int, int], SealedFor]
    live: LiveBids

    def file_of(self, bidder: int, version: int = 1) -> Path | None:
        return self.sealed[bidder, version].path

    def open(self, bidder: int, file: Path | None, *, shown: tuple[bytes, ...] = (), officer: bytes = b"") -> OpenedBid:
        """As the officer opens a live bid, by the keys that the holders' releases give."""
        siege = self.siege
        bid = next(one for one in self.live.bids if one.commitment.bidder == siege.address(bidder))
        key = siege.stage.key.opening_key.key
        committed = committed_to(self.live, bid, key, siege.recipients())
        signature = siege.signature(self.live.identity(bid))
        box = ("officer", officer or siege.private("officer"))
        return open_live_bid(bid, file, committed, signature, box, None, shown)


@pytest.fixture(scope="module")
def closed(siege: Siege) -> Closed:
    stage = siege.stage
    siege.recipients()
    tender = stage.publish(deadline_in=20, open_in=2)
    sealed = {(who, 1): siege.seal(tender, who) for who in (HONEST, REPLACED, WITHDRAWN, MOVED, HOMELESS)}
    sealed[REPLACED, 2] = siege.seal(tender, REPLACED, 2)
    sealed[COPYCAT, 1] = sealed[HONEST, 1]
    sealed[CROOKED, 1] = siege.crooked(siege.seal(tender, CROOKED), OFFICERS_BOX)
    stage.together([siege.submitting(tender, who, sealed[who, 1]) for who, version in sealed if version == 1])
    stage.together(
        [
            siege.submitting(tender, REPLACED, sealed[REPLACED, 2], 2),
            siege.withdrawing(tender, WITHDRAWN, 2),
            siege.moving(tender, MOVED, NEW_HAND, 2),
        ]
    )
    stage.close(tender)
    state = stage.ledger.tender(tender)
    assert state is not None
    assert stage.ledger.lot(tender, 1).phase is Phase.CLOSED
    stage.wait_until(state.open_at)
    return Closed(siege, tender, sealed, siege.live(tender))


# --------------------------------------------------------------------------- what is live


def test_what_is_live_is_what_the_contract_chained(closed: Closed) -> None:
    held = closed.siege.stage.ledger.live_set(closed.tender, 1, 1)
    assert (held.digest, held.count) == (closed.live.digest, len(closed.live.bids)) == (held.digest, 6)
    siege = closed.siege
    identities = set(closed.live.identities)
    assert siege.identity(closed.tender, REPLACED, 1) not in identities
    assert siege.identity(closed.tender, REPLACED, 2) in identities
    assert siege.identity(closed.tender, WITHDRAWN, 1) not in identities
    assert siege.identity(closed.tender, MOVED, 1) in identities, "a moved bid opens under the name it was sealed for"


@pytest.mark.parametrize("dead", [(REPLACED, 1), (WITHDRAWN, 1)])
def test_a_dead_bid_stays_shut_with_everything_that_is_published(closed: Closed, dead: tuple[int, int]) -> None:
    """Every signature of the opening, and the officer's help."""
    sealed, siege = closed.sealed[dead], closed.siege
    published = [siege.signature(identity) for identity in closed.live.identities]
    published.append(siege.stage.live_set_signature(closed.tender))
    for signature in published:
        with pytest.raises(BidFault) as caught:
            open_bid(sealed.path, siege.committed(sealed), BidKeys(signature, sealed.k2), None)
        assert caught.value.kind is FaultKind.WRONG_SIGNATURE


def test_a_release_for_a_dead_bid_does_not_count(closed: Closed) -> None:
    """A key holder who slips a withdrawn bid in, or leaves a live one out, is refused by name."""
    siege, key = closed.siege, closed.siege.stage.key
    dead = siege.identity(closed.tender, WITHDRAWN, 1)
    more = make_release(key.shares[1], closed.live.message, [*closed.live.identities, dead])
    other = make_release(key.shares[2], closed.live.message, [*closed.live.identities[:-1], dead])
    box = ReleaseBox(key.opening_key, closed.live)
    box.take([("a", more.to_bytes()), ("b", other.to_bytes())])
    assert [refused.key_holder for refused in box.refused] == [1, 2]
    assert box.missing == 3
    assert check_release(key.opening_key, other, closed.live.message, closed.live.identities) == (6,)


# --------------------------------------------------------------------------- copies and replays


def test_a_copied_file_is_seen_and_counts_against_the_copier(closed: Closed) -> None:
    found = closed.open(COPYCAT, closed.file_of(HONEST))
    assert (found.outcome, found.fault and found.fault.kind) == (Outcome.REVOKED, FaultKind.FOREIGN)
    assert closed.open(HONEST, closed.file_of(HONEST)).outcome is Outcome.OPENED


def test_a_signed_commitment_counts_in_one_place_only(closed: Closed) -> None:
    """Another tender, lot, version, address, book or chain; and the same one again."""
    stage, siege = closed.siege.stage, closed.siege
    tender = stage.publish(deadline_in=3600, lots=2)
    made, signed = stage.commitment(tender, bidder=HONEST, first=closed.sealed[HONEST, 1].file)
    acts = stage.acts("custodian-2")
    old = next(one.commitment for one in closed.live.bids if one.commitment.bidder == siege.address(HONEST))
    old_signed = sign(stage.domain.digest(commitment_hash(old)), stage.bidder_key(HONEST))
    elsewhere = BookDomain(stage.domain.chain_id + 1, stage.domain.book)
    other_book = BookDomain(stage.domain.chain_id, sha256(b"another book")[:20])
    key = stage.bidder_key(HONEST)
    tries = [
        (replace(old, tender=tender), old_signed),
        (replace(made, lot=2), signed),
        (replace(made, version=2), signed),
        (replace(made, bidder=siege.address(COPYCAT)), signed),
        (made, sign(elsewhere.digest(commitment_hash(made)), key)),
        (made, sign(other_book.digest(commitment_hash(made)), key)),
    ]
    for commitment, signature in tries:
        with pytest.raises(YinxinError):
            acts.submit(commitment, signature, stage.custody(commitment, "custodian-2"))
    assert stage.ledger.lot(tender, 1).places == 0
    acts.submit(made, signed, stage.custody(made, "custodian-2"))
    with pytest.raises(YinxinError):
        stage.acts("custodian-1").submit(made, signed, stage.custody(made, "custodian-1"))
    assert stage.ledger.entry(tender, 1, made.bidder).version == 1


def test_the_old_key_of_a_moved_bid_has_no_say(closed: Closed) -> None:
    entry = closed.siege.stage.ledger.entry(closed.tender, 1, closed.siege.address(MOVED))
    assert (entry.live, entry.moved) == (False, True)
    assert closed.siege.stage.ledger.entry(closed.tender, 1, closed.siege.address(NEW_HAND)).live
    assert closed.open(MOVED, closed.file_of(MOVED)).outcome is Outcome.OPENED


def test_a_relay_that_holds_back_or_reorders_gets_nothing_in(closed: Closed) -> None:
    stage = closed.siege.stage
    tender = stage.publish(deadline_in=3600)
    first, signed_first = stage.commitment(tender, bidder=1)
    second, signed_second = stage.commitment(tender, bidder=1, version=2)
    stale, signed_stale = stage.commitment(tender, bidder=2, not_after=stage.now() - 1)
    acts = stage.acts("custodian-1")
    with pytest.raises(YinxinError):
        acts.submit(second, signed_second, stage.custody(second))
    with pytest.raises(YinxinError):
        acts.submit(stale, signed_stale, stage.custody(stale))
    acts.submit(first, signed_first, stage.custody(first))
    acts.submit(second, signed_second, stage.custody(second))
    again, signed_again = stage.commitment(tender, bidder=1, first=first.first, not_after=first.not_after + 1)
    with pytest.raises(YinxinError):
        acts.submit(again, signed_again, stage.custody(again))
    late, signed_late = stage.commitment(closed.tender, bidder=8)
    with pytest.raises(YinxinError):
        acts.submit(late, signed_late, stage.custody(late))
    assert stage.ledger.entry(tender, 1, first.bidder).version == 2


# --------------------------------------------------------------------------- whose fault it is


def test_a_custodian_that_signed_without_storing_is_named_and_not_the_bidder(closed: Closed) -> None:
    missing = closed.open(HOMELESS, None)
    assert (missing.outcome, missing.fault and missing.fault.party) == (Outcome.WITHDRAWN, Party.STORAGE)
    event = next(
        one for one in closed.siege.stage.ledger.tender_events(closed.tender)
        if one.name == "BidCommitted" and one.values["bidder"] == closed.siege.address(HOMELESS)
    )  # fmt: skip
    assert event.values["custodian"] == closed.siege.stage.address("custodian-1"), "the ledger says who signed"
    # What is handed in afterwards counts only if it is the identical file: a second thought after the prices is none.
    better = closed.siege.spare(closed.sealed[HOMELESS, 1], closed.sealed[HONEST, 1].data)
    assert closed.open(HOMELESS, better).outcome is Outcome.WITHDRAWN
    same = closed.siege.spare(closed.sealed[HOMELESS, 1], None)
    assert closed.open(HOMELESS, same).outcome is Outcome.OPENED


def test_an_officer_who_says_it_does_not_open_is_contradicted_by_the_recomputed_stanza(closed: Closed) -> None:
    sealed = closed.sealed[HONEST, 1]
    blamed = closed.open(HONEST, sealed.path, officer=sha256(b"not the officer's key"))
    assert blamed.outcome is Outcome.UNDECIDED, "the officer's word alone blames nobody"
    assert closed.open(HONEST, sealed.path, officer=sha256(b"no"), shown=(sealed.k2,)).outcome is Outcome.OPENED
    stanza = BidStanza.of(stanzas_of(sealed.data))
    boxes = closed.siege.recipients().boxes(sealed.k2, sealed.identity.digest())
    assert boxes == stanza.boxes, "anybody who is shown k2 makes the very same boxes"


def test_a_bidder_who_spoils_a_box_has_no_option(closed: Closed) -> None:
    """Whether it opens doesn't wait for its word: the supervisor's k2 proves who spoiled it, and it is revoked."""
    sealed = closed.sealed[CROOKED, 1]
    first = closed.open(CROOKED, sealed.path)
    assert (first.outcome, first.fault and first.fault.kind) == (Outcome.UNDECIDED, FaultKind.SHUT_BOX)
    shown = closed.open(CROOKED, sealed.path, shown=(sealed.k2,))
    assert (shown.outcome, shown.fault and shown.fault.party) == (Outcome.REVOKED, Party.BIDDER)


# --------------------------------------------------------------------------- the transaction itself


def test_only_the_holders_signature_opens_and_a_false_digest_of_keys_changes_nothing(closed: Closed) -> None:
    stage, tender = closed.siege.stage, closed.tender
    key, acts = stage.key, stage.acts("custodian-2")
    own = closed.live.message
    wrong = [
        replace(own, lot=2), replace(own, envelope=2), replace(own, tender=tender + 1),
        replace(own, count=own.count - 1), replace(own, live=sha256(b"another set")),
        replace(own, genesis=sha256(b"another chain")),
    ]  # fmt: skip
    for message in wrong:
        scalars = {one: curve.read_scalar(key.shares[one].secret, field="share") for one in (1, 2, 3)}
        partials = {one: sign_share(scalar, message.digest()) for one, scalar in scalars.items()}
        signature = combine(key.opening_key, message.digest(), partials).signature
        with pytest.raises(YinxinError):
            acts.open(tender, 1, 1, signature, sha256(b"keys"))
    assert stage.ledger.lot(tender, 1).phase is Phase.CLOSED

    box = ReleaseBox(key.opening_key, closed.live)
    for one in (5, 1, 3):
        release = make_release(key.shares[one], own, closed.live.identities)
        stage.board.post(releases_topic(tender, 1, 1), f"holder-{one}", release.to_bytes())
    box.take(stage.board.notes(releases_topic(tender, 1, 1)))
    keys = combine_keys(box)
    # A stranger who saw the releases is faster and names a blob that nobody has.
    acts.open(tender, 1, 1, keys.live_signature, sha256(b"nothing"))
    assert stage.ledger.lot(tender, 1).phase is Phase.OPENED
    line = read_story(stage.ledger, tender).lots[1]
    with pytest.raises(NotFound):
        published_keys(line, stage.board, key.opening_key.key, closed.live)
    # There is one right blob. Everybody can make it from the releases, and the officer names it.
    digest = name_keys(line, stage.board, stage.acts("officer"), ReleaseBox(key.opening_key, closed.live))
    assert digest == sha256(keys.to_bytes())
    line = read_story(stage.ledger, tender).lots[1]
    assert published_keys(line, stage.board, key.opening_key.key, closed.live) == (digest, keys)
    assert name_keys(line, stage.board, stage.acts("officer"), ReleaseBox(key.opening_key, closed.live)) == digest
    with pytest.raises(YinxinError):
        acts.open(tender, 1, 1, keys.live_signature, digest)
