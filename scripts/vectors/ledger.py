"""Writes tests/vectors/ledger.json from other people's code, so that ours has something to be compared with.

EIP-712 digests come from eth_account.messages.encode_typed_data, heads from eth_abi, thumbprints from hashlib over
keys of the ``cryptography`` package. Run it only when a format changes: ``python -m scripts.vectors.ledger``.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from eth_abi.abi import encode
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_hash.auto import keccak

TARGET = Path(__file__).resolve().parents[2] / "tests" / "vectors" / "ledger.json"
CHAIN_ID = 440100
CONTRACT = "0x" + "c0" * 20
PRIVATE_KEY = hashlib.sha256(b"yinxin ledger vectors").digest()
MARKET, HEALTH = "11440100000000001F", "11440100000000002J"
LICENCE = "11100000MB0143028R001"

DOMAIN_TYPE = [
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
]
ANCHOR_TYPE = [
    {"name": "bureau", "type": "bytes18"},
    {"name": "lane", "type": "bytes32"},
    {"name": "sequence", "type": "uint64"},
    {"name": "root", "type": "bytes32"},
    {"name": "size", "type": "uint32"},
    {"name": "manifestDigest", "type": "bytes32"},
]
STATUS_TYPE = [
    {"name": "bureau", "type": "bytes18"},
    {"name": "list", "type": "bytes32"},
    {"name": "previousHead", "type": "bytes32"},
    {"name": "digest", "type": "bytes32"},
    {"name": "actor", "type": "bytes18"},
]


def _word(text: str) -> bytes:
    return text.encode("ascii").ljust(32, b"\0")


def _hex(data: bytes) -> str:
    return "0x" + bytes(data).hex()


def _seed(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _signed(primary: str, members: list[dict[str, str]], message: dict[str, Any]) -> dict[str, str]:
    signable = encode_typed_data(
        full_message={
            "types": {"EIP712Domain": DOMAIN_TYPE, primary: members},
            "primaryType": primary,
            "domain": {
                "name": "Yinxin AnchorLog",
                "version": "1",
                "chainId": CHAIN_ID,
                "verifyingContract": CONTRACT,
            },
            "message": message,
        }
    )
    signed = Account.sign_message(signable, PRIVATE_KEY)
    return {
        "separator": _hex(signable.header),
        "structHash": _hex(signable.body),
        "digest": _hex(signed.message_hash),
        "signature": _hex(signed.signature),
    }


def _anchors() -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    head = bytes(32)
    cases = [
        (MARKET, LICENCE, 1, _seed("root 1"), 1, _seed("manifest 1"), 1767225600),
        (MARKET, LICENCE, 2, _seed("root 2"), 10_000, _seed("manifest 2"), 1767225601),
        (MARKET, LICENCE, 2**64 - 1, b"\xff" * 32, 2**32 - 1, b"\xff" * 32, 2**64 - 1),
        (HEALTH, "$events", 1, b"\0" * 31 + b"\1", 3, bytes(32), 1),
        (HEALTH, "!" + "~" * 31, 7, _seed("root 5"), 512, _seed("manifest 5"), 1893456000),
    ]
    for bureau, lane, sequence, root, size, manifest, time in cases:
        values = [bureau.encode(), _word(lane), sequence, root, size, manifest]
        types = [member["type"] for member in ANCHOR_TYPE]
        message = dict(zip([member["name"] for member in ANCHOR_TYPE], values, strict=True))
        previous, head = head, keccak(encode(["bytes32", *types, "uint64"], [head, *values, time]))
        out.append(
            {
                "bureau": bureau,
                "lane": lane,
                "sequence": str(sequence),
                "root": _hex(root),
                "size": size,
                "manifestDigest": _hex(manifest),
                **_signed("Anchor", ANCHOR_TYPE, message),
                "previousHead": _hex(previous),
                "time": str(time),
                "head": _hex(head),
            }
        )
    return out


def _statuses() -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    head = bytes(32)
    cases = [
        (MARKET, "list-1", _seed("token 1"), MARKET, 1767225600),
        (MARKET, "list-1", _seed("token 2"), HEALTH, 1767225660),
        (MARKET, "list-1", _seed("token 3"), None, 1767225720),
        (HEALTH, "2026/a", b"\xff" * 32, HEALTH, 2**64 - 1),
    ]
    for bureau, name, digest, actor, time in cases:
        values = [bureau.encode(), _word(name), head, digest, actor.encode() if actor else bytes(18)]
        message = dict(zip([member["name"] for member in STATUS_TYPE], values, strict=True))
        previous = head
        head = keccak(
            encode(
                ["bytes32", "bytes18", "bytes32", "bytes32", "uint64"],
                [previous, bureau.encode(), _word(name), digest, time],
            )
        )
        out.append(
            {
                "bureau": bureau,
                "list": name,
                "previousHead": _hex(previous),
                "listDigest": _hex(digest),
                "actor": actor or "",
                **_signed("Status", STATUS_TYPE, message),
                "time": str(time),
                "head": _hex(head),
            }
        )
    return out


def _b64url(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def _p256_keys() -> list[dict[str, str]]:
    out = []
    for secret in (1, 2, 3, 2**255, int.from_bytes(_seed("p256"), "big") >> 1):
        key = ec.derive_private_key(secret, ec.SECP256R1()).public_key()
        numbers = key.public_numbers()
        jwk = f'{{"crv":"P-256","kty":"EC","x":"{_b64url(numbers.x)}","y":"{_b64url(numbers.y)}"}}'
        out.append(
            {
                "publicKey": _hex(key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)),
                "thumbprint": _hex(hashlib.sha256(jwk.encode()).digest()),
            }
        )
    return out


def main() -> None:
    """Write the file."""
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    vectors = {
        "format": "yinxin-ledger-vectors-1",
        "chainId": CHAIN_ID,
        "contract": CONTRACT,
        "privateKey": _hex(PRIVATE_KEY),
        "address": Account.from_key(PRIVATE_KEY).address.lower(),
        "anchors": _anchors(),
        "statuses": _statuses(),
        "names": [{"text": text, "word": _hex(_word(text))} for text in (LICENCE, "$", "$events", "~" * 32, "a")],
        "badNames": [
            _hex(word)
            for word in (
                bytes(32),
                b"a b".ljust(32, b"\0"),
                b"a\0b".ljust(32, b"\0"),
                b"\0a".ljust(32, b"\0"),
                "ä".encode().ljust(32, b"\0"),
                b"a\x7f".ljust(32, b"\0"),
                b"a".ljust(31, b"\0") + b"a",
                b"a\n".ljust(32, b"\0"),
            )
        ],
        "creditCodes": [MARKET, HEALTH, "11440100000000003M"],
        "badCreditCodes": ["11440100000000001G", "1144010000000000IF", "11440100000000001f", "000000000000000001"],
        "p256Keys": _p256_keys(),
        "badP256Keys": [
            "0x",
            "0x02" + "00" * 31 + "01",
            "0x04" + "00" * 31 + "05",
            _hex(b"\x02" + (5 + prime).to_bytes(32, "big")),
            "0x02" + "ff" * 32,
        ],
    }
    TARGET.write_text(json.dumps(vectors, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
