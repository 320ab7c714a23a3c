"""Rooms of the browser, made here: content of nobody's, and the box that it lies in."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.kernel.tender_facts import NO_FILE, Commitment, SealedFile
from chain.keys.signatures import address_of
from chain.sealing import Figure, Form, Manifest
from chain.tenders.bidding import BidPlace
from chain.tenders.bidding.acts import Submission, sign_commitment
from chain.tenders.custody.wire import commitment_json
from chain.tenders.digests import kind_digest
from chain.tenders.typed import BookDomain

CHAIN_ID, WORD = 1337, "long enough, and nobody's"
FRESH, RECOVERY = sha256(b"fresh key of a room"), sha256(b"recovery key of a room")
PLACE = BidPlace(sha256(b"genesis"), sha256(b"book")[:20], 7, 2, address_of(FRESH), address_of(RECOVERY))
SALT, K2 = sha256(b"salt of a kind"), sha256(b"k2")[:16]
NAME = f"{hex0x(PLACE.genesis)}/{hex0x(PLACE.book)}/7/2"


def version(number: int, *, whole: bool = True, signed: bool = True, price: str = "2980000.00") -> dict[str, Any]:
    """A version as the room keeps it."""
    identity = PLACE.identity(1, number)
    figures = (Figure("price", price, sha256(b"salt of a figure")),)
    manifest = Manifest(identity, {}, Form(figures), ())
    file = SealedFile(sha256(b"file %d" % number), 1000 + number, manifest.form.root(identity.digest()))
    act = None
    if signed and whole:
        kind = kind_digest(PLACE.book, PLACE.tender, PLACE.lot, PLACE.bidder, SALT)
        commitment = Commitment(
            PLACE.tender, PLACE.lot, PLACE.bidder, number, PLACE.recovery, 1_790_000_000, kind, file, NO_FILE
        )
        made = sign_commitment(BookDomain(CHAIN_ID, PLACE.book), commitment, FRESH).act
        assert isinstance(made, Submission)
        act = {"commitment": commitment_json(commitment), "signature": hex0x(made.signature), "custody": None}
    secrets = {name: b64url(K2) for name in ("fileKey", "nonce", "k2", "sigma")}
    envelope = {
        "number": 1, "name": "bid.age", "manifest": b64url(manifest.to_bytes()), "secrets": secrets,
        "root": hex0x(file.form), "digest": hex0x(file.digest) if whole else None, "size": file.size if whole else 0,
    }  # fmt: skip
    return {
        "version": number, "notice": hex0x(sha256(b"notice")), "salt": b64url(SALT), "envelopes": [envelope],
        "act": act, "block": 17 if act else None,
    }  # fmt: skip


def content(**changes: Any) -> dict[str, Any]:
    """A room with one version that was accepted, and one that was not sealed to its end."""
    return {
        "format": "yinxin-bid-room-1", "place": PLACE.as_dict(), "fresh": b64url(FRESH), "recovery": b64url(RECOVERY),
        "statement": None, "forms": {"1": {"price": "2980000.00"}}, "certificates": [], "guarantee": None,
        "version": version(2, whole=False), "past": [version(1)],
    } | changes  # fmt: skip


def box(value: dict[str, Any], name: str = NAME) -> bytes:
    """The box; salt and nonce are digests, so that a vector stays what it is."""
    salt, nonce = sha256(b"salt of a box")[:16], sha256(b"nonce of a box")[:12]
    key = PBKDF2HMAC(SHA256(), 32, salt, 600_000).derive(WORD.encode())
    sealed = AESGCM(key).encrypt(nonce, canonical(value), f"yinxin-bid-box-1 {name}".encode())
    parts = {"nonce": b64url(nonce), "salt": b64url(salt), "sealed": b64url(sealed)}
    return canonical({"format": "yinxin-bid-box-1", "name": name, **parts})
