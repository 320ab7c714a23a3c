"""BLS12-381 behind its door: one form a point, no zero, no infinity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput
from chain.sealing import curve

P = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB


def _off_subgroup_g1() -> bytes:
    """A point of the curve y² = x³ + 4 outside G1: the smallest x that gives one."""
    from py_arkworks_bls12381 import G1Point

    for x in range(1, 100):
        square = (x**3 + 4) % P
        root = pow(square, (P + 1) // 4, P)
        if root * root % P == square:
            data = bytearray(x.to_bytes(48, "big"))
            data[0] |= 0x80 | (0x20 if root > P - root else 0)
            if not G1Point.from_compressed_bytes_unchecked(bytes(data)).is_in_subgroup():
                return bytes(data)
    raise AssertionError


def _off_subgroup_g2() -> bytes:
    """The same for G2: almost no small x is in the subgroup, the library says which are on the curve."""
    from py_arkworks_bls12381 import G2Point

    for x in range(1, 100):
        data = b"\x80" + bytes(94) + bytes([x])
        try:
            if not G2Point.from_compressed_bytes_unchecked(data).is_in_subgroup():
                return data
        except ValueError:
            continue
    raise AssertionError


GOOD_G1 = curve.hash_to_g1(b"a point").to_compressed_bytes()
GOOD_G2 = (curve.GENERATOR * curve.scalar(5)).to_compressed_bytes()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GOOD_G1[:-1],
        GOOD_G1 + b"\0",
        b"\xc0" + bytes(47),
        b"\xff" * 48,
        b"\xe0" + bytes(47),
        b"\xc0" + bytes(46) + b"\1",
        bytes(48),
        bytes([GOOD_G1[0] & 0x7F]) + GOOD_G1[1:],
        bytes([GOOD_G1[0] | 0x40]) + GOOD_G1[1:],
        (P | 0x80 << 376).to_bytes(48, "big"),
        _off_subgroup_g1(),
    ],
    ids=[
        "empty", "short", "long", "infinity", "infinity_all_ones", "infinity_with_sign", "infinity_with_rest", "zeros",
        "uncompressed_flag", "infinity_flag_on_a_point", "x_not_reduced", "outside_the_subgroup",
    ],
)  # fmt: skip
def test_a_point_of_g1_has_one_form(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        curve.read_g1(data)


@pytest.mark.parametrize(
    "data",
    [
        GOOD_G2[:48],
        b"\xc0" + bytes(95),
        b"\xff" * 96,
        bytes(96),
        bytes([GOOD_G2[0] & 0x7F]) + GOOD_G2[1:],
        bytes([GOOD_G2[0] | 0x40]) + GOOD_G2[1:],
        GOOD_G2[:48] + P.to_bytes(48, "big"),
        _off_subgroup_g2(),
    ],
    ids=[
        "short", "infinity", "infinity_all_ones", "zeros", "uncompressed_flag", "infinity_flag", "x_not_reduced",
        "outside_the_subgroup",
    ],
)  # fmt: skip
def test_a_point_of_g2_has_one_form(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        curve.read_g2(data)


@given(st.integers(0, 383), st.booleans())
def test_a_changed_bit_is_another_point_or_none(place: int, in_g1: bool) -> None:
    good = GOOD_G1 if in_g1 else GOOD_G2
    data = bytearray(good)
    data[place // 8] ^= 1 << place % 8
    try:
        point = curve.read_g1(bytes(data)) if in_g1 else curve.read_g2(bytes(data))
    except InvalidInput:
        return
    assert point.to_compressed_bytes() == bytes(data) != good


@pytest.mark.parametrize("value", [0, curve.ORDER, curve.ORDER + 1, 2**256 - 1])
def test_zero_and_what_the_library_would_reduce_is_no_scalar(value: int) -> None:
    with pytest.raises(InvalidInput):
        curve.scalar(value)
    with pytest.raises(InvalidInput):
        curve.read_scalar(value.to_bytes(32, "big"))


def test_scalars_are_written_big_endian() -> None:
    assert curve.write_scalar(curve.scalar(258)) == bytes(30) + b"\1\2"
    assert curve.write_scalar(curve.read_scalar(curve.write_scalar(curve.scalar(curve.ORDER - 1)))) == (
        curve.ORDER - 1
    ).to_bytes(32, "big")


def test_the_order_of_the_pairings_bytes_is_drands() -> None:
    """e(G1, G2) of the generators, from the first coefficient that drand writes to the last; guards the library's
    order, which is not documented. The whole is compared with tlock-js in tests/interop."""
    g1 = bytes.fromhex(
        "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
    )
    data = curve.pairing_bytes(curve.read_g1(g1), curve.GENERATOR)
    assert len(data) == 576
    assert all(int.from_bytes(data[at : at + 48], "big") < P for at in range(0, 576, 48))
    # The last coefficient is c0.c0.c0, as published for the generators' pairing in the BLS12-381 literature.
    assert data[-48:].hex() == (
        "1250ebd871fc0a92a7b2d83168d0d727272d441befa15c503dd8e90ce98db3e7b6d194f60839c508a84305aaca1789b6"
    )


def test_a_signature_in_one_domain_is_none_in_the_other() -> None:
    secret = curve.scalar(int.from_bytes(sha256(b"secret"), "big") % curve.ORDER)
    public = curve.GENERATOR * secret
    signed = curve.hash_to_g1(b"message", curve.POSSESSION_DOMAIN) * secret
    assert curve.signed_by(signed, curve.hash_to_g1(b"message", curve.POSSESSION_DOMAIN), public)
    assert not curve.signed_by(signed, curve.hash_to_g1(b"message"), public)
