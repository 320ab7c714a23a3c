"""Showings: one form, one request each, a minute's life, and whose device it was."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chain.claims import (
    BindingParts,
    LaneReading,
    OpenRequests,
    Showing,
    holder_step,
    make_showing,
    parse_binding,
    parse_request,
    parse_showing,
    with_holder,
)
from chain.claims.lane import Entry
from chain.claims.showing import MAX_AGE, MAX_AHEAD, REQUEST_AGE
from chain.credentials.credential import parse_credential
from chain.credentials.es256 import SoftwareSigner
from chain.credentials.verification.verdicts import Result, Step, Verdict, Verification, skipped, valid
from chain.kernel.encoding import unb64url
from chain.kernel.errors import InvalidInput, Refused
from chain.kernel.ports import AnchorFacts, BlockRef

BLOCK = BlockRef(99, bytes(32), 1_790_001_000)


@pytest.fixture
def vector(vectors: Any) -> dict[str, Any]:
    found: dict[str, Any] = vectors("showing")
    return found


@pytest.fixture
def showing(vector: dict[str, Any]) -> Showing:
    return parse_showing(vector["showing"].encode())


def anchor(number: int) -> AnchorFacts:
    block = BlockRef(number, bytes(32), 1_790_000_000)
    return AnchorFacts(
        "11440100000000001F", "$claims", 1, bytes(32), 1, bytes(32), bytes(32), bytes(20), block, bytes(32)
    )


def lane(*rows: str, fault: str | None = None) -> LaneReading:
    parts = [BindingParts.from_bytes(unb64url(row)) for row in rows]
    entries = {one.tag: [Entry(one, anchor(10 + at))] for at, one in enumerate(parts)}
    return LaneReading("11440100000000001F", BLOCK, entries, fault=fault)


def test_the_vector_shows_what_was_chosen_and_nothing_else(vector: dict[str, Any], showing: Showing) -> None:
    request = parse_request(vector["request"]["text"].encode())
    assert request.digest == unb64url(vector["request"]["digest"]) == showing.nonce
    assert set(showing.credential.fields) == set(vector["chosen"])
    assert showing.credential.identifier is None
    assert showing.credential.hidden == 1
    assert showing.is_by_device
    assert "广州市越秀区" not in vector["showing"]


def test_a_showing_is_made_as_the_vector_has_it_but_for_the_signature(vector: dict[str, Any]) -> None:
    device = SoftwareSigner(ec.derive_private_key(vector["devicePrivateKey"], ec.SECP256R1()))
    made = make_showing(
        parse_request(vector["request"]["text"].encode()),
        parse_credential(vector["credential"]),
        vector["chosen"],
        vector["binding"].encode(),
        device,
        vector["at"],
    )
    mine, theirs = (json.loads(one)["presentation"].rpartition(".")[0] for one in (made, vector["showing"]))
    assert mine == theirs
    assert parse_showing(made).is_by_device


def test_every_changed_character_is_refused(vector: dict[str, Any], showing: Showing) -> None:
    text = vector["showing"]
    for at, was in enumerate(text):
        changed = text[:at] + ("B" if was == "A" else "A") + text[at + 1 :]
        try:
            read = parse_showing(changed.encode())
        except InvalidInput:
            continue
        step = holder_step(read, lane(vector["lane"]["row"]))
        assert step.result is not Result.VALID, f"{at}: {was}"


def test_requests_have_one_form_and_bounded_texts(vector: dict[str, Any]) -> None:
    text = vector["request"]["text"]
    asked = json.loads(text)
    for name, value in (
        ("name", ""),
        ("name", "x" * 101),
        ("purpose", "x" * 201),
        ("fields", ["a", "a"]),
        ("fields", [1]),
        ("nonce", "AA"),
        ("time", -1),
        ("format", "yinxin-showing-request-2"),
        ("more", 1),
    ):
        broken = json.dumps(asked | {name: value}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        with pytest.raises(InvalidInput):
            parse_request(broken.encode())
    with pytest.raises(InvalidInput):
        parse_request(f" {text}".encode())


@pytest.mark.parametrize(
    ("change", "after", "code"),
    [
        ({}, MAX_AGE + 1, "expired"),
        ({}, -MAX_AHEAD - 1, "clock"),
        ({"aud": "https://elsewhere.example"}, 0, "other_place"),
        ({"nonce": bytes(32)}, 0, "other_request"),
        ({"issued_at": 1_790_000_000 + REQUEST_AGE + 1}, REQUEST_AGE, "request_expired"),
    ],
)
def test_what_is_not_fresh_is_refused_and_leaves_its_request_open(
    vector: dict[str, Any], showing: Showing, change: dict[str, Any], after: int, code: str
) -> None:
    requests = OpenRequests()
    request = parse_request(vector["request"]["text"].encode())
    requests.add(request)
    with pytest.raises(Refused) as caught:
        requests.take(replace(showing, **change), showing.issued_at + after)
    assert caught.value.code == f"showing.{code}"
    assert requests.take(showing, showing.issued_at + MAX_AGE) == request


def test_a_request_is_answered_once(vector: dict[str, Any], showing: Showing) -> None:
    requests = OpenRequests()
    requests.add(parse_request(vector["request"]["text"].encode()))
    requests.take(showing, showing.issued_at)
    for again in (showing, replace(showing, issued_at=showing.issued_at + 5)):
        with pytest.raises(Refused) as caught:
            requests.take(again, showing.issued_at + 5)
        assert caught.value.code == "showing.replayed"


def test_whose_device_it_is_the_lane_says(vector: dict[str, Any], showing: Showing) -> None:
    row, end = vector["lane"]["row"], vector["lane"]["endRow"]
    assert holder_step(showing, lane(row)) == valid("holder", "holder.present", block="10")
    stranger = parse_binding(vector["binding"].encode())
    cases = {
        "holder.ended": (showing, lane(row, end)),
        "holder.not_anchored": (showing, lane()),
        "holder.other": (replace(showing, binding=replace(stranger, certificate=bytes(32))), lane(row)),
        "holder.signature": (replace(showing, signed_digest=bytes(32)), lane(row)),
    }
    for code, (shown, reading) in cases.items():
        step = holder_step(shown, reading)
        assert (step.code, step.result, step.verdict) == (code, Result.INVALID, Verdict.FORGED)
        assert step.detail("zh") != step.detail("en")
    assert holder_step(showing, lane(fault="down")).result is Result.ERROR
    assert holder_step(showing, lane(row, fault="down")).result is Result.ERROR, "the end may be what is hidden"
    assert holder_step(showing, lane(row, end, fault="down")).code == "holder.ended"


def test_the_holders_step_decides_with_the_others() -> None:
    def check(step: Step) -> tuple[Verdict, bool | None, bool | None]:
        names = ("form", "integrity", "issuer", "anchor", "time", "status")
        steps = (*(valid(name, "form.valid") for name in names), skipped("holder", "holder.compare"))
        found = with_holder(Verification(Verdict.VALID, True, True, 1, steps, {"type": {}}), step)
        assert found.steps[-1] == step
        return found.verdict, found.authentic, found.in_force

    assert check(valid("holder", "holder.present", block="1")) == (Verdict.VALID, True, True)
    assert check(Step("holder", Result.ERROR, "holder.open")) == (Verdict.CANNOT_CHECK, True, None)
    ended = Step("holder", Result.INVALID, "holder.ended", {"block": "1"}, Verdict.FORGED)
    assert check(ended) == (Verdict.FORGED, True, False)
