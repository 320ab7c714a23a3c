"""A contract or amendment on its way: offered by the officer, signed by the winner, put on the ledger. Exactly once.

Drafts and signatures wait as notes under ``contract/<tender>/<lot>``, believed only for what is signed in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chain.contracting.award.agreements import (
    StandingContract,
    amendment_contradiction,
    amendments_of,
    contract_contradiction,
    standing_contract,
    supplier_of,
)
from chain.contracting.award.awards import Award
from chain.contracting.award.contracts import (
    AMENDMENT,
    AMENDMENT_KIND,
    CONTRACT,
    Agreement,
    Amendment,
    Contract,
    SignedAgreement,
    content_digest,
)
from chain.contracting.award.parts import CODE
from chain.contracting.award.periods import check_over
from chain.contracting.award.reading import read_cases
from chain.contracting.award.signing import agreement_digest, signer_of
from chain.contracting.award.standing import check_known, shaken
from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.errors import Conflict, InvalidInput, Refused
from chain.kernel.steps import reached
from chain.kernel.tender_facts import Phase
from chain.kernel.tender_ports import Board, TenderActs
from chain.keys.signatures import sign
from chain.tenders.opening import LotPlace
from chain.tenders.story import LotStory, Story

DRAFT, SIGNATURE = "yinxin-contract-draft-1", "yinxin-contract-signature-1"
_MOST_NOTES = 200
"""Notes looked at, the newest: anybody may leave some."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A contract or amendment that an officer has signed (65 bytes)."""

    agreement: Agreement
    officer: bytes

    def to_bytes(self) -> bytes:
        """Canonical JSON, as it lies on the board."""
        own = {"paper": self.agreement.form, "content": self.agreement.content(), "officer": b64url(self.officer)}
        return canonical({"format": DRAFT, **own})

    @classmethod
    def from_bytes(cls, data: bytes) -> Offered:
        """Inverse of :meth:`to_bytes`; the signature is not checked. Raises InvalidInput."""
        value = strict.paper(data, DRAFT, {"paper", "content", "officer"}, CODE)
        kinds: dict[str, type[Contract] | type[Amendment]] = {CONTRACT: Contract, AMENDMENT: Amendment}
        kind = kinds.get(str(value["paper"]))
        if kind is None:
            raise InvalidInput("paper: a contract or an amendment", code=CODE, field="paper")
        return cls(kind.read(value["content"]), strict.raw(value["officer"], 65, "officer", CODE))


def topic_of(place: LotPlace) -> str:
    """Where drafts and signatures wait."""
    return f"contract/{place.tender}/{place.lot}"


def offer(board: Board, agreement: Agreement, key: bytes) -> Offered:
    """Sign a draft as the officer, with that private key (32 bytes), and leave it for the winner; once."""
    offered = Offered(agreement, sign(agreement_digest(agreement), key))
    data = offered.to_bytes()
    if not any(note == data for _, note in board.notes(topic_of(agreement.place))):
        board.post(topic_of(agreement.place), "draft", data)
    return offered


def offers(board: Board, place: LotPlace, is_officer: Callable[[bytes], bool]) -> list[Offered]:
    """What officers of the tender have offered for a lot, oldest first."""
    found = []
    for name, data in _notes(board, place):
        if name != "draft":
            continue
        try:
            one = Offered.from_bytes(data)
        except InvalidInput:
            continue
        signer = signer_of(one.agreement, one.officer)
        if one.agreement.place == place and signer is not None and is_officer(signer):
            found.append(one)
    return found


def agree(board: Board, agreement: Agreement, key: bytes) -> bytes:
    """Sign as the winner, with that private key (32 bytes), and leave the signature for the officer; 65 bytes, once."""
    signature = sign(agreement_digest(agreement), key)
    own = {"content": hex0x(content_digest(agreement)), "signature": b64url(signature)}
    data = canonical({"format": SIGNATURE, **own})
    if not any(note == data for _, note in board.notes(topic_of(agreement.place))):
        board.post(topic_of(agreement.place), "signed", data)
    return signature


def signed_by_both(board: Board, offered: Offered, supplier: bytes) -> SignedAgreement | None:
    """The agreement with the winner's signature, if that lies on the board."""
    digest = content_digest(offered.agreement)
    for name, data in _notes(board, offered.agreement.place):
        if name != "signed":
            continue
        try:
            value = strict.paper(data, SIGNATURE, {"content", "signature"}, CODE)
            signature = strict.raw(value["signature"], 65, "signature", CODE)
        except InvalidInput:
            continue
        if value["content"] == hex0x(digest) and signer_of(offered.agreement, signature) == supplier:
            return SignedAgreement(offered.agreement, offered.officer, signature)
    return None


def _notes(board: Board, place: LotPlace) -> Iterator[tuple[str, bytes]]:
    yield from list(board.notes(topic_of(place)))[-_MOST_NOTES:]


def check_contract(board: Board, story: Story, contract: Contract, award: Award | None) -> Award:
    """See whether a contract fits the award, and the award stands. Raises Refused, NotFound; gives the award."""
    place, line = contract.place, story.lots[contract.place.lot]
    if award is None:
        raise Refused(
            f"lot {place.lot} is not awarded", code="contract.award", field="lot", fix="yinxin tender award first"
        )
    wrong = contract_contradiction(contract, place, award)
    if wrong:
        raise Refused(
            f"the contract does not fit: {wrong}", code="contract.fits", field="contract", fix="draft it anew"
        )
    cases = read_cases(board, line, place)
    check_known(cases)
    upheld = shaken(line, cases)
    if upheld:
        named = ", ".join(str(one.case.number) for one in upheld)
        raise Refused(
            f"case {named} was upheld against this award", code="contract.upheld", field="cases",
            fix="award another candidate first: yinxin tender award --rank",
        )  # fmt: skip
    return award


def record_contract(
    acts: TenderActs, board: Board, story: Story, signed: SignedAgreement, award: Award | None, now: int
) -> bytes:
    """Put a signed contract on board and ledger; its SHA-256. The same one again records nothing more.

    Args:
        acts: of the officer.
        board: for the paper.
        story: of the tender.
        signed: by both sides.
        award: in force.
        now: time of the newest final block, seconds.

    Raises:
        Refused: the period runs, cases wait, or it does not fit the award.
        Conflict: another contract stands.
    """
    contract, data = signed.agreement, signed.to_bytes()
    assert isinstance(contract, Contract)
    line, digest = story.lots[contract.place.lot], sha256(data)
    if line.contract is not None:
        if line.contract.values["digest"] == digest:
            return digest
        raise Conflict(
            f"the contract {hex0x(line.contract.values['digest'])} stands on the ledger", code="contract.stands",
            field="contract", fix="change it by an amendment: yinxin tender contract --amend",
        )  # fmt: skip
    known = check_contract(board, story, contract, award)
    if signer_of(contract, signed.supplier) != supplier_of(line, known):
        raise Refused(
            "the winner has not signed it", code="contract.unsigned", field="contract", fix="bid sign-contract"
        )
    if story.phase(contract.place.lot) is not Phase.AWARDED:
        raise Refused("the lot is not awarded", code="contract.award", field="lot", fix="yinxin tender award first")
    check_over(story, contract.place.lot, now, "the contract")
    board.put(data)
    reached("contract-put")
    acts.record_contract(contract.place.tender, contract.place.lot, digest)
    reached("contract-sent")
    return digest


def record_amendment(acts: TenderActs, board: Board, line: LotStory, signed: SignedAgreement, award: Award) -> bytes:
    """Put a signed amendment on board and ledger; its SHA-256. The same one again records nothing more.

    Raises:
        Refused: there is no contract yet, it changes another paper than the newest, or the winner has not signed.
    """
    amendment, data = signed.agreement, signed.to_bytes()
    assert isinstance(amendment, Amendment)
    digest = sha256(data)
    if any(event.values["digest"] == digest for event in amendments_of(line)):
        return digest
    check_amendment(standing_contract(board, line), amendment)
    if signer_of(amendment, signed.supplier) != supplier_of(line, award):
        raise Refused(
            "the winner has not signed it", code="contract.unsigned", field="contract", fix="bid sign-contract"
        )
    board.put(data)
    reached("amendment-put")
    acts.record(amendment.place.tender, amendment.place.lot, AMENDMENT_KIND, digest)
    return digest


def check_amendment(before: StandingContract | None, amendment: Amendment) -> StandingContract:
    """See whether an amendment follows what stands. Raises Refused."""
    if before is None:
        raise Refused("there is no contract yet", code="contract.none", field="--amend", fix="yinxin tender contract")
    wrong = amendment_contradiction(amendment, amendment.place, before)
    if wrong:
        raise Refused(
            f"the amendment does not fit: {wrong}", code="contract.fits", field="--amend", fix="draft it anew"
        )
    return before
