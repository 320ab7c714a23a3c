"""The files of decisions and rulings have one form, and say neither too much nor too little."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chain.desk.decisions import (
    CLOCK_SKEW,
    MOST_VALIDITY,
    Ruling,
    SignedDecision,
    check_signed,
    sign_decision,
)
from chain.kernel.canonical import canonical
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput, YinxinError
from chain.ledger.decision import Decision
from chain.ledger.typed import Domain

DOMAIN = Domain(7, bytes(20))
NOW = 1_767_225_600
SAID = Decision("11440100000000001F", sha256(b"x"), True, "", NOW, NOW + 3600)
KEY = sha256(b"a person's key")
SIGNED = sign_decision(SAID, DOMAIN, KEY)


def code(signed: SignedDecision, **changes: Any) -> str:
    parts = {"bureau": SAID.bureau, "domain": DOMAIN, "now": NOW, **changes}
    try:
        check_signed(signed, **parts)
    except YinxinError as error:
        return error.code
    return "fine"


def test_there_and_back() -> None:
    assert SignedDecision.from_bytes(SIGNED.to_bytes()) == SIGNED
    ruling = Ruling(SIGNED.name, "counted", NOW, have=1, needed=2)
    assert Ruling.from_bytes(ruling.to_bytes()) == ruling


def test_every_changed_byte_is_refused_or_signed_by_nobody() -> None:
    data = SIGNED.to_bytes()
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            found = SignedDecision.from_bytes(changed)
        except InvalidInput:
            continue
        assert code(found) != "fine", changed


@pytest.mark.parametrize("changes", [
    {"format": "yinxin-decision-2"}, {"approve": 1}, {"approve": "true"}, {"at": "1"}, {"at": True}, {"reason": None},
    {"request": "0x00"}, {"address": "0x00"}, {"signature": "0x00"}, {"more": 1}, {"bureau": 5}, {"at": -1},
    {"request": []},
])  # fmt: skip
def test_odd_members_are_refused(changes: dict[str, Any]) -> None:
    value = {**json.loads(SIGNED.to_bytes()), **changes}
    try:
        found = SignedDecision.from_bytes(canonical(value))
    except InvalidInput:
        return
    assert code(found) != "fine"


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b'"x"', b"\xff", b"[" * 5000, b"1" * 20_000])
def test_what_is_no_decision_or_ruling_is_refused(data: bytes) -> None:
    for kind in (SignedDecision, Ruling):
        with pytest.raises(InvalidInput):
            kind.from_bytes(data)


def test_times() -> None:
    assert code(SIGNED, now=NOW + 3600) == "fine"
    assert code(SIGNED, now=NOW + 3601) == "decision.expired"
    assert code(SIGNED, now=NOW - CLOCK_SKEW) == "fine"
    assert code(SIGNED, now=NOW - CLOCK_SKEW - 1) == "decision.early"


def test_another_bureau_or_ledger() -> None:
    assert code(SIGNED, bureau="11440100000000002J") == "decision.bureau"
    assert code(SIGNED, domain=replace(DOMAIN, chain_id=8)) == "decision.signature"
    assert code(replace(SIGNED, address=bytes(20))) == "decision.signature"


@pytest.mark.parametrize(("said", "expected"), [
    (replace(SAID, approve=False), "decision.reason"), (replace(SAID, reason="x" * 2001), "decision.reason"),
    (replace(SAID, not_after=NOW + MOST_VALIDITY + 1), "decision.validity"),
    (replace(SAID, not_after=NOW - 1), "decision.validity"),
])  # fmt: skip
def test_nobody_signs_too_much_or_too_little(said: Decision, expected: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        sign_decision(said, DOMAIN, KEY)
    assert caught.value.code == expected
