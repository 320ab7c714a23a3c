"""Writes tests/vectors/draw.json from docs/formats/draw.md alone, so that our draw has something to be compared with.

Nothing of ``chain`` is used: BLS threshold signatures come from py-arkworks-bls12381, all else from hashlib and json,
written once more. Run it only when that format changes: ``python -m scripts.vectors.draw``.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from py_arkworks_bls12381 import G1Point, G2Point

from scripts.vectors.tender import BOOK, GENESIS, HOLDER_COUNT, THRESHOLD, group_key, partial_signatures
from scripts.vectors.tender import threshold_signature as combined

TARGET = Path(__file__).resolve().parents[2] / "tests" / "vectors" / "draw.json"
TENDER, LOT = 7, 2
EXPERTS = 24
FLOATS = ("0", "0.5", "1", "1.5", "2", "2.5", "3")


def _hash(data: bytes) -> bytes:
    return sha256(data).digest()


def _seed(text: str) -> bytes:
    return _hash(f"draw vectors: {text}".encode())


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _json(value: Any) -> str:
    """RFC 8785 of what has ASCII names, texts without control characters, and whole numbers."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# --------------------------------------------------------------------------- the pool


def _experts() -> list[dict[str, str]]:
    """Lines of people who do not exist, in the order of their leaves; two specialties."""
    lines = [
        {
            "number": f"ZJ-{number:04}",
            "name": f"示例专家{number}",
            "employer": "91440101MA5EXAMP0B" if number % 8 == 0 else "",
            "specialty": "A08" if number % 3 else "B01",
            "account": _hex(_seed(f"account {number}")[:20]),
            "box": _text(_seed(f"box {number}")),
            "salt": _text(_seed(f"salt {number}")),
        }
        for number in range(1, EXPERTS + 1)
    ]
    return sorted(lines, key=_leaf)


def _leaf(line: dict[str, str]) -> bytes:
    return _hash(b"\x00yinxin-expert-1\x00" + _json(line).encode())


def _pool(lines: list[dict[str, str]]) -> str:
    shown = [
        {"leaf": _text(_leaf(line)), **{name: line[name] for name in ("specialty", "account", "box")}} for line in lines
    ]
    return _json({"format": "yinxin-expert-pool-1", "experts": shown})


# --------------------------------------------------------------------------- signature and stream


def _public_key() -> bytes:
    """The key holders', compressed, 96 bytes."""
    padded = group_key()
    xy = b"".join(padded[at + 16 : at + 64] for at in range(0, len(padded), 64))
    return bytes(G2Point.from_xy_bytes_be(xy).to_compressed_bytes())


def _signed(tag: str, counter: int, subject: bytes) -> tuple[dict[str, Any], bytes]:
    """What key holders sign, their signature by any three of them, and the seed."""
    place = GENESIS + BOOK + TENDER.to_bytes(8, "big") + LOT.to_bytes(4, "big")
    message = _hash(tag.encode().ljust(32, b"\0") + place + counter.to_bytes(4, "big") + subject)
    found = {combined(partial_signatures(message, chosen)) for chosen in ((1, 2, 3), (1, 4, 5), (2, 3, 5))}
    if len(found) != 1:
        raise AssertionError("subsets of holders disagree")
    padded = found.pop()
    signature = bytes(G1Point.from_xy_bytes_be(padded[16:64] + padded[80:]).to_compressed_bytes())
    seed = _hash(b"yinxin-seed-1\0" + signature)
    told = {
        "counter": counter, "subject": _hex(subject), "message": _hex(message), "signature": _hex(signature),
        "seed": _hex(seed),
    }  # fmt: skip
    return told, seed


def _numbers(seed: bytes) -> Iterator[int]:
    block = 0
    while True:
        data = _hash(seed + block.to_bytes(8, "big"))
        yield from (int.from_bytes(data[at : at + 8], "big") for at in range(0, 32, 8))
        block += 1


def _below(numbers: Iterator[int], limit: int) -> int:
    most = 2**64 - 2**64 % limit
    return next(number for number in numbers if number < most) % limit


def _shuffled(numbers: Iterator[int], items: Sequence[int]) -> list[int]:
    found = list(items)
    for last in range(len(found) - 1, 0, -1):
        other = _below(numbers, last + 1)
        found[last], found[other] = found[other], found[last]
    return found


# --------------------------------------------------------------------------- what is drawn


def _draw(
    lines: list[dict[str, str]], counter: int, quotas: list[tuple[str, int]], excluded: list[int]
) -> dict[str, Any]:
    paper = _json(
        {
            "format": "yinxin-draw-1", "pool": _text(_hash(_pool(lines).encode())), "excluded": excluded,
            "quotas": [{"specialty": name, "seats": seats} for name, seats in quotas],
            "reasons": _text(_seed(f"reasons {counter}")),
        }
    )  # fmt: skip
    told, seed = _signed("yinxin-draw-v1", counter, _hash(paper.encode()))
    numbers, seats = _numbers(seed), list[int]()
    for name, count in quotas:
        free = [place for place, line in enumerate(lines) if line["specialty"] == name and place not in excluded]
        seats += _shuffled(numbers, free)[:count]
    return {"paper": paper, **told, "seats": seats}


def _tie(counter: int, places: list[int]) -> dict[str, Any]:
    paper = _json({"format": "yinxin-tie-1", "places": places})
    told, seed = _signed("yinxin-draw-v1", counter, _hash(paper.encode()))
    return {"paper": paper, **told, "order": _shuffled(_numbers(seed), places)}


def _float() -> dict[str, Any]:
    told, seed = _signed("yinxin-float-v1", 1, _seed("notice"))
    return {"floats": list(FLOATS), **told, "point": FLOATS[_below(_numbers(seed), len(FLOATS))]}


def _stream(seed: bytes) -> dict[str, Any]:
    """The stream by itself: for limits that throw many numbers away, too."""
    limits = [2, 3, 7, 2**63 + 1, 2**64 - 1, 5]
    numbers = _numbers(seed)
    return {
        "seed": _hex(seed),
        "numbers": [str(number) for number, _ in zip(_numbers(seed), range(8), strict=False)],
        "below": [{"limit": str(limit), "number": str(_below(numbers, limit))} for limit in limits],
    }


def build() -> dict[str, Any]:
    """All vectors."""
    lines = _experts()
    first = _draw(lines, 1, [("A08", 3), ("B01", 1)], [0, 5, 11])
    gone = first["seats"][1]
    kind = lines[gone]["specialty"]
    second = _draw(lines, 2, [(kind, 1)], sorted({0, 5, 11, *first["seats"]}))
    return {
        "genesis": _hex(GENESIS),
        "book": _hex(BOOK),
        "tender": TENDER,
        "lot": LOT,
        "keyHolders": HOLDER_COUNT,
        "threshold": THRESHOLD,
        "publicKey": _hex(_public_key()),
        "experts": lines,
        "leaves": [_hex(_leaf(line)) for line in lines],
        "pool": _pool(lines),
        "poolDigest": _hex(_hash(_pool(lines).encode())),
        "stream": _stream(_seed("stream")),
        "draw": first,
        "replaced": {"place": gone, **second},
        "tie": _tie(3, [2, 5, 9]),
        "float": _float(),
    }


if __name__ == "__main__":
    TARGET.write_text(json.dumps(build(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
