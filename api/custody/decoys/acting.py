"""Decoys in action. Everything that is about to be sent is on disk first, so a crash changes nothing of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import replace
from random import Random, SystemRandom

import msgspec

from api.custody.commitments import Commitments
from api.custody.decoys.drawing import draw_count, draw_size, draw_steps, most_in
from api.custody.decoys.plans import Decoy, Plans
from api.custody.names import Names
from api.custody.place import Custodian
from api.custody.relays import Relays
from chain.kernel.steps import reached
from chain.kernel.tender_facts import NO_FILE, Commitment, Phase, SealedFile
from chain.keys.signatures import address_of, sign
from chain.tenders.custody.usual import usual_not_after
from chain.tenders.custody.wire import Withdrawal, withdrawal_json
from chain.tenders.digests import kind_digest
from chain.tenders.story import LotStory, Story
from chain.tenders.typed import commitment_hash, withdrawal_hash

_BYTES_A_SECOND = (1e6, 2e7)


class Decoys:
    """Args: ``custodian``; ``commitments`` and ``relays`` by which decoys go the way of all bids; ``chance``."""

    def __init__(
        self, custodian: Custodian, commitments: Commitments, relays: Relays, chance: Random | None = None
    ) -> None:
        self._custodian = custodian
        self._commitments = commitments
        self._relays = relays
        self._chance = chance or SystemRandom()
        self._plans = Plans(custodian.store, custodian.key)
        self._names = Names(custodian)

    def go_on(self, story: Story, now: int) -> None:
        """Draw decoys for lots that have none yet, and do what is due. While bids are taken.

        Args:
            story: of the tender.
            now: the chain's time.
        """
        for lot in story.lots.values():
            if not self._plans.is_planned(story.number, lot.number):
                self._plans.plan(story.number, lot.number, self._draw(story, lot.number))
        began = story.events[0].block.time
        for decoy in self._plans.of(story.number):
            if decoy.done < len(decoy.steps):
                step = decoy.steps[decoy.done]
                if now >= story.deadline - step.left * (story.deadline - began):
                    self._act(story, decoy, now, withdraws=step.withdraws)

    def to_reveal(self, story: Story) -> Iterator[tuple[Commitment, bytes]]:
        """Own decoys that are live, with their salts."""
        for decoy in self._plans.of(story.number):
            lot = story.lots[decoy.lot]
            bid = lot.of(address_of(decoy.key))
            if bid is not None and bid.live and lot.phase is Phase.BIDDING:
                yield bid.commitment, decoy.salts[bid.version - 1]

    # ------------------------------------------------------------------ inside

    def _draw(self, story: Story, lot: int) -> list[Decoy]:
        most = most_in(story.terms.reveal_window, story.terms.lots, self._custodian.settings.decoys)
        decoys = []
        for _ in range(draw_count(self._chance, most)):
            steps = draw_steps(self._chance)
            salts = tuple(os.urandom(32) for _ in steps)
            decoys.append(Decoy(0, story.number, lot, secrets.token_bytes(32), os.urandom(20), steps, salts))
        return decoys

    def _act(self, story: Story, decoy: Decoy, now: int, *, withdraws: bool) -> None:
        bidder = address_of(decoy.key)
        bid = story.lots[decoy.lot].of(bidder)
        if (bid.version if bid else 0) != decoy.done:
            return  # the act before it is not final, or was refused
        if withdraws:
            self._withdraw(story, decoy, bidder, now)
        else:
            decoy = self._place(story, decoy, bidder, now)
        self._plans.keep(replace(decoy, done=decoy.done + 1))

    def _place(self, story: Story, decoy: Decoy, bidder: bytes, now: int) -> Decoy:
        commitment = decoy.newest
        if commitment is None or commitment.version != decoy.done + 1:
            commitment = self._commitment(story, decoy, bidder, now)
            decoy = replace(decoy, newest=commitment)
            self._plans.keep(decoy)
            reached("custody-decoy")
        self._pretend(commitment)
        signature = sign(self._custodian.domain.digest(commitment_hash(commitment)), decoy.key)
        self._commitments.take_own(commitment, signature)
        return decoy

    def _commitment(self, story: Story, decoy: Decoy, bidder: bytes, now: int) -> Commitment:
        salt = decoy.salts[decoy.done]
        kind = kind_digest(story.book, decoy.tender, decoy.lot, bidder, salt, custodian=self._custodian.account)
        lot = story.lots[decoy.lot]
        first = self._file(lot, 1)
        second = self._file(lot, 2) if story.terms.envelopes == 2 else NO_FILE
        # A bidder signs, then uploads for a while; so this one was signed some time ago, too.
        signed = now - int((first.size + second.size) / self._chance.uniform(*_BYTES_A_SECOND))
        return Commitment(
            decoy.tender, decoy.lot, bidder, decoy.done + 1, decoy.recovery, usual_not_after(signed, story.deadline),
            kind, first, second,
        )  # fmt: skip

    def _file(self, lot: LotStory, envelope: int) -> SealedFile:
        seen = [(bid.commitment.first if envelope == 1 else bid.commitment.second).size for bid in lot.bids]
        return SealedFile(os.urandom(32), draw_size(self._chance, envelope, seen), os.urandom(32))

    def _pretend(self, commitment: Commitment) -> None:
        """Whoever asks about an upload of these files, or commits to them, is answered as about any other's."""
        self._names.keep(commitment)
        with self._custodian.store.writing() as database:
            for file in (commitment.first, commitment.second):
                if file != NO_FILE:
                    database.execute(
                        "INSERT INTO uploads VALUES (?, ?, ?, ?, 1, 0) ON CONFLICT DO NOTHING",
                        (secrets.token_hex(16), commitment.tender, file.digest, file.size),
                    )

    def _withdraw(self, story: Story, decoy: Decoy, bidder: bytes, now: int) -> None:
        number, until = decoy.done + 1, usual_not_after(now, story.deadline)
        own = withdrawal_hash(decoy.tender, decoy.lot, bidder, number, until)
        signature = sign(self._custodian.domain.digest(own), decoy.key)
        body = withdrawal_json(Withdrawal(decoy.tender, decoy.lot, bidder, number, until, signature))
        if not self._relays.stands(own):
            self._relays.accept(own, "withdraw", decoy.tender, decoy.lot, msgspec.json.encode(body).decode())
