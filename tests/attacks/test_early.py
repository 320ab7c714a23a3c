"""Before the hour: everybody alone, and every combination short of the right one, tries to read a bid."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest

from chain.containers import stanzas_of
from chain.kernel.encoding import b64url, sha256
from chain.kernel.errors import YinxinError
from chain.ledger.compile import compile_contracts
from chain.sealing import BidFault, BidKeys, BidStanza, FaultKind, LiveSet, combine, curve, open_bid, open_box
from chain.sealing.threshold import lagrange
from chain.tenders.digests import live_set_digest
from tests.attacks.siege import MARK, SealedFor, Siege
from tests.support.tender_stage import HOLDERS

pytestmark = pytest.mark.loopback


@dataclass
class Running:
    """A tender whose deadline is an hour away, with two sealed bids."""

    siege: Siege
    tender: int
    bids: list[SealedFor]


@pytest.fixture(scope="module")
def running(siege: Siege) -> Running:
    tender = siege.stage.publish(deadline_in=3600, open_in=3600)
    bids = [siege.seal(tender, bidder) for bidder in (1, 2)]
    for bidder, sealed in enumerate(bids, 1):
        siege.submit(tender, bidder, sealed)
    return Running(siege, tender, bids)


def _shut(running: Running, keys: BidKeys, kind: FaultKind, tmp_path: Path) -> None:
    sealed = running.bids[0]
    with pytest.raises(BidFault) as caught:
        open_bid(sealed.path, running.siege.committed(sealed), keys, tmp_path / "opened")
    assert caught.value.kind is kind
    assert not (tmp_path / "opened").exists()


def test_what_all_of_them_together_would_open(running: Running, tmp_path: Path) -> None:
    """The bids are sound: the attacks below fail because of who tries them."""
    sealed = running.bids[0]
    open_bid(sealed.path, running.siege.committed(sealed), running.siege.keys(sealed), tmp_path / "opened")
    assert MARK in (tmp_path / "opened" / "documents" / "标书.txt").read_text(encoding="utf-8")


def test_t_minus_one_holders_with_both_keys_of_lock_two(running: Running, tmp_path: Path) -> None:
    sealed, key = running.bids[0], running.siege.stage.key
    for pair in combinations(sorted(key.shares), 2):
        partials = {one: key.shares[one].sign(sealed.identity) for one in pair}
        with pytest.raises(BidFault) as caught:
            combine(key.opening_key, sealed.identity.digest(), partials)
        assert caught.value.kind is FaultKind.MISSING_SHARES
        # … and by hand, as if the threshold were two.
        first, second = (
            curve.read_g1(partials[one]) * factor for one, factor in zip(pair, lagrange(pair), strict=True)
        )
        point = first + second
        _shut(running, BidKeys(point.to_compressed_bytes(), sealed.k2), FaultKind.WRONG_SIGNATURE, tmp_path)


def test_all_holders_without_lock_two(running: Running, tmp_path: Path) -> None:
    sealed, siege = running.bids[0], running.siege
    signature = siege.signature(sealed.identity, (1, 2, 3, 4, 5))
    stanza = BidStanza.of(stanzas_of(sealed.data))
    for name in HOLDERS:
        for who in ("officer", "supervisor"):
            with pytest.raises(BidFault) as caught:
                open_box(stanza, who, siege.stage.shares(name).card_key(1))
            assert caught.value.kind is FaultKind.SHUT_BOX
    for guess in (bytes(16), sha256(sealed.k2)[:16], stanza.boxes["officer"][-16:], running.bids[1].k2):
        _shut(running, BidKeys(signature, guess), FaultKind.WRONG_LOCK_KEY, tmp_path)


def test_officer_and_supervisor_without_holders(running: Running, tmp_path: Path) -> None:
    sealed, siege = running.bids[0], running.siege
    stanza = BidStanza.of(stanzas_of(sealed.data))
    for who in ("officer", "supervisor"):
        assert open_box(stanza, who, siege.private(who)) == sealed.k2
    other = siege.signature(running.bids[1].identity)
    partial = siege.stage.key.shares[1].sign(sealed.identity)
    for signature in (other, partial, bytes(48), siege.signature(siege.identity(running.tender, 1, 2))):
        _shut(running, BidKeys(signature, sealed.k2), FaultKind.WRONG_SIGNATURE, tmp_path)


def test_the_operator_with_the_servers_whole_disk(running: Running, tmp_path: Path) -> None:
    """Custodians' homes with their passphrase, the board, the node's folder, the sealed files."""
    siege, stage = running.siege, running.siege.stage
    disk = [stage.folder / name for name in ("custodian-1", "custodian-2", "board", "ledger")] + [siege.folder]
    secrets = [sealed.k2 for sealed in running.bids] + [share.secret for share in stage.key.shares.values()]
    secrets += [siege.private("officer"), siege.private("supervisor"), MARK.encode(), b"1001.00"]
    needles = [form for secret in secrets for form in (secret, secret.hex().encode(), b64url(secret).encode(),
                                                       base64.b64encode(secret).rstrip(b"="))]  # fmt: skip
    read = 0
    for folder in disk:
        for path in (one for one in folder.rglob("*") if one.is_file() and not one.is_symlink()):
            data = path.read_bytes()
            read += 1
            assert not [needle for needle in needles if needle in data], path
    assert read > 20
    stanza = BidStanza.of(stanzas_of(running.bids[0].data))
    for name in ("custodian-1", "custodian-2"):
        keys = stage.keys(name)
        for card in keys.cards():
            secret = bytes(keys.account(card.name).key) if card.kind != "desk" else keys.desk(card.name)
            for who in ("officer", "supervisor"):
                with pytest.raises(BidFault):
                    open_box(stanza, who, secret)


def test_no_function_of_the_book_is_the_authoritys_but_its_end_of_life() -> None:
    abi = compile_contracts().contracts["TenderBook"].abi
    writing = {one["name"] for one in abi if one["type"] == "function" and one["stateMutability"] == "nonpayable"}
    assert writing == {
        "publish", "amend", "extend", "cancel", "tick", "settle", "submit", "withdraw", "move", "revealDecoy", "close",
        "open", "review", "fail", "advance", "proposeRetirement", "cancelRetirement", "retire",
    }  # fmt: skip


def test_the_authority_moves_nothing(running: Running) -> None:
    stage, tender = running.siege.stage, running.tender
    acts = stage.acts("authority")
    before = stage.ledger.tender(tender)
    assert before is not None
    ledger, hashes = stage.ledger, [sha256(b"one"), sha256(b"two")]
    message = LiveSet(ledger.genesis, ledger.book, tender, 1, 1, 2, live_set_digest(hashes))
    signature = stage.key.sign(message)
    made, signed = stage.commitment(tender, bidder=9)
    tries = [
        lambda: acts.extend(tender, before.deadline + 9, before.open_at + 9),
        lambda: acts.amend(tender, 1, sha256(b"x"), before.deadline + 9, before.open_at + 9),
        lambda: acts.cancel(tender, sha256(b"x")),
        lambda: acts.close(tender, 1, 1, 100),
        lambda: acts.open(tender, 1, 1, signature, sha256(b"x")),
        lambda: acts.fail(tender, 1, sha256(b"x")),
        lambda: acts.review(tender, 1, sha256(b"x"), []),
        lambda: acts.record(tender, 1, "opening", sha256(b"x")),
        lambda: acts.name_candidates(tender, 1, 1, sha256(b"x")),
        lambda: acts.submit(made, signed, signed),
        lambda: acts.reveal_decoy(made, bytes(32)),
    ]
    for attempt in tries:
        with pytest.raises(YinxinError):
            attempt()
    assert stage.ledger.tender(tender) == before
    assert stage.ledger.lot(tender, 1).places == 2
