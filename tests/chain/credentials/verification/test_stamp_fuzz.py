"""Hostile stamps: any CBOR in the place of the claims, any bytes in the place of the stamp."""

from __future__ import annotations

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.credentials.stamp import parse_stamp
from chain.credentials.verification import Verdict, verify_stamp
from tests.support.stage import Stage

STAGE = Stage.fresh()
TRUST = STAGE.world.source()

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.text(max_size=6)
    | st.binary(max_size=40)
    | st.floats()
)
items = st.recursive(
    scalars,
    lambda kids: (
        st.lists(kids, max_size=7)
        | st.dictionaries(st.integers(-70000, 8) | st.text(max_size=3), kids, max_size=5)
        | st.builds(cbor2.CBORTag, st.integers(0, 300), kids)
    ),
    max_leaves=15,
)


def with_claims(claims: bytes) -> bytes:
    """The genuine stamp with other claims."""
    start = STAGE.one.stamp[:17]  # tag, array, protected header, empty unprotected header
    return start + cbor2.dumps(claims) + STAGE.one.stamp[-66:]


def test_the_frame_is_the_stamps_own():
    payload = cbor2.loads(STAGE.one.stamp).value[2]
    assert with_claims(payload) == STAGE.one.stamp


def judged(data: bytes):
    found = verify_stamp(data, trust=TRUST, index=STAGE.world.index, at=STAGE.world.now)
    assert found.verdict in (Verdict.FORGED, Verdict.CANNOT_CHECK)


@given(items)
def test_any_claims(value):
    try:
        judged(with_claims(cbor2.dumps(value)))
    except (cbor2.CBOREncodeError, OverflowError, ValueError):
        pass


@given(st.dictionaries(st.sampled_from([1, 4, 5, -65537]), items))
def test_claims_with_the_right_keys(value):
    try:
        data = cbor2.dumps(value)
    except (cbor2.CBOREncodeError, OverflowError, ValueError):
        return
    judged(with_claims(data))


@given(st.lists(items, max_size=8), st.integers(0, 6), items)
def test_private_claim_with_one_part_replaced(face, at, part):
    parsed = parse_stamp(STAGE.one.stamp).content
    own = [
        1,
        "11100000MB0143028R001..4401002026000001.001.7",
        parsed.holder_name,
        parsed.status_list,
        5,
        bytes(32),
        face,
    ]
    own[at] = part
    try:
        data = cbor2.dumps({1: parsed.bureau, 5: parsed.not_before, -65537: own})
    except (cbor2.CBOREncodeError, OverflowError, ValueError):
        return
    judged(with_claims(data))


@given(st.binary(max_size=1200))
def test_any_bytes(data):
    judged(STAGE.one.stamp[:12] + data)


@pytest.mark.parametrize("face", [[[1], 2], [{}, 2], [cbor2.CBORTag(5, 1), 2], [1.5, 2], [None, None]])
def test_unhashable_labels(face):
    parsed = parse_stamp(STAGE.one.stamp).content
    own = [1, "11100000MB0143028R001..4401002026000001.001.7", "a", "b", 5, bytes(32), face]
    judged(with_claims(cbor2.dumps({1: parsed.bureau, 5: parsed.not_before, -65537: own})))
