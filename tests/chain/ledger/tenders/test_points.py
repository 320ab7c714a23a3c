"""Points between the chain's form and that of papers, held against another library and the contracts' vectors."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from py_arkworks_bls12381 import G1Point, G2Point, Scalar

from chain.kernel.errors import InvalidInput
from chain.ledger.tenders.points import PRIME, compress_g1, compress_g2, expand_g1, expand_g2
from tests.plugins.vectors import load_vectors

SCALARS = st.integers(1, 2**255 - 1)


def padded(xy: bytes) -> bytes:
    return b"".join(bytes(16) + xy[at : at + 48] for at in range(0, len(xy), 48))


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def test_vectors_of_the_contracts() -> None:
    vectors: dict[str, Any] = load_vectors("tender")
    assert compress_g2(raw(vectors["publicKey"])) == raw(vectors["publicKeyCompressed"])
    assert expand_g2(raw(vectors["publicKeyCompressed"])) == raw(vectors["publicKey"])
    for message in vectors["messages"]:
        assert compress_g1(raw(message["signature"])) == raw(message["compressed"])
        assert expand_g1(raw(message["compressed"])) == raw(message["signature"])
    with pytest.raises(InvalidInput, match="not below p"):
        compress_g2(raw(vectors["notReduced"]))


@given(SCALARS)
def test_any_point_goes_there_and_back(value: int) -> None:
    one = (G1Point() * Scalar(value)).to_compressed_bytes()
    two = (G2Point() * Scalar(value)).to_compressed_bytes()
    assert compress_g1(expand_g1(one)) == one
    assert compress_g2(expand_g2(two)) == two


@pytest.mark.parametrize("negated", [False, True])
@pytest.mark.parametrize("value", [1, 2, 3, 2**254 + 7])
def test_expands_as_the_other_library_does(value: int, negated: bool) -> None:
    one, two = G1Point() * Scalar(value), G2Point() * Scalar(value)
    if negated:
        one, two = -one, -two
    assert expand_g1(one.to_compressed_bytes()) == padded(one.to_xy_bytes_be())
    assert expand_g2(two.to_compressed_bytes()) == padded(two.to_xy_bytes_be())


def test_roots_without_a_second_part() -> None:
    # x = 0 is not on G2's curve over Fp2, y² = 4 + 4u; a root whose square lies in Fp is found all the same.
    from chain.ledger.tenders.points import _root2, _times

    for value in ((4, 0), (PRIME - 4, 0), (PRIME - 1, 0), (5, 0), (0, 8)):
        found = _root2(value)
        assert found is not None
        assert _times(found, found) == value


@pytest.mark.parametrize(
    "data",
    [
        bytes(48),
        b"\xc0" + bytes(47),  # infinity
        b"\x80" + bytes(46) + b"\x01",  # x = 1 has no y on y² = x³ + 4
        b"\x9f" + b"\xff" * 47,  # x not below p
        b"\x00" * 47,
    ],
)
def test_refuses_what_is_no_signature(data: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        expand_g1(data)
    assert (caught.value.code, caught.value.field) == ("ledger.point", "signature")


@pytest.mark.parametrize("data", [bytes(96), b"\xc0" + bytes(95), b"\x9f" + b"\xff" * 95, bytes(95)])
def test_refuses_what_is_no_key(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="publicKey"):
        expand_g2(data)


def test_refuses_infinity_and_lengths_of_the_long_form() -> None:
    for data in (bytes(128), bytes(127)):
        with pytest.raises(InvalidInput):
            compress_g1(data)
    for data in (bytes(256), bytes(128)):
        with pytest.raises(InvalidInput):
            compress_g2(data)
