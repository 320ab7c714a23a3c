"""Codes, claims, bindings and ends: one form each, and what binds them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from chain.claims import (
    Binding,
    BindingParts,
    Claim,
    binding_leaf,
    binding_tag,
    end_tag,
    grouped,
    key_of_code,
    make_claim,
    new_code,
    parse_binding,
    parse_claim,
    parse_ending,
    parse_unbind,
    read_code,
    rows_of,
    salt_of,
)
from chain.claims.codes import ALPHABET
from chain.claims.ending import Ending
from chain.credentials.es256 import ORDER, SoftwareSigner, verify_es256
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, sha256, unb64url
from chain.kernel.errors import InvalidInput, YinxinError
from chain.merkle import Tree

BUREAU = "11440100000000001F"
NAME = "1.2.156.3005.2.11100000MB0143028R001.11440100000000001F.4401002026000001.001.7"


@pytest.fixture
def golden(vectors: Callable[[str], Any]) -> dict[str, Any]:
    return vectors("claims")


# ---------------------------------------------------------------------------- codes


def test_codes_are_new_each_time_and_read_as_a_person_types_them(golden: dict[str, Any]) -> None:
    assert len({new_code() for _ in range(200)}) == 200
    form = golden["code"]["form"]
    full_width = "".join(chr(ord(character) + 0xFEE0) for character in form)
    for typed in (*golden["code"]["typed"], golden["code"]["printed"], full_width, "-".join(form)):
        assert read_code(typed) == form
    for wrong in golden["code"]["refused"]:
        with pytest.raises(InvalidInput):
            read_code(wrong)


@given(st.integers(0, 19), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_noticed(place: int, character: str) -> None:
    code = new_code()
    wrong = code[:place] + character + code[place + 1 :]
    if wrong == code:
        assert read_code(grouped(wrong)) == code
    else:
        with pytest.raises(InvalidInput) as caught:
            read_code(wrong)
        assert (caught.value.code, caught.value.field) == ("claim.code_form", "code")


def test_the_key_of_a_code_is_for_one_certificate_of_one_bureau(golden: dict[str, Any]) -> None:
    kdf, code = golden["kdf"], golden["code"]["form"]
    key = key_of_code(code, kdf["bureau"], kdf["identifier"])
    assert (b64url(salt_of(kdf["bureau"], kdf["identifier"])), b64url(key)) == (kdf["salt"], kdf["key"])
    assert key != key_of_code(code, "11440100000000002J", kdf["identifier"])
    assert key != key_of_code(code, kdf["bureau"], kdf["identifier"][:-1] + "8")
    with pytest.raises(InvalidInput):
        key_of_code(code, kdf["bureau"], kdf["identifier"], "scrypt-1-8-1")


# ---------------------------------------------------------------------------- claims


def test_the_golden_claim_holds(golden: dict[str, Any]) -> None:
    data = golden["claim"]["text"].encode()
    claim = parse_claim(data)
    device = SoftwareSigner(ec.derive_private_key(golden["devicePrivateKey"], ec.SECP256R1()))
    assert claim.to_bytes() == data
    assert claim.key == device.public_key
    assert b64url(claim.signed_digest) == golden["claim"]["signedDigest"]
    assert claim.is_signed
    assert claim.is_by(unb64url(golden["kdf"]["key"]))
    assert not claim.is_by(sha256(b"another code"))


def test_one_changed_character_is_refused_or_breaks_signature_and_code(golden: dict[str, Any]) -> None:
    data, key = golden["claim"]["text"], unb64url(golden["kdf"]["key"])
    passed = []
    for place in range(len(data)):
        for character in ("A", "0", "x"):
            changed = data[:place] + character + data[place + 1 :]
            if changed == data:
                continue
            try:
                claim = parse_claim(changed.encode())
            except YinxinError:
                continue
            if claim.is_signed or (claim.is_by(key) and claim.mac != parse_claim(data.encode()).mac):
                passed.append(place)
    assert passed == []


def test_another_key_needs_the_code_and_another_signature_the_key() -> None:
    code, mine, thief = new_code(), SoftwareSigner.generate(), SoftwareSigner.generate()
    key = key_of_code(code, BUREAU, NAME)
    claim = make_claim(code, BUREAU, NAME, mine, 1)
    stolen = replace(claim, key=thief.public_key)
    stolen = replace(stolen, signature=thief.sign(stolen.signed_digest))
    assert (stolen.is_signed, stolen.is_by(key)) == (True, False)
    foreign = replace(claim, signature=thief.sign(claim.signed_digest))
    assert (foreign.is_signed, foreign.is_by(key)) == (False, True)
    assert code.encode() not in claim.to_bytes()
    assert b64url(key).encode() not in claim.to_bytes()


@pytest.mark.parametrize(
    "change",
    [
        {"format": "yinxin-claim-2"},
        {"kdf": "scrypt-1-8-1"},
        {"time": -1},
        {"time": True},
        {"nonce": "AAAA"},
        {"key": b64url(bytes(33))},
        {"signature": b64url(bytes(64))},
        {"mac": None},
        {"more": "x"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_claim_has_one_form(golden: dict[str, Any], change: dict[str, Any]) -> None:
    value = json.loads(golden["claim"]["text"])
    with pytest.raises(InvalidInput):
        parse_claim(canonical(value | change))


def test_the_twin_of_a_signature_is_refused(golden: dict[str, Any]) -> None:
    value = json.loads(golden["claim"]["text"])
    signature = unb64url(value["signature"])
    twin = signature[:32] + (ORDER - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")
    with pytest.raises(InvalidInput):
        parse_claim(canonical(value | {"signature": b64url(twin)}))


def test_a_document_in_another_form_of_json_is_refused(golden: dict[str, Any]) -> None:
    for name, parse in (("claim", parse_claim), ("binding", parse_binding), ("unbind", parse_unbind)):
        text = golden[name]["text"]
        parse(text.encode())
        with pytest.raises(InvalidInput):
            parse((text + "\n").encode())
        with pytest.raises(InvalidInput):
            parse(json.dumps(json.loads(text)).encode())


# ---------------------------------------------------------------------------- bindings and ends


def test_the_golden_binding_holds(golden: dict[str, Any]) -> None:
    found = golden["binding"]
    binding, secret = parse_binding(found["text"].encode()), unb64url(found["secret"])
    assert b64url(binding.digest) == found["digest"]
    assert (binding.tag, binding.end) == (binding_tag(secret, 2), end_tag(secret, 2))
    record = unb64url(found["record"])
    rows = [
        BindingParts(tag, binding.digest, record).to_bytes() for tag in (binding.tag, unb64url(found["endOfFirst"]))
    ]
    assert unb64url(found["endOfFirst"]) == end_tag(secret, 1)
    leaves = [binding_leaf(BindingParts.from_bytes(row)) for row in rows_of(b"".join(rows))]
    assert [b64url(leaf) for leaf in leaves] == found["leaves"]
    assert b64url(Tree(leaves).root) == found["root"]
    unbind = parse_unbind(golden["unbind"]["text"].encode())
    assert b64url(unbind.signed_digest) == golden["unbind"]["signedDigest"]
    assert unbind.binding == binding.digest
    assert unbind.is_by(binding.key)


def test_tags_are_all_different() -> None:
    secrets = (sha256(b"one"), sha256(b"two"))
    tags = {make(secret, n) for make in (binding_tag, end_tag) for secret in secrets for n in range(1, 50)}
    assert len(tags) == 2 * 2 * 49


@pytest.mark.parametrize(
    "change", [{"n": 0}, {"n": 1}, {"previous": None}, {"key": b64url(bytes(33))}, {"end": None}, {"next": "x"}]
)
def test_a_binding_has_one_form(golden: dict[str, Any], change: dict[str, Any]) -> None:
    value = json.loads(golden["binding"]["text"])
    with pytest.raises(InvalidInput):
        parse_binding(canonical(value | change))
    with pytest.raises(InvalidInput):
        parse_binding(canonical(value | {"end": value["tag"]}))


def test_an_ending_comes_back_as_it_was() -> None:
    ending = Ending(BUREAU, bytes(32), bytes(32), bytes(32), "bureau", "officer-001", "手机丢失", 5, sha256(b"end"))
    assert parse_ending(ending.to_bytes()) == ending
    with pytest.raises(InvalidInput):
        parse_ending(replace(ending, by="somebody").to_bytes())


def test_what_a_device_signs_in_one_place_is_worth_nothing_in_another() -> None:
    device = SoftwareSigner.generate()
    claim: Claim = make_claim(new_code(), BUREAU, NAME, device, 1)
    binding = Binding(BUREAU, bytes(32), device.public_key, 1, None, claim.digest, 1, sha256(b"a"), sha256(b"b"))
    digests = {claim.signed_digest, sha256(claim.to_bytes()), binding.digest}
    assert len(digests) == 3
    assert not verify_es256(device.public_key, binding.digest, claim.signature)
