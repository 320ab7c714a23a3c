from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.identifiers import check_name, mask_code, mask_name, require_name
from chain.identifiers.names import MASK_MAX, NameKind
from chain.kernel.errors import InvalidInput
from tests.plugins.vectors import load_vectors

VECTORS = load_vectors("identifiers")


def rules(name: str, kind: NameKind = "person") -> list[str]:
    return [one.rule for one in check_name(name, kind).findings]


@pytest.mark.parametrize(
    "name",
    [
        "张示例",
        "欧阳示例",
        "示例·样本",
        "𠮷示例",
        "䶮样本",
        "\U000313f0示例",
        "Sample Zhang",
        "张示例 Zhang",
        "བསྟན་འཛིན",
        "ᠪᠠᠶᠠᠷ",
        "O'Sample",
        "〇示例",
    ],
)
def test_names_of_persons_stand_as_they_are(name: str) -> None:
    report = check_name(name)
    assert report.ok
    assert report.value == name
    assert not report.findings


@pytest.mark.parametrize(
    "name",
    ["广州示例0001号贸易有限公司", "示例（广州）有限公司", "示例𠮷商行", "Sample & Co. 广州示例", "示例·样本中心"],
)
def test_names_of_organisations_stand_as_they_are(name: str) -> None:
    report = check_name(name, "organisation")
    assert report.ok
    assert report.value == name


@pytest.mark.parametrize("dot", ["\u2022", "\u30fb", "\uff0e", "\u2027", "\u22c5", "."])
def test_other_dots_become_the_separating_dot_with_a_warning(dot: str) -> None:
    report = check_name(f"示例{dot}样本")
    assert report.ok
    assert report.value == "示例·样本"
    assert [one.rule for one in report.findings] == ["name.dot-other"]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("张\u200b示例", "name.invisible"),
        ("张\u200d示例", "name.invisible"),
        ("张\u202e示例", "name.bidi"),
        ("张\u2066示例", "name.bidi"),
        ("张\x07示例", "name.control"),
        ("张\n示例", "name.control"),
        ("张\ue863示例", "name.private-use"),
        ("张\U000f0000示例", "name.private-use"),
        ("张\ufffd示例", "name.replacement"),
        ("张\ufe00示例", "name.invisible"),
        ("张\U000e0100示例", "name.invisible"),
        ("⽅示例", "name.radical"),
        ("张示例3", "name.character"),
        ("张示例(经理)", "name.character"),
        ("Sаmple", "name.mixed"),
        ("张 Sample Иванов", "name.scripts"),
        ("·示例", "name.dot"),
        ("示例··样本", "name.dot"),
        ("", "name.empty"),
        ("   ", "name.empty"),
        ("示" * 201, "name.length"),
    ],
)
def test_what_may_not_stand_in_a_name_is_named(name: str, rule: str) -> None:
    report = check_name(name)
    assert not report.ok
    assert rule in rules(name)
    with pytest.raises(InvalidInput):
        require_name(name)


def test_a_private_use_character_gets_its_standard_place() -> None:
    (found,) = check_name("张\ue81e").findings
    assert found.fix is not None
    assert "龴" in found.fix
    assert "GB 18030-2022" in found.fix


def test_a_radical_gets_its_character() -> None:
    (found,) = check_name("⽅示例").findings
    assert "方" in (found.fix or "")


def test_spaces_between_chinese_characters_go() -> None:
    report = check_name("张\u3000示例")
    assert report.value == "张示例"
    assert [one.rule for one in report.findings] == ["name.space"]


def test_names_come_out_in_form_c() -> None:
    report = check_name("Zoe\u0308 Sample")
    assert report.value == "Zo\u00eb Sample"
    assert report.ok


@pytest.mark.parametrize("case", VECTORS["masks"], ids=lambda case: case["name"])
def test_masks(case: dict[str, str]) -> None:
    kind: NameKind = "person" if case["kind"] == "person" else "organisation"
    assert mask_name(case["name"], kind) == case["masked"]


@given(st.text(max_size=220), st.sampled_from(["person", "organisation"]))
def test_a_masked_name_is_short_and_hides_something(name: str, kind: NameKind) -> None:
    masked = mask_name(name, kind)
    assert 0 < len(masked) <= MASK_MAX
    assert "*" in masked


@given(st.text(max_size=60), st.sampled_from(["person", "organisation"]))
def test_a_canonical_name_stays_as_it_is(name: str, kind: NameKind) -> None:
    report = check_name(name, kind)
    if report.ok:
        assert unicodedata.is_normalized("NFC", report.value)
        again = check_name(report.value, kind)
        assert again.ok
        assert again.value == report.value


def test_masked_codes_keep_their_length() -> None:
    assert mask_code("440100190001010006") == "4****************6"
    assert mask_code("11440100000000001F", "uscc") == "1144**********001F"
    assert mask_code("AB") == "**"
