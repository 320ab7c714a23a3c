"""What stands in the record of who stands behind a bid: in bounds, whatever a bidder wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chain.credentials.credential import parse_credential
from chain.credentials.verification import Result
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput
from chain.sealing import BidFault, FaultKind
from chain.tenders.bidding import BidPlace, Organisation, alone, check_statement
from chain.tenders.bidding.organisation import Company, Finding
from chain.tenders.opening import (
    LotPlace,
    NamedOrganisation,
    OpeningRecord,
    Outcome,
    RecordedBid,
    RecordedFault,
    read_record,
)
from chain.tenders.opening.organisations import named
from tests.support.companies import SHOWN, Companies
from tests.support.world import FIELDS

PLACE = BidPlace(sha256(b"genesis"), bytes([7]) * 20, 3, 1, bytes([1]) * 20, bytes([2]) * 20)


def record(*bids: RecordedBid) -> OpeningRecord:
    """Of these bids."""
    return OpeningRecord(
        LotPlace(PLACE.genesis, PLACE.book, 3, 1), 1, sha256(b"notice"), 1_800_000_000, sha256(b"live"), sha256(b"k"),
        (1, 3), (), bids, len(bids), 1,
    )  # fmt: skip


def opened(place: int, organisation: NamedOrganisation) -> RecordedBid:
    """A bid that opened."""
    return RecordedBid(place, sha256(bytes([place])), bytes([place]) * 20, 1, Outcome.OPENED, organisation=organisation)


def organisation(result: Result, name: str, *findings: Finding) -> Organisation:
    """A company, judged so."""
    code = "91440100000000001X"
    return Organisation(result, name, code, (Company("bidder", code, name),), "", findings)


def test_a_licence_that_nobody_verified_with_an_endless_name_spoils_nobodys_record() -> None:
    companies = Companies()
    honest, spoiler = companies.company(), companies.company()
    fields = {**FIELDS, "certificateHolderName": "长" * 5_000, "certificateHolderCode": "9" * 5_000}
    (forged,) = companies.world.issue(count=1, content={"fields": fields}, stamp_content={"face": ()})
    companies.world.index.jwts.clear()
    licence = parse_credential(forged.credential.text).present(SHOWN)
    ledger = companies.world.ledger
    bids = []
    for place, party in enumerate((honest.party, replace(spoiler.party, licence=licence)), 1):
        device = (honest, spoiler)[place - 1].device
        found = check_statement(
            alone(PLACE, party).signed(0, device).as_dict(), PLACE.identity(1, 1), recovery=PLACE.recovery,
            evidence=companies.evidence(), deadline=ledger.block, now=ledger.block.time,
        )  # fmt: skip
        bids.append(opened(place, named(found)))
    whole = record(*bids)
    assert read_record(whole.to_bytes()) == whole
    said = bids[1].organisation
    assert said is not None
    assert (said.result, said.code, said.name) == ("invalid", spoiler.code, "")
    assert max(map(len, said.findings)) <= 400


@pytest.mark.parametrize("result", [Result.INVALID, Result.ERROR])
def test_only_a_name_that_is_proved_is_read_out(result: Result) -> None:
    said = named(organisation(result, "示例甲贸易有限公司"))
    assert (said.code, said.name, said.members) == ("91440100000000001X", "", (("91440100000000001X", ""),))
    proved = named(organisation(Result.VALID, "示例甲贸易有限公司"))
    assert (proved.name, proved.members[0][1]) == ("示例甲贸易有限公司",) * 2


def test_names_findings_and_their_number_are_bounded_and_what_refuses_comes_first() -> None:
    since = Finding(Result.SKIPPED, "now.binding", {"code": "X", "detail": "长" * 9_000})
    refused = Finding(Result.INVALID, "form.broken", {"fault": "\ud800\x1b"})
    said = named(organisation(Result.VALID, "长" * 9_000, *(since,) * 70, refused))
    assert (len(said.name), len(said.findings), max(map(len, said.findings))) == (200, 50, 400)
    assert "\ufffd\ufffd" in said.findings[0]
    assert "22" in said.findings[-1]
    whole = record(opened(1, said))
    assert read_record(whole.to_bytes()) == whole


def test_a_fault_told_in_a_bidders_own_words_stays_in_bounds() -> None:
    fault = BidFault(FaultKind.BAD_MANIFEST, "$." + "长" * 9_000 + "\ud800: float has no canonical form")
    told = RecordedFault(fault.kind, fault.message, fault.evidence)
    whole = record(RecordedBid(1, sha256(b"1"), bytes(20), 1, Outcome.REVOKED, fault=told))
    assert read_record(whole.to_bytes()) == whole


@pytest.mark.parametrize(
    "change",
    [{"name": "长" * 201}, {"findings": ("长" * 401,)}, {"findings": ("x",) * 51}, {"code": "9" * 19}, {"result": "?"}],
    ids=lambda change: next(iter(change)),
)
def test_what_nobody_could_read_is_not_written(change: dict[str, str]) -> None:
    good = NamedOrganisation("valid", "91440100000000001X", "示例")
    assert record(opened(1, good)).to_bytes()
    with pytest.raises(InvalidInput):
        record(opened(1, replace(good, **change))).to_bytes()


def test_the_record_of_a_lot_without_bids_reads_back() -> None:
    assert read_record(record().to_bytes()) == record()
