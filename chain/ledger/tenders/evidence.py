"""Proof that an event happened, checked without asking any node: ``yinxin-event-proof-1`` (docs/formats/event-proof.md).

Header, receipt proof and place of the log in its receipt; with a checkpoint, whose witnesses vouch for the block. It is
plain data for JSON, to lie beside or inside other papers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chain.kernel.encoding import b64url, hex0x, unb64url, unhex0x
from chain.kernel.errors import Damaged, InvalidInput
from chain.kernel.tender_facts import TenderEvent
from chain.ledger import proofs
from chain.ledger.evidence import NO_TRANSACTION, block_in_checkpoint
from chain.ledger.rpc import RpcClient
from chain.ledger.tenders.history import BEGINNINGS
from chain.ledger.tenders.interface import CONTRACTS, interface
from chain.ledger.trustroot import TrustRoot
from chain.ledger.witness.client import WitnessedBlock

FORMAT = "yinxin-event-proof-1"
_MEMBERS = {"format", "contract", "log", "chain", "checkpoint"}
_MOST_NODES, _LARGEST_NODE, _MOST_PATH, _LONGEST_NOTE = 16, 65_536, 63, 16_384


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
        NotFound, Unavailable: the endpoint does not have the transaction or does not answer.
    """
    found = proofs.receipt_proof(rpc, event.transaction)
    receipt = proofs.verify_receipt(proofs.parse_header(found.header).receipts_root, found.index, found.nodes)
    for log in range(len(receipt.logs)):
        made = {
            "format": FORMAT,
            "contract": event.contract,
            "log": log,
            "chain": {
                "header": hex0x(found.header),
                "receipt": {"index": found.index, "proof": [hex0x(node) for node in found.nodes]},
            },
            "checkpoint": None
            if checkpoint is None
            else {
                "note": checkpoint.note,
                "index": checkpoint.index,
                "path": [b64url(step) for step in checkpoint.path],
            },
        }
        try:
            shown = check_event_proof(made, root)
        except InvalidInput:
            continue
        if is_same(shown, event):
            return made
    raise Damaged("the receipt does not show this event", code="ledger.receipts", fix="ask another endpoint")


def check_event_proof(proof: Any, root: TrustRoot) -> TenderEvent:
    """The event that the proof shows.

    A receipt names neither its transaction nor the places of its logs in the block: ``transaction`` is 32 zero bytes and
    ``index`` the place in the receipt. Compare with :func:`is_same`. Without a checkpoint it is proved that the event is
    in the block with that header, not that the block is the chain's: compare ``block.hash`` with what you know.

    Args:
        proof: plain data, as :func:`prove_event` makes it.
        root: names contracts and witnesses.

    Raises:
        InvalidInput: malformed, or it does not hold together.
    """
    header, receipt_index, nodes = _chain(proof)
    block = proofs.parse_header(header)
    receipt = proofs.verify_receipt(block.receipts_root, receipt_index, nodes)
    place = proof["log"]
    if not receipt.succeeded or not 0 <= place < len(receipt.logs):
        raise _bad("log", "the receipt has no such log")
    log, name = receipt.logs[place], proof["contract"]
    contract = next((one for one in root.ranges(name) if one.address == log.address), None)
    if contract is None or block.number < contract.from_block:
        raise _bad("contract", f"the log is of no {name} that counts in block {block.number}")
    if block.number == 0 and block.hash != root.genesis_hash:
        raise _bad("chain", "another genesis block")
    found = interface(name).event(log)
    if found is None or (found[0] in BEGINNINGS and not contract.holds(block.number)):
        raise _bad("log", f"no event of {name} that counts")
    if root.threshold:
        _signers(proof, block, root)
    return TenderEvent(name, *found, block.block, NO_TRANSACTION, place)


def witnesses_of(proof: Any, root: TrustRoot) -> tuple[str, ...]:
    """Names of the witnesses who vouch for the proof's block; none without a checkpoint or without witnesses to name.

    Raises:
        InvalidInput: malformed, too few signatures, or a checkpoint over another block.
    """
    header, _, _ = _chain(proof)
    return _signers(proof, proofs.parse_header(header), root) if root.threshold else ()


def is_same(left: TenderEvent, right: TenderEvent) -> bool:
    """Do both say that the same happened in the same block?"""
    return (left.contract, left.name, left.values, left.block) == (
        right.contract,
        right.name,
        right.values,
        right.block,
    )


# --------------------------------------------------------------------------- inside


def _signers(proof: Any, block: proofs.Header, root: TrustRoot) -> tuple[str, ...]:
    given = proof["checkpoint"]
    if given is None:
        return ()
    if not isinstance(given, Mapping) or set(given) != {"note", "index", "path"}:
        raise _bad("checkpoint", "note, index and path")
    note, index, path = given["note"], given["index"], given["path"]
    if type(note) is not str or len(note) > _LONGEST_NOTE or type(index) is not int:
        raise _bad("checkpoint", "note is text, index a whole number")
    steps = [unb64url(step, field="checkpoint.path") for step in _texts(path, _MOST_PATH, 43, "checkpoint.path")]
    return block_in_checkpoint((note, index, steps), block, root).signers


def _chain(proof: Any) -> tuple[bytes, int, list[bytes]]:
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
    return (
        unhex0x(chain["header"], field="chain.header"), receipt["index"],
        [unhex0x(node, field="chain.receipt.proof") for node in nodes],
    )  # fmt: skip


def _texts(value: Any, most: int, longest: int, field: str) -> Sequence[str]:
    if not isinstance(value, list) or len(value) > most:
        raise _bad(field, f"a list of at most {most}")
    if any(type(item) is not str or len(item) > longest for item in value):
        raise _bad(field, "text that is not too long")
    return value


def _bad(field: str, why: str) -> InvalidInput:
    return InvalidInput(f"event proof: {field}: {why}", code="proof.event", field=field)
