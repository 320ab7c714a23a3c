"""Writes tests/vectors/sealing.json: lock 1's primitive, boxes, messages, a ceremony, a form, a whole sealed bid.

python -m scripts.vectors.sealing
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from chain.kernel.encoding import sha256
from chain.sealing import (
    Bid,
    BidIdentity,
    Draw,
    FloatPoint,
    Form,
    LiveSet,
    Recipients,
    RollCall,
    Scope,
    Source,
    combine,
    curve,
    ibe,
    padded_size,
    seal_bid,
)
from chain.sealing.box import make_box
from chain.sealing.ceremony import Member, Roster, Transcript, judge, make_confirmation, make_deal, take_share

FILE = Path(__file__).resolve().parents[2] / "tests" / "vectors" / "sealing.json"
GENESIS, BOOK = sha256(b"vectors: genesis"), sha256(b"vectors: book")[:20]
BIDDER = sha256(b"vectors: bidder")[:20]
IDENTITY = BidIdentity(GENESIS, BOOK, 7, 1, 2, BIDDER, 3)
NAMES = [f"key holder {number}" for number in range(1, 6)]


def private(name: str) -> bytes:
    """An X25519 private key of nobody."""
    return sha256(b"vectors: " + name.encode())


def public(name: str) -> bytes:
    """Its public part."""
    return X25519PrivateKey.from_private_bytes(private(name)).public_key().public_bytes_raw()


@contextmanager
def known_random() -> Iterator[list[bytes]]:
    """The system's random bytes exchanged for known ones; what was drawn, in order."""
    drawn: list[bytes] = []

    def draw(count: int) -> bytes:
        drawn.append(hashlib.shake_256(b"vectors: random %d" % len(drawn)).digest(count))
        return drawn[-1]

    with mock.patch.object(os, "urandom", draw):
        yield drawn


def primitives() -> dict[str, Any]:
    """Points, pairing, lock 1, boxes."""
    secret = curve.scalar(int.from_bytes(sha256(b"vectors: secret"), "big") % curve.ORDER)
    key = curve.GENERATOR * secret
    cases = []
    for message in (IDENTITY.digest(), sha256(b"another"), b""):
        with known_random() as drawn:
            locked = ibe.lock(key, message, bytes(range(16)))
        signature = curve.hash_to_g1(message) * secret
        cases.append(
            {
                "identity": message.hex(),
                "point": curve.hash_to_g1(message).to_compressed_bytes().hex(),
                "signature": signature.to_compressed_bytes().hex(),
                "message": bytes(range(16)).hex(),
                "sigma": drawn[0].hex(),
                "u": locked.u.hex(),
                "v": locked.v.hex(),
                "w": locked.w.hex(),
            }
        )
    label, context = b"label", sha256(b"context")
    return {
        "lockOne": {"secret": curve.write_scalar(secret).hex(), "key": key.to_compressed_bytes().hex(), "cases": cases},
        "pairing": {
            "left": cases[0]["point"],
            "right": key.to_compressed_bytes().hex(),
            "bytes": curve.pairing_bytes(curve.hash_to_g1(IDENTITY.digest()), key).hex(),
        },
        "notPoints": {
            "g1": [(b"\xc0" + bytes(47)).hex(), "ff" * 48, "00" * 48, (b"\x80" + bytes(46) + b"\2").hex()],
            "g2": [(b"\xc0" + bytes(95)).hex(), "ff" * 96, "00" * 96, (b"\x80" + bytes(94) + b"\2").hex()],
        },
        "boxes": [
            {
                "label": label.hex(),
                "context": context.hex(),
                "private": private(name).hex(),
                "public": public(name).hex(),
                "content": content.hex(),
                "box": make_box(content, public(name), label, context).hex(),
            }
            for name, content in (("officer", bytes(range(16))), ("supervisor", bytes(range(32))))
        ],
        "padding": [[size, padded_size(size)] for size in (0, 1, 65_536, 65_537, 10**5, 10**6, 10**9, 2**40 + 1)],
    }


def messages() -> list[dict[str, Any]]:
    """What key holders sign."""
    place = {"genesis": GENESIS.hex(), "book": BOOK.hex(), "tender": 7}
    live = sha256(b"vectors: live set")
    subject = sha256(b"vectors: subject")
    drawn = [
        {
            "kind": kind.__name__, **place, "lot": 0, "counter": 5, "subject": subject.hex(),
            "digest": kind(GENESIS, BOOK, 7, 0, 5, subject).digest().hex(),
        }
        for kind in (Draw, FloatPoint)
    ]  # fmt: skip
    registry = sha256(b"vectors: registry")[:20]
    roll_call = RollCall(GENESIS, BOOK, 7, registry, 4, 2)
    live_set = LiveSet(GENESIS, BOOK, 7, 1, 2, 9, live)
    return [
        {
            "kind": "BidIdentity", **place, "lot": 1, "envelope": 2, "bidder": BIDDER.hex(), "version": 3,
            "digest": IDENTITY.digest().hex(),
        },
        {
            "kind": "LiveSet", **place, "lot": 1, "envelope": 2, "count": 9, "live": live.hex(),
            "digest": live_set.digest().hex(),
        },
        {
            "kind": "RollCall", **place, "registry": registry.hex(), "ceremony": 4, "counter": 2,
            "digest": roll_call.digest().hex(),
        },
        *drawn,
    ]  # fmt: skip


def ceremony() -> tuple[dict[str, Any], bytes, bytes]:
    """A ceremony; the opening key, and its signature over the bid's identity."""
    members = tuple(Member(sha256(name.encode())[:20], public(name)) for name in NAMES)
    roster = Roster(Scope(GENESIS, BOOK, "tender", 7), 3, members)
    seeds = [sha256(b"seed of " + name.encode()) for name in NAMES]
    deals = {number: make_deal(roster, number, seed).to_bytes() for number, seed in enumerate(seeds, 1)}
    judgement = judge(roster, Transcript(deals))
    shares = {number: take_share(judgement, number, private(NAMES[number - 1])) for number in judgement.qualified}
    partials = {number: share.sign(IDENTITY) for number, share in shares.items()}
    signature = combine(judgement.opening_key, IDENTITY.digest(), partials).signature
    out = {
        "roster": roster.to_bytes().decode(),
        "ceremony": roster.digest().hex(),
        "privateKeys": [private(name).hex() for name in NAMES],
        "seeds": [seed.hex() for seed in seeds],
        "deals": [data.decode() for data in deals.values()],
        "key": judgement.opening_key.key.hex(),
        "transcript": judgement.transcript.hex(),
        "shares": [
            {
                "keyHolder": number,
                "secret": share.secret.hex(),
                "public": share.public.hex(),
                "partial": partials[number].hex(),
                "confirmation": make_confirmation(judgement, share).to_bytes().decode(),
            }
            for number, share in shares.items()
        ],
        "digest": IDENTITY.digest().hex(),
        "signature": signature.hex(),
    }
    return out, judgement.opening_key.key, signature


def sealed(opening_key: bytes, signature: bytes) -> dict[str, Any]:
    """A whole sealed bid with all that is random in it."""
    recipients = Recipients(public("officer"), public("supervisor"))
    with known_random() as salts:
        form = Form.of({"price": "1234567.00", "period.days": "180", "工期承诺": "按招标文件"})
    documents = {"技术标.pdf": b"technical " * 30, "empty.txt": b""}
    with tempfile.TemporaryDirectory() as folder:
        sources = []
        for number, (name, content) in enumerate(documents.items()):
            path = Path(folder) / str(number)
            path.write_bytes(content)
            sources.append(Source(name, "application/octet-stream", path))
        bid = Bid(IDENTITY, form, sources, {"statement": "…"}, ("presentation~",), None)
        target = Path(folder) / "bid.age"
        with known_random() as drawn:
            out = seal_bid(bid, opening_key, recipients, target)
        file = target.read_bytes()
    digest = IDENTITY.digest()
    return {
        "identity": IDENTITY.as_dict(),
        "openingKey": opening_key.hex(),
        "officer": {"private": private("officer").hex(), "public": recipients.officer.hex()},
        "supervisor": {"private": private("supervisor").hex(), "public": recipients.supervisor.hex()},
        "random": {
            "fileKey": drawn[0][:16].hex(),
            "nonce": drawn[0][16:].hex(),
            "k2": drawn[1].hex(),
            "sigma": drawn[2].hex(),
            "salts": [salt.hex() for salt in salts],
        },
        "documents": [{"name": name, "content": content.hex()} for name, content in documents.items()],
        "manifest": out.manifest.to_bytes().decode(),
        "leaves": [figure.leaf(digest).hex() for figure in form.figures],
        "formRoot": out.form_root.hex(),
        "disclosure": form.disclose(digest, ["price"])[0].as_dict(),
        "signature": signature.hex(),
        "size": out.size,
        "digest": out.digest.hex(),
        "file": base64.b64encode(file).decode(),
    }


def vectors() -> dict[str, Any]:
    """The file's content."""
    made, opening_key, signature = ceremony()
    bid = sealed(opening_key, signature)
    return {
        **primitives(),
        "messages": messages(),
        "ceremony": made,
        "bid": bid,
        "faults": faults(base64.b64decode(bid["file"])),
    }


def faults(file: bytes) -> list[dict[str, Any]]:
    """One byte of the bid's file exchanged, the new digest committed to: what a reader must call it."""
    body, mac = file.index(b"\n", 22) + 1, file.index(b"\n---") + 5
    places = [
        (0, "bad_header"),
        (25, "bad_header"),
        (40, "foreign"),
        (body + 10, "bad_lock_one"),
        (body + 150, "bad_lock_one"),
        (body + 200, "bad_lock_two"),
        (body + 330, "bad_lock_two"),
        (mac + 20, "bad_ciphertext"),
        (mac + 50, "bad_ciphertext"),
        (len(file) - 1, "bad_ciphertext"),
    ]
    return [{"place": at, "byte": next(one for one in b"AB" if one != file[at]), "fault": name} for at, name in places]


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
