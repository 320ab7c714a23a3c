"""Writes tests/vectors/own_bid.json: opening records, and what a bidder's look at the own bid in each must come to.

The records are made and judged by this checkout's Python; the same answers are asked of the bidder's room in the
browser. Beside them: published keys, and a room's box, which both must open. Run it only when a format changes:
``python -m scripts.vectors.own_bid``. Nothing in it is drawn at random.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, hex0x, sha256
from chain.sealing import FaultKind, Figure, Form, Manifest
from chain.sealing.manifest import read_identity
from chain.tenders.bidding import read_statement
from chain.tenders.bidding.own import compare
from chain.tenders.opening import (
    BidKey,
    LotPlace,
    NamedOrganisation,
    OpeningKeys,
    OpeningRecord,
    Outcome,
    RecordedBid,
    RecordedFault,
)
from tests.chain.tenders.notice.samples import sample
from tests.support import rooms

VECTORS = Path(__file__).resolve().parents[2] / "tests" / "vectors"
FIGURES = {"price": "2980000.00", "delivery.days": "45", "warranty": "3y", "beyond": "the notice does not name it"}
COMMITMENT, OTHER = sha256(b"own commitment"), sha256(b"another's commitment")


def form(**changes: str) -> Form:
    """The own form, with salts that are digests of the names."""
    values = {**FIGURES, **changes}
    order = sorted(values, key=lambda name: name.encode())
    return Form.read([Figure(name, values[name], sha256(name.encode())).as_dict() for name in order])


def build() -> dict[str, Any]:
    """All of it."""
    statement = read_canonical(_vector("bidding")["alone"]["text"].encode(), what="statement")
    place = read_statement(statement).place
    identity = place.identity(1, 3)
    manifest = Manifest(identity, statement, form(), ())
    code = str(statement["parties"][0]["code"])
    with tempfile.TemporaryDirectory() as folder:
        notice = sample(Path(folder))
    asked = [line.name for line in notice.envelopes[0].form]
    shown = manifest.form.disclose(identity.digest(), [name for name in sorted(FIGURES) if name in asked])
    named = NamedOrganisation("valid", code, "示例甲贸易有限公司", ((code, "示例甲贸易有限公司"),))
    own = RecordedBid(2, COMMITMENT, place.bidder, 3, Outcome.OPENED, named, shown)
    other = replace(own, place=1, commitment=OTHER)
    record = OpeningRecord(
        LotPlace(place.genesis, place.book, place.tender, place.lot), 1, notice.digest, 1_790_000_500, sha256(b"live"),
        sha256(b"keys"), (1, 2, 4), ((3, (0, 2)),), (other, own), 1, 1,
    )  # fmt: skip
    root = manifest.form.root(identity.digest())
    price = next(one for one in shown if one.figure.name == "price")
    others = tuple(one for one in shown if one is not price)
    lie = replace(price, figure=replace(price.figure, value="2980000.01"))
    moved = replace(price, index=price.index - 1)
    second = Manifest(identity, statement, form(price="1.00"), ())
    (swapped,) = second.form.disclose(identity.digest(), ["price"])
    stranger = NamedOrganisation("valid", "914401000000000353", "示例丙", ())
    refused = NamedOrganisation("invalid", code, "", (), ("binding ended", "licence revoked"))
    fault = RecordedFault(FaultKind.BAD_LOCK_TWO, "said so", {"found": 1}, bytes(16))
    lost = RecordedFault(FaultKind.MISSING_SHARES, "too few", {})
    untold = replace(stranger, result="error", name="")
    changes: dict[str, tuple[RecordedBid | None, bytes]] = {
        "right": (own, root),
        "one figure changed": (replace(own, figures=(lie, *others)), root),
        "a figure in another place": (replace(own, figures=(moved, *others)), root),
        "a figure that was never sealed": (replace(own, figures=(swapped,)), second.form.root(identity.digest())),
        "a figure not read out": (replace(own, figures=others), root),
        "nothing read out": (replace(own, figures=()), root),
        "another root was signed": (own, sha256(b"another root")),
        "missing": (None, root),
        "said not to open": (
            replace(own, outcome=Outcome.REVOKED, organisation=None, figures=(), fault=fault), root,
        ),
        "said to have no key": (
            replace(own, outcome=Outcome.WITHDRAWN, organisation=None, figures=(), fault=lost), root,
        ),
        "under another company": (replace(own, organisation=stranger), root),
        "refused": (replace(own, organisation=refused), root),
        "could not be told, another name": (replace(own, organisation=untold), root),
    }  # fmt: skip
    cases = []
    for name, (bid, signed) in changes.items():
        found = replace(record, bids=(other,) if bid is None else (other, bid))
        faults = compare(found, COMMITMENT, signed, manifest, notice)
        cases.append(
            {
                "name": name,
                "record": found.to_bytes().decode(),
                "formRoot": hex0x(signed),
                "faults": [{"code": one.code, "message": one.message} for one in faults],
            }
        )
    return {
        "commitment": hex0x(COMMITMENT),
        "manifest": manifest.to_bytes().decode(),
        "asked": asked,
        "formRoot": hex0x(root),
        "cases": cases,
        "refused": refused_records(record),
        "keys": keys(),
        "room": {
            "name": rooms.NAME, "passphrase": rooms.WORD, "box": rooms.box(rooms.content()).decode(),
            "content": rooms.content(),
        },
    }  # fmt: skip


def refused_records(record: OpeningRecord) -> list[str]:
    """What no reader takes for a record."""
    whole = json.loads(record.to_bytes())
    content = whole["content"]
    first = content["bids"][0]
    return [
        canonical(one).decode()
        for one in (
            {**whole, "more": 1},
            {**whole, "format": "yinxin-opening-record-2"},
            {**whole, "content": {**content, "liveSet": {**content["liveSet"], "count": 3}}},
            {**whole, "content": {**content, "bids": [{**first, "outcome": "revoked"}, content["bids"][1]]}},
            {**whole, "content": {**content, "bids": [{**first, "organisation": None}, content["bids"][1]]}},
            {**whole, "content": {**content, "keyHolders": {**content["keyHolders"], "signed": [2, 1]}}},
        )
    ]


def keys() -> dict[str, Any]:
    """Published keys of an opening, with the key of the sealed bid of tests/vectors/sealing.json."""
    bid = _vector("sealing")["bid"]
    identity = read_identity(bid["identity"])
    signature = bytes.fromhex(bid["signature"])
    blob = OpeningKeys(
        identity.genesis, identity.book, identity.tender, identity.lot, identity.envelope,
        bytes.fromhex(bid["openingKey"]), sha256(b"live"), signature, (BidKey(1, COMMITMENT, signature),),
    )  # fmt: skip
    return {"blob": blob.to_bytes().decode(), "signature": b64url(signature)}


def _vector(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def main() -> None:
    """Write the file."""
    text = json.dumps(build(), indent=1, ensure_ascii=False) + "\n"
    (VECTORS / "own_bid.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
