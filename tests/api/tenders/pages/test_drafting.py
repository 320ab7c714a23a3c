"""The notice builder: what a form gives is the draft that the command takes, with the same findings."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from api.tenders.pages.drafting import Key, Shape, draft_from, look_at_draft
from api.tenders.pages.placing import at_fields, placed
from api.tenders.pages.showing import telling
from chain.kernel.encoding import b64url, hex0x
from chain.tenders.notice import NoticeFinding
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


def a_page(language: str, given: dict[str, Any], draft: dict[str, Any]) -> str:
    """The page after a check."""
    shape = Shape.of(given)
    found = [placed(one, shape.lots) for one in look_at_draft(draft, place())]
    return written(
        "tenders/new.html", language, given=given, shape=shape, usual=blank("goods", lots=shape.lots), most=20,
        bureaus=[("11440100000000001F", "")], keys=[Key(1, 3, 5, 2**40)], findings=found, faults=at_fields(found),
        h=telling(language),
    )  # fmt: skip


WRONG: dict[str, tuple[dict[str, str], str, str]] = {
    "titleZh": ({"titleZh": ""}, "名称（中文）", "Title in Chinese"),
    "questionsUntil": ({"questionsUntil": "soon"}, "提问截止", "Questions until"),
    "lot2Ceiling": ({"lot2Ceiling": "much"}, "标段 2 · 最高投标限价", "Lot 2 · Ceiling"),
    "lot1TitleZh": ({"lot1TitleZh": ""}, "标段 1 · 名称（中文）", "Lot 1 · Title in Chinese"),
    "ceremony": ({"ceremony": ""}, "开标密钥", "Opening key"),
    "supervisorAccount": ({"supervisorAccount": "0x12"}, "监督人的链上账户", "The supervisor's account on the ledger"),
    "officerKey": ({"officerKey": "key"}, "招标人第二道锁的公钥", "The officer's public key of lock 2"),
    "guarantee": ({"guarantee": "9"}, "投标保函，占最高投标限价的百分比", "Guarantee, percent of the ceiling"),
    "custodians": ({"custodians": "0x12 nobody"}, "保管方，每行一家", "Custodians, one a line"),
}
"""Field of the form: what makes it wrong, and its label in both languages."""


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("field", WRONG)
def test_a_fault_is_named_by_its_fields_label_and_stands_at_the_field(field: str, language: str) -> None:
    change, *labels = WRONG[field]
    given = FILLED | change
    text = a_page(language, given, draft_from(given))
    assert faults(text) == []
    label = labels[language == "en"]
    assert f'<a href="#{field}">{label}</a></strong>' in unescape(text)
    assert not re.search(r"<code[^>]*>[^<]*(\[[0-9]|\w\.\w)", text.partition("<form method")[0]), "no path of the draft"
    (tag,) = re.findall(rf'<(?:input|select|textarea)[^>]* id="{field}"[^>]*>', text)
    assert 'aria-invalid="true"' in tag
    assert f"{field}-fault" in tag.partition('aria-describedby="')[2].partition('"')[0].split()
    assert f'<p class="fault" id="{field}-fault">' in text
    assert text.count(" autofocus") == 1


def test_what_the_form_has_no_field_for_is_named_by_the_part_of_the_draft_it_stands_in() -> None:
    draft = draft_from(FILLED)
    draft["evaluation"]["criteria"][0]["weight"] = "7"
    text = plain(a_page("zh", FILLED, draft))
    assert "须改正: 评标办法 (draft.toml: evaluation.criteria ) 权重合计为" in text


@pytest.mark.parametrize(
    ("path", "field", "lot"),
    [
        ("lots[1].ceiling.currency", "lot2Ceiling", 2),
        ("lots[9].ceiling", "", 0),
        ("lots", "", 0),
        ("title", "titleZh", 0),
        ("title.en", "titleEn", 0),
        ("bureau.name", "bureauName", 0),
        ("titles", "", 0),
        ("envelopes[1].supervisor", "supervisorKey", 0),
        ("envelopes[0].form[2].least", "", 0),
        ("custodians[0].url", "custodians", 0),
    ],
)
def test_a_member_belongs_to_the_field_it_lies_in(path: str, field: str, lot: int) -> None:
    found = placed(NoticeFinding(path, "notice.rule", "wrong", "有误"), 2)
    assert (found.input, found.lot) == (field, lot)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_keeps_what_was_filled_in_and_says_what_only_the_key_can_do(language: str) -> None:
    given: dict[str, Any] = FILLED | {"titleZh": '<b>"名'}
    text = a_page(language, given, draft_from(given | {"ceremony": ""}))
    assert faults(text) == []
    assert "&lt;b&gt;" in text
    assert "yinxin tender publish draft.toml" in plain(text)
    assert ("招标人自己的密钥" if language == "zh" else "the officer's own key") in plain(text)
