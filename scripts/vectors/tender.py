"""Writes tests/vectors/tender.json from other people's code, so that ours has something to be compared with.

BLS points and threshold signatures come from py-arkworks-bls12381, EIP-712 digests from eth_account, the rest from
hashlib over the fields in docs/formats/tender-digests.md. Run it only when that format changes:
``python -m scripts.vectors.tender``.
"""

from __future__ import annotations

import json
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_hash.auto import keccak
from py_arkworks_bls12381 import G1Point, G2Point, Scalar

from scripts.vectors.ledger import DOMAIN_TYPE

TARGET = Path(__file__).resolve().parents[2] / "tests" / "vectors" / "tender.json"
DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
ORDER = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
PRIME = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB

CHAIN_ID = 440100
GENESIS = sha256(b"tender vectors: genesis").digest()
BOOK, HOLDERS = b"\xb0" * 20, b"\xc0" * 20
THRESHOLD, HOLDER_COUNT = 3, 5
BIDDER_KEY, RECOVERY_KEY, CUSTODIAN_KEY = (sha256(f"tender vectors: {name}".encode()).digest() for name in "brc")

TYPES = {
    "Commitment": "uint64 tender,uint32 lot,address bidder,uint32 version,address recovery,uint64 notAfter,"
    "bytes32 kindDigest,bytes32 file1,uint64 size1,bytes32 form1,bytes32 file2,uint64 size2,bytes32 form2",
    "Custody": "bytes32 commitment",
    "Withdrawal": "uint64 tender,uint32 lot,address bidder,uint32 version,uint64 notAfter",
    "Move": "uint64 tender,uint32 lot,address bidder,address successor,uint32 version,uint64 notAfter",
}


def _hex(data: bytes) -> str:
    return "0x" + bytes(data).hex()


def _seed(text: str) -> bytes:
    return sha256(f"tender vectors: {text}".encode()).digest()


def _tag(text: str) -> bytes:
    return text.encode("ascii").ljust(32, b"\0")


def _scalar(value: int) -> Scalar:
    return Scalar.from_be_bytes((value % ORDER).to_bytes(32, "big"))


def _padded(xy: bytes) -> bytes:
    """EIP-2537 encoding of concatenated field elements of 48 bytes."""
    return b"".join(bytes(16) + xy[at : at + 48] for at in range(0, len(xy), 48))


# --------------------------------------------------------------------------- holders


def _shares() -> tuple[int, dict[int, int]]:
    """A group secret and its shares by holder, 1 to 5."""
    polynomial = [int.from_bytes(_seed(f"coefficient {power}"), "big") % ORDER for power in range(THRESHOLD)]
    return polynomial[0], {
        x: sum(c * pow(x, power, ORDER) for power, c in enumerate(polynomial)) % ORDER
        for x in range(1, HOLDER_COUNT + 1)
    }


def _combine(partials: dict[int, G1Point]) -> G1Point:
    """Lagrange interpolation at zero in the group."""
    total = G1Point.identity()
    for x, point in partials.items():
        factor = 1
        for other in partials:
            if other != x:
                factor = factor * other * pow(other - x, -1, ORDER) % ORDER
        total = total + point * _scalar(factor)
    return total


def _signed(message: bytes, shares: dict[int, int]) -> dict[str, str]:
    point = G1Point.hash_to_curve(message, DST)
    partials = {x: point * _scalar(share) for x, share in shares.items()}
    signatures = {
        _combine({x: partials[x] for x in chosen}).to_xy_bytes_be() for chosen in combinations(partials, THRESHOLD)
    }
    if len(signatures) != 1:
        raise AssertionError("subsets of holders disagree")
    signature = signatures.pop()
    few = _combine({x: partials[x] for x in (1, 2)})
    return {
        "message": _hex(message),
        "point": _hex(_padded(point.to_xy_bytes_be())),
        "signature": _hex(_padded(signature)),
        "compressed": _hex(G1Point.from_xy_bytes_be(signature).to_compressed_bytes()),
        "tooFew": _hex(_padded(few.to_xy_bytes_be())),
    }


def _outside_group() -> bytes:
    """x ‖ y of a point on the twist that is not in the subgroup of order r."""
    for start in range(2, 100):
        for sign in (0x80, 0xA0):
            data = bytearray(start.to_bytes(96, "big"))
            data[0] |= sign
            try:
                point = G2Point.from_compressed_bytes_unchecked(bytes(data))
            except ValueError:
                continue
            if not point.is_in_subgroup():
                return bytes(point.to_xy_bytes_be())
    raise AssertionError("no such point")


def group_key() -> bytes:
    """The holders' public key, G2 in the encoding of EIP-2537, 256 bytes."""
    return _padded((G2Point() * _scalar(_shares()[0])).to_xy_bytes_be())


def partial_signatures(message: bytes, holders: tuple[int, ...]) -> dict[int, G1Point]:
    """What these holders sign of a message of 32 bytes, by holder."""
    shares, point = _shares()[1], G1Point.hash_to_curve(message, DST)
    return {x: point * _scalar(shares[x]) for x in holders}


def threshold_signature(partials: dict[int, G1Point]) -> bytes:
    """Combined, G1 in the encoding of EIP-2537, 128 bytes; right if the holders are three or more."""
    return _padded(_combine(partials).to_xy_bytes_be())


# --------------------------------------------------------------------------- messages


def _messages(shares: dict[int, int]) -> list[dict[str, Any]]:
    tender, lot, envelope, version, count = 7, 2, 1, 3, 5
    bidder = bytes.fromhex(Account.from_key(BIDDER_KEY).address[2:])
    digest = _seed("live set")
    place = tender.to_bytes(8, "big") + lot.to_bytes(4, "big")
    bid = _tag("yinxin-bid-v1") + GENESIS + BOOK + place + bytes([envelope]) + bidder + version.to_bytes(4, "big")
    live = _tag("yinxin-live-set-v1") + GENESIS + BOOK + place + bytes([envelope]) + count.to_bytes(4, "big") + digest
    roll = _tag("yinxin-roll-call-v1") + GENESIS + HOLDERS + tender.to_bytes(8, "big") + version.to_bytes(4, "big")
    fields = {"tender": tender, "lot": lot, "envelope": envelope}
    return [
        {"kind": "bid", **fields, "bidder": _hex(bidder), "version": version, **_signed(sha256(bid).digest(), shares)},
        {"kind": "live set", **fields, "count": count, "digest": _hex(digest),
         **_signed(sha256(live).digest(), shares)},
        {"kind": "roll call", "ceremony": tender, "counter": version, **_signed(sha256(roll).digest(), shares)},
    ]  # fmt: skip


def _live_set() -> dict[str, Any]:
    hashes = [_seed(f"commitment {i}") for i in range(4)]
    digest = bytes(32)
    for commitment in hashes:
        digest = sha256(digest + commitment).digest()
    return {"commitments": [_hex(value) for value in hashes], "digest": _hex(digest)}


def _kind() -> dict[str, Any]:
    bidder, custodian, salt = b"\x01" * 20, b"\x02" * 20, _seed("salt")
    data = _tag("yinxin-kind-v1") + BOOK + (7).to_bytes(8, "big") + (2).to_bytes(4, "big") + bidder + b"\2"
    return {
        "tender": 7, "lot": 2, "bidder": _hex(bidder), "kind": 2, "custodian": _hex(custodian), "salt": _hex(salt),
        "digest": _hex(sha256(data + custodian + salt).digest()),
    }  # fmt: skip


def _typed() -> list[dict[str, Any]]:
    bidder, recovery = Account.from_key(BIDDER_KEY).address, Account.from_key(RECOVERY_KEY).address
    commitment = {
        "tender": 7, "lot": 2, "bidder": bidder, "version": 1, "recovery": recovery, "notAfter": 1_800_000_000,
        "kindDigest": _seed("kind"), "file1": _seed("file1"), "size1": 4096, "form1": _seed("form1"),
        "file2": _seed("file2"), "size2": 2048, "form2": _seed("form2"),
    }  # fmt: skip
    first = _typed_one("Commitment", commitment, BIDDER_KEY)
    fields = {"tender": 7, "lot": 2, "bidder": bidder, "version": 2, "notAfter": 1_800_000_000}
    return [
        first,
        _typed_one("Custody", {"commitment": bytes.fromhex(first["structHash"][2:])}, CUSTODIAN_KEY),
        _typed_one("Withdrawal", fields, RECOVERY_KEY),
        _typed_one("Move", {**fields, "successor": recovery}, RECOVERY_KEY),
    ]


def _typed_one(primary: str, message: dict[str, Any], key: bytes) -> dict[str, Any]:
    members = [dict(zip(("type", "name"), part.split(" "), strict=True)) for part in TYPES[primary].split(",")]
    domain = {
        "name": "Yinxin TenderBook", "version": "1", "chainId": CHAIN_ID, "verifyingContract": _hex(BOOK),
    }  # fmt: skip
    signable = encode_typed_data(
        full_message={
            "types": {"EIP712Domain": DOMAIN_TYPE, primary: members},
            "primaryType": primary,
            "domain": domain,
            "message": message,
        }
    )
    signed = Account.sign_message(signable, key)
    return {
        "type": primary,
        "message": {name: _hex(value) if isinstance(value, bytes) else value for name, value in message.items()},
        "separator": _hex(signable.header),
        "structHash": _hex(signable.body),
        "digest": _hex(keccak(b"\x19\x01" + signable.header + signable.body)),
        "signer": Account.from_key(key).address.lower(),
        "signature": _hex(signed.signature),
    }


def build() -> dict[str, Any]:
    """All vectors."""
    secret, shares = _shares()
    public = G2Point() * _scalar(secret)
    outside = _outside_group()
    reduced = int.from_bytes(public.to_xy_bytes_be()[:48], "big") + PRIME
    return {
        "chainId": CHAIN_ID,
        "genesis": _hex(GENESIS),
        "book": _hex(BOOK),
        "keyHolders": _hex(HOLDERS),
        "threshold": THRESHOLD,
        "shares": {str(x): _hex(share.to_bytes(32, "big")) for x, share in shares.items()},
        "publicKey": _hex(_padded(public.to_xy_bytes_be())),
        "publicKeyCompressed": _hex(public.to_compressed_bytes()),
        "outsideGroup": _hex(_padded(outside)),
        "notReduced": _hex(reduced.to_bytes(64, "big") + _padded(public.to_xy_bytes_be())[64:]),
        "messages": _messages(shares),
        "liveSet": _live_set(),
        "kindDigest": _kind(),
        "typed": _typed(),
    }


if __name__ == "__main__":
    TARGET.write_text(json.dumps(build(), indent=1) + "\n", encoding="utf-8")
