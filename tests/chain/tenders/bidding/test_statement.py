"""Statements and mandates: one form each, held by golden vectors; what is signed covers every byte that counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chain.credentials.es256 import SoftwareSigner
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import InvalidInput, YinxinError
from chain.tenders.bidding import read_mandate, read_place, read_statement, together


@pytest.fixture
def golden(vectors: Callable[[str], Any]) -> dict[str, Any]:
    return vectors("bidding")


def key(number: int) -> SoftwareSigner:
    return SoftwareSigner(ec.derive_private_key(number, ec.SECP256R1()))


@pytest.mark.parametrize("name", ["alone", "byAgent", "together"])
def test_the_golden_statements_hold(golden: dict[str, Any], name: str) -> None:
    found = golden[name]
    statement = read_statement(json.loads(found["text"]))
    assert statement.to_bytes().decode() == found["text"]
    assert b64url(statement.signed_digest) == found["signedDigest"]
    assert statement.missing == ()


def test_the_golden_mandate_holds(golden: dict[str, Any]) -> None:
    found = golden["mandate"]
    mandate = read_mandate(found["text"].encode())
    assert mandate.to_bytes().decode() == found["text"]
    assert b64url(mandate.signed_digest) == found["signedDigest"]
    assert b64url(mandate.digest) == found["digest"]
    assert mandate.is_by(key(golden["devicePrivateKeys"][0]).public_key)
    assert mandate.key == key(golden["agentPrivateKey"]).public_key


def test_one_changed_character_is_refused_or_breaks_the_signature(golden: dict[str, Any]) -> None:
    text = golden["alone"]["text"]
    passed = []
    for place in range(0, len(text), 3):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        try:
            statement = read_statement(json.loads(changed))
        except (YinxinError, ValueError):
            continue
        if not statement.missing:
            passed.append(place)
    assert passed == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"format": "yinxin-bidder-2"}, "organisation.format"),
        ({"more": 1}, "organisation"),
        ({"agreement": b64url(bytes(32))}, "organisation.parties"),
        ({"agreement": "AAAA"}, "organisation.agreement"),
        ({"parties": []}, "organisation.parties"),
        ({"place": {}}, "place"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value,
)
def test_a_statement_has_one_form(golden: dict[str, Any], change: dict[str, Any], field: str) -> None:
    value = json.loads(golden["alone"]["text"])
    with pytest.raises(InvalidInput) as caught:
        read_statement(value | change)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "change",
    [
        {"role": "leader"},
        {"role": "x"},
        {"code": "914401000000000000"},
        {"licence": "x"},
        {"binding": "{}"},
        {"mandate": "{}"},
        {"signature": ""},
        {"signature": b64url(b"\xff" * 64)},
        {"more": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_party_has_one_form(golden: dict[str, Any], change: dict[str, Any]) -> None:
    value = json.loads(golden["alone"]["text"])
    value["parties"][0] |= change
    with pytest.raises(InvalidInput):
        read_statement(value)


def test_a_statement_under_way_may_lack_signatures_and_nothing_else(golden: dict[str, Any]) -> None:
    value = json.loads(golden["together"]["text"])
    value["parties"][1]["signature"] = ""
    statement = read_statement(value, complete=False)
    assert statement.missing == (value["parties"][1]["code"],)
    whole = statement.signed(1, key(golden["devicePrivateKeys"][1]))
    assert whole.missing == ()
    assert whole.signed_digest == unb64url(golden["together"]["signedDigest"])


def test_a_consortium_has_a_leader_and_each_company_once(golden: dict[str, Any]) -> None:
    statement = read_statement(json.loads(golden["together"]["text"]))
    first, second = statement.parties
    for parties in ([first], [first, first], [first, second, first]):
        with pytest.raises(InvalidInput):
            together(statement.place, bytes(32), parties)
    value = json.loads(golden["together"]["text"])
    value["parties"].reverse()
    with pytest.raises(InvalidInput):
        read_statement(value)


@pytest.mark.parametrize(
    "change",
    [
        {"acts": []},
        {"acts": ["clarify", "bid"]},
        {"acts": ["everything"]},
        {"until": 1},
        {"tender": 0},
        {"company": "x" * 18},
        {"agent": {"name": "", "key": ""}},
        {"format": "yinxin-mandate-2"},
        {"signature": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_mandate_has_one_form(golden: dict[str, Any], change: dict[str, Any]) -> None:
    value = json.loads(golden["mandate"]["text"])
    with pytest.raises(InvalidInput):
        read_mandate(canonical(value | change))


def test_bidder_and_recovery_are_two_addresses(golden: dict[str, Any]) -> None:
    place = json.loads(golden["alone"]["text"])["place"]
    with pytest.raises(InvalidInput) as caught:
        read_place(place | {"recovery": place["bidder"]})
    assert caught.value.field == "place.recovery"
