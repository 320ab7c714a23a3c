"""A bidder's look at the opening record: what was read out, against what was sealed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from chain.kernel.encoding import hex0x, sha256, unhex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.tender_facts import Commitment, SealedFile, TenderEvent
from chain.sealing import FaultKind, Figure, Form, Manifest, read_manifest
from chain.tenders.bidding import BidPlace, alone
from chain.tenders.bidding.own import bid_in, compare, stood
from chain.tenders.notice import Notice
from chain.tenders.opening import (
    LotPlace,
    NamedOrganisation,
    OpeningRecord,
    Outcome,
    RecordedBid,
    RecordedFault,
    read_record,
)
from chain.tenders.story import LotStory
from chain.tenders.story.shapes import Closing
from chain.tenders.typed import commitment_hash
from tests.chain.tenders.notice.samples import sample
from tests.support.companies import Companies

PLACE = BidPlace(sha256(b"genesis"), bytes([7]) * 20, 7, 1, bytes([1]) * 20, bytes([2]) * 20)
FIGURES = {"price": "2980000.00", "delivery.days": "45", "warranty": "3y"}
COMMITMENT = sha256(b"commitment")


@pytest.fixture
def notice(tmp_path: Path) -> Notice:
    return sample(tmp_path)


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    company = Companies().company()
    statement = alone(PLACE, company.party).signed(0, company.device)
    return Manifest(PLACE.identity(1, 1), statement.as_dict(), Form.of(FIGURES), ())


def root(manifest: Manifest) -> bytes:
    return manifest.form.root(manifest.identity.digest())


def record(manifest: Manifest, **changes: object) -> OpeningRecord:
    code = str(manifest.organisation["parties"][0]["code"])
    figures = manifest.form.disclose(manifest.identity.digest(), sorted(FIGURES))
    bid = RecordedBid(
        1, COMMITMENT, PLACE.bidder, 1, Outcome.OPENED, NamedOrganisation("valid", code, "示例", ((code, "示例"),), ()),
        figures,
    )  # fmt: skip
    place = LotPlace(PLACE.genesis, PLACE.book, PLACE.tender, PLACE.lot)
    bid = replace(bid, **changes)  # type: ignore[arg-type]  # of a bid
    return OpeningRecord(place, 1, bytes(32), 9, bytes(32), bytes(32), (1, 2, 3), (), (bid,), 1, 1)


def codes(found: OpeningRecord, manifest: Manifest, notice: Notice) -> list[str]:
    faults = compare(found, COMMITMENT, root(manifest), manifest, notice)
    assert all(fault.message != fault.message_zh for fault in faults)
    return [fault.code for fault in faults]


def test_a_right_record_gives_nothing_to_object_to(manifest: Manifest, notice: Notice) -> None:
    assert codes(record(manifest), manifest, notice) == []
    assert bid_in(record(manifest), COMMITMENT) is not None


def test_what_was_read_wrongly_or_not_at_all_is_named(manifest: Manifest, notice: Notice) -> None:
    figures = record(manifest).bids[0].figures
    price = next(one for one in figures if one.figure.name == "price")
    others = tuple(one for one in figures if one.figure.name != "price")
    assert codes(record(manifest, figures=others), manifest, notice) == ["unread"]
    forged = replace(price, figure=Figure("price", "1.00", price.figure.salt))
    assert codes(record(manifest, figures=(forged, *others)), manifest, notice) == ["unproved"]
    other = Manifest(manifest.identity, manifest.organisation, Form.of({**FIGURES, "price": "1.00"}), ())
    (shown,) = other.form.disclose(other.identity.digest(), ["price"])
    found = record(manifest, figures=(shown,))
    assert [one.code for one in compare(found, COMMITMENT, root(other), manifest, notice)] == [
        "figure",
        "unread",
        "unread",
    ]


def test_only_what_was_live_at_the_closing_can_be_missing() -> None:
    file = SealedFile(sha256(b"file"), 9, sha256(b"form"))
    mine, other = (
        Commitment(7, 1, bytes([one]) * 20, 1, bytes([9]) * 20, 99, sha256(b"kind"), file, file) for one in (1, 2)
    )
    event = cast(TenderEvent, None)
    line = LotStory(1, closings={1: Closing(bytes(32), (mine, other), (1, 2), event)})
    line.closings[2] = Closing(bytes(32), (other,), (2,), event)
    assert stood(line, 1, commitment_hash(mine))
    assert not stood(line, 2, commitment_hash(mine)), "dropped by the technical result"
    assert stood(line, 2, commitment_hash(other))
    assert not stood(LotStory(1), 1, commitment_hash(mine))


def test_a_bid_that_is_missing_unopened_or_under_another_name(manifest: Manifest, notice: Notice) -> None:
    assert codes(record(manifest, commitment=bytes(32)), manifest, notice) == ["missing"]
    fault = RecordedFault(FaultKind.BAD_LOCK_TWO, "said so", {})
    found = record(manifest, outcome=Outcome.REVOKED, fault=fault, organisation=None, figures=())
    assert codes(found, manifest, notice) == ["unopened"]
    for organisation in (
        None,
        NamedOrganisation("invalid", "", "", (), ("not signed",)),
        NamedOrganisation("valid", "914401000000000004", "示例", (), ()),
    ):
        assert codes(record(manifest, organisation=organisation), manifest, notice) == ["organisation"]


def test_the_golden_records_come_to_the_answers_that_the_bidders_room_is_held_to(notice: Notice) -> None:
    vectors = json.loads((Path(__file__).parents[3] / "vectors" / "own_bid.json").read_text(encoding="utf-8"))
    sealed = read_manifest(vectors["manifest"].encode())
    assert hex0x(root(sealed)) == vectors["formRoot"]
    assert [line.name for line in notice.envelopes[0].form] == vectors["asked"]
    commitment = unhex0x(vectors["commitment"], size=32, field="commitment")
    for case in vectors["cases"]:
        signed = unhex0x(case["formRoot"], size=32, field="root")
        found = compare(read_record(case["record"].encode()), commitment, signed, sealed, notice)
        assert [{"code": one.code, "message": one.message} for one in found] == case["faults"], case["name"]
    for text in vectors["refused"]:
        with pytest.raises(InvalidInput):
            read_record(text.encode())
