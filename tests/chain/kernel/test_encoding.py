"""Each byte string has one text; times have one meaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.kernel.clock import parse_time, rfc3339
from chain.kernel.encoding import b64url, hex0x, unb64url, unb64url_digests, unhex0x
from chain.kernel.errors import InvalidInput

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.binary(max_size=70))
def test_base64url_has_one_form(data: bytes) -> None:
    assert unb64url(b64url(data)) == data


@given(st.binary(min_size=1, max_size=40))
def test_no_twin_of_the_last_character_is_read(data: bytes) -> None:
    text = b64url(data)
    for other in ALPHABET:
        if other != text[-1]:
            try:
                assert unb64url(text[:-1] + other) != data
            except InvalidInput:
                continue


@pytest.mark.parametrize(
    "text", ["A", "AA=", "AA==", "A A", "AA\n", "+w", "/w", "AB", "é", "A" * 5, "AAA=", "ＡＡ", " "]
)
def test_other_base64_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        unb64url(text, field="stamp")
    assert (caught.value.code, caught.value.field) == ("encoding.base64url", "stamp")


@given(st.binary(max_size=40))
def test_hexadecimal_has_one_form(data: bytes) -> None:
    assert unhex0x(hex0x(data)) == data


@pytest.mark.parametrize("text", ["", "00", "0x0", "0x0G", "0xAB", "0X00", "0x 0", "0x00\n", "０x00", 7, None])
def test_other_hexadecimal_is_refused(text: object) -> None:
    with pytest.raises(InvalidInput):
        unhex0x(text)  # type: ignore[arg-type]


def test_a_size_is_kept() -> None:
    with pytest.raises(InvalidInput):
        unhex0x("0x00", size=2)


@given(st.integers(0, 253_402_300_799))
def test_a_time_comes_back(seconds: int) -> None:
    assert parse_time(rfc3339(seconds)) == seconds
    assert parse_time(str(seconds)) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-01-01", 1_767_196_800),
        ("2026-01-01T00:00:00+08:00", 1_767_196_800),
        ("2025-12-31T16:00:00Z", 1_767_196_800),
        ("0", 0),
    ],
)
def test_a_date_is_a_day_in_china(text: str, seconds: int) -> None:
    assert parse_time(text) == seconds


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "2026-02-30", "2026-01-01T00:00:00", "-1", "1e9", "²"])
def test_what_is_no_time_is_named(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_time(text, field="--at")
    assert (caught.value.code, caught.value.field) == ("time.form", "--at")


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=20))
def test_digests_are_read_together_as_one_by_one(digests: list[bytes]) -> None:
    assert unb64url_digests([b64url(one) for one in digests]) == tuple(digests)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=4), st.data())
def test_no_other_form_of_a_digest_is_read(digests: list[bytes], data: st.DataObject) -> None:
    texts = [b64url(one) for one in digests]
    place = data.draw(st.integers(0, len(texts) - 1))
    at = data.draw(st.integers(0, 42))
    other = data.draw(st.sampled_from("ABCDwxyz0189-_+/=. \u00e9\u4e2d"))
    texts[place] = data.draw(
        st.sampled_from(
            (
                texts[place][:at] + other + texts[place][at + 1 :],
                texts[place][:-1],
                texts[place] + "A",
                "",
                texts[place] * 2,
            )
        )
    )
    found = unb64url_digests(texts)
    assert found is None or [b64url(one) for one in found] == texts
