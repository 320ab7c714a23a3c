"""Signed notes: what is accepted, and that nothing else is."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput, Refused, YinxinError
from chain.kernel.ports import BlockRef
from chain.ledger.trustroot import ContractRange, TrustRoot, WitnessKey
from chain.ledger.witness.checkpoint import (
    CheckpointBody,
    cosign,
    key_id,
    merge,
    origin_of,
    parse_body,
    verify_checkpoint,
)

GENESIS = sha256(b"genesis")
KEYS = [Ed25519PrivateKey.from_private_bytes(sha256(b"witness %d" % number)) for number in range(3)]
NAMES = ["witness-a", "witness-b", "witness-c"]
CONTRACTS = (ContractRange("AnchorLog", bytes(19) + b"\1", 1), ContractRange("BureauRegistry", bytes(19) + b"\2", 1))
BODY = CheckpointBody(
    origin_of(31_415, GENESIS), 8, sha256(b"root"), BlockRef(7, sha256(b"block"), 1_767_225_600), sha256(b"heads")
).text()


def trust_root(count: int = 3, threshold: int = 2) -> TrustRoot:
    keys = (WitnessKey(name, key.public_key().public_bytes_raw()) for name, key in zip(NAMES, KEYS, strict=True))
    return TrustRoot(31_415, GENESIS, CONTRACTS, tuple(keys)[:count], threshold)


def note(*signers: int, body: str = BODY) -> str:
    return (
        body + "\n" + "".join(cosign(body, NAMES[number], KEYS[number], 1_767_225_700 + number) for number in signers)
    )


def test_enough_witnesses_make_a_checkpoint() -> None:
    found = verify_checkpoint(note(0, 2), trust_root())
    assert found.signers == ("witness-a", "witness-c")
    assert (found.size, found.block.number, found.root) == (8, 7, sha256(b"root"))


def test_time_is_the_newest_that_the_threshold_vouches_for() -> None:
    assert verify_checkpoint(note(0, 1, 2), trust_root()).time == 1_767_225_701
    assert verify_checkpoint(note(0, 1, 2), trust_root(threshold=1)).time == 1_767_225_702


def test_too_few_witnesses_are_refused() -> None:
    with pytest.raises(Refused) as caught:
        verify_checkpoint(note(1), trust_root())
    assert caught.value.code == "checkpoint.witnesses"


def test_without_witnesses_in_the_trust_root_nothing_is_believed() -> None:
    root = TrustRoot(31_415, GENESIS, CONTRACTS)
    with pytest.raises(YinxinError):
        verify_checkpoint(note(0), root)


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(note(0, 0), id="one witness twice"),
        pytest.param(note(1, 0), id="not in order of names"),
        pytest.param(note(0, 1) + "\n", id="an empty line at the end"),
        pytest.param(note(0, 1)[:-1], id="no line feed at the end"),
        pytest.param(note(0, 1).replace("\n\n", "\n\n\n"), id="two empty lines"),
        pytest.param(note(0, 1).replace("yinxin/31415/", "yinxin/31416/"), id="another chain"),
        pytest.param(note(0, 1).replace("\n8\n", "\n08\n"), id="a leading zero"),
        pytest.param(note(0, 1, body=BODY.replace("\n8\n", "\n9\n")), id="size and block disagree"),
        pytest.param(note(0, 1, body=BODY + "more 1\n"), id="an unknown line"),
        pytest.param(BODY, id="no signature"),
        pytest.param("", id="nothing"),
        pytest.param(note(0, 1) + cosign(BODY, "witness-d", KEYS[2], 1), id="a stranger's signature"),
        pytest.param(note(0, 1).replace("\u2014", "-"), id="a hyphen for the dash"),
    ],
)
def test_other_forms_are_refused(bad: str) -> None:
    with pytest.raises(YinxinError):
        verify_checkpoint(bad, trust_root())


def test_a_key_under_another_name_is_refused() -> None:
    forged = BODY + "\n" + cosign(BODY, "witness-a", KEYS[1], 5) + cosign(BODY, "witness-b", KEYS[1], 5)
    with pytest.raises(InvalidInput):
        verify_checkpoint(forged, trust_root())


def test_every_single_changed_character_is_refused() -> None:
    good, root = note(0, 1), trust_root()
    verify_checkpoint(good, root)
    for place, letter in enumerate(good):
        for other in {"A", "B", "0", "1", "\n", " ", "=", "/", chr(ord(letter) ^ 1)} - {letter}:
            with pytest.raises(YinxinError):
                verify_checkpoint(good[:place] + other + good[place + 1 :], root)


@given(st.integers(0, 600), st.text(max_size=3))
def test_insertions_and_cuts_are_refused(place: int, extra: str) -> None:
    good = note(0, 1)
    changed = good[:place] + extra + good[place + 1 :]
    if changed != good:
        with pytest.raises(YinxinError):
            verify_checkpoint(changed, trust_root())


def test_notes_over_one_body_merge_and_the_newer_signature_stays() -> None:
    newer = BODY + "\n" + cosign(BODY, NAMES[0], KEYS[0], 1_767_300_000)
    merged = merge([note(2), note(0, 1), newer])
    assert verify_checkpoint(merged, trust_root(threshold=3)).signers == tuple(NAMES)
    assert verify_checkpoint(merged, trust_root(threshold=1)).time == 1_767_300_000


def test_notes_over_different_bodies_do_not_merge() -> None:
    other = BODY.replace(BODY.splitlines()[2], base64.b64encode(sha256(b"other")).decode())
    with pytest.raises(InvalidInput):
        merge([note(0), note(1, body=other)])


def test_golden_vector(vectors: Callable[[str], Any]) -> None:
    golden = vectors("checkpoint")
    root = TrustRoot.from_dict(golden["trustRoot"])
    assert golden["body"] == BODY
    assert note(0, 2) == golden["note"]
    assert [key_id(witness).hex() for witness in root.witnesses] == golden["keyIds"]
    found = verify_checkpoint(golden["note"], root)
    assert list(found.signers) == golden["signers"]
    assert parse_body(golden["body"]).heads.hex() == golden["heads"][2:]
    for name, text in golden["refused"].items():
        with pytest.raises(YinxinError):
            verify_checkpoint(text, root)
        assert name
