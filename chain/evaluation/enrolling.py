"""An expert's own line for a pool: who it is, with a fresh account that signs the line itself.

``yinxin-expert-line-1``, canonical JSON: a personal paper, handed to the pool's keeper and kept by both; only its leaf,
specialty, account and box become public before the award. It names one tender, so no account serves twice, and is
signed by its account, so nobody enrols with somebody else's. Representatives of the procuring entity hand in the same
paper; of theirs the name becomes public after the award. Format: docs/formats/draw.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from chain.evaluation.pool import Expert
from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x
from chain.kernel.errors import InvalidInput
from chain.keys.accounts import recover_text, text_hash
from chain.keys.signatures import sign

FORMAT = "yinxin-expert-line-1"
_CODE = "pool.line"


@dataclass(frozen=True, slots=True)
class ExpertLine:
    """An expert's line for the pool of one tender.

    Attributes:
        genesis: hash of the ledger's first block, 32 bytes.
        book: address of the TenderBook, 20 bytes.
        tender: its number.
        expert: the line itself.
        signature: by the expert's account, over :func:`line_text`, 65 bytes.
    """

    genesis: bytes
    book: bytes
    tender: int
    expert: Expert
    signature: bytes

    @classmethod
    def sign(cls, genesis: bytes, book: bytes, tender: int, expert: Expert, private_key: bytes) -> ExpertLine:
        """Signed by the account's key (32 bytes). Raises InvalidInput if that is another account's."""
        digest = text_hash(line_text(genesis, book, tender, expert.leaf()))
        made = cls(genesis, book, tender, expert, sign(digest, private_key))
        made.check()
        return made

    def check(self) -> None:
        """Raises InvalidInput if the line's account has not signed it."""
        signer = recover_text(line_text(self.genesis, self.book, self.tender, self.expert.leaf()), self.signature)
        if signer != hex0x(self.expert.account):
            raise InvalidInput(
                f"the line of {self.expert.number} is not signed by its account", code=_CODE, field="signature",
                fix="ask the expert for a new one: yinxin expert enrol",
            )  # fmt: skip

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        own = {"expert": self.expert.as_dict(), "signature": b64url(self.signature)}
        place = {"genesis": hex0x(self.genesis), "book": hex0x(self.book), "tender": self.tender}
        return canonical({"format": FORMAT, **place, **own})

    @classmethod
    def from_bytes(cls, data: bytes) -> ExpertLine:
        """Inverse of :meth:`to_bytes`, signed by its account. Raises InvalidInput."""
        value = strict.paper(data, FORMAT, {"genesis", "book", "tender", "expert", "signature"}, _CODE)
        made = cls(
            strict.hexed(value["genesis"], 32, "genesis"),
            strict.hexed(value["book"], 20, "book"),
            strict.number(value["tender"], "tender", _CODE),
            Expert.from_dict(value["expert"]),
            strict.raw(value["signature"], 65, "signature", _CODE),
        )
        made.check()
        return made


def line_text(genesis: bytes, book: bytes, tender: int, leaf: bytes) -> str:
    """What the account signs: words that any wallet shows (EIP-191)."""
    return (
        f"I take part in the evaluation of tender {tender} with this account, if I am drawn or sent.\n"
        f"若被抽取或委派，本人以此账户参加第 {tender} 号项目的评标。\n"
        f"{FORMAT} {hex0x(genesis)} {hex0x(book)} {tender} {hex0x(leaf)}"
    )
