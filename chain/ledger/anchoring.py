"""Anchoring a batch or a status change exactly once, whatever died before."""

from __future__ import annotations

from dataclasses import dataclass

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, Refused, Unavailable
from chain.kernel.ports import AnchorFacts, StatusFacts
from chain.ledger import writes
from chain.ledger._abi import call_data, results
from chain.ledger._history import LogReader, topic
from chain.ledger.events import ANCHORED, STATUS_ANCHORED, word
from chain.ledger.sender import Sender, SentTx
from chain.ledger.trustroot import ANCHOR_LOG, REGISTRY, TrustRoot

_HANGS_ON_TIME = ("ledger.may_not_anchor", "ledger.may_not_anchor_status")
_NEXT_BLOCK = 15.0
_LANE = "laneHead(bytes18,bytes32)"
_LIST = "statusHead(bytes18,bytes32)"


@dataclass(frozen=True, slots=True)
class SignedAnchor:
    """A batch as the approver signed it (EIP-712; see :class:`chain.ledger.typed.Anchor`).

    Attributes:
        bureau: USCC.
        lane: lane.
        sequence: 1, 2, 3 … in that lane.
        root: RFC 9162 root, 32 bytes.
        size: number of leaves.
        manifest_digest: 32 bytes.
        signature: 65 bytes.
    """

    bureau: str
    lane: str
    sequence: int
    root: bytes
    size: int
    manifest_digest: bytes
    signature: bytes

    def is_at(self, facts: AnchorFacts) -> bool:
        """True if that anchor is this batch."""
        mine = (self.bureau, self.lane, self.sequence, self.root, self.size, self.manifest_digest)
        return mine == (facts.bureau, facts.lane, facts.sequence, facts.root, facts.size, facts.manifest_digest)


@dataclass(frozen=True, slots=True)
class SignedStatus:
    """A status change as the approver signed it (EIP-712; see :class:`chain.ledger.typed.StatusChange`).

    Attributes:
        bureau: USCC of the list's owner.
        list: name of the list.
        previous_head: head it builds on, 32 bytes.
        digest: SHA-256 of the new token, 32 bytes.
        actor: USCC of the bureau that signs, or None for the authority.
        signature: 65 bytes.
    """

    bureau: str
    list: str
    previous_head: bytes
    digest: bytes
    actor: str | None
    signature: bytes


def anchor_batch(sender: Sender, trust_root: TrustRoot, batch: SignedAnchor, *, timeout: float = 120.0) -> AnchorFacts:
    """Anchor a batch, or find that it is anchored; returns once it is final.

    Raises:
        Conflict: another root holds that sequence (the error names it), or an earlier sequence is missing.
        Refused: the contract refuses it, as its custom error says.
        Unavailable: no answer, or not final in time; calling again does no harm.
    """
    what = f"anchor {batch.sequence} of {batch.bureau} in lane {batch.lane}"
    log = _current_log(sender, trust_root)
    last, _ = results("(uint64,bytes32)", _ask(sender, log, _LANE, batch.bureau, batch.lane))
    if last >= batch.sequence:
        return _held(sender, trust_root, batch, what, timeout)
    if last < batch.sequence - 1 and not _ours_pending(sender):
        raise Conflict(f"{what}: {last + 1} is next in that lane", code="ledger.not_next", field="sequence")
    data = writes.anchor(
        batch.bureau, batch.lane, batch.sequence, batch.root, batch.size, batch.manifest_digest, batch.signature
    )
    for attempt in (1, 2):
        try:
            sender.wait_final(_send(sender, log, data, f"{what} {hex0x(batch.root)}"), timeout)
            break
        except Conflict as error:
            if error.code not in ("ledger.not_next", "sender.nonce"):
                raise
            # Perhaps somebody was faster: what stands, or is about to stand, at that sequence decides.
            last, _ = results("(uint64,bytes32)", _ask(sender, log, _LANE, batch.bureau, batch.lane, "pending"))
            if last >= batch.sequence:
                break
            if error.code == "ledger.not_next" or attempt == 2:
                raise
    return _held(sender, trust_root, batch, what, timeout)


def change_status(
    sender: Sender, trust_root: TrustRoot, change: SignedStatus, *, timeout: float = 120.0
) -> StatusFacts:
    """Anchor a status change, or find that it is anchored; returns once it is final.

    Raises:
        Conflict: the list changed since ``previous_head`` (the error names its present head).
        Refused: the contract refuses it, as its custom error says.
        Unavailable: no answer, or not final in time; calling again does no harm.
    """
    what = f"status list {change.list} of {change.bureau}"
    log = _current_log(sender, trust_root)
    (head,) = results("(bytes32)", _ask(sender, log, _LIST, change.bureau, change.list))
    if head != change.previous_head:
        found = _status(sender, trust_root, change)
        if found is None and not _ours_pending(sender):
            raise Conflict(
                f"{what}: its head is {hex0x(head)}, the change builds on {hex0x(change.previous_head)}",
                code="ledger.stale_head", field="previous_head",
                fix="apply the change to the present list and sign again",
            )  # fmt: skip
        if found is not None:
            return found
    data = writes.anchor_status(
        change.bureau, change.list, change.previous_head, change.digest, change.actor, change.signature
    )
    label = f"{what} {hex0x(change.previous_head)} {hex0x(change.digest)}"
    try:
        sender.wait_final(_send(sender, log, data, label), timeout)
    except Conflict as error:
        found = _status(sender, trust_root, change) if error.code in ("ledger.stale_head", "sender.nonce") else None
        if found is None:
            raise
        return found
    found = _status(sender, trust_root, change)
    if found is None:
        raise Unavailable(
            f"{what}: the change is final, but its event was not given", code="ledger.event", fix="ask again"
        )
    return found


def write_registry(sender: Sender, root: TrustRoot, data: bytes, *, what: str, timeout: float = 120.0) -> SentTx:
    """Send call data of :mod:`chain.ledger.writes` to the BureauRegistry in use and wait until it is final.

    Raises:
        Refused, Conflict, NotFound: the contract refuses it, as its custom error says.
        Unavailable: no answer, or not final in time.
    """
    if root.chain_id != sender.chain_id:
        raise Conflict("the trust root names another chain than the sender", code="ledger.chain_id", field="trust_root")
    return sender.wait_final(sender.act(root.ranges(REGISTRY)[-1].address, data, what=what), timeout)


def _send(sender: Sender, log: bytes, data: bytes, label: str) -> SentTx:
    """Send; a refusal that hangs on the time is tried once more in a newer block.

    A call is tried at the newest block's time, and what the authority decided in that very block, such as a
    reinstatement, may hold only from the next second on.
    """
    try:
        return sender.send(log, data, label=label)
    except Refused as error:
        if error.code not in _HANGS_ON_TIME:
            raise
    seen = sender.rpc.final_block().number
    sender.wait_until(lambda number: number if number > seen else None, _NEXT_BLOCK)
    return sender.send(log, data, label=label)


def _current_log(sender: Sender, root: TrustRoot) -> bytes:
    if root.chain_id != sender.chain_id:
        raise Conflict("the trust root names another chain than the sender", code="ledger.chain_id", field="trust_root")
    return root.ranges(ANCHOR_LOG)[-1].address


def _ask(sender: Sender, log: bytes, signature: str, bureau: str, name: str, block: str = "latest") -> str:
    data = call_data(signature, bureau.encode("ascii"), word(name))
    return str(sender.rpc.call("eth_call", [{"to": hex0x(log), "data": hex0x(data)}, block]))


def _ours_pending(sender: Sender) -> bool:
    """True while transactions of ours wait, so the contract's answer is about to change."""
    return bool(sender.resume())


def _held(sender: Sender, root: TrustRoot, batch: SignedAnchor, what: str, timeout: float) -> AnchorFacts:
    """The anchor at that place, once final, if it is this batch."""
    final = sender.wait_until(lambda block: _anchor(sender, root, batch, block), timeout)
    if final is None:
        raise Unavailable(
            f"{what}: anchored, but not final after {timeout:g} s",
            code="sender.timeout",
            fix="run the same command again",
        )
    if not batch.is_at(final):
        raise Conflict(
            f"{what}: that sequence is held by root {hex0x(final.root)} of {final.size} leaves, anchored by key "
            f"{hex0x(final.key)} in block {final.block.number} (transaction {hex0x(final.transaction)})",
            code="ledger.sequence_taken", field="sequence",
            fix="use the next sequence, and find out who anchored that root",
        )  # fmt: skip
    return final


def _anchor(sender: Sender, root: TrustRoot, batch: SignedAnchor, to_block: int) -> AnchorFacts | None:
    reader = LogReader(sender.rpc, root)
    first = root.ranges(ANCHOR_LOG)[-1].from_block
    topics = [hex0x(ANCHORED), hex0x(word(batch.bureau)), hex0x(word(batch.lane)), topic(batch.sequence)]
    events = reader.anchored(topics, to_block, first)
    if not events:
        return None
    event, number, hash_, transaction = events[0]
    return event.facts(reader.blocks({(number, hash_)})[number], transaction)


def _status(sender: Sender, root: TrustRoot, change: SignedStatus) -> StatusFacts | None:
    """The final event that made this very change, or None."""
    reader = LogReader(sender.rpc, root)
    first = root.ranges(ANCHOR_LOG)[-1].from_block
    topics = [hex0x(STATUS_ANCHORED), hex0x(word(change.bureau)), hex0x(word(change.list))]
    for event, number, hash_, transaction in reader.status_anchored(topics, sender.rpc.final_block().number, first):
        if (event.previous_head, event.digest) == (change.previous_head, change.digest):
            return event.facts(reader.blocks({(number, hash_)})[number], transaction)
    return None
