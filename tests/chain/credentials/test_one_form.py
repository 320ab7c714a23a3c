"""One form only: change any one character of a valid credential, stamp or token, and it is refused.

"Refused" is: the parser says no, or the signature does not verify under the right key, or the digest that
the leaf holds is another. The first two are demanded here of every single change; a change that parses and
verifies would be a second form.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chain.credentials import credential as credentials
from chain.credentials import stamp as stamps
from chain.credentials import status_list as lists
from chain.credentials.credential import parse_credential
from chain.credentials.stamp import digits, from_digits, parse_stamp
from chain.credentials.status_list import StatusList, issue_status_token, parse_status_token
from chain.kernel.errors import InvalidInput
from tests.chain.credentials.samples import BUREAU, LIST, NOT_BEFORE, credential, signer, stamp

KEY = signer().public_key


def credential_holds(text: str) -> bool:
    return credentials.verify_signature(parse_credential(text), KEY)


def stamp_holds(data: bytes) -> bool:
    return stamps.verify_signature(parse_stamp(data), KEY)


def digits_hold(text: str) -> bool:
    return stamp_holds(from_digits(text))


def token_holds(data: bytes) -> bool:
    return lists.verify_signature(parse_status_token(data), KEY)


def refused(holds: Callable[[Any], bool], value: str | bytes) -> bool:
    try:
        return not holds(value)
    except InvalidInput:
        return True


def text_changes(text: str, alphabet: str, seed: int, a_place: int) -> Iterator[str]:
    """At every place: other characters, one left out, one put in, two swapped."""
    chance = random.Random(seed)
    for place, old in enumerate(text):
        for new in chance.sample(alphabet, a_place):
            if new != old:
                yield text[:place] + new + text[place + 1 :]
        yield text[:place] + text[place + 1 :]
        yield text[:place] + chance.choice(alphabet) + text[place:]
        if place and text[place - 1] != old:
            yield text[: place - 1] + old + text[place - 1] + text[place + 1 :]


BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_the_originals_hold() -> None:
    assert credential_holds(credential().text)
    assert stamp_holds(stamp())
    assert digits_hold(digits(stamp()))


def test_credential_with_any_one_character_changed() -> None:
    count = 0
    for changed in text_changes(credential().text, BASE64 + ".~=+/ \n", seed=1, a_place=1):
        assert refused(credential_holds, changed)
        count += 1
    assert count > 10_000


def test_last_characters_of_every_part_have_no_twin() -> None:
    # Where base64url leaves bits unused, up to 15 other characters decode to the same bytes.
    text = credential().text
    ends = [place - 1 for place, character in enumerate(text) if character in ".~"]
    for place in ends:
        for new in BASE64:
            if new != text[place]:
                assert refused(credential_holds, text[:place] + new + text[place + 1 :])


def test_presentation_with_any_one_character_changed() -> None:
    text = parse_credential(credential().text).present(["certificateHolderName"])
    for changed in text_changes(text, BASE64, seed=2, a_place=1):
        assert refused(credential_holds, changed)


def test_stamp_with_any_one_bit_or_byte_changed() -> None:
    data = stamp()
    count = 0
    for place in range(len(data)):
        for bit in range(8):
            assert refused(stamp_holds, data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :])
            count += 1
        assert refused(stamp_holds, data[:place] + data[place + 1 :])
        assert refused(stamp_holds, data[:place] + b"\0" + data[place:])
        assert refused(stamp_holds, data[:place])
        count += 3
    assert count > 3_000


def test_stamp_digits_with_any_one_digit_changed() -> None:
    text = digits(stamp())
    for changed in text_changes(text, "0123456789", seed=3, a_place=3):
        assert refused(digits_hold, changed)


@pytest.mark.parametrize("seed", range(3))
def test_status_token_with_any_one_character_changed(seed: int) -> None:
    token = issue_status_token(BUREAU, LIST, StatusList(), bytes([seed]) * 32, NOT_BEFORE, signer())
    assert token_holds(token)
    for changed in text_changes(token.decode(), BASE64 + ".", seed=seed, a_place=1):
        assert refused(token_holds, changed.encode())


def test_each_disclosure_belongs_to_its_digest() -> None:
    # Disclosures are bound by digest, not by the signature: each change must fail in the parser itself.
    start = len(credential().jwt)
    text = credential().text
    for place in range(start, len(text), 3):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        with pytest.raises(InvalidInput):
            parse_credential(changed)
