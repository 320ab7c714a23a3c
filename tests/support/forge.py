"""What forgers do: wrong keys, altered claims, second forms. Each function breaks exactly one thing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256 as _sha256
from typing import Any

from chain.credentials.bundle import read_bundle, write_bundle
from chain.credentials.credential import TYP
from chain.credentials.es256 import ORDER, P256Signer
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, unb64url


class Impostor:
    """Signs with its own key under another's name."""

    def __init__(self, own: P256Signer, victim: P256Signer) -> None:
        self._own = own
        self.thumbprint = victim.thumbprint
        self.public_key = victim.public_key

    def sign(self, digest: bytes) -> bytes:
        """By the own key."""
        return self._own.sign(digest)


def high_s(signature: bytes) -> bytes:
    """The other signature (r, n−s), which plain ECDSA accepts."""
    return signature[:32] + (ORDER - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")


def high_s_credential(text: str) -> str:
    """The credential with its signature's twin."""
    jwt, tilde, rest = text.partition("~")
    head, _, signature = jwt.rpartition(".")
    return f"{head}.{b64url(high_s(unb64url(signature)))}{tilde}{rest}"


def high_s_stamp(stamp: bytes) -> bytes:
    """The stamp with its signature's twin."""
    return stamp[:-64] + high_s(stamp[-64:])


def resigned(text: str, change: Callable[[dict[str, Any]], None], signer: P256Signer) -> str:
    """The credential with another payload, signed anew: what a bureau's own software could do wrongly."""
    jwt, tilde, rest = text.partition("~")
    payload = json.loads(unb64url(jwt.split(".")[1]))
    change(payload)
    header = {"alg": "ES256", "kid": b64url(signer.thumbprint), "typ": TYP}
    signed = f"{b64url(canonical(header))}.{b64url(canonical(payload))}"
    signature = signer.sign(_sha256(signed.encode("ascii")).digest())
    return f"{signed}.{b64url(signature)}{tilde}{rest}"


def disclosure(salt: str, name: str, value: Any) -> tuple[str, str]:
    """Text and digest of a disclosure with that salt."""
    text = b64url(canonical([salt, name, value]))
    return text, b64url(_sha256(text.encode("ascii")).digest())


def altered_disclosure(text: str, name: str, value: Any) -> str:
    """The credential with one disclosure's value replaced."""
    jwt, *disclosures, last = text.split("~")
    out = []
    for item in disclosures:
        salt, found, old = json.loads(unb64url(item))
        out.append(disclosure(salt, found, value if found == name else old)[0])
    return "~".join([jwt, *out, last])


def rebundled(data: bytes, **parts: Any) -> bytes:
    """The bundle with parts replaced."""
    return write_bundle(replace(read_bundle(data), **parts))


def replaced(data: bytes, **place: Any) -> bytes:
    """The bundle with parts of its place replaced."""
    bundle = read_bundle(data)
    return write_bundle(replace(bundle, place=replace(bundle.place, **place)))
