"""An event of tenders, proved without asking any node: ``yinxin-event-proof-1`` (docs/formats/event-proof.md).

Header, receipt proof and place of the log in its receipt; with a checkpoint, whose witnesses vouch for the block. It is
plain data for JSON, to lie beside or inside other papers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chain.kernel.encoding import b64url, hex0x, unb64url, unhex0x
from chain.kernel.errors import Damaged, InvalidInput
from chain.kernel.tender_facts import TenderEvent
from chain.ledger import proofs
from chain.ledger.rpc import RpcClient
from chain.ledger.tenders.interface import CONTRACTS
from chain.ledger.tenders.receipts import ReceiptProofs, receipt_of
from chain.ledger.trustroot import TrustRoot
from chain.ledger.witness.client import WitnessedBlock

FORMAT = "yinxin-event-proof-1"
_MEMBERS = {"format", "contract", "log", "chain", "checkpoint"}
_MOST_NODES, _LARGEST_NODE, _MOST_PATH, _LONGEST_NOTE = 16, 65_536, 63, 16_384


@dataclass(frozen=True, slots=True)
class EventProof:
    """A proof as :class:`chain.ledger.tenders.receipts.ReceiptProofs` takes it.

    Attributes:
        contract: name of the contract.
        log: 0-based place of the log in its receipt.
        header: RLP of the block's header.
        index: 0-based place of the transaction in the block.
        nodes: RLP nodes of the receipts trie, root first.
        checkpoint: note, place of the block in its tree, inclusion path; or None.
    """

    contract: str
    log: int
    header: bytes
    index: int
    nodes: Sequence[bytes]
    checkpoint: tuple[str, int, Sequence[bytes]] | None

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        given = self.checkpoint
        return {
            "format": FORMAT,
            "contract": self.contract,
            "log": self.log,
            "chain": {
                "header": hex0x(self.header),
                "receipt": {"index": self.index, "proof": [hex0x(node) for node in self.nodes]},
            },
            "checkpoint": given
            and {"note": given[0], "index": given[1], "path": [b64url(step) for step in given[2]]},
        }  # fmt: skip


def prove_event(
    rpc: RpcClient, root: TrustRoot, event: TenderEvent, *, checkpoint: WitnessedBlock | None = None
) -> dict[str, Any]:
    """The proof of an event that was read.

    Args:
        rpc: endpoints.
        root: names the contracts.
        event: from :class:`chain.ledger.tenders.TenderReader`.
        checkpoint: over its block (:meth:`chain.ledger.connection.Ledger.checkpoint`), if witnesses have one.

    Raises:
        Damaged: the receipt does not show this event.
        Conflict, NotFound, Unavailable: as :func:`chain.ledger.tenders.receipts.receipt_of`.
    """
    found = receipt_of(rpc, event)
    vouched = None if checkpoint is None else (checkpoint.note, checkpoint.index, checkpoint.path)
    made = EventProof(event.contract, 0, found.header, found.index, found.nodes, vouched)
    for shown in ReceiptProofs(root).events(made)[1]:
        if is_same(shown, event):
            return replace(made, log=shown.index).as_dict()
    raise Damaged("the receipt does not show this event", code="ledger.receipts", fix="ask another endpoint")


def check_event_proof(proof: Any, root: TrustRoot) -> TenderEvent:
    """The event that the proof shows.

    A receipt names neither its transaction nor the places of its logs in the block: ``transaction`` is 32 zero bytes,
    ``index`` the place in the receipt; compare with :func:`is_same`. Without a checkpoint the event is proved to be in
    the block with that header, not that this block is the chain's: compare ``block.hash`` with what you know.

    Args:
        proof: plain data, as :func:`prove_event` makes it.
        root: names contracts and witnesses.

    Raises:
        InvalidInput: malformed, or it does not hold together, a checkpoint included.
        Unavailable: fewer witnesses signed the checkpoint than the trust root asks for.
    """
    read = read_event_proof(proof)
    _, events = ReceiptProofs(root).events(read)
    event = next((one for one in events if one.index == read.log and one.contract == read.contract), None)
    if event is None:
        raise _bad("log", f"the receipt has no event of {read.contract} that counts in that place")
    if root.threshold and read.checkpoint is not None:
        ReceiptProofs(root).witnesses(read)
    return event


def witnesses_of(proof: Any, root: TrustRoot) -> tuple[str, ...]:
    """Names of the witnesses who vouch for the proof's block; none without a checkpoint or without witnesses to name.

    Raises:
        InvalidInput, Unavailable: as :func:`check_event_proof`.
    """
    read = read_event_proof(proof)
    return ReceiptProofs(root).witnesses(read) if root.threshold and read.checkpoint is not None else ()


def is_same(left: TenderEvent, right: TenderEvent) -> bool:
    """Do both say that the same happened in the same block?"""
    return (left.contract, left.name, left.values, left.block) == (
        right.contract, right.name, right.values, right.block,
    )  # fmt: skip


def read_event_proof(proof: Any) -> EventProof:
    """A proof from plain data, not yet judged. Raises InvalidInput."""
    if not isinstance(proof, Mapping) or proof.get("format") != FORMAT:
        raise _bad("format", f"not a {FORMAT}")
    if set(proof) != _MEMBERS:
        raise _bad(sorted(set(proof) ^ _MEMBERS)[0], "missing or unknown member")
    if proof["contract"] not in CONTRACTS:
        raise _bad("contract", "one of " + ", ".join(CONTRACTS))
    if type(proof["log"]) is not int:
        raise _bad("log", "a whole number")
    chain = proof["chain"]
    if not isinstance(chain, Mapping) or set(chain) != {"header", "receipt"} or type(chain["header"]) is not str:
        raise _bad("chain", "header and receipt")
    receipt = chain["receipt"]
    if not isinstance(receipt, Mapping) or set(receipt) != {"index", "proof"} or type(receipt["index"]) is not int:
        raise _bad("chain.receipt", "index and proof")
    if not 0 <= receipt["index"] < 2**32 or len(chain["header"]) > 2 * proofs.MAX_HEADER + 2:
        raise _bad("chain", "header or index out of range")
    nodes = _texts(receipt["proof"], _MOST_NODES, 2 * _LARGEST_NODE + 2, "chain.receipt.proof")
    return EventProof(
        proof["contract"], proof["log"], unhex0x(chain["header"], field="chain.header"), receipt["index"],
        [unhex0x(node, field="chain.receipt.proof") for node in nodes], _checkpoint(proof["checkpoint"]),
    )  # fmt: skip


# --------------------------------------------------------------------------- inside


def _checkpoint(given: Any) -> tuple[str, int, Sequence[bytes]] | None:
    if given is None:
        return None
    if not isinstance(given, Mapping) or set(given) != {"note", "index", "path"}:
        raise _bad("checkpoint", "note, index and path")
    note, index = given["note"], given["index"]
    if type(note) is not str or len(note) > _LONGEST_NOTE or type(index) is not int:
        raise _bad("checkpoint", "note is text, index a whole number")
    path = _texts(given["path"], _MOST_PATH, 43, "checkpoint.path")
    return note, index, [unb64url(step, field="checkpoint.path") for step in path]


def _texts(value: Any, most: int, longest: int, field: str) -> Sequence[str]:
    if not isinstance(value, list) or len(value) > most:
        raise _bad(field, f"a list of at most {most}")
    if any(type(item) is not str or len(item) > longest for item in value):
        raise _bad(field, "text that is not too long")
    return value


def _bad(field: str, why: str) -> InvalidInput:
    return InvalidInput(f"event proof: {field}: {why}", code="proof.event", field=field)
