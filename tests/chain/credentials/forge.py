"""Builds credentials, stamps and tokens that break one rule each, correctly signed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

import cbor2

from chain.credentials.es256 import ORDER
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, unb64url
from tests.chain.credentials.samples import credential, signer, stamp

Json = dict[str, Any]


def jws(header: bytes, payload: bytes, *, signature: Callable[[bytes], bytes] | None = None) -> str:
    """A compact JWS over any header and payload bytes."""
    signed = f"{b64url(header)}.{b64url(payload)}"
    digest = sha256(signed.encode()).digest()
    return f"{signed}.{b64url((signature or signer().sign)(digest))}"


def high_s(signature: bytes) -> bytes:
    """The twin with s above n/2."""
    return signature[:32] + (ORDER - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")


def header(**changes: Any) -> bytes:
    """The credential's protected header with changes; None removes a parameter."""
    value = {"alg": "ES256", "kid": b64url(signer().thumbprint), "typ": "dc+sd-jwt", **changes}
    return canonical({key: item for key, item in value.items() if item is not None})


def payload() -> Json:
    """A fresh copy of the sample credential's payload."""
    encoded = credential().jwt.split(".")[1]
    value: Json = json.loads(unb64url(encoded))
    return value


def disclosure(row: Any, *, raw: bytes | None = None) -> str:
    """A disclosure of any JSON value, or of any bytes."""
    return b64url(canonical(row) if raw is None else raw)


def digest_of(text: str) -> str:
    """What ``_sd`` lists for that disclosure."""
    return b64url(sha256(text.encode()).digest())


def credential_with(disclosures: Iterable[str], claims: Json | None = None, head: bytes | None = None) -> str:
    """The sample credential signed anew so that it lists exactly these disclosures, in the order given."""
    texts = list(disclosures)
    value = payload() if claims is None else claims
    value["_sd"] = sorted({digest_of(text) for text in texts})
    return "~".join([jws(head or header(), canonical(value)), *texts, ""])


def signed_with(claims: bytes | Json, head: bytes | None = None) -> str:
    """A credential without disclosures over any payload."""
    data = claims if isinstance(claims, bytes) else canonical(claims)
    return jws(head or header(), data) + "~"


# --------------------------------------------------------------------------- stamps


def stamp_parts() -> list[Any]:
    """Protected header, unprotected header, payload and signature of the sample stamp."""
    parts: list[Any] = cbor2.loads(stamp()).value
    return parts


def sign_stamp(protected: bytes, body: bytes, *, unprotected: bytes = b"\xa0", tag: bytes = b"\xd2") -> bytes:
    """A COSE_Sign1 over any bytes."""
    to_be_signed = cbor2.dumps(["Signature1", protected, b"", body])
    signature = signer().sign(sha256(to_be_signed).digest())
    return tag + b"\x84" + cbor2.dumps(protected) + unprotected + cbor2.dumps(body) + cbor2.dumps(signature)
