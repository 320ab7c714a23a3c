"""Bringing a signed act to the ledger: files to a custodian, its signature, the act itself, and word that it is final.

Every step may be cut off by anything and be gone through again: files are resumed part by part, a custodian signs the
same again, an act is accepted once by its version, and what is acknowledged is what a final block shows. A block after
``notAfter`` without the act is a certain no, so a failed replacement is known to have left the old bid standing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from chain.kernel.errors import Conflict, Damaged, NotFound, Refused, Unavailable, YinxinError
from chain.kernel.steps import reached
from chain.kernel.tender_facts import TenderEvent
from chain.kernel.tender_ports import TenderActs, TenderLedger
from chain.tenders.bidding.acts import SignedAct, Submission, check_act
from chain.tenders.custody import CustodianClient, Relayed
from chain.tenders.custody.wire import Move, Withdrawal
from chain.tenders.notice.model import Custodian

Relay = Literal["custodian", "own", "none"]
"""Who brings an act to the ledger: a custodian, an account of this home, or nobody yet."""

_POLL = 0.3
_FAULTS = (Refused, Unavailable, Damaged, NotFound, Conflict)

Progress = Callable[[str, int, int], None]
"""Told what is brought, how many bytes are acknowledged, and how many there are."""


@dataclass
class Delivery:
    """How acts leave this home.

    Attributes:
        ledger: where it is looked whether an act is final.
        custodians: of the notice, in the order in which they are asked.
        relay: who sends.
        acts: the account of this home, for ``own``.
        keep: keeps a signed act before it goes out.
        progress: told how uploads get on.
        wait: seconds to wait until an act is final.
        client: makes a custodian's client from its address.
    """

    ledger: TenderLedger
    custodians: Sequence[Custodian]
    relay: Relay
    keep: Callable[[SignedAct], None]
    acts: TenderActs | None = None
    progress: Progress = lambda _what, _done, _all: None
    wait: float = 60.0
    client: Callable[[str], CustodianClient] = field(default=CustodianClient)

    def done(self, signed: SignedAct) -> TenderEvent | None:
        """The event by which a final block shows the act, or None."""
        self.ledger.refresh()
        return signed.carried_out(self.ledger.tender_events(signed.tender))

    def lapsed(self, signed: SignedAct) -> bool:
        """True if a final block is later than the act's last second, and so it is refused for ever."""
        return self.ledger.block.time > signed.not_after

    def submit(self, signed: SignedAct, files: Mapping[int, Path]) -> TenderEvent | None:
        """Bring files and commitment; the event once it is final, None if nobody was to send it.

        Raises:
            Refused: a rule of the contract, or every custodian, says no; what stood before stands.
            Unavailable: not final within the wait; call again.
        """
        assert isinstance(signed.act, Submission)
        if not signed.act.custody:
            signed = self._in_custody(signed, files)
        elif self.relay == "custodian" and self.done(signed) is None:
            self._by_custodian(signed, files)
        if self.relay == "none":
            return None
        if self.relay == "own":
            self._own(signed)
        reached("bid-relayed")
        return self.until_final(signed)

    def send(self, signed: SignedAct) -> TenderEvent | None:
        """Bring a withdrawal, a move, or a submission that a custodian has signed; as :meth:`submit`."""
        if self.relay == "none":
            return None
        if self.done(signed) is None:
            if self.relay == "own" or isinstance(signed.act, Submission):
                self._own(signed)
            else:
                self._asked(signed.act)
        reached("bid-relayed")
        return self.until_final(signed)

    def until_final(self, signed: SignedAct) -> TenderEvent:
        """Wait for the event. Raises Refused once it can come no more, Unavailable after the wait."""
        until = time.monotonic() + self.wait
        while True:
            event = self.done(signed)
            if event is not None:
                reached("bid-final")
                return event
            if self.lapsed(signed):
                raise Refused(
                    "the ledger did not accept it in time; what stood before stands", code="bidding.late",
                    field="notAfter", fix="try again, if the deadline is not over",
                )  # fmt: skip
            if time.monotonic() > until:
                raise Unavailable(
                    "not final yet: it may still be accepted", code="bidding.pending", field="ledger",
                    fix="run the command again; it looks first whether it went through",
                )  # fmt: skip
            time.sleep(_POLL)

    # ------------------------------------------------------------------ inside

    def _in_custody(self, signed: SignedAct, files: Mapping[int, Path]) -> SignedAct:
        """With the signature of the first custodian that takes the files; it also sends, if it is to."""
        fault: YinxinError | None = None
        for custodian in self.custodians:
            try:
                return self._with(custodian, signed, files)
            except _FAULTS as error:
                if fault is None or isinstance(fault, Unavailable):
                    fault = error
        if fault is None:
            raise NotFound("the notice names no custodian", code="bidding.custodian", field="custodian")
        raise fault

    def _by_custodian(self, signed: SignedAct, files: Mapping[int, Path]) -> None:
        self._in_custody(signed, files)

    def _with(self, custodian: Custodian, signed: SignedAct, files: Mapping[int, Path]) -> SignedAct:
        act = signed.act
        assert isinstance(act, Submission)
        client = self.client(custodian.url)
        try:
            for number in sorted(files):
                name = f"{custodian.name} {number}"
                client.upload(signed.tender, files[number], progress=partial(self.progress, name))
                reached("bid-uploaded")
            relay = self.relay == "custodian"
            answer = client.commit(signed.domain, act.commitment, act.signature, relay=relay, wait=0.0)
        finally:
            client.close()
        held = signed.with_custody(answer.custody)
        if answer.custodian != custodian.account or not self.ledger.is_custodian(signed.tender, answer.custodian):
            raise Damaged(
                f"{custodian.url}: another account answers than the notice names", code="bidding.custodian",
                field="custodian", fix="take another custodian, and tell the procuring officer",
            )  # fmt: skip
        check_act(held, custodians={custodian.account})
        self.keep(held)
        reached("bid-custody")
        _raise_refusal(answer.relayed)
        return held

    def _own(self, signed: SignedAct) -> None:
        if self.acts is None:
            raise NotFound(
                "this home has no account to send from", code="bidding.account", field="relay",
                fix="yinxin keys new account --kind account, or let a custodian relay",
            )  # fmt: skip
        if self.done(signed) is None:
            signed.send(self.acts)

    def _asked(self, act: Withdrawal | Move) -> None:
        fault: YinxinError | None = None
        for custodian in self.custodians:
            client = self.client(custodian.url)
            try:
                answer = client.withdraw(act, wait=0.0) if isinstance(act, Withdrawal) else client.move(act, wait=0.0)
            except _FAULTS as error:
                if fault is None or isinstance(fault, Unavailable):
                    fault = error
                continue
            finally:
                client.close()
            _raise_refusal(answer)
            return
        raise fault or NotFound("the notice names no custodian", code="bidding.custodian", field="custodian")


def _raise_refusal(relayed: Relayed) -> None:
    if relayed.state == "refused":
        raise Refused(
            relayed.detail or "the ledger refuses it", code=relayed.code or "bidding.refused", field="act",
            fix="what stood before stands; see yinxin bid show",
        )  # fmt: skip
