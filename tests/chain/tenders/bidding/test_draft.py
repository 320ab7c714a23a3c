"""Drafts: everything that is missing or out of bounds is told at once, in both languages; nothing of it is sealed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput, Refused
from chain.tenders.bidding import BidPlace, alone
from chain.tenders.bidding.completeness import lacks
from chain.tenders.bidding.draft import Draft, blank, read_draft
from chain.tenders.bidding.folder import BidFolder, BidKeys, read_keys, read_sealed
from chain.tenders.bidding.rehearsal import of_opening
from chain.tenders.bidding.sealing import bids_of, seal_version
from chain.tenders.notice import Notice
from tests.chain.sealing.samples import public
from tests.chain.tenders.notice.samples import sample
from tests.support.companies import Companies

GOOD = {"price": "2980000.00", "delivery.days": "45", "warranty": "3y"}


@pytest.fixture
def notice(tmp_path: Path) -> Notice:
    folder = tmp_path / "notice"
    folder.mkdir()
    return sample(folder, guarantee=None, qualification=[])


@pytest.fixture
def draft(tmp_path: Path, notice: Notice) -> Callable[..., Draft]:
    (tmp_path / "technical.pdf").write_bytes(b"%PDF")

    def make(form: dict[str, str] | None = None, **changes: Any) -> Draft:
        value = json.loads(blank(notice, 1))
        value["envelopes"][0]["form"] |= GOOD | (form or {})
        value["envelopes"][0]["documents"] = [
            {"name": "技术标.pdf", "mediaType": "application/pdf", "path": "technical.pdf"}
        ]
        return read_draft(json.dumps(value | changes).encode(), tmp_path)

    return make


def test_a_blank_draft_names_every_figure_and_lacks_what_is_required(notice: Notice, tmp_path: Path) -> None:
    found = lacks(read_draft(blank(notice, 1), tmp_path), notice)
    fields = [lack.field for lack in found if lack.blocking]
    wanted = [line.name for line in notice.envelopes[0].form if line.required]
    assert fields == [f"envelopes[0].form.{name}" for name in wanted]
    assert all(lack.message != lack.message_zh for lack in found)


def test_a_complete_draft_lacks_nothing(draft: Callable[..., Draft], notice: Notice) -> None:
    assert lacks(draft(), notice) == ()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"price": "1"}, "two places"),
        ({"price": "3600000.01"}, "ceiling"),
        ({"delivery.days": "91"}, "at most 90"),
        ({"delivery.days": "4.5"}, "whole number"),
        ({"warranty": "10y"}, "one of"),
        ({"prize": "1.00"}, "no such figure"),
    ],
    ids=lambda value: str(value),
)
def test_figures_are_held_to_the_notice(
    draft: Callable[..., Draft], notice: Notice, form: dict[str, str], said: str
) -> None:
    (lack,) = lacks(draft(form), notice)
    assert lack.blocking
    assert said in lack.message
    assert lack.field == f"envelopes[0].form.{next(iter(form))}"


def test_documents_are_looked_at(draft: Callable[..., Draft], notice: Notice) -> None:
    def envelope(*documents: dict[str, str]) -> list[dict[str, Any]]:
        return [{"number": 1, "form": GOOD, "documents": list(documents)}]

    good = {"name": "a.pdf", "mediaType": "application/pdf", "path": "technical.pdf"}
    lost = lacks(draft(envelopes=envelope({**good, "path": "lost.pdf"})), notice)
    twice = lacks(draft(envelopes=envelope(good, {**good, "name": "A.PDF"})), notice)
    odd = lacks(draft(envelopes=envelope({**good, "name": "../a.pdf"})), notice)
    for found, field in ((lost, "documents[0].path"), (twice, "documents[1].name"), (odd, "documents[0].name")):
        assert [lack.field for lack in found] == [f"envelopes[0].{field}"]
    none = lacks(draft(envelopes=envelope()), notice)
    assert [lack.blocking for lack in none] == [False]


def test_another_lot_tender_or_number_of_envelopes(draft: Callable[..., Draft], notice: Notice) -> None:
    assert [lack.field for lack in lacks(draft(tender=99, lot=2), notice)] == ["tender", "lot"]
    two = [{"number": number, "form": {}, "documents": []} for number in (1, 2)]
    assert [lack.field for lack in lacks(draft(envelopes=two), notice)] == ["envelopes"]


@pytest.mark.parametrize(
    "change",
    [
        {"format": "yinxin-bid-draft-2"},
        {"more": 1},
        {"envelopes": []},
        {"envelopes": [{"number": 2, "form": {}, "documents": []}]},
        {"envelopes": [{"number": 1, "form": {"price": 1}, "documents": []}]},
        {"lot": 0},
        {"certificates": [{"path": "x"}]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_misspelt_draft_is_refused(draft: Callable[..., Draft], change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        draft(**change)


def test_what_is_missing_is_not_sealed_and_what_is_sealed_comes_back(
    draft: Callable[..., Draft], notice: Notice, tmp_path: Path
) -> None:
    company = Companies().company()
    place = BidPlace(notice.genesis, notice.book, notice.tender, 1, sha256(b"b")[:20], sha256(b"r")[:20])
    unsigned = alone(place, company.party)
    signed = unsigned.signed(0, company.device)
    elsewhere = BidPlace(notice.genesis, notice.book, notice.tender, 1, sha256(b"x")[:20], place.recovery)
    for wrong, statement, where, code in (
        (draft({"price": "1"}), signed, place, "bidding.incomplete"),
        (draft(), unsigned, place, "bidding.unsigned"),
        (draft(), signed, elsewhere, "bidding.statement"),
    ):
        with pytest.raises(Refused) as caught:
            bids_of(wrong, notice, statement, where, 1)
        assert caught.value.code == code

    folder = BidFolder(tmp_path / "bids")
    keys = BidKeys(place, (("bid-7-1", place.bidder),), "bid-7-1-recovery")
    folder.start(keys)
    assert read_keys(keys.to_bytes()) == keys == folder.keys
    bids = bids_of(draft(), notice, signed, place, 1)
    assert [trial.result.value for trial in of_opening(bids, folder.path)] == ["VALID"]
    assert sorted(one.name for one in folder.path.iterdir()) == ["bid.json"]
    first = seal_version(folder, bids, notice, place, 1, public("papers"))
    assert read_sealed(first.to_bytes()) == first == folder.version(1).sealed
    assert folder.versions() == (1,)
    again = seal_version(folder, bids, notice, place, 1, public("papers"))
    assert again.files[1].digest != first.files[1].digest
    assert (tmp_path / "bids" / "versions" / "1-old-1").is_dir()
    assert again.commitment(9).first == again.files[1]
