"""Points of BLS12-381 between the chain's form and that of papers (docs/formats/tender-digests.md, "Points").

The chain has EIP-2537's long form, papers the compressed one of the ZCash serialisation. Compressing needs no more
than the sign of y; the way back takes a square root, in Fp or in Fp2. Plain whole numbers, no library and no secrets:
what is converted here is public. That a point lies in the group of order r is checked by the contracts and by
chain.sealing.

Sources: EIP-2537; ZCash protocol specification 5.4.9.2 (draft-irtf-cfrg-pairing-friendly-curves, appendix C); square
roots for p = 3 modulo 4: RFC 9380, appendix I; in Fp2 by the norm (Adj and Rodríguez-Henríquez 2012, algorithm 8).
"""

from __future__ import annotations

from chain.kernel.errors import InvalidInput

PRIME = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB
"""p: coordinates are numbers below it."""

_HALF = (PRIME - 1) // 2
_SIZE, _PADDED = 48, 64
_COMPRESSED, _INFINITY, _LARGER = 0x80, 0x40, 0x20

_Fp2 = tuple[int, int]
"""c0 + c1·u with u² = -1."""


def compress_g1(point: bytes, *, field: str = "signature") -> bytes:
    """48 bytes from the 128 of EIP-2537. Raises InvalidInput: another form, or infinity."""
    x, y = _coordinates(point, 2, field)
    return _flagged(x.to_bytes(_SIZE, "big"), y > _HALF)


def compress_g2(point: bytes, *, field: str = "publicKey") -> bytes:
    """96 bytes from the 256 of EIP-2537. Raises InvalidInput: another form, or infinity."""
    x0, x1, y0, y1 = _coordinates(point, 4, field)
    return _flagged(x1.to_bytes(_SIZE, "big") + x0.to_bytes(_SIZE, "big"), _is_larger((y0, y1)))


def expand_g1(data: bytes, *, field: str = "signature") -> bytes:
    """128 bytes as the chain has them, from 48. Raises InvalidInput: no point of the curve in its one form."""
    (x,), larger = _read(data, 1, field)
    y = _root(x**3 + 4)
    if y is None:
        raise _bad(field, "no point of the curve")
    return _padded(x, PRIME - y if (y > _HALF) != larger else y)


def expand_g2(data: bytes, *, field: str = "publicKey") -> bytes:
    """256 bytes as the chain has them, from 96. Raises InvalidInput: no point of the curve in its one form."""
    (x1, x0), larger = _read(data, 2, field)
    cube = _times(_times((x0, x1), (x0, x1)), (x0, x1))
    y = _root2(((cube[0] + 4) % PRIME, (cube[1] + 4) % PRIME))
    if y is None:
        raise _bad(field, "no point of the curve")
    if _is_larger(y) != larger:
        y = (-y[0] % PRIME, -y[1] % PRIME)
    return _padded(x0, x1, *y)


# --------------------------------------------------------------------------- fields


def _root(value: int) -> int | None:
    """A square root modulo p, or None."""
    root = pow(value, (PRIME + 1) // 4, PRIME)
    return root if root * root % PRIME == value % PRIME else None


def _root2(value: _Fp2) -> _Fp2 | None:
    """A square root in Fp2, or None. (y0 + y1·u)² = v gives y0² = (v0 ± root of the norm) / 2 and y1 = v1 / (2·y0)."""
    first, second = value
    if second == 0:
        root = _root(first)
        if root is not None:
            return root, 0
        root = _root(-first)
        return None if root is None else (0, root)
    norm = _root(first * first + second * second)
    if norm is None:
        return None
    half = pow(2, -1, PRIME)
    real = _root((first + norm) * half)
    if real is None:
        real = _root((first - norm) * half)
    if real is None:
        return None
    found = (real, second * half * pow(real, -1, PRIME) % PRIME)
    return found if _times(found, found) == value else None


def _times(left: _Fp2, right: _Fp2) -> _Fp2:
    (a, b), (c, d) = left, right
    return (a * c - b * d) % PRIME, (a * d + b * c) % PRIME


def _is_larger(y: _Fp2) -> bool:
    """Is y the larger of y and -y, comparing c1 first?"""
    return y[1] > _HALF if y[1] else y[0] > _HALF


# --------------------------------------------------------------------------- bytes


def _coordinates(point: bytes, count: int, field: str) -> tuple[int, ...]:
    if len(point) != count * _PADDED:
        raise _bad(field, f"{len(point)} bytes instead of {count * _PADDED}")
    found = tuple(int.from_bytes(point[at : at + _PADDED], "big") for at in range(0, len(point), _PADDED))
    if any(value >= PRIME for value in found):
        raise _bad(field, "a coordinate is not below p")
    if not any(found):
        raise _bad(field, "the point at infinity")
    return found


def _read(data: bytes, count: int, field: str) -> tuple[tuple[int, ...], bool]:
    """Coordinates of x, the most significant first, and whether y is the larger one."""
    if len(data) != count * _SIZE:
        raise _bad(field, f"{len(data)} bytes instead of {count * _SIZE}")
    if data[0] & (_COMPRESSED | _INFINITY) != _COMPRESSED:
        raise _bad(field, "not in the compressed form, or the point at infinity")
    plain = bytes([data[0] & (_LARGER - 1)]) + data[1:]
    found = tuple(int.from_bytes(plain[at : at + _SIZE], "big") for at in range(0, len(plain), _SIZE))
    if any(value >= PRIME for value in found):
        raise _bad(field, "a coordinate is not below p")
    return found, bool(data[0] & _LARGER)


def _flagged(x: bytes, larger: bool) -> bytes:
    return bytes([x[0] | _COMPRESSED | (_LARGER if larger else 0)]) + x[1:]


def _padded(*values: int) -> bytes:
    return b"".join(value.to_bytes(_PADDED, "big") for value in values)


def _bad(field: str, why: str) -> InvalidInput:
    return InvalidInput(f"{field}: {why}", code="ledger.point", field=field)
