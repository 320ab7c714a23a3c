"""Contract and amendments of a lot as they stand on the ledger, and what each must say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chain.contracting.award.awards import Award
from chain.contracting.award.contracts import (
    AMENDMENT_KIND,
    Amendment,
    Contract,
    SignedAgreement,
    read_amendment,
    read_contract,
)
from chain.contracting.award.parts import Period
from chain.contracting.award.signing import signer_of
from chain.kernel.encoding import sha256
from chain.kernel.tender_facts import TenderEvent
from chain.kernel.tender_ports import Board
from chain.tenders.notice import Money
from chain.tenders.opening import LotPlace
from chain.tenders.story import LotStory


@dataclass(frozen=True, slots=True)
class StandingContract:
    """A contract with its amendments, as they hold now.

    Attributes:
        digest: SHA-256 of the contract, 32 bytes.
        contract: as it was signed.
        amendments: digest and content of each, in order.
    """

    digest: bytes
    contract: Contract
    amendments: tuple[tuple[bytes, Amendment], ...]

    @property
    def newest(self) -> bytes:
        """SHA-256 of what the next amendment changes."""
        return self.amendments[-1][0] if self.amendments else self.digest

    @property
    def price(self) -> Money:
        """As it holds now."""
        return self.amendments[-1][1].price if self.amendments else self.contract.price

    @property
    def period(self) -> Period:
        """As it holds now."""
        return self.amendments[-1][1].period if self.amendments else self.contract.period


def amendments_of(line: LotStory) -> list[TenderEvent]:
    """Amendments on record of a lot, oldest first."""
    return [event for event in line.records if event.values["kind"] == AMENDMENT_KIND]


def standing_contract(board: Board, line: LotStory) -> StandingContract | None:
    """The contract of a lot with its amendments; None if there is none.

    Raises:
        NotFound, Damaged, Unavailable, InvalidInput: a paper is not to be had or not ours.
    """
    if line.contract is None:
        return None
    digest = line.contract.values["digest"]
    contract = read_contract(board.get(digest)).agreement
    assert isinstance(contract, Contract)
    found: list[tuple[bytes, Amendment]] = []
    for event in amendments_of(line):
        amendment = read_amendment(board.get(event.values["digest"])).agreement
        assert isinstance(amendment, Amendment)
        found.append((event.values["digest"], amendment))
    return StandingContract(digest, contract, tuple(found))


def supplier_of(line: LotStory, award: Award) -> bytes:
    """The address that acts for the awarded place, 20 bytes."""
    return line.bids[award.place - 1].bidder


def contract_contradiction(contract: Contract, place: LotPlace, award: Award) -> str:
    """What a contract says otherwise than the award; empty: nothing."""
    if contract.place != place:
        return "it is about another lot"
    if contract.award != sha256(award.to_bytes()):
        return "it is about another award"
    if contract.price != award.price:
        return f"its price is {contract.price}, the award's {award.price}"
    return ""


def amendment_contradiction(amendment: Amendment, place: LotPlace, before: StandingContract) -> str:
    """What an amendment says otherwise than what it changes; empty: nothing. ``before``: without this amendment."""
    if amendment.place != place:
        return "it is about another lot"
    if amendment.contract != before.digest or amendment.previous != before.newest:
        return "it changes another paper than the newest"
    if amendment.number != len(before.amendments) + 1:
        return f"its number is {amendment.number}, not {len(before.amendments) + 1}"
    if amendment.price.currency != before.price.currency:
        return "it changes the currency"
    return ""


def signature_contradiction(signed: SignedAgreement, officers: Sequence[bytes] | None, supplier: bytes) -> str:
    """Whose signature is wrong; empty: both are right.

    Args:
        signed: with both signatures.
        officers: accounts that may sign for the procuring entity; None: any that is well-formed.
        supplier: address that acts for the awarded place.
    """
    by_officer = signer_of(signed.agreement, signed.officer)
    if by_officer is None or (officers is not None and by_officer not in officers):
        return "no officer of the tender signed it"
    if signer_of(signed.agreement, signed.supplier) != supplier:
        return "the winner's address did not sign it"
    return ""
