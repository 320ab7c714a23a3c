"""Golden vectors of sealing, shared with TypeScript: tests/vectors/sealing.json."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chain.containers import stanzas_of
from chain.kernel.encoding import sha256
from chain.kernel.errors import InvalidInput
from chain.sealing import (
    BidFault,
    BidKeys,
    BidStanza,
    Committed,
    Recipients,
    combine,
    curve,
    ibe,
    open_bid,
    open_box,
    read_disclosure,
    read_identity,
)
from chain.sealing.box import open_box as open_any_box
from chain.sealing.ceremony import Roster, Transcript, confirmed, judge, take_share

Load = Callable[[str], Any]


def _raw(text: str) -> bytes:
    return bytes.fromhex(text)


def test_are_what_the_script_writes(vectors: Load) -> None:
    from scripts.vectors.sealing import vectors as made

    assert vectors("sealing") == made()


def test_lock_one_opens_with_the_signature(vectors: Load) -> None:
    topic = vectors("sealing")["lockOne"]
    for case in topic["cases"]:
        hashed, signature = curve.hash_to_g1(_raw(case["identity"])), curve.read_g1(_raw(case["signature"]))
        assert hashed.to_compressed_bytes() == _raw(case["point"])
        assert curve.signed_by(signature, hashed, curve.read_g2(_raw(topic["key"])))
        locked = ibe.Locked(_raw(case["u"]), _raw(case["v"]), _raw(case["w"]))
        assert ibe.unlock(signature, locked) == _raw(case["message"])


def test_the_pairing_has_these_bytes_and_these_are_no_points(vectors: Load) -> None:
    topic = vectors("sealing")
    pairing = topic["pairing"]
    made = curve.pairing_bytes(curve.read_g1(_raw(pairing["left"])), curve.read_g2(_raw(pairing["right"])))
    assert made == _raw(pairing["bytes"])
    for read, name in ((curve.read_g1, "g1"), (curve.read_g2, "g2")):
        for data in topic["notPoints"][name]:
            with pytest.raises(InvalidInput):
                read(_raw(data))


def test_boxes_open(vectors: Load) -> None:
    for case in vectors("sealing")["boxes"]:
        found = open_any_box(_raw(case["box"]), _raw(case["private"]), _raw(case["label"]), _raw(case["context"]))
        assert found == _raw(case["content"])


def test_a_ceremony_comes_to_its_key_and_signature(vectors: Load) -> None:
    topic = vectors("sealing")["ceremony"]
    roster = Roster.from_bytes(topic["roster"].encode())
    judgement = judge(roster, Transcript({number: deal.encode() for number, deal in enumerate(topic["deals"], 1)}))
    key = judgement.opening_key
    assert (key.key, judgement.transcript) == (_raw(topic["key"]), _raw(topic["transcript"]))
    for case, private in zip(topic["shares"], topic["privateKeys"], strict=True):
        share = take_share(judgement, case["keyHolder"], _raw(private))
        assert (share.secret, share.public) == (_raw(case["secret"]), _raw(case["public"]))
    messages = {case["keyHolder"]: case["confirmation"].encode() for case in topic["shares"]}
    assert confirmed(judgement, messages) == judgement.qualified
    partials = {case["keyHolder"]: _raw(case["partial"]) for case in topic["shares"][2:]}
    assert combine(key, _raw(topic["digest"]), partials).signature == _raw(topic["signature"])


def test_the_bid_opens_and_its_changed_twins_are_called_by_name(vectors: Load, tmp_path: Path) -> None:
    topic = vectors("sealing")["bid"]
    file, path = base64.b64decode(topic["file"]), tmp_path / "bid.age"
    recipients = Recipients(_raw(topic["officer"]["public"]), _raw(topic["supervisor"]["public"]))
    known = Committed(
        read_identity(topic["identity"]), _raw(topic["openingKey"]), recipients, _raw(topic["digest"]), topic["size"],
        _raw(topic["formRoot"]),
    )  # fmt: skip
    k2 = open_box(BidStanza.of(stanzas_of(file)), "supervisor", _raw(topic["supervisor"]["private"]))
    assert k2 == _raw(topic["random"]["k2"])
    keys = BidKeys(_raw(topic["signature"]), k2)
    path.write_bytes(file)
    manifest = open_bid(path, known, keys, tmp_path / "out")
    assert manifest.to_bytes() == topic["manifest"].encode()
    for document in topic["documents"]:
        assert (tmp_path / "out" / "documents" / document["name"]).read_bytes() == _raw(document["content"])
    assert read_disclosure(topic["disclosure"]).proves(known.form_root, known.identity.digest())
    for case in vectors("sealing")["faults"]:
        changed = bytearray(file)
        changed[case["place"]] = case["byte"]
        path.write_bytes(changed)
        with pytest.raises(BidFault) as caught:
            open_bid(path, replace(known, digest=sha256(bytes(changed))), keys, None)
        assert caught.value.kind == case["fault"], case
