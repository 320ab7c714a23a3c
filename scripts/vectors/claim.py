"""Writes the golden vectors of claims: tests/vectors/claims.json.

ECDSA draws a fresh nonce for each signature, so running this changes the two signatures. Run it only when a format
changes: ``python -m scripts.vectors.claim``. The device's private key is a small number that stands in the file.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from chain.claims import (
    PROFILE,
    Binding,
    BindingParts,
    Claim,
    binding_leaf,
    binding_tag,
    end_tag,
    grouped,
    key_of_code,
    make_unbind,
    salt_of,
)
from chain.claims.codes import ALPHABET, DATA, read_code
from chain.credentials.es256 import SoftwareSigner
from chain.kernel.encoding import b64url, sha256
from chain.kernel.errors import InvalidInput
from chain.merkle import Tree

ROOT = Path(__file__).resolve().parents[2]
BUREAU = "11440100000000001F"
IDENTIFIER = "1.2.156.3005.2.11100000MB0143028R001.11440100000000001F.4401002026000001.001.7"
NUMBER = 0x5A17


def code_of(text: str) -> str:
    """The code with these data characters."""
    for last in ALPHABET:
        with suppress(InvalidInput):
            return read_code(text + last)
    raise AssertionError(text)


def build() -> dict[str, Any]:
    """All of it."""
    device = SoftwareSigner(ec.derive_private_key(NUMBER, ec.SECP256R1()))
    code = code_of("7K3Q9ZT0WXB52MHD4CV"[:DATA])
    key = key_of_code(code, BUREAU, IDENTIFIER)
    claim = Claim(BUREAU, IDENTIFIER, PROFILE, device.public_key, sha256(b"nonce")[:16], 1_790_000_000)
    claim = replace(claim, mac=claim.mac_under(key))
    claim = replace(claim, signature=device.sign(claim.signed_digest))
    secret, jwt, record = sha256(b"secret of the tags"), sha256(b"an issuer-signed JWT"), sha256(b"a record")
    binding = Binding(
        bureau=BUREAU,
        certificate=jwt,
        key=device.public_key,
        n=2,
        previous=sha256(b"the binding before"),
        claim=claim.digest,
        time=1_790_000_100,
        tag=binding_tag(secret, 2),
        end=end_tag(secret, 2),
    )
    parts = [BindingParts(tag, binding.digest, record) for tag in (binding.tag, end_tag(secret, 1))]
    leaves = [binding_leaf(part) for part in parts]
    unbind = make_unbind(binding, device, 1_790_000_200)
    return {
        "devicePrivateKey": NUMBER,
        "code": {
            "printed": grouped(code),
            "form": code,
            "typed": [code.lower(), f" {grouped(code)} ", grouped(code).replace("0", "O").replace("1", "l")],
            "refused": [code[:-1], code + "0", code[:-1] + ALPHABET[ALPHABET.index(code[-1]) - 1], "U" + code[1:]],
        },
        "kdf": {
            "profile": PROFILE,
            "bureau": BUREAU,
            "identifier": IDENTIFIER,
            "salt": b64url(salt_of(BUREAU, IDENTIFIER)),
            "key": b64url(key),
        },
        "claim": {"text": claim.to_bytes().decode(), "signedDigest": b64url(claim.signed_digest)},
        "binding": {
            "secret": b64url(secret),
            "text": binding.to_bytes().decode(),
            "digest": b64url(binding.digest),
            "endOfFirst": b64url(end_tag(secret, 1)),
            "record": b64url(record),
            "leaves": [b64url(leaf) for leaf in leaves],
            "root": b64url(Tree(leaves).root),
        },
        "unbind": {"text": unbind.to_bytes().decode(), "signedDigest": b64url(unbind.signed_digest)},
    }


def main() -> None:
    """Write the file."""
    text = json.dumps(build(), indent=1, ensure_ascii=False) + "\n"
    (ROOT / "tests" / "vectors" / "claims.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
