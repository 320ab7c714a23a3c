"""What members of a committee and bidders sign during the evaluation: words that any wallet shows (EIP-191)."""

from __future__ import annotations

from chain.kernel.encoding import hex0x
from chain.keys.accounts import recover_text, text_hash
from chain.keys.signatures import sign
from chain.tenders.opening import LotPlace


def commitment_text(place: LotPlace, envelope: int, round_: int, committee: bytes, sheet: bytes) -> str:
    """What a member signs who commits to a sheet, given by its SHA-256 and that of the committee's paper."""
    return (
        f"I commit to my evaluation sheet of tender {place.tender}, lot {place.lot}, envelope {envelope}, "
        f"round {round_}.\n"
        f"本人对第 {place.tender} 号项目第 {place.lot} 标段第 {envelope} 信封第 {round_} 轮的评审表作出承诺。\n"
        f"yinxin-sheet-commitment-1 {_where(place)} {envelope} {round_} {hex0x(committee)} {hex0x(sheet)}"
    )


def answer_text(place: LotPlace, bid: int, question: bytes, text: bytes) -> str:
    """What a bid's address signs under an answer: SHA-256 of the question's paper and of the answer's UTF-8 text."""
    return (
        f"This is my answer to a question about my bid in tender {place.tender}, lot {place.lot}.\n"
        f"这是本投标人对第 {place.tender} 号项目第 {place.lot} 标段澄清问题的答复。\n"
        f"yinxin-clarification-answer-1 {_where(place)} {bid} {hex0x(question)} {hex0x(text)}"
    )


def vote_text(place: LotPlace, bid: int, committee: bytes, content: bytes) -> str:
    """What a member signs under a vote: SHA-256 of the committee's paper and of the vote's content."""
    return (
        f"I vote so on the clarification of the bid of place {bid} in tender {place.tender}, lot {place.lot}.\n"
        f"本人对第 {place.tender} 号项目第 {place.lot} 标段第 {bid} 号投标的澄清作此表决。\n"
        f"yinxin-clarification-vote-1 {_where(place)} {bid} {hex0x(committee)} {hex0x(content)}"
    )


def sign_text(text: str, private_key: bytes) -> bytes:
    """65 bytes r ‖ s ‖ v over the text, by a private key of 32 bytes."""
    return sign(text_hash(text), private_key)


def signer_of(text: str, signature: bytes) -> bytes | None:
    """The account that signed the text, 20 bytes; None for no valid signature."""
    found = recover_text(text, signature)
    return None if found is None else bytes.fromhex(found[2:])


def _where(place: LotPlace) -> str:
    return f"{hex0x(place.genesis)} {hex0x(place.book)} {place.tender} {place.lot}"
