"""The notice builder: what a form gives is the draft that the command takes, with the same findings."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import pytest

from api.tenders.pages.drafting import Key, Shape, draft_from, look_at_draft
from api.tenders.pages.showing import telling
from chain.kernel.encoding import b64url, hex0x
from chain.tenders.notice.template import blank, render
from tests.api.tenders.pages.made import faults, plain, written
from tests.chain.sealing.samples import public
from tests.chain.tenders.notice.samples import SUPERVISOR, place

FILLED = {
    "category": "goods", "lots": "2", "envelopes": "1", "profile": "statutory", "titleZh": "课桌椅采购",
    "descriptionZh": "小学课桌椅。\r\n含安装。", "bureau": "11440100000000001F", "bureauName": "示例市教育局",
    "contact": "示例路1号", "lot1TitleZh": "课桌", "lot1Quantity": "1200", "lot1Unit": "张", "lot1Ceiling": "500万元",
    "lot2TitleZh": "椅子", "lot2Quantity": "1200", "lot2Unit": "把", "lot2Ceiling": "CNY 300000.00", "ceremony": "1",
    "supervisor": "示例监督办公室", "supervisorAccount": hex0x(SUPERVISOR), "officerKey": b64url(public("officer")),
    "supervisorKey": b64url(public("supervisor")), "guarantee": "2.00", "documents": "技术要求.pdf\n图纸.pdf",
    "custodians": f"{hex0x(b'c' * 20)} 示例 存管 https://custody.example\n",
}  # fmt: skip


def test_a_form_that_is_filled_in_gives_a_draft_with_nothing_to_mend() -> None:
    draft = tomllib.loads(render(draft_from(FILLED), "zh"))
    assert [one.as_dict() for one in look_at_draft(draft, place()) if one.level == "error"] == []
    assert draft["description"]["zh"] == "小学课桌椅。\n含安装。"
    assert draft["custodians"] == [
        {"account": hex0x(b"c" * 20), "name": "示例 存管", "url": "https://custody.example"}
    ]  # fmt: skip
    assert [one["path"] for one in draft["documents"]] == ["技术要求.pdf", "图纸.pdf"]
    assert [lot["title"]["zh"] for lot in draft["lots"]] == ["课桌", "椅子"]


def test_an_empty_form_gives_the_usual_draft_and_names_what_is_missing() -> None:
    draft = draft_from({"category": "works", "envelopes": "2"})
    usual = blank("works", envelopes=2)
    assert draft["evaluation"] == usual["evaluation"]
    assert draft["deadline"] == usual["deadline"]
    missing = {one.field.partition("[")[0] for one in look_at_draft(draft, place()) if one.level == "error"}
    assert {"title", "lots", "ceremony", "envelopes"} <= missing


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"deadline": "2020-01-01T09:00"}, "questionsUntil"),
        ({"guarantee": "9"}, "guarantee"),
        ({"ceremony": "2"}, "ceremony"),
    ],
)
def test_what_is_wrong_is_named_as_the_command_names_it(change: dict[str, str], field: str) -> None:
    found = look_at_draft(draft_from(FILLED | change), place())
    assert any(one.field.startswith(field) and one.level == "error" for one in found), [one.as_dict() for one in found]


def test_times_are_those_of_china_or_distances() -> None:
    draft = draft_from(FILLED | {"deadline": "2026-12-01T09:00", "openAt": "+30d"})
    assert (draft["deadline"], draft["openAt"]) == ("2026-12-01T09:00:00+08:00", "+30d")


def test_a_form_asks_for_no_more_than_it_can_show() -> None:
    assert Shape.of({"lots": "9999", "category": "ships", "envelopes": "3"}) == replace(Shape(), lots=20)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_keeps_what_was_filled_in_and_says_what_only_the_key_can_do(language: str) -> None:
    given: dict[str, Any] = FILLED | {"titleZh": '<b>"名'}
    shape = Shape.of(given)
    found = look_at_draft(draft_from(given | {"ceremony": ""}), place())
    text = written(
        "tenders/new.html", language, given=given, shape=shape, usual=blank("goods", lots=2), most=20,
        bureaus=[("11440100000000001F", "")], keys=[Key(1, 3, 5, 2**40)], findings=found, h=telling(language),
    )  # fmt: skip
    assert faults(text) == []
    assert "&lt;b&gt;" in text
    assert "yinxin tender publish draft.toml" in plain(text)
    assert ("招标人自己的密钥" if language == "zh" else "the officer's own key") in plain(text)
