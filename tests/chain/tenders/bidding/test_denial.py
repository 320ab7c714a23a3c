"""No winner denies a bid, and nobody foists one on a company: every link from licence to ledger, and what breaks it.

licence - binding - device key -> statement -> fresh address -> commitment -> file's digest -> statement
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chain.credentials.verification import Result
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.tender_facts import Commitment, SealedFile
from chain.keys.signatures import address_of
from chain.sealing import Bid, BidFault, BidKeys, Committed, FaultKind, Form, Recipients, curve, open_bid, seal_bid
from chain.tenders.bidding import BidPlace, Organisation, alone, check_statement
from chain.tenders.bidding.acts import SignedAct, check_act, read_act, sign_commitment
from chain.tenders.digests import kind_digest
from chain.tenders.typed import BookDomain
from tests.chain.sealing.samples import public
from tests.support.companies import Companies, SampleCompany

FRESH, RECOVERY, THIEF = sha256(b"fresh"), sha256(b"recovery"), sha256(b"thief")
GENESIS, BOOK = sha256(b"genesis"), bytes([7]) * 20
PLACE = BidPlace(GENESIS, BOOK, 3, 1, address_of(FRESH), address_of(RECOVERY))
DOMAIN = BookDomain(1337, BOOK)
SECRET = curve.scalar(77)
OPENING_KEY = (curve.GENERATOR * SECRET).to_compressed_bytes()
RECIPIENTS = Recipients(public("officer"), public("supervisor"))


@pytest.fixture
def companies() -> Companies:
    return Companies()


def sealed_by(company: SampleCompany, place: BidPlace, folder: Path, key: bytes) -> tuple[SignedAct, Committed, bytes]:
    """A bid as that company makes it: what goes on the ledger, what is known of the file, k2."""
    statement = alone(place, company.party).signed(0, company.device)
    bid = Bid(place.identity(1, 1), Form.of({"price": "1.00"}), (), statement.as_dict())
    sealed = seal_bid(bid, OPENING_KEY, RECIPIENTS, folder / "bid.age")
    file = SealedFile(sealed.digest, sealed.size, sealed.form_root)
    kind = kind_digest(BOOK, 3, 1, place.bidder, sha256(b"salt"))
    commitment = Commitment(3, 1, place.bidder, 1, place.recovery, 1_790_000_000, kind, file)
    known = Committed(place.identity(1, 1), OPENING_KEY, RECIPIENTS, sealed.digest, sealed.size, sealed.form_root)
    return sign_commitment(DOMAIN, commitment, key), known, sealed.k2


def opened(known: Committed, k2: bytes, folder: Path) -> dict[str, object]:
    """The statement in the file, after every check of an opening."""
    signature = (curve.hash_to_g1(known.identity.digest()) * SECRET).to_compressed_bytes()
    return dict(open_bid(folder / "bid.age", known, BidKeys(signature, k2), None).organisation)


def judged(companies: Companies, statement: dict[str, object], place: BidPlace) -> Organisation:
    ledger = companies.world.ledger
    return check_statement(
        statement, place.identity(1, 1), recovery=place.recovery, evidence=companies.evidence(),
        deadline=ledger.block, now=ledger.block.time,
    )  # fmt: skip


def test_a_winner_cannot_deny(companies: Companies, tmp_path: Path) -> None:
    """What the ledger keeps, the file and the company's own licence suffice; nobody's word is needed."""
    company = companies.company()
    signed, known, k2 = sealed_by(company, PLACE, tmp_path, FRESH)
    check_act(read_act(signed.to_bytes()))  # the fresh address committed to this digest
    found = judged(companies, opened(known, k2, tmp_path), PLACE)  # and the company's device named the fresh address
    assert (found.result, found.code) == (Result.VALID, company.code)


def test_ending_the_device_afterwards_denies_nothing(companies: Companies, tmp_path: Path) -> None:
    company = companies.company()
    _, known, k2 = sealed_by(company, PLACE, tmp_path, FRESH)
    deadline = companies.world.ledger.mine()
    companies.unbind(company)
    companies.revoke(company)
    now = companies.world.ledger.mine()
    found = check_statement(
        opened(known, k2, tmp_path), PLACE.identity(1, 1), recovery=PLACE.recovery, evidence=companies.evidence(),
        deadline=deadline, now=now.time,
    )  # fmt: skip
    assert (found.result, found.code) == (Result.VALID, company.code)


def test_nobody_bids_for_a_company_from_an_address_that_its_device_has_not_signed(
    companies: Companies, tmp_path: Path
) -> None:
    """A thief with the whole opened bid of a company, of this tender or another, and every key but the device's."""
    company = companies.company()
    _, known, k2 = sealed_by(company, PLACE, tmp_path, FRESH)
    statement = opened(known, k2, tmp_path)
    thiefs = replace(PLACE, bidder=address_of(THIEF))
    assert judged(companies, statement, thiefs).result is Result.INVALID
    (tmp_path / "bid.age").rename(tmp_path / "copied.age")
    bid = Bid(thiefs.identity(1, 1), Form.of({"price": "1.00"}), (), statement)
    resealed = seal_bid(bid, OPENING_KEY, RECIPIENTS, tmp_path / "bid.age")
    found = judged(companies, dict(resealed.manifest.organisation), thiefs)
    assert [finding.code for finding in found.findings] == ["place.foreign"]


def test_a_file_of_a_company_under_anothers_commitment_does_not_open(companies: Companies, tmp_path: Path) -> None:
    company = companies.company()
    _, known, k2 = sealed_by(company, PLACE, tmp_path, FRESH)
    thiefs = replace(known, identity=replace(PLACE, bidder=address_of(THIEF)).identity(1, 1))
    with pytest.raises(BidFault) as caught:
        opened(thiefs, k2, tmp_path)
    assert caught.value.kind is FaultKind.FOREIGN


def test_nobody_commits_from_an_address_whose_key_he_has_not(companies: Companies, tmp_path: Path) -> None:
    company = companies.company()
    signed, _, _ = sealed_by(company, PLACE, tmp_path, FRESH)
    commitment = signed.act.commitment  # type: ignore[union-attr]  # a submission
    with pytest.raises(InvalidInput):
        sign_commitment(DOMAIN, commitment, THIEF)
    other = replace(commitment, first=SealedFile(sha256(b"another file"), 5, bytes(32)))
    foisted = replace(signed, act=replace(signed.act, commitment=other))  # type: ignore[type-var]
    with pytest.raises(Refused):
        check_act(foisted)
