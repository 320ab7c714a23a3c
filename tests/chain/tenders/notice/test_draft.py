"""From a draft to a notice: what a person may write, and what the program fills in."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chain.kernel.canonical import read_canonical
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.errors import InvalidInput
from chain.tenders.notice import amendment_findings, changed_members, make_notice, read_draft, touches_bids
from chain.tenders.notice.template import blank, draft_of, render
from scripts.samples.tenders import STATUTORY, desks, write
from tests.chain.sealing.samples import BOOK, GENESIS, holders, public
from tests.chain.tenders.notice.samples import DRAFTS, NOW, PEOPLE, drafted, place, sample


@pytest.mark.parametrize("name", sorted(DRAFTS))
def test_a_draft_written_as_toml_gives_the_same_notice(tmp_path: Path, name: str) -> None:
    draft = DRAFTS[name](PEOPLE, STATUTORY)
    notice = sample(tmp_path, name)
    written = write(tmp_path, draft)
    assert make_notice(read_draft(written.draft), tmp_path, place()).notice == notice
    for language in ("zh", "en"):
        assert tomllib.loads(render(draft, language)) == tomllib.loads(render(draft))


def test_the_program_fills_in_what_it_knows(tmp_path: Path) -> None:
    notice = sample(tmp_path)
    assert (notice.genesis, notice.book, notice.tender, notice.chain_id) == (GENESIS, BOOK, 7, 1337)
    assert notice.opening_key == holders().key.key
    assert notice.deadline == NOW + 21 * 86_400
    assert notice.gap == 600
    assert notice.ocid == f"ocds-yinxin-{BOOK.hex()[:12]}-7"
    (document,) = notice.documents
    assert document.digest == sha256((tmp_path / document.name).read_bytes())


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("+90s", NOW + 90), ("+2h", NOW + 7200), ("2026-12-01T09:00:00+08:00", 1_796_086_800), (1_796_086_800,) * 2],
)
def test_a_time_is_written_as_people_write_it(tmp_path: Path, text: Any, seconds: int) -> None:
    notice = sample(tmp_path, questionsUntil=NOW + 1, deadline=text, openAt=1_796_086_801 + 10**6)
    assert notice.deadline == seconds


@pytest.mark.parametrize("name", ["questionsUntil", "deadline", "openAt"])
@pytest.mark.parametrize("day", ["2026-12-01", date(2026, 12, 1)])
def test_a_day_without_a_time_is_refused_with_what_to_write(tmp_path: Path, name: str, day: Any) -> None:
    draft = desks(PEOPLE, STATUTORY)
    write(tmp_path, draft)
    done = make_notice({**draft, name: day}, tmp_path, place())
    (finding,) = [one for one in done.findings.errors if one.rule == "notice.time_day"]
    assert (done.notice, finding.field) == (None, name)
    assert "2026-12-01T09:00:00+08:00" in finding.fix
    assert finding.fix_zh


def test_sums_and_words_may_be_written_plainly(tmp_path: Path) -> None:
    draft = desks(PEOPLE, STATUTORY)
    draft["lots"][0]["ceiling"] = "360万元"
    draft["title"] = "课桌椅采购"
    notice = drafted(tmp_path, draft).notice
    assert notice is not None
    assert notice.lots[0].ceiling is not None
    assert str(notice.lots[0].ceiling) == "CNY 3,600,000.00"
    assert (notice.title.zh, notice.title.en, notice.title.in_("en")) == ("课桌椅采购", "", "课桌椅采购")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"openingKey": "x"}, "openingKey"),
        ({"deadline": "soon"}, "deadline"),
        ({"gap": "a while"}, "gap"),
        ({"ceremony": 2}, "ceremony"),
        ({"previous": 4}, "previous"),
        ({"documents": [{"path": "nowhere.pdf"}]}, "documents[0].path"),
        ({"documents": [{"path": 3}]}, "documents[0].path"),
        ({"mandatory": "yes"}, "mandatory"),
        ({"notice": 1}, "notice"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    draft = desks(PEOPLE, STATUTORY)
    write(tmp_path, draft)
    done = make_notice({**draft, **change}, tmp_path, place())
    assert done.notice is None
    assert field in {one.field for one in done.findings.errors}


def test_an_unreadable_sum_is_one_finding(tmp_path: Path) -> None:
    draft = desks(PEOPLE, STATUTORY)
    draft["lots"][0]["ceiling"] = "3600000"
    assert [one.field for one in drafted(tmp_path, draft).findings] == ["lots[0].ceiling"]


def test_a_re_tender_names_the_one_that_failed(tmp_path: Path) -> None:
    notice = sample(tmp_path, previous=3)
    assert read_canonical(notice.data)["previous"] == {
        "book": hex0x(BOOK), "tender": 3, "notice": hex0x(sha256(b"notice 3")),
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["goods", "works", "services"])
@pytest.mark.parametrize("envelopes", [1, 2])
def test_a_blank_draft_says_all_that_is_to_be_filled_in_and_nothing_else(
    tmp_path: Path, kind: Any, envelopes: int
) -> None:
    done = make_notice(tomllib.loads(render(blank(kind, lots=2, envelopes=envelopes), "zh")), tmp_path, place())
    empty = {"bureau", "title", "description", "lots", "envelopes", "custodians", "supervisor", "ceremony", "documents"}
    assert {one.field.partition(".")[0].partition("[")[0] for one in done.findings} == empty


def test_a_draft_that_is_no_toml_says_so(tmp_path: Path) -> None:
    (tmp_path / "draft.toml").write_text("title = 课桌", encoding="utf-8")
    with pytest.raises(InvalidInput, match="not TOML"):
        read_draft(tmp_path / "draft.toml")
    (tmp_path / "draft.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InvalidInput, match="not JSON"):
        read_draft(tmp_path / "draft.json")
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_draft(tmp_path / "none.toml")


class TestAmendment:
    def test_the_draft_of_a_notice_gives_it_again_with_what_was_changed(self, tmp_path: Path) -> None:
        before = sample(tmp_path, "roads")
        draft = {**draft_of(before), "changes": "工期要求有变。", "bidValidity": 120}
        after = drafted(tmp_path, draft, before).notice
        assert after is not None
        assert (after.number, after.amends, after.ocid) == (1, before.digest, before.ocid)
        assert not amendment_findings(before, after).errors
        assert changed_members(before, after) == ("bidValidity",)
        assert touches_bids(("bidValidity",))
        assert not touches_bids(("contact",))

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"minimumBids": 2}, "minimumBids"),
            ({"category": "works"}, "category"),
            ({"gap": 601}, "gap"),
            ({"deadline": NOW + 2_000_000 - 800_000}, "deadline"),
        ],
    )
    def test_what_bids_and_chain_rest_on_stays(self, tmp_path: Path, change: dict[str, Any], field: str) -> None:
        before = sample(tmp_path)
        after = drafted(tmp_path, {**draft_of(before), "changes": "改", **change}, before).notice
        assert after is not None
        assert field in {one.field for one in amendment_findings(before, after).errors}

    def test_the_keys_of_lock_two_stay(self, tmp_path: Path) -> None:
        before = sample(tmp_path)
        draft = {**draft_of(before), "changes": "改"}
        draft["envelopes"][0]["officer"] = b64url(public("another officer"))
        done = drafted(tmp_path, draft, before)
        assert done.notice is not None, [one.as_dict() for one in done.findings]
        assert [one.field for one in amendment_findings(before, done.notice).errors] == ["envelopes[0]"]
