"""What a custodian has promised to send: journaled before it is acknowledged, sent until the ledger has decided.

A relay is *pending* until it is decided: *final*, or *refused* with the contract's own error. What only the sending
account or an endpoint says decides nothing, since a transaction may still land: then it is tried again until a final
block is past the last second at which the contract takes it (``custody.expired``). A process that dies in between goes
on with what is pending; :class:`TenderActs` does nothing twice. Being late is the contract's to say, and only once the
deadline is final: after an outage the deadline may still move, so what is good for longer is tried again until then.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import msgspec

from api.custody.place import Custodian
from chain.kernel.encoding import unhex0x
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused, Unavailable, YinxinError
from chain.kernel.steps import reached
from chain.kernel.tender_facts import Commitment
from chain.keys.signatures import sign
from chain.tenders.custody.client import FINAL, PENDING, REFUSED
from chain.tenders.custody.wire import read_commitment, read_move, read_withdrawal
from chain.tenders.typed import commitment_hash, custody_hash

log = logging.getLogger("yinxin.custody")
_THREADS = 24
_PAUSE = 0.4
_EVENTS = {"submit": "BidCommitted", "withdraw": "BidWithdrawn", "move": "BidMoved"}


@dataclass(frozen=True, slots=True)
class Relay:
    """One thing to be sent.

    Attributes:
        hash: EIP-712 hashStruct, 32 bytes.
        kind: ``submit``, ``withdraw`` or ``move``.
        tender: number of the tender.
        lot: 1, 2, 3 …
        body: what was signed, JSON.
        state: ``pending``, ``final`` or ``refused``.
        sent: hash of the transaction, once final.
        code: the contract's error, if refused.
        detail: the same in words.
    """

    hash: bytes
    kind: str
    tender: int
    lot: int
    body: str
    state: str
    sent: bytes | None
    code: str | None
    detail: str | None


class Relays:
    """The journal, and the threads that send."""

    def __init__(self, custodian: Custodian) -> None:
        self._custodian = custodian
        self._store = custodian.store
        self._pool = ThreadPoolExecutor(_THREADS, "relay")
        self._lock = threading.Lock()
        self._running: dict[bytes, float] = {}
        self._not_before: dict[bytes, float] = {}
        self._pending = {row[0] for row in self._store.rows("SELECT hash FROM relays WHERE state = 'pending'")}

    def accept(self, hash_: bytes, kind: str, tender: int, lot: int, body: str) -> None:
        """Promise to send something; on disk on return. One that was refused before is tried anew."""
        with self._store.writing() as database:
            database.execute(
                "INSERT INTO relays VALUES (?, ?, ?, ?, ?, 'pending', NULL, NULL, NULL) ON CONFLICT DO UPDATE SET "
                "state = 'pending', body = excluded.body, code = NULL, detail = NULL WHERE state = 'refused'",
                (hash_, kind, tender, lot, body),
            )
        self._not_before.pop(hash_, None)
        if self.find(hash_).state == PENDING:
            self._pending.add(hash_)
        self.kick()

    def find(self, hash_: bytes) -> Relay:
        """How far it is. Raises NotFound."""
        row = self._store.row("SELECT * FROM relays WHERE hash = ?", hash_)
        if row is None:
            raise NotFound(
                "nothing of that hash was given to this custodian", code="custody.relay", field="hash",
                fix="give it again",
            )  # fmt: skip
        return Relay(*row)

    def stands(self, hash_: bytes) -> bool:
        """True if it is on its way or done."""
        row = self._store.row("SELECT state FROM relays WHERE hash = ?", hash_)
        return row is not None and row[0] in (PENDING, FINAL)

    def is_pending(self, hash_: bytes) -> bool:
        """True while the ledger has not decided; asks no disk."""
        return hash_ in self._pending

    def kick(self) -> None:
        """Let every pending relay that no thread has be tried now."""
        now = time.monotonic()
        for (hash_,) in self._store.rows("SELECT hash FROM relays WHERE state = 'pending'"):
            with self._lock:
                if hash_ in self._running or self._not_before.get(hash_, 0.0) > now:
                    continue
                self._running[hash_] = now
            self._pool.submit(self._run, hash_)

    def close(self) -> None:
        """Begin nothing more; what is under way is left to the next process."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    # ------------------------------------------------------------------ inside

    def _run(self, hash_: bytes) -> None:
        try:
            self._attempt(self.find(hash_))
        except Exception:
            log.exception("relay")
        finally:
            with self._lock:
                self._running.pop(hash_, None)
                self._not_before[hash_] = time.monotonic() + _PAUSE

    def _attempt(self, relay: Relay) -> None:
        reached("custody-relay")
        try:
            sent = self._send(relay)
        except Unavailable as error:
            log.info("relay waits", extra={"data": {"kind": relay.kind, "tender": relay.tender, "code": error.code}})
            return
        except (Refused, Conflict, NotFound, InvalidInput) as error:
            self._refused(relay, error)
            return
        reached("custody-sent")
        self._settle(relay, FINAL, sent, None, None)

    def _send(self, relay: Relay) -> bytes:
        body, acts = msgspec.json.decode(relay.body), self._custodian.acts
        if relay.kind == "submit":
            commitment, signature = commitment_of(relay), unhex0x(body["signature"], size=65)
            custody = sign(
                self._custodian.domain.digest(custody_hash(commitment_hash(commitment))), self._custodian.key
            )
            return acts.submit(commitment, signature, custody)
        if relay.kind == "withdraw":
            one = read_withdrawal(body)
            return acts.withdraw(one.tender, one.lot, one.bidder, one.version, one.not_after, one.signature)
        move = read_move(body)
        return acts.move(
            move.tender, move.lot, move.bidder, move.successor, move.version, move.not_after, move.by_recovery,
            move.by_successor,
        )  # fmt: skip

    def _refused(self, relay: Relay, error: YinxinError) -> None:
        """Refused now: by somebody else's sending it first, for good, or only for a while."""
        try:
            with self._custodian.view.newest() as ledger:  # both looks are at the same block
                done = self._done_already(relay)
                state, now = ledger.tender(relay.tender), ledger.block.time
        except Unavailable:
            return
        if done is not None:
            self._settle(relay, FINAL, done, None, None)
            return
        decided = error.code.startswith("ledger.") and error.code != "ledger.reverted"
        if error.code.endswith("deadline_over") and state is not None:
            decided = decided and now > state.deadline and bool(state.settled_at or state.cancelled)
        until = not_after_of(relay)
        if decided:
            self._settle(relay, REFUSED, None, error.code, error.message)
        elif now > until:
            words = f"it was good until {until} and is not on the ledger ({error.code}: {error.message})"
            self._settle(relay, REFUSED, None, "custody.expired", words)
        else:
            log.info("relay waits", extra={"data": {"kind": relay.kind, "tender": relay.tender, "code": error.code}})

    def _done_already(self, relay: Relay) -> bytes | None:
        body = msgspec.json.decode(relay.body)
        for event in reversed(self._custodian.view.story(relay.tender).events):
            if event.name != _EVENTS[relay.kind] or event.values["lot"] != relay.lot:
                continue
            if relay.kind == "submit":
                same = event.values["commitmentHash"] == relay.hash
            else:
                same = (event.values["bidder"], event.values["version"]) == (
                    unhex0x(body["bidder"]), body["version"],
                )  # fmt: skip
            if same:
                return event.transaction
        return None

    def _settle(self, relay: Relay, state: str, sent: bytes | None, code: str | None, detail: str | None) -> None:
        with self._store.writing() as database:
            database.execute(
                "UPDATE relays SET state = ?, sent = ?, code = ?, detail = ? WHERE hash = ?",
                (state, sent, code, detail, relay.hash),
            )
        self._pending.discard(relay.hash)
        reached("custody-settled")
        log.info(
            "relay settled",
            extra={"data": {"kind": relay.kind, "tender": relay.tender, "state": state, "code": code}},
        )


def not_after_of(relay: Relay) -> int:
    """Last second, by the block's time, at which the contract takes it."""
    body = msgspec.json.decode(relay.body)
    return int((body["commitment"] if relay.kind == "submit" else body)["notAfter"])


def commitment_of(relay: Relay) -> Commitment:
    """The commitment that a relay of kind ``submit`` sends."""
    return read_commitment(msgspec.json.decode(relay.body)["commitment"])
