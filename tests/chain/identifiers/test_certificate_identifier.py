from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.identifiers import ROOT, Identifier, check_report, first_error, mint, parse, passes
from chain.identifiers.iso7064 import ALPHANUMERIC, advance_37_36, mod_37_36
from chain.kernel.errors import InvalidInput
from tests.plugins.vectors import load_vectors

VECTORS = load_vectors("identifiers")
TYPE, ISSUER, SERIAL = "11100000MB0143028R001", "11440100000000001F", "4401002026000001"
TEXT = f"{ROOT}.{TYPE}.{ISSUER}.{SERIAL}.001.7"

serials = st.text(ALPHANUMERIC, min_size=7, max_size=32)
versions = st.integers(1, 999).map("{:03d}".format)


@pytest.mark.parametrize("case", VECTORS["identifiers"], ids=lambda case: case["text"][-12:])
def test_published_identifiers_are_judged(case: dict[str, str | bool]) -> None:
    text = str(case["text"])
    assert passes(check_report(text)) is case["valid"]
    found = parse(text, foreign=True)
    assert found.check_is_right is case["valid"]
    assert mod_37_36(found.type_code + found.issuer + found.serial + found.version) == case["check"]


def test_a_published_sample_fails_and_the_computed_character_is_named() -> None:
    text = VECTORS["identifiers"][-1]["text"]
    wrong = first_error(check_report(text))
    assert wrong is not None
    assert wrong.part == "check"
    assert "should be D" in wrong.message
    assert "应为 D" in wrong.message_zh


def test_a_foreign_identifier_with_a_wrong_check_character_is_warned_of_and_read() -> None:
    text = VECTORS["identifiers"][-1]["text"]
    assert passes(check_report(text, foreign=True))
    assert any(not one.ok for one in check_report(text, foreign=True))
    assert parse(text, foreign=True).text == text
    with pytest.raises(InvalidInput) as caught:
        parse(text)
    assert caught.value.field == "check"


@pytest.mark.parametrize("case", VECTORS["wrongParts"], ids=lambda case: case["fault"])
def test_the_wrong_part_is_named(case: dict[str, str]) -> None:
    wrong = first_error(check_report(case["text"]))
    assert wrong is not None
    assert wrong.part == case["part"]
    assert wrong.message
    assert wrong.message_zh
    with pytest.raises(InvalidInput) as caught:
        parse(case["text"])
    assert caught.value.field == case["part"]


def test_mint_gives_the_safe_fixture() -> None:
    assert str(mint(TYPE, ISSUER, SERIAL)) == TEXT
    assert Identifier.mint(TYPE, ISSUER, SERIAL, "001") == Identifier.parse(TEXT)


@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("type", ("11100000MB0143028R00", ISSUER, SERIAL, "001")),
        ("type", ("11100000MB0143029R001", ISSUER, SERIAL, "001")),
        ("issuer", (TYPE, "11440100000000002F", SERIAL, "001")),
        ("issuer", (TYPE, "4401", SERIAL, "001")),
        ("serial", (TYPE, ISSUER, "440100", "001")),
        ("serial", (TYPE, ISSUER, "44010020260000o1", "001")),
        ("serial", (TYPE, ISSUER, "４４０１００２０２６", "001")),
        ("version", (TYPE, ISSUER, SERIAL, "1")),
        ("version", (TYPE, ISSUER, SERIAL, "000")),
        ("version", (TYPE, ISSUER, SERIAL, "٠٠١")),
    ],
)
def test_mint_refuses_a_wrong_part(part: str, values: tuple[str, str, str, str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        mint(*values)
    assert caught.value.field == part


@given(serials, versions)
def test_what_is_minted_can_be_read(serial: str, version: str) -> None:
    made = mint(TYPE, ISSUER, serial, version)
    assert parse(made.text) == made
    assert all(one.ok for one in check_report(made.text))


@given(serials, versions, st.data())
def test_every_change_of_one_character_is_caught(serial: str, version: str, data: st.DataObject) -> None:
    text = mint(TYPE, ISSUER, serial, version).text
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda character: character != text[place]))
    with pytest.raises(InvalidInput):
        parse(text[:place] + other + text[place + 1 :])


def test_every_substitution_in_one_identifier_is_caught() -> None:
    body = TYPE + ISSUER + SERIAL + "001"
    right = mod_37_36(body)
    tried = 0
    for place in range(len(body)):
        for other in ALPHANUMERIC:
            if other != body[place]:
                tried += 1
                assert mod_37_36(body[:place] + other + body[place + 1 :]) != right
    assert tried == len(body) * 35 == 2_030


def test_swapped_neighbours_are_missed_at_the_stated_rate() -> None:
    """docs/identifiers.md: 72 of 45,360, and 18 of 3,240 among digits."""
    missed = dict.fromkeys(("all", "digits"), 0)
    tried = dict.fromkeys(("all", "digits"), 0)
    for state in range(1, 37):
        for one in ALPHANUMERIC:
            for other in ALPHANUMERIC:
                if one == other:
                    continue
                same = advance_37_36(state, one + other) == advance_37_36(state, other + one)
                for group in ("all", "digits") if (one + other).isdigit() else ("all",):
                    tried[group] += 1
                    missed[group] += same
    assert (missed, tried) == ({"all": 72, "digits": 18}, {"all": 45_360, "digits": 3_240})


@given(st.text(max_size=120))
def test_any_text_gets_a_report_and_never_an_accident(text: str) -> None:
    report = check_report(text)
    assert report
    if first_error(report) is None:
        assert parse(text).text == text
    else:
        with pytest.raises(InvalidInput):
            parse(text)
