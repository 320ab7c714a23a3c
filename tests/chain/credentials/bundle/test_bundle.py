"""The evidence bundle: one form, bounded, and nothing it does not know."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.credentials.bundle import (
    MAX_BUNDLE,
    MAX_NODES,
    MAX_STAMP,
    ChainEvidence,
    CheckpointEvidence,
    EvidenceBundle,
    make_bundle,
    read_bundle,
    write_bundle,
)
from chain.kernel.canonical import canonical
from chain.kernel.errors import InvalidInput
from chain.kernel.ports import LeafParts, LeafPlace
from tests.support.stage import Stage

ONE = Stage.fresh().one
DATA = ONE.data

digests = st.binary(min_size=32, max_size=32)
ascii_text = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
whole = st.integers(0, 2**53 - 1)
paths = st.lists(digests, max_size=20).map(tuple)
places = st.builds(
    LeafPlace, st.text("0123456789", min_size=18, max_size=18), ascii_text.map(lambda text: text[:32]),
    st.integers(1, 2**53 - 1), st.builds(LeafParts, digests, digests, digests), whole, st.integers(1, 2**53 - 1), paths,
)  # fmt: skip
bundles = st.builds(
    make_bundle,
    credential=ascii_text,
    stamp=st.binary(min_size=1, max_size=400),
    place=places,
    chain=st.builds(
        ChainEvidence, st.binary(max_size=600), whole, st.lists(st.binary(max_size=80), max_size=5).map(tuple)
    ),
    checkpoint=st.none() | st.builds(CheckpointEvidence, st.text(min_size=1, max_size=200), whole, paths),
)


def changed(change: Callable[[dict[str, Any]], None]) -> bytes:
    """The bundle's value, changed, in canonical form."""
    value = json.loads(DATA)
    change(value)
    return canonical(value)


@given(bundles)
def test_any_bundle_comes_back(bundle: Any) -> None:
    try:
        data = bundle.data
    except InvalidInput:  # lone surrogates have no form
        return
    assert read_bundle(data) == bundle
    assert write_bundle(read_bundle(data)) == data


def test_the_real_one_comes_back() -> None:
    assert read_bundle(DATA) == ONE.bundle
    assert DATA.startswith(
        b'{"anchor":{"bureau":"11440100000000001F","lane":"11100000MB0143028R001","sequence":1},"chain"'
    )
    assert not DATA.endswith(b"\n")


def drop(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda value: value.pop(name)


def put(path: str, new: Any) -> Callable[[dict[str, Any]], None]:
    def change(value: dict[str, Any]) -> None:
        *way, last = path.split(".")
        for part in way:
            value = value[part]
        value[last] = new

    return change


FAULTS: dict[str, Callable[[dict[str, Any]], None]] = {
    **{f"without_{name}": drop(name) for name in json.loads(DATA) if name != "format"},
    "unknown_member": put("extra", 1),
    "unknown_inner_member": put("leaf.extra", "AA"),
    "unknown_receipt_member": put("chain.receipt.extra", 1),
    "unknown_checkpoint_member": put("checkpoint.extra", 1),
    "stamp_empty": put("stamp", ""),
    "stamp_padded": put("stamp", json.loads(DATA)["stamp"] + "="),
    "stamp_too_long": put("stamp", "AAAA" * (MAX_STAMP // 3 + 1)),
    "stamp_is_a_number": put("stamp", 1),
    "credential_too_long": put("credential", "a" * (128 * 1024 + 1)),
    "credential_is_null": put("credential", None),
    "leaf_digest_short": put("leaf.jwt", "AAAA"),
    "leaf_digest_long": put("leaf.record", "A" * 44),
    "index_negative": put("inclusion.index", -1),
    "index_true": put("inclusion.index", True),
    "index_text": put("inclusion.index", "0"),
    "size_zero": put("inclusion.size", 0),
    "path_too_long": put("inclusion.path", ["A" * 43] * 64),
    "path_is_text": put("inclusion.path", "A" * 43),
    "path_of_numbers": put("inclusion.path", [1]),
    "sequence_zero": put("anchor.sequence", 0),
    "bureau_too_long": put("anchor.bureau", "1" * 19),
    "lane_empty": put("anchor.lane", ""),
    "lane_too_long": put("anchor.lane", "1" * 33),
    "header_in_capitals": put("chain.header", "0xAB"),
    "header_without_0x": put("chain.header", "ab"),
    "header_odd": put("chain.header", "0xabc"),
    "header_too_long": put("chain.header", "0x" + "00" * 4097),
    "too_many_nodes": put("chain.receipt.proof", ["0x00"] * (MAX_NODES + 1)),
    "node_is_null": put("chain.receipt.proof", [None]),
    "note_too_long": put("checkpoint.note", "a" * (16 * 1024 + 1)),
    "checkpoint_false": put("checkpoint", False),
    "anchor_list": put("anchor", []),
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_refused(fault: str) -> None:
    value = changed(FAULTS[fault])
    with pytest.raises(InvalidInput):
        read_bundle(value)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b"null", b'"x"', b"\xff", DATA + b"\n", b" " + DATA, b"\xef\xbb\xbf" + DATA, DATA[:-1],
        json.dumps(json.loads(DATA)).encode(), DATA.replace(b'"anchor"', b'"anchor" '), b'{"format":1}',
        DATA[:-1] + b',"stamp":"AA"}', b'{"a":' * 5000 + b"1" + b"}" * 5000, DATA.replace(b'"index":0', b'"index":0.0'),
        DATA.replace(b'"index":0', b'"index":-0'), DATA.replace(b"R001", b"\\u0052001"),
    ],
)  # fmt: skip
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_bundle(data)


def test_too_large() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_bundle(DATA + b" " * MAX_BUNDLE)
    assert caught.value.code == "canonical.size"


def test_unknown_version_is_told_apart() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_bundle(changed(put("format", "yinxin-bundle-2")))
    assert caught.value.code == "bundle.version"
    with pytest.raises(InvalidInput) as caught:
        read_bundle(changed(put("format", "yinxin-snapshot-1")))
    assert caught.value.code == "bundle.form"


@pytest.mark.parametrize(
    "part",
    [
        {"stamp": b""}, {"stamp": bytes(MAX_STAMP + 1)}, {"credential": ""}, {"credential": "\ud800"},
        {"chain": ChainEvidence(b"", -1, ())}, {"chain": ChainEvidence(b"", 2**53, ())},
        {"place": replace(ONE.place, bureau="")}, {"place": replace(ONE.place, sequence=0)},
        {"place": replace(ONE.place, path=(b"short",))},
        {"place": replace(ONE.place, parts=replace(ONE.place.parts, jwt=b""))},
    ],
)  # fmt: skip
def test_what_could_not_be_read_is_not_written(part: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        write_bundle(replace(ONE.bundle, **part))


@given(data=st.data(), made=bundles)
def test_the_quick_reader_takes_nothing_that_the_long_one_refuses(data: st.DataObject, made: EvidenceBundle) -> None:
    text = bytearray(made.data)
    place = data.draw(st.integers(0, len(text) - 1))
    change = data.draw(st.sampled_from(("byte", "insert", "drop")))
    if change == "drop":
        del text[place]
    elif change == "insert":
        text.insert(place, data.draw(st.sampled_from(b' 0a"\\{}[],:-_=A')))
    else:
        text[place] = data.draw(st.integers(0, 255))
    for some in (made.data, bytes(text)):
        assert _told(some) == _told(some, quick=False)


def _told(data: bytes, *, quick: bool = True) -> EvidenceBundle | tuple[str, str | None]:
    with pytest.MonkeyPatch.context() as patch:
        if not quick:
            patch.setattr("chain.credentials.bundle.read_shape", lambda _data: None)
        try:
            return read_bundle(data)
        except InvalidInput as error:
            return error.code, error.field
