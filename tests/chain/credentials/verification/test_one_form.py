"""One form: whatever single character of a valid bundle, stamp or credential is changed, it is refused."""

from __future__ import annotations

import random
import string

import pytest

from chain.credentials.stamp import digits
from chain.credentials.verification import Verdict, verify_bundle, verify_credential, verify_stamp
from chain.credentials.verification.inputs import verify_input
from chain.ledger.evidence import LedgerProofs
from tests.support.stage import Stage

LETTERS = string.ascii_letters + string.digits + '-_~.{}[]":, \n\u2014中'


@pytest.fixture(scope="module")
def stage():
    return Stage.fresh()


def others(original: str, rng: random.Random) -> str:
    """A character unlike the original: a near one (a bit away), a digit, another case, or anything."""
    choices = [chr(ord(original) ^ 1), original.swapcase(), rng.choice(string.digits), rng.choice(LETTERS), "\0"]
    return rng.choice([choice for choice in choices if choice != original])


def refused(verification) -> bool:
    return verification.verdict is not Verdict.VALID and verification.authentic is not True


def test_a_bundle_with_any_character_changed(stage):
    proofs = LedgerProofs(stage.world.ledger.trust_root)
    trust, index, at = stage.world.source(), stage.world.index, stage.world.now
    text = stage.one.data.decode()
    assert verify_bundle(stage.one.data, trust=trust, index=index, proofs=proofs, at=at).verdict is Verdict.VALID
    rng = random.Random(20260730)
    tried = 0
    for position, original in enumerate(text):
        changed = text[:position] + others(original, rng) + text[position + 1 :]
        found = verify_bundle(changed.encode(), trust=trust, index=index, proofs=proofs, at=at)
        assert refused(found), (position, text[position - 20 : position + 20], changed[position], found.steps)
        tried += 1
    assert tried == len(text) > 5000


def test_a_bundle_with_any_character_changed_offline(stage):
    from dataclasses import replace

    proofs = LedgerProofs(stage.world.ledger.trust_root)
    trust = replace(stage.world.snapshot(), anchors={}, stamps={})
    index, at = stage.world.index, stage.world.now
    text = stage.one.data.decode()
    rng = random.Random(7)
    for position in range(0, len(text), 3):
        changed = text[:position] + others(text[position], rng) + text[position + 1 :]
        assert refused(verify_bundle(changed.encode(), trust=trust, index=index, proofs=proofs, at=at)), position


def test_a_bundle_with_characters_added_or_removed(stage):
    proofs = LedgerProofs(stage.world.ledger.trust_root)
    trust, index, at = stage.world.source(), stage.world.index, stage.world.now
    text = stage.one.data.decode()
    rng = random.Random(11)
    for _ in range(1500):
        position = rng.randrange(len(text) + 1)
        longer = text[:position] + rng.choice(LETTERS) + text[position:]
        shorter = text[:position] + text[position + 1 :]
        for changed in {longer, shorter} - {text}:
            assert refused(verify_bundle(changed.encode(), trust=trust, index=index, proofs=proofs, at=at)), position


def test_a_stamp_with_any_bit_changed(stage):
    trust, index, at = stage.world.source(), stage.world.index, stage.world.now
    stamp = stage.one.stamp
    assert verify_stamp(stamp, trust=trust, index=index, at=at).verdict is Verdict.VALID
    for bit in range(len(stamp) * 8):
        changed = bytearray(stamp)
        changed[bit // 8] ^= 1 << bit % 8
        assert refused(verify_stamp(bytes(changed), trust=trust, index=index, at=at)), bit


def test_scanned_digits_with_any_digit_changed(stage):
    trust, index, at = stage.world.source(), stage.world.index, stage.world.now
    text = digits(stage.one.stamp)
    assert verify_input(text.encode(), trust=trust, index=index, at=at).verdict is Verdict.VALID
    rng = random.Random(13)
    for position, original in enumerate(text):
        digit = rng.choice([other for other in string.digits if other != original])
        changed = text[:position] + digit + text[position + 1 :]
        assert refused(verify_input(changed.encode(), trust=trust, index=index, at=at)), position


def test_a_credential_with_any_character_changed(stage):
    trust, index, at = stage.world.source(), stage.world.index, stage.world.now
    text = stage.one.credential.text
    assert verify_credential(text, trust=trust, index=index, at=at).verdict is Verdict.VALID
    rng = random.Random(17)
    for position, original in enumerate(text):
        changed = text[:position] + others(original, rng) + text[position + 1 :]
        assert refused(verify_credential(changed, trust=trust, index=index, at=at)), (position, changed[position])
