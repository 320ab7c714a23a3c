from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.identifiers import citizen, first_error, holder_codes, uscc
from chain.identifiers.iso7064 import mod_11_2
from chain.kernel.errors import InvalidInput, NotFound
from tests.plugins.vectors import load_vectors

VECTORS = load_vectors("identifiers")
bodies = st.text(uscc.ALPHABET, min_size=8, max_size=8)
regions = st.integers(110000, 659999).map(str)


class TestUscc:
    @pytest.mark.parametrize("case", VECTORS["uscc"], ids=lambda case: case["text"])
    def test_samples(self, case: dict[str, str | bool]) -> None:
        text = str(case["text"])
        assert uscc.check(text) is case["valid"]
        assert (first_error(uscc.check_report(text)) is None) is case["valid"]
        if case["valid"]:
            assert uscc.parse(text).text == text
            assert uscc.compute(text[:17]) == text[17]
            assert uscc.organisation_agrees(text) is case["organisation"]
        else:
            with pytest.raises(InvalidInput):
                uscc.parse(text)

    @given(regions, bodies)
    def test_a_made_code_passes_with_its_organisation_code(self, region: str, body: str) -> None:
        text = uscc.make("91", region, body)
        assert uscc.check(text)
        assert all(one.ok for one in uscc.check_report(text))
        assert uscc.parse(text).organisation[:8] == body

    @given(regions, bodies, st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
    def test_every_change_of_one_character_is_caught(self, region: str, body: str, place: int, other: str) -> None:
        text = uscc.make("91", region, body)
        changed = text[:place] + other + text[place + 1 :]
        assert uscc.check(changed) is (changed == text)

    @given(regions, bodies, st.integers(0, 15))
    def test_swapped_neighbours_are_caught(self, region: str, body: str, place: int) -> None:
        text = uscc.make("91", region, body)
        changed = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        assert uscc.check(changed) is (changed == text)

    def test_a_wrong_organisation_code_only_warns_unless_told(self) -> None:
        assert first_error(uscc.check_report("11440100000000001F")) is None
        assert first_error(uscc.check_report("11440100000000001F", organisation="error")) is not None

    @pytest.mark.parametrize(
        ("text", "hint"),
        [("1144010000000000IF", "perhaps 1"), ("11440100000000001f", "capitals"), ("114401", "18 characters")],
    )
    def test_the_fix_helps(self, text: str, hint: str) -> None:
        wrong = first_error(uscc.check_report(text))
        assert wrong is not None
        assert hint in (wrong.fix or "")

    @pytest.mark.parametrize("text", ["", "1", "1144010000000000１", "114401000000000011"])
    def test_compute_needs_17_characters_of_the_alphabet(self, text: str) -> None:
        with pytest.raises(InvalidInput):
            uscc.compute(text)


class TestCitizen:
    @pytest.mark.parametrize("case", VECTORS["citizen"], ids=lambda case: case["text"])
    def test_samples(self, case: dict[str, str | bool]) -> None:
        text = str(case["text"])
        assert citizen.check(text) is case["valid"]
        if case["valid"]:
            assert citizen.parse(text).text == text
        else:
            with pytest.raises(InvalidInput):
                citizen.parse(text)

    @given(st.integers(0, 17), st.sampled_from("0123456789X"))
    def test_every_change_of_one_character_is_caught(self, place: int, other: str) -> None:
        text = "440100190001010006"
        changed = text[:place] + other + text[place + 1 :]
        assert citizen.check(changed) is (changed == text)

    @given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16))
    def test_swapped_neighbours_are_caught(self, digits: str, place: int) -> None:
        text = digits + mod_11_2(digits)
        changed = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        if changed != text and changed[:17].isdigit():
            assert mod_11_2(changed[:17]) != changed[17]

    @pytest.mark.parametrize("day", ["20230229", "19000001", "18000101", "99991332"])
    def test_a_day_that_does_not_exist_is_refused(self, day: str) -> None:
        body = f"440100{day}000"
        wrong = first_error(citizen.check_report(body + mod_11_2(body)))
        assert wrong is not None
        assert wrong.rule == "citizen.date"

    def test_a_birth_after_today_is_refused(self) -> None:
        body = "44010020300101000"
        text = body + mod_11_2(body)
        assert citizen.check(text)
        assert not citizen.check(text, today=date(2026, 1, 1))

    def test_the_old_form_is_named(self) -> None:
        wrong = first_error(citizen.check_report("440100900101001"))
        assert wrong is not None
        assert "15-digit" in (wrong.fix or "")


class TestHolderCodes:
    @pytest.mark.parametrize("case", VECTORS["holderCodes"], ids=lambda case: f"{case['kind']}-{case['code']}")
    def test_samples(self, case: dict[str, str | bool]) -> None:
        assert holder_codes.check(str(case["kind"]), str(case["code"])) is case["valid"]

    def test_the_new_permanent_resident_card_has_a_check_character(self) -> None:
        body = "94415619900101001"
        assert holder_codes.check("foreign-permanent-resident", body + mod_11_2(body))
        assert not holder_codes.check("foreign-permanent-resident", body + ("1" if mod_11_2(body) != "1" else "2"))

    def test_standard_codes(self) -> None:
        assert holder_codes.kind("001").slug == "uscc"
        assert holder_codes.kind("111").slug == "citizen"
        assert holder_codes.kind("hmt-residence-permit").source == "local"

    def test_a_platform_may_use_codes_of_its_own(self) -> None:
        own = holder_codes.HolderCodes({"passport": "P01"})
        assert own.kind("P01").slug == "passport"
        with pytest.raises(NotFound):
            own.kind("414")
        with pytest.raises(InvalidInput):
            holder_codes.HolderCodes({"passport": "001"})
        with pytest.raises(InvalidInput):
            holder_codes.HolderCodes({"driving": "001"})

    def test_guess(self) -> None:
        assert [one.slug for one in holder_codes.guess("440100190001010006")] == ["citizen"]
        assert holder_codes.guess("11440100000000001F")[0].slug == "uscc"
        assert "hk-macau-travel-permit" in [one.slug for one in holder_codes.guess("H12345678")]
        assert holder_codes.guess("x") == ()

    def test_require_names_field_and_fix(self) -> None:
        with pytest.raises(InvalidInput) as caught:
            holder_codes.DEFAULT.require("111", "440100190001010005")
        assert caught.value.code == "citizen.check"
        assert caught.value.field == "certificateHolderCode"
        assert caught.value.fix

    @given(st.sampled_from([one.slug for one in holder_codes.KINDS]), st.text(max_size=40))
    def test_any_text_gets_an_answer(self, kind: str, text: str) -> None:
        assert holder_codes.check_report(kind, text)
