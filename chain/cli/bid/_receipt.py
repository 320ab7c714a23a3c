"""Making a receipt of what is final, and reading it for people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from chain.cli.bid._place import BidHere
from chain.kernel.clock import rfc3339
from chain.kernel.encoding import hex0x
from chain.kernel.errors import YinxinError
from chain.kernel.home import write_atomically
from chain.kernel.tender_facts import TenderEvent
from chain.ledger.connection import Ledger
from chain.ledger.proofs import header_rlp, parse_header
from chain.ledger.tenders import receipt_of
from chain.rendering.bid_receipt import ReceiptLine, ReceiptPage
from chain.tenders.bidding.acts import SignedAct, Submission, custodian_of
from chain.tenders.bidding.receipt import BidReceipt, ReceiptCheck, evidence_of

_TITLES = {
    "submit": ("投标回执", "Bid receipt"),
    "withdraw": ("撤回投标回执", "Receipt of a withdrawal"),
    "move": ("更换投标地址回执", "Receipt of a move"),
}


def make_receipt(here: BidHere, signed: SignedAct, event: TenderEvent, file: Path) -> Path:
    """Write the receipt of an act that a final block shows; one that witnesses have signed is not made again."""
    connection = here.place.connection
    proof = receipt_of(connection.rpc, event)
    try:
        witnessed = connection.checkpoint(event.block)
    except YinxinError:
        witnessed = None  # a receipt without witnesses is one; yinxin bid receipt asks them again
    checkpoint = None if witnessed is None else (witnessed.note, witnessed.index, witnessed.path)
    receipt = BidReceipt(
        signed,
        here.ledger.genesis,
        connection.trust_root.digest,
        evidence_of(proof.header, proof.index, proof.nodes, checkpoint),
    )
    write_atomically(file, receipt.to_bytes())
    return file


def hash_on(connection: Ledger) -> Callable[[int], bytes | None]:
    """Hash of the final block with a number, by this home's own ledger; None if none is final there."""

    def answer(number: int) -> bytes | None:
        final = connection.refresh().block
        if number > final.number:
            return None
        block = connection.rpc.call("eth_getBlockByNumber", [hex(number), False])
        return None if not block else parse_header(header_rlp(block)).hash

    return answer


def page_of(data: bytes, check: ReceiptCheck, title: tuple[str, str], fonts: str) -> ReceiptPage:
    """A receipt that was checked, as a page. ``title``: of the tender, in Chinese and English, may be empty."""
    receipt, event = check.receipt, check.event
    assert receipt is not None
    assert event is not None
    signed, act = receipt.signed, receipt.signed.act
    lines = [
        ReceiptLine("项目编号", "tender", f"{signed.tender}  {title[0] or title[1]}".strip()),
        ReceiptLine("标段", "lot", str(act.commitment.lot if isinstance(act, Submission) else act.lot)),
        ReceiptLine("版本", "version", str(signed.version)),
        ReceiptLine("序位", "place", str(event.values["place"])),
        ReceiptLine("受理时间", "accepted at, by the ledger's clock", rfc3339(event.block.time)),
        ReceiptLine("区块", "block", f"{event.block.number}"),
        ReceiptLine("区块哈希", "block hash", hex0x(event.block.hash), code=True),
    ]
    if isinstance(act, Submission):
        bidder, files = act.commitment.bidder, (act.commitment.first, act.commitment.second)
        for number, one in enumerate(files, 1):
            if one.size:
                what = (
                    ("密封文件", "sealed file")
                    if not files[1].size
                    else (f"密封文件 {number}", f"sealed file {number}")
                )
                lines.append(ReceiptLine(*what, f"{hex0x(one.digest)} ({one.size} bytes)", code=True))
        custodian = custodian_of(signed)
        lines.append(ReceiptLine("保管方", "custodian", hex0x(custodian or b""), code=True))
    else:
        bidder = act.bidder
    lines += [
        ReceiptLine("投标地址", "bidder's address", hex0x(bidder), code=True),
        ReceiptLine("承诺哈希", "hash of what was signed", hex0x(act.hash()), code=True),
        ReceiptLine("账本", "chain, genesis", f"{signed.domain.chain_id}  {hex0x(receipt.genesis)}", code=True),
        ReceiptLine("合约", "TenderBook", hex0x(signed.domain.book), code=True),
        ReceiptLine("见证方", "witnesses", ", ".join(check.witnesses) or "无 none"),
    ]
    zh, en = _TITLES[signed.kind]
    return ReceiptPage(
        zh,
        en,
        lines,
        "本回执不含投标人身份与投标内容。证明材料附于本文件(receipt.json),可离线核验:yinxin bid verify-receipt",
        "Neither bidder nor bid is told here. What proves it is attached as receipt.json and is checked offline.",
        data,
        rfc3339(event.block.time),
        fonts,
    )
