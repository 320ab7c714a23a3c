"""What the attacks need: bids sealed for the stage's own chain and key, sent to its contracts, opened by the rules."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from chain.containers import Stanza, encrypt, stanzas_of
from chain.kernel.encoding import sha256, unb64url
from chain.kernel.tender_facts import Commitment, SealedFile
from chain.keys.signatures import address_of, sign
from chain.sealing import (
    Bid,
    BidIdentity,
    BidKeys,
    BidStanza,
    Committed,
    Form,
    Recipients,
    Source,
    combine,
    open_box,
    seal_bid,
)
from chain.sealing.locks import BidRecipient
from chain.tenders.opening import LiveBids, live_bids, read_story
from chain.tenders.typed import move_hash, withdrawal_hash
from tests.api.town import cheap_keys
from tests.support.tender_stage import TenderStage

MARK = "只有开标后才可读到的一句话"
"""Stands in every bid's document; whoever finds it anywhere before the opening has broken a lock."""


@dataclass(frozen=True)
class SealedFor:
    """A sealed file and what its bidder knows."""

    path: Path
    identity: BidIdentity
    file: SealedFile
    k2: bytes

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()


@dataclass
class Siege:
    """The stage with sealed bids on it.

    Attributes:
        stage: chain, homes, key.
        folder: where sealed files lie, as with a custodian.
    """

    stage: TenderStage
    folder: Path
    _k2: dict[bytes, bytes] = field(default_factory=dict)

    # ------------------------------------------------------------------ keys

    def private(self, name: str) -> bytes:
        """The X25519 key of lock 2 in that person's home, made if it isn't there."""
        keys = self.stage.keys(name)
        if not keys.has("lock-two"):
            with cheap_keys():
                keys.create("lock-two", "desk")
        return keys.desk("lock-two")

    def recipients(self) -> Recipients:
        """Whose keys lock 2 is for."""
        found = []
        for name in ("officer", "supervisor"):
            self.private(name)
            found.append(unb64url(self.stage.keys(name).card("lock-two").public))
        return Recipients(found[0], found[1])

    # ------------------------------------------------------------------ bids

    def identity(self, tender: int, bidder: int, version: int = 1, lot: int = 1) -> BidIdentity:
        ledger = self.stage.ledger
        return BidIdentity(ledger.genesis, ledger.book, tender, lot, 1, self.address(bidder), version)

    def address(self, bidder: int) -> bytes:
        return address_of(self.stage.bidder_key(bidder))

    def seal(self, tender: int, bidder: int, version: int = 1, lot: int = 1) -> SealedFor:
        """An honest bid with one document."""
        who = self.identity(tender, bidder, version, lot)
        name = f"{tender}-{lot}-{bidder}-{version}"
        source = self.folder / f"{name}.txt"
        source.write_text(f"{MARK} {name} " * 40, encoding="utf-8")
        bid = Bid(who, Form.of({"price": f"{1000 + bidder}.00"}), [Source("标书.txt", "text/plain", source)], {})
        made = seal_bid(bid, self.stage.key.opening_key.key, self.recipients(), self.folder / f"{name}.age")
        source.unlink()
        self._k2[made.digest] = made.k2
        return SealedFor(self.folder / f"{name}.age", who, SealedFile(made.digest, made.size, made.form_root), made.k2)

    def crooked(self, honest: SealedFor, place: int) -> SealedFor:
        """The bidder's own forgery: one byte of its stanza's body changed, then a right header around it."""
        recipient = BidRecipient(honest.identity, self.stage.key.opening_key.key, self.recipients())

        class Bent:
            def wrap(self, file_key: bytes) -> tuple[Stanza, ...]:
                (made,) = recipient.wrap(file_key)
                body = bytearray(made.body)
                body[place] ^= 1
                return (Stanza(made.args, bytes(body)),)

        data = encrypt(b"whatever", Bent())
        path = honest.path.with_suffix(".crooked.age")
        path.write_bytes(data)
        return SealedFor(path, honest.identity, SealedFile(sha256(data), len(data), honest.file.form), recipient.k2)

    def submit(self, tender: int, bidder: int, sealed: SealedFor, version: int = 1) -> Commitment:
        """Commit to that file."""
        return self.stage.submit(tender, bidder=bidder, version=version, first=sealed.file)

    def submitting(self, tender: int, bidder: int, sealed: SealedFor, version: int = 1) -> Callable[[], object]:
        """The same, signed now and sent when called."""
        made, signed = self.stage.commitment(tender, bidder=bidder, version=version, first=sealed.file)
        acts, custody = self.stage.acts("custodian-1"), self.stage.custody(made)
        return lambda: acts.submit(made, signed, custody)

    def withdrawing(self, tender: int, bidder: int, version: int) -> Callable[[], object]:
        """A withdrawal, signed now and sent when called."""
        acts, address = self.stage.acts("custodian-1"), self.address(bidder)
        digest = self.stage.domain.digest(withdrawal_hash(tender, 1, address, version, 2**40))
        signature = sign(digest, self.stage.bidder_key(bidder))
        return lambda: acts.withdraw(tender, 1, address, version, 2**40, signature)

    def moving(self, tender: int, bidder: int, successor: int, version: int) -> Callable[[], object]:
        """A move, signed now and sent when called."""
        acts, old, new = self.stage.acts("custodian-1"), self.address(bidder), self.address(successor)
        digest = self.stage.domain.digest(move_hash(tender, 1, old, new, version, 2**40))
        both = (
            sign(digest, self.stage.bidder_key(bidder, recovery=True)),
            sign(digest, self.stage.bidder_key(successor)),
        )
        return lambda: acts.move(tender, 1, old, new, version, 2**40, *both)

    # ------------------------------------------------------------------ opening

    def live(self, tender: int) -> LiveBids:
        """The live bids of lot 1, as its events tell them."""
        ledger = self.stage.ledger
        return live_bids(read_story(ledger, tender), ledger.genesis, 1, 1)

    def committed(self, sealed: SealedFor) -> Committed:
        return Committed(
            sealed.identity, self.stage.key.opening_key.key, self.recipients(), sealed.file.digest, sealed.file.size,
            sealed.file.form,
        )  # fmt: skip

    def signature(self, who: BidIdentity, members: Iterable[int] = (1, 2, 3)) -> bytes:
        """The key holders' over one identity, whoever would ask them."""
        key = self.stage.key
        partials = {member: key.shares[member].sign(who) for member in members}
        return combine(key.opening_key, who.digest(), partials).signature

    def keys(self, sealed: SealedFor, members: Iterable[int] = (1, 2, 3)) -> BidKeys:
        """Both locks opened by those to whom they belong."""
        stanza = BidStanza.of(stanzas_of(sealed.data))
        return BidKeys(self.signature(sealed.identity, members), open_box(stanza, "officer", self.private("officer")))

    def spare(self, sealed: SealedFor, data: bytes | None) -> Path:
        """Another copy of a file, with other bytes if given."""
        path = self.folder / f"spare-{sealed.path.name}"
        path.unlink(missing_ok=True)
        if data is None:
            shutil.copy(sealed.path, path)
        else:
            path.write_bytes(data)
        return path
