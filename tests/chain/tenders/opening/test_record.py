"""Records and papers have one form; organisations are counted as the rules say."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput
from chain.sealing import FaultKind, Form
from chain.tenders.opening import (
    LotFailed,
    LotPlace,
    NamedOrganisation,
    Objection,
    ObjectionAnswer,
    OpeningRecord,
    Outcome,
    RecordedBid,
    RecordedFault,
    RecordedObjection,
    WitnessNote,
    distinct,
    read_record,
    witness_text,
)
from chain.tenders.opening.granting import read_granted, write_granted
from tests.chain.sealing.samples import FIGURES, identity

PLACE = LotPlace(sha256(b"genesis"), bytes([7]) * 20, 3, 1)


def bid(place: int, *codes: str, result: str = "valid") -> RecordedBid:
    """A bid that opened, of these companies; of none: it does not open."""
    start = RecordedBid(place, sha256(bytes([place])), bytes([place]) * 20, 1, Outcome.OPENED)
    if not codes:
        fault = RecordedFault(FaultKind.BAD_CIPHERTEXT, "the header's MAC does not match", {"x": 1}, b"k" * 16)
        return replace(start, outcome=Outcome.REVOKED, fault=fault)
    members = tuple((code, f"示例{code}") for code in codes)
    who = identity(place)
    figures = Form.of(FIGURES).disclose(who.digest(), ["price"])
    return replace(start, organisation=NamedOrganisation(result, codes[0], "示例", members), figures=figures)


RECORD = OpeningRecord(
    PLACE, 1, sha256(b"notice"), 1_800_000_000, sha256(b"live"), sha256(b"keys"), (1, 3, 5), ((2, (0, 4)),),
    (bid(1, "A"), bid(2, "B", "C"), bid(3)), 3, 3,
    (RecordedObjection(1, bytes(20), sha256(b"o"), None), RecordedObjection(3, bytes(20), sha256(b"p"), sha256(b"a"))),
)  # fmt: skip


def test_a_record_reads_back_and_one_changed_character_is_refused_or_another_record() -> None:
    data = replace(RECORD, alone="未到场").to_bytes()
    assert read_record(data).to_bytes() == data
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            assert read_record(changed) != read_record(data)
        except InvalidInput:
            pass


@pytest.mark.parametrize(
    "change",
    [
        {"format": "yinxin-opening-record-2"}, {"more": 1}, {"witness": "AA"}, {"content": None},
        {"content": {"bids": []}},
    ],
)  # fmt: skip
def test_other_members_and_forms_are_refused(change: dict[str, object]) -> None:
    value = read_canonical(RECORD.to_bytes())
    with pytest.raises(InvalidInput):
        read_record(canonical({**value, **change}))


def test_outcome_and_fault_must_fit_each_other() -> None:
    value = json.loads(RECORD.to_bytes())
    for number, changes in (
        (2, {"outcome": "opened"}), (2, {"outcome": "withdrawn"}), (0, {"outcome": "revoked"}),
        (0, {"organisation": None}), (2, {"fault": {**value["content"]["bids"][2]["fault"], "party": "storage"}}),
    ):  # fmt: skip
        spoilt = json.loads(RECORD.to_bytes())
        spoilt["content"]["bids"][number].update(changes)
        with pytest.raises(InvalidInput):
            read_record(canonical(spoilt))


@pytest.mark.parametrize(
    ("bids", "count"),
    [
        ((bid(1, "A"), bid(2, "B"), bid(3, "C")), 3),
        ((bid(1, "A"), bid(2, "A"), bid(3, "C")), 2),
        ((bid(1, "A"), bid(2, "B", "A"), bid(3, "C", "B")), 1),
        ((bid(1, "A"), bid(2, "C", "B"), bid(3, "A", "B")), 1),
        ((bid(1, "A"), bid(2, "B", result="invalid")), 1),
        ((bid(1, "A"), bid(2, "B", result="error")), 2),
        ((bid(1, "A"), bid(2, "B"), bid(3, "C"), bid(4, "D", "A", "B", "C", result="error")), 3),
        ((bid(1, "A"), bid(2, "B"), bid(3, "C", "A", "B", result="error"), bid(4, "C")), 3),
        ((bid(1, "A"), bid(2, "A", result="error")), 1),
        ((bid(1, "B", result="error"), bid(2, "B", result="error")), 1),
        ((bid(1, "D", "A", "B", result="error"), bid(2, "A", result="error"), bid(3, "B", result="error")), 2),
        ((bid(1, "A", "B"), bid(2, "B", "C", result="error"), bid(3, "C", "D", result="error")), 2),
        ((bid(1, "A"), bid(2), bid(3, "C", "A", result="error"), bid(4, "D", result="error")), 3),
        ((bid(1, "A"), bid(2), bid(3)), 3),
        ((), 0),
    ],
)
def test_organisations_that_stand_behind_the_bids_are_counted_once(bids: tuple[RecordedBid, ...], count: int) -> None:
    assert distinct(bids) == count
    assert distinct(bids[::-1]) == count


def test_papers_have_one_form() -> None:
    objection = Objection(PLACE, "价格读错了")
    answer = ObjectionAnswer(PLACE, 1, sha256(objection.to_bytes()), "无误")
    failed = LotFailed(PLACE, 2, 3, sha256(b"record"))
    for paper, read in ((objection, Objection), (answer, ObjectionAnswer), (failed, LotFailed)):
        data = paper.to_bytes()
        assert read.from_bytes(data) == paper
        for spoilt in (data + b"\n", data.replace(b"-1", b"-2", 1), canonical({**read_canonical(data), "x": 1})):
            with pytest.raises(InvalidInput):
                read.from_bytes(spoilt)
    with pytest.raises(InvalidInput):
        Objection(PLACE, "").to_bytes()
    with pytest.raises(InvalidInput):
        Objection(PLACE, "长" * 4_001).to_bytes()


def test_what_the_supervisor_signs_is_text_that_names_the_content() -> None:
    assert RECORD.content.hex() in witness_text(RECORD.content)
    assert WitnessNote(RECORD.content, bytes(65)).signer is None
    assert replace(RECORD, witness=bytes(65)).content == RECORD.content


def test_granted_keys_open_each_bid_by_its_identity() -> None:
    keys = {identity(1): b"a" * 16, identity(2): b"b" * 16}
    assert read_granted(write_granted(keys)) == {who.digest(): k2 for who, k2 in keys.items()}
    with pytest.raises(InvalidInput):
        read_granted(b"{}")
