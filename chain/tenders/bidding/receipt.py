"""A receipt that stands alone (``yinxin-bid-receipt-1``): the ledger accepted this act, checked by a trust root alone.

It carries the signed act, the custodian's signature, the receipt proof of the ledger's own event with its block header,
and a witnessed checkpoint over that block. Nothing in it says who the bidder is or what the bid says: addresses are
fresh, files are named by digest.

1. **form**        it is a receipt in its only form;
2. **place**       chain, genesis and book are those of the trust root;
3. **signature**   the fresh address (for a move: recovery address and successor) signed the act;
4. **custody**     the custodian that the event names signed for the files (submissions only);
5. **event**       the contract's event for this very act stands in the block;
6. **witness**     enough witnesses of the trust root vouch for that block.

A step that cannot be judged here leaves the answer open: neither yes nor no.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chain.credentials.verification import Result
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, unhex0x
from chain.kernel.errors import InvalidInput, Refused, Unavailable, YinxinError
from chain.kernel.ports import BlockRef
from chain.kernel.tender_facts import TenderEvent
from chain.tenders.bidding.acts import SignedAct, Submission, check_act, custodian_of, read_act
from chain.tenders.bidding.members import exactly, hexed, listed, number, raw, read_paper, text
from chain.words import read

RECEIPT_FORMAT = "yinxin-bid-receipt-1"
STEPS = ("form", "place", "signature", "custody", "event", "witness")
LARGEST = 2**20
_WORDS = read("bid-receipt")
_NAMES = ("act", "genesis", "trustRoot", "chain", "checkpoint")


@dataclass(frozen=True, slots=True)
class EventEvidence:
    """That a transaction of a block did something.

    Attributes:
        header: RLP of the block's header.
        index: 0-based place of the transaction in the block.
        nodes: RLP nodes of the receipts trie, root first.
        checkpoint: note, place of the block in its tree, inclusion path; None if no witness has come that far.
    """

    header: bytes
    index: int
    nodes: tuple[bytes, ...]
    checkpoint: tuple[str, int, tuple[bytes, ...]] | None = None


class EventProofs(Protocol):
    """Judges such evidence against a pinned trust root."""

    def events(self, evidence: EventEvidence) -> tuple[BlockRef, tuple[TenderEvent, ...]]:
        """The block, and every event of the trust root's tender contracts in that transaction; a receipt does not
        name its transaction, so that is 32 zero bytes. Raises InvalidInput."""
        ...

    def witnesses(self, evidence: EventEvidence) -> tuple[str, ...]:
        """Names of the witnesses who vouch for the block, at least as many as the trust root asks for.

        Raises InvalidInput (the checkpoint is wrong, or of another block), Unavailable (none, or nobody to ask for).
        """
        ...

    def book_at(self, block: int) -> Collection[bytes]:
        """Addresses of the TenderBooks of the trust root that had begun by that block."""
        ...

    @property
    def chain_id(self) -> int:
        """EIP-155 chain id of the trust root."""
        ...

    @property
    def genesis(self) -> bytes:
        """Hash of block 0 of the trust root, 32 bytes."""
        ...


@dataclass(frozen=True, slots=True)
class BidReceipt:
    """A receipt; nothing of it has been checked.

    Attributes:
        signed: the act, with its book.
        genesis: hash of the ledger's first block, 32 bytes.
        trust_root: SHA-256 of the trust root with which it was made, 32 bytes.
        evidence: that the ledger accepted it.
    """

    signed: SignedAct
    genesis: bytes
    trust_root: bytes
    evidence: EventEvidence

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        evidence, checkpoint = self.evidence, self.evidence.checkpoint
        note = None
        if checkpoint is not None:
            note = {"note": checkpoint[0], "index": checkpoint[1], "path": [b64url(node) for node in checkpoint[2]]}
        return canonical(
            {
                "format": RECEIPT_FORMAT,
                "act": self.signed.to_bytes().decode(),
                "genesis": hex0x(self.genesis),
                "trustRoot": b64url(self.trust_root),
                "chain": {
                    "header": hex0x(evidence.header),
                    "receipt": {"index": evidence.index, "proof": [hex0x(node) for node in evidence.nodes]},
                },
                "checkpoint": note,
            }
        )


def read_receipt(data: bytes) -> BidReceipt:
    """Read a receipt; nothing of it is judged.

    Raises:
        InvalidInput: not its one form.
    """
    value = read_paper(data, RECEIPT_FORMAT, _NAMES, limit=LARGEST)
    chain = exactly(value["chain"], {"header", "receipt"}, "chain")
    proof = exactly(chain["receipt"], {"index", "proof"}, "chain.receipt")
    nodes = [unhex0x(node, field="chain.receipt.proof") for node in listed(proof["proof"], "proof", most=16)]
    checkpoint = None
    if value["checkpoint"] is not None:
        members = exactly(value["checkpoint"], {"note", "index", "path"}, "checkpoint")
        path = [raw(node, "checkpoint.path", 32) for node in listed(members["path"], "checkpoint.path", most=63)]
        note = text(members["note"], "checkpoint.note", most=16 * 1024)
        checkpoint = (note, number(members["index"], "checkpoint.index"), tuple(path))
    return BidReceipt(
        read_act(text(value["act"], "act", most=16 * 1024).encode()),
        hexed(value["genesis"], "genesis", 32),
        raw(value["trustRoot"], "trustRoot", 32),
        EventEvidence(
            unhex0x(chain["header"], field="chain.header"),
            number(proof["index"], "chain.receipt.index"),
            tuple(nodes),
            checkpoint,
        ),
    )


@dataclass(frozen=True, slots=True)
class ReceiptStep:
    """One step: its name, what was found, and why in one sentence of a fault."""

    name: str
    result: Result
    fault: str = ""

    def detail(self, lang: str = "en") -> str:
        """One sentence for people, in ``en`` or ``zh``."""
        return _WORDS[f"{self.name}.{self.result.lower()}"][lang].format(fault=self.fault)


@dataclass(frozen=True, slots=True)
class ReceiptCheck:
    """The answer to a check of a receipt.

    Attributes:
        result: VALID, INVALID, or ERROR (could not be told).
        steps: in order.
        receipt: what was read, or None.
        event: by which the ledger accepted the act, or None.
        witnesses: who vouch for its block.
    """

    result: Result
    steps: tuple[ReceiptStep, ...]
    receipt: BidReceipt | None = None
    event: TenderEvent | None = None
    witnesses: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        act = None if self.receipt is None else self.receipt.signed
        return {
            "result": str(self.result),
            "kind": None if act is None else act.kind,
            "act": None if act is None else hex0x(act.act.hash()),
            "tender": None if act is None else act.tender,
            "version": None if act is None else act.version,
            "block": None if self.event is None else self.event.block.number,
            "time": None if self.event is None else self.event.block.time,
            "place": None if self.event is None else self.event.values["place"],
            "witnesses": list(self.witnesses),
            "steps": [{"name": step.name, "result": str(step.result), "detail": step.detail()} for step in self.steps],
        }


def verify_receipt(
    data: bytes, proofs: EventProofs, *, block_on_ledger: Callable[[int], bytes | None] | None = None
) -> ReceiptCheck:
    """Check a receipt, offline.

    Args:
        data: the receipt's bytes, untrusted.
        proofs: judges the chain's evidence against the pinned trust root.
        block_on_ledger: hash of the final block with that number by one's own ledger; takes the witnesses' place
            where there are none. Raises Unavailable.
    """
    try:
        receipt = read_receipt(data)
    except InvalidInput as error:
        rest = [ReceiptStep(name, Result.SKIPPED) for name in STEPS[1:]]
        return ReceiptCheck(Result.INVALID, (ReceiptStep("form", Result.INVALID, error.message[:200]), *rest))
    steps = [ReceiptStep("form", Result.VALID)]
    found = _event(receipt, proofs)
    event = found[1]
    steps.append(_place(receipt, proofs, event))
    steps.append(_signature(receipt))
    steps.append(_custody(receipt, event))
    steps.append(found[0])
    witness, names = _witness(receipt, proofs, event, block_on_ledger)
    steps.append(witness)
    results = {step.result for step in steps}
    worst = next((one for one in (Result.INVALID, Result.ERROR) if one in results), Result.VALID)
    return ReceiptCheck(worst, tuple(steps), receipt, event, names)


def _event(receipt: BidReceipt, proofs: EventProofs) -> tuple[ReceiptStep, TenderEvent | None]:
    try:
        _, events = proofs.events(receipt.evidence)
    except InvalidInput as error:
        return ReceiptStep("event", Result.INVALID, error.message[:200]), None
    mine = [event for event in events if event.values.get("tender") == receipt.signed.tender]
    event = receipt.signed.carried_out(mine)
    if event is None:
        return ReceiptStep("event", Result.INVALID, "the block's transaction did something else"), None
    return ReceiptStep("event", Result.VALID), event


def _place(receipt: BidReceipt, proofs: EventProofs, event: TenderEvent | None) -> ReceiptStep:
    domain = receipt.signed.domain
    if domain.chain_id != proofs.chain_id or receipt.genesis != proofs.genesis:
        return ReceiptStep("place", Result.INVALID, "another chain than the trust root's")
    if event is not None and domain.book not in proofs.book_at(event.block.number):
        return ReceiptStep("place", Result.INVALID, "another TenderBook than the trust root's")
    return ReceiptStep("place", Result.VALID)


def _signature(receipt: BidReceipt) -> ReceiptStep:
    signed = receipt.signed
    if isinstance(signed.act, Submission):
        signed = SignedAct(signed.domain, Submission(signed.act.commitment, signed.act.signature))
    try:
        check_act(signed)
    except Refused as error:
        return ReceiptStep("signature", Result.INVALID, error.message)
    return ReceiptStep("signature", Result.VALID)


def _custody(receipt: BidReceipt, event: TenderEvent | None) -> ReceiptStep:
    if not isinstance(receipt.signed.act, Submission):
        return ReceiptStep("custody", Result.SKIPPED)
    custodian = custodian_of(receipt.signed)
    if custodian is None or (event is not None and event.values["custodian"] != custodian):
        return ReceiptStep("custody", Result.INVALID, "another account signed")
    return ReceiptStep("custody", Result.VALID)


def _witness(
    receipt: BidReceipt,
    proofs: EventProofs,
    event: TenderEvent | None,
    block_on_ledger: Callable[[int], bytes | None] | None,
) -> tuple[ReceiptStep, tuple[str, ...]]:
    if event is None:
        return ReceiptStep("witness", Result.SKIPPED), ()
    fault = "no witness has signed for this block"
    if receipt.evidence.checkpoint is not None:
        try:
            return ReceiptStep("witness", Result.VALID), proofs.witnesses(receipt.evidence)
        except InvalidInput as error:
            return ReceiptStep("witness", Result.INVALID, error.message[:200]), ()
        except Unavailable as error:
            fault = error.message[:200]
    if block_on_ledger is None:
        return ReceiptStep("witness", Result.ERROR, fault), ()
    try:
        known = block_on_ledger(event.block.number)
    except YinxinError as error:
        return ReceiptStep("witness", Result.ERROR, error.message[:200]), ()
    if known is None:
        return ReceiptStep("witness", Result.ERROR, "the block is not final on this ledger"), ()
    if known != event.block.hash:
        return ReceiptStep("witness", Result.INVALID, "the ledger has another block there"), ()
    return ReceiptStep("witness", Result.VALID), ()


def evidence_of(
    header: bytes, index: int, nodes: Sequence[bytes], checkpoint: tuple[str, int, Sequence[bytes]] | None
) -> EventEvidence:
    """The evidence from its parts."""
    kept = None if checkpoint is None else (checkpoint[0], checkpoint[1], tuple(checkpoint[2]))
    return EventEvidence(header, index, tuple(nodes), kept)
