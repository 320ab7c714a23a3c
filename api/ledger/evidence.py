"""That a transaction stands in a final block: what somebody needs to prove it to others, with nobody's word for it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.accounts.rules import public
from api.service.routes import Here, ServiceRoute, ruled
from api.service.shapes import SAMPLE_DIGEST, Hex, Shape, hex_of
from chain.kernel.encoding import b64url, hex0x, unhex0x
from chain.kernel.errors import Conflict, NotFound, YinxinError
from chain.ledger.proofs import parse_header, receipt_proof

Node = Annotated[str, Field(pattern=r"^0x[0-9a-f]*$", max_length=2**25, examples=[SAMPLE_DIGEST])]
"""0x and hexadecimal; the last node holds the whole receipt, as long as it may be."""

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["ledger"])


class EvidenceRequest(Shape):
    """Which transaction is asked about. In the body: no log of addresses has it."""

    transaction: str = Field(pattern=r"^0x[0-9a-f]{64}$", description="its hash", examples=[SAMPLE_DIGEST])


class InBlock(Shape):
    """A transaction's receipt in its block."""

    index: int = Field(ge=0, description="0-based place in the block", examples=[0])
    proof: list[Node] = Field(description="RLP nodes of the receipts trie, root first")


class InChain(Shape):
    """The member `chain` of an evidence bundle and of a bid's receipt."""

    header: Hex = Field(description="RLP of the block's header")
    receipt: InBlock


class InCheckpoint(Shape):
    """The member `checkpoint` of the same: a note that witnesses signed, and where the block stands in its tree."""

    index: int = Field(ge=0, examples=[1203])
    note: str = Field(description="docs/formats/checkpoint.md", examples=["yinxin/1337/5f5f5f5f5f5f5f5f\n1204\n…"])
    path: list[str] = Field(description="inclusion path, base64url", examples=[["X19f"]])


class LedgerEvidence(Shape):
    """Checked by whoever asked: the header by its hash, the receipt by the header, the checkpoint by a trust root."""

    chain: InChain
    checkpoint: InCheckpoint | None = Field(None, description="null while too few witnesses have come that far")


@router.post("/ledger-evidence", **ruled(public(repeats=True)))
def show_evidence(service: Here, body: EvidenceRequest) -> LedgerEvidence:
    """Header, receipt proof and witnessed checkpoint of a final transaction, as any node and witness would give them.

    Witnesses are not waited for: ask again for a checkpoint.
    """
    ledger = service.ledger
    proof = receipt_proof(ledger.rpc, unhex0x(body.transaction, size=32, field="transaction"))
    block = parse_header(proof.header).block
    if block.number > ledger.rpc.final_block().number:
        raise NotFound("not final yet", code="ledger.not_final", field="transaction", fix="ask again in a moment")
    try:
        found = ledger.checkpoint(block, wait=0.0)
    except Conflict:
        raise  # witnesses signed another block than this: that is no "not yet"
    except YinxinError:
        found = None  # whoever asked sees that nobody vouches for it
    checkpoint = None
    if found is not None:
        checkpoint = InCheckpoint(index=found.index, note=found.note, path=[b64url(node) for node in found.path])
    receipt = InBlock(index=proof.index, proof=[hex0x(node) for node in proof.nodes])
    return LedgerEvidence(chain=InChain(header=hex_of(proof.header), receipt=receipt), checkpoint=checkpoint)


__all__ = ["router"]
