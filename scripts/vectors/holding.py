"""Write tests/vectors/holding.json: a key holder's encrypted share, what it signs, its ceremony, for pages to match.

Usage: python -m scripts.vectors.holding
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from chain.evaluation.committee.shares import DrawShare
from chain.kernel.encoding import hex0x, sha256
from chain.keys import Keystore, keystore
from chain.sealing import BidIdentity, Draw, FloatPoint, KeyShare, LiveSet, RollCall, Scope, make_release
from chain.sealing.curve import ORDER
from chain.tenders.digests import live_set_digest
from chain.tenders.holding.backup import back_up
from chain.tenders.holding.places import Place
from chain.tenders.holding.roll_call import Presence
from chain.tenders.holding.store import ShareStore
from scripts.vectors.ceremony import ceremony

FILE = Path(__file__).resolve().parents[2] / "tests" / "vectors" / "holding.json"
PASSPHRASE = "a sample passphrase of a key holder"  # noqa: S105 - of sample keys
_CHEAP = {"n": 2**12, "r": 8, "p": 1}
_CEREMONY = 3


def vectors() -> dict[str, Any]:
    """All of it; files, in which nonces are random, are those that stand, so that a second run changes nothing."""
    standing = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    place = Place(sha256(b"genesis"), sha256(b"registry")[:20], sha256(b"book")[:20])
    secret = (int.from_bytes(sha256(b"yinxin holding vector"), "big") % (ORDER - 1) + 1).to_bytes(32, "big")
    share = KeyShare(Scope(place.genesis, place.book, "term", _CEREMONY), sha256(b"roster"), 2, secret)
    return {
        "passphrase": PASSPHRASE,
        "share": json.loads(share.to_bytes()),
        "registry": hex0x(place.registry),
        "number": _CEREMONY,
        "files": standing.get("files") or _files(place, share),
        "presence": _presence(place, share),
        "draws": [_draw(place, share, kind) for kind in ("draw", "tie", "float")],
        "ceremony": ceremony(place, _CEREMONY),
        "releases": [_release(place, share, count, envelope) for count, envelope in ((1, 1), (3, 2))],
    }


def _files(place: Place, share: KeyShare) -> dict[str, str]:
    with TemporaryDirectory() as folder, mock.patch.object(keystore, "_SCRYPT", _CHEAP):
        root = Path(folder)
        keys = Keystore(root / "keys", PASSPHRASE)
        store = ShareStore(root / "holding", keys, place)
        keys.create(store.card_name(_CEREMONY), "desk")
        store.keep(_CEREMONY, share)
        back_up(store, root / "backup", root / "secrets")
        return {
            "share": store.file(_CEREMONY).read_text(encoding="utf-8"),
            "key": keys.sealed(store.secret_name(_CEREMONY)).decode(),
            "backup": (root / "backup").read_text(encoding="utf-8"),
            "secrets": (root / "secrets").read_text(encoding="utf-8"),
        }


def _release(place: Place, share: KeyShare, count: int, envelope: int) -> dict[str, Any]:
    bidders = [sha256(b"bidder %d" % number)[:20] for number in range(count)]
    commitments = [sha256(b"commitment %d" % number) for number in range(count)]
    identities = [
        BidIdentity(place.genesis, place.book, 7, 2, envelope, bidder, version)
        for version, bidder in enumerate(bidders, 1)
    ]
    live = LiveSet(place.genesis, place.book, 7, 2, envelope, count, live_set_digest(commitments))
    bids = [
        {"place": number, "bidder": hex0x(bidder), "version": number, "commitment": hex0x(commitment)}
        for number, (bidder, commitment) in enumerate(zip(bidders, commitments, strict=True), 1)
    ]
    return {
        "tender": 7,
        "lot": 2,
        "envelope": envelope,
        "bids": bids,
        "digest": hex0x(live.live),
        "text": make_release(share, live, identities).to_bytes().decode(),
    }


def _presence(place: Place, share: KeyShare) -> dict[str, Any]:
    message = RollCall(place.genesis, place.book, 1, place.registry, _CEREMONY, 5)
    return {"counter": 5, "text": Presence(_CEREMONY, 5, share.key_holder, share.sign(message)).to_bytes().decode()}


def _draw(place: Place, share: KeyShare, kind: str) -> dict[str, Any]:
    subject, of = sha256(kind.encode()), FloatPoint if kind == "float" else Draw
    message = of(place.genesis, place.book, 7, 2, 3, subject)
    made = DrawShare(share.key_holder, message.digest(), share.sign(message))
    text = made.to_bytes().decode()
    return {"kind": kind, "tender": 7, "lot": 2, "counter": 3, "subject": hex0x(subject), "text": text}


def main() -> None:
    """Write the file."""
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
