"""Writes the golden vectors of organisation statements and mandates: tests/vectors/bidding.json.

ECDSA draws a fresh nonce for each signature, so running this changes the signatures. Run it only when a format changes:
``python -m scripts.vectors.bidding``. The private keys are small numbers that stand in the file.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from chain.claims import Binding, binding_tag, end_tag
from chain.credentials.credential import CredentialContent, issue_credential, parse_credential
from chain.credentials.es256 import SoftwareSigner
from chain.identifiers import mint
from chain.identifiers.uscc import make
from chain.kernel.encoding import b64url, sha256
from chain.tenders.bidding import BidPlace, Mandate, Party, Statement, alone, together

ROOT = Path(__file__).resolve().parents[2]
BUREAU, LICENCE = "11440100000000001F", "11100000MB0143028R001"
SHOWN = ("certificateHolderName", "certificateHolderCode")
PLACE = BidPlace(sha256(b"genesis"), sha256(b"book")[:20], 7, 2, sha256(b"bidder")[:20], sha256(b"recovery")[:20])


def key(number: int) -> SoftwareSigner:
    """The key with that number."""
    return SoftwareSigner(ec.derive_private_key(number, ec.SECP256R1()))


def party(number: int, name: str) -> Party:
    """A company whose device has the key ``0xB1D0 + number``."""
    code = make("91", "440100", f"{number:08d}")
    content = CredentialContent(
        BUREAU, LICENCE, mint(LICENCE, BUREAU, f"44010020260{number:05d}").text, 1_790_000_000, 1_890_000_000,
        "licences-2026", number, {"certificateHolderName": name, "certificateHolderCode": code},
    )  # fmt: skip
    issued = issue_credential(content, key(0x5A18))
    secret = sha256(code.encode())
    binding = Binding(
        BUREAU, issued.jwt_digest, key(0xB1D0 + number).public_key, 1, None, sha256(b"claim"), 1_790_000_100,
        binding_tag(secret, 1), end_tag(secret, 1),
    )  # fmt: skip
    return Party("bidder", code, parse_credential(issued.text).present(SHOWN), binding.to_bytes())


def shown(statement: Statement) -> dict[str, str]:
    """A statement as the file has it."""
    return {"text": statement.to_bytes().decode(), "signedDigest": b64url(statement.signed_digest)}


def build() -> dict[str, Any]:
    """All of it."""
    first, second = party(1, "示例甲贸易有限公司"), party(2, "示例乙工程有限公司")
    mandate = Mandate(
        PLACE.genesis, PLACE.book, PLACE.tender, first.code, first.bound.digest, "李示例", key(0xA6E7).public_key,
        ("bid", "clarify"), 1_790_000_000, 1_800_000_000,
    ).signed(key(0xB1D1))  # fmt: skip
    agreement = sha256("联合体协议".encode())
    both = together(PLACE, agreement, [first, second]).signed(0, key(0xB1D1)).signed(1, key(0xB1D2))
    return {
        "devicePrivateKeys": [0xB1D1, 0xB1D2],
        "agentPrivateKey": 0xA6E7,
        "mandate": {
            "text": mandate.to_bytes().decode(),
            "signedDigest": b64url(mandate.signed_digest),
            "digest": b64url(mandate.digest),
        },
        "alone": shown(alone(PLACE, first).signed(0, key(0xB1D1))),
        "byAgent": shown(alone(PLACE, replace(first, mandate=mandate)).signed(0, key(0xA6E7))),
        "together": shown(both),
    }


def main() -> None:
    """Write the file."""
    text = json.dumps(build(), indent=1, ensure_ascii=False) + "\n"
    (ROOT / "tests" / "vectors" / "bidding.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
