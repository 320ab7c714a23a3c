"""Ceremonies, bids and keys of nobody, made from fixed seeds; shared by the tests of this room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from chain.kernel.encoding import b64url, sha256
from chain.sealing import (
    Bid,
    BidIdentity,
    BidKeys,
    BidStanza,
    Committed,
    Form,
    KeyShare,
    OpeningKey,
    Recipients,
    Scope,
    Sealed,
    Source,
    combine,
    open_box,
    seal_bid,
)
from chain.sealing.ceremony import Judgement, Member, Roster, Transcript, judge, make_deal, take_share

GENESIS = sha256(b"sample genesis")
BOOK = sha256(b"sample book")[:20]
TENDER = 7


def private(name: str) -> bytes:
    """An X25519 private key of nobody."""
    return sha256(b"sample key of " + name.encode())


def public(name: str) -> bytes:
    """Its public part."""
    return X25519PrivateKey.from_private_bytes(private(name)).public_key().public_bytes_raw()


RECIPIENTS = Recipients(public("officer"), public("supervisor"))


def notice_keys() -> dict[str, Any]:
    """What the notice of a tender says, as a program in a browser takes it."""
    return {
        "identity": identity().as_dict(),
        "openingKey": b64url(holders().key.key),
        "officer": b64url(RECIPIENTS.officer),
        "supervisor": b64url(RECIPIENTS.supervisor),
    }


def known_of(made: dict[str, Any]) -> Committed:
    """What the ledger would say of a bid that a browser sealed."""
    digest, root = bytes.fromhex(made["digest"]), bytes.fromhex(made["formRoot"])
    return Committed(identity(), holders().key.key, RECIPIENTS, digest, made["size"], root)


def roster(size: int, threshold: int, kind: Literal["tender", "term"] = "tender", number: int = TENDER) -> Roster:
    """``size`` members of nobody's."""
    members = [Member(sha256(b"address %d" % one)[:20], public(f"member {one}")) for one in range(1, size + 1)]
    return Roster(Scope(GENESIS, BOOK, kind, number), threshold, tuple(members))


def seed(member: int) -> bytes:
    """A dealer's secret."""
    return sha256(b"seed %d" % member)


@dataclass(frozen=True)
class Holders:
    """A finished ceremony with all its secrets."""

    judgement: Judgement
    shares: dict[int, KeyShare]

    @property
    def key(self) -> OpeningKey:
        return self.judgement.opening_key


@cache
def holders(size: int = 5, threshold: int = 3) -> Holders:
    """A ceremony in which everybody is honest."""
    invited = roster(size, threshold)
    deals = {one: make_deal(invited, one, seed(one)).to_bytes() for one in range(1, size + 1)}
    judgement = judge(invited, Transcript(deals))
    shares = {one: take_share(judgement, one, private(f"member {one}")) for one in judgement.qualified}
    return Holders(judgement, shares)


def identity(bidder: int = 1, version: int = 1, lot: int = 1, envelope: int = 1, tender: int = TENDER) -> BidIdentity:
    """A bid of nobody's."""
    return BidIdentity(GENESIS, BOOK, tender, lot, envelope, sha256(b"bidder %d" % bidder)[:20], version)


FIGURES = {"price": "1234567.00", "period.days": "180", "工期承诺": "按招标文件"}


def bid(folder: Path, sizes: Sequence[int] = (1000, 0, 70_000), who: BidIdentity | None = None) -> Bid:
    """A bid with documents of these sizes."""
    sources = []
    for number, size in enumerate(sizes):
        path = folder / f"source-{number}"
        path.write_bytes((sha256(b"document %d" % number) * (size // 32 + 1))[:size])
        sources.append(Source(f"标书-{number}.pdf", "application/pdf", path))
    return Bid(who or identity(), Form.of(FIGURES), sources, {"statement": "signed elsewhere"}, ("one~", "two~"), "g~")


def committed(sealed: Sealed, who: BidIdentity | None = None, size: int = 5, threshold: int = 3) -> Committed:
    """What chain and notice say of it."""
    key = holders(size, threshold).key.key
    return Committed(who or identity(), key, RECIPIENTS, sealed.digest, sealed.size, sealed.form_root)


def signature(who: BidIdentity, chosen: Sequence[int] = (1, 2, 3)) -> bytes:
    """The key holders' signature over one bid's identity."""
    town = holders()
    return combine(town.key, who.digest(), {one: town.shares[one].sign(who) for one in chosen}).signature


def keys_of(file: bytes, who: BidIdentity | None = None) -> BidKeys:
    """Both keys of a sealed bid, as key holders and officer come by them."""
    from chain.containers import stanzas_of

    k2 = open_box(BidStanza.of(stanzas_of(file)), "officer", private("officer"))
    return BidKeys(signature(who or identity()), k2)


def sealed_bid(folder: Path, sizes: Sequence[int] = (1000, 0, 70_000), name: str = "bid.age") -> Sealed:
    """``folder/bid.age``, sealed to the sample holders."""
    return seal_bid(bid(folder, sizes), holders().key.key, RECIPIENTS, folder / name)
