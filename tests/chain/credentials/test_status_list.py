"""Status lists and their tokens."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.credentials.status_list import (
    AUTHORITY,
    MAX_SIZE,
    SIZE,
    Status,
    StatusList,
    draw_indexes,
    issue_status_token,
    label_zh,
    may_change,
    parse_status_token,
    verify_signature,
)
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import Conflict, InvalidInput
from tests.chain.credentials import forge
from tests.chain.credentials.samples import BUREAU, LIST, NOT_BEFORE, signer

HEAD = bytes(range(32))
STATUSES = st.sampled_from(list(Status))
INDEXES = st.integers(0, SIZE - 1)


def token(status_list: StatusList | None = None, **options: Any) -> bytes:
    return issue_status_token(BUREAU, LIST, status_list or StatusList(), HEAD, NOT_BEFORE, signer(), **options)


class TestEntries:
    def test_a_fresh_list_is_all_valid(self) -> None:
        fresh = StatusList()
        assert fresh.size == SIZE == 131_072
        assert fresh.count(Status.VALID) == SIZE
        assert len(fresh.packed) == SIZE // 2

    def test_the_first_entry_is_the_low_half_of_the_first_byte(self) -> None:
        some = StatusList()
        some.set(0, Status.REVOKED)
        some.set(1, Status.SUSPENDED)
        some.set(3, Status.OTHER)
        assert some.packed[:2] == bytes([0x21, 0xF0])

    @given(st.dictionaries(INDEXES, STATUSES, max_size=30))
    def test_entries_do_not_touch_each_other(self, entries: dict[int, Status]) -> None:
        some = StatusList()
        for index, status in entries.items():
            some.set(index, status)
        for index, status in entries.items():
            assert some.get(index) is status
        changed = {index: status for index, status in entries.items() if status}
        assert {index: after for index, _, after in StatusList().changes(some)} == changed
        assert [index for index, _, _ in StatusList().changes(some)] == sorted(changed)
        assert some.count(Status.VALID) == SIZE - len(changed)

    def test_the_standards_example_of_four_bits_lies_in_the_same_places(self) -> None:
        # Token Status List section 4.1, "4 bit example" has the same low-half-first order.
        packed = bytearray(SIZE // 2)
        packed[0] = 0x3 << 4 | 0x1
        assert StatusList(SIZE, bytes(packed)).get(0) is Status.REVOKED
        assert StatusList(SIZE, bytes(packed)).get(1) is Status.SUPERSEDED

    @pytest.mark.parametrize("index", [-1, SIZE, 2**40, 1.0, True, "1"])
    def test_no_such_index(self, index: Any) -> None:
        with pytest.raises(InvalidInput):
            StatusList().get(index)
        with pytest.raises(InvalidInput):
            StatusList().set(index, Status.VALID)

    @pytest.mark.parametrize("size", [0, 2, SIZE - 2, SIZE + 1, MAX_SIZE + 2])
    def test_no_such_size(self, size: int) -> None:
        with pytest.raises(InvalidInput):
            StatusList(size)

    @pytest.mark.parametrize("nibble", range(4, 11))
    def test_a_status_not_known_here_is_refused(self, nibble: int) -> None:
        for byte in (nibble, nibble << 4):
            with pytest.raises(InvalidInput) as caught:
                StatusList(SIZE, bytes(SIZE // 2 - 1) + bytes([byte]))
            assert caught.value.code == "status_list.status"

    def test_a_copy_is_independent(self) -> None:
        first = StatusList()
        second = first.copy()
        second.set(5, Status.REVOKED)
        assert first.get(5) is Status.VALID
        assert first != second
        assert list(second.changes(first)) == [(5, Status.REVOKED, Status.VALID)]

    def test_lists_of_different_size_cannot_be_compared(self) -> None:
        with pytest.raises(InvalidInput):
            list(StatusList().changes(StatusList(SIZE * 2)))

    def test_bytes_that_do_not_fit(self) -> None:
        with pytest.raises(InvalidInput):
            StatusList(SIZE, bytes(3))


class TestRules:
    def test_no_end_is_reversed(self) -> None:
        for before in Status:
            for after in (Status.VALID, Status.SUSPENDED):
                assert may_change(before, after) is (not before.terminal and before != after)

    def test_what_is_in_force_may_end_in_any_way(self) -> None:
        for after in Status:
            if after.terminal:
                assert may_change(Status.VALID, after)
                assert may_change(Status.SUSPENDED, after)

    def test_after_an_end(self) -> None:
        assert may_change(Status.LAPSED, Status.PENALTY)
        assert may_change(Status.PENALTY, Status.CANCELLED)
        assert not may_change(Status.REVOKED, Status.CANCELLED)
        assert not may_change(Status.CANCELLED, Status.LAPSED)

    def test_every_status_has_a_chinese_name(self) -> None:
        assert len({label_zh(status) for status in Status}) == len(Status) == 9


class TestDrawing:
    def test_different_free_and_inside(self) -> None:
        taken = set(range(0, SIZE, 2))
        drawn = draw_indexes(500, taken)
        assert len(set(drawn)) == 500
        assert not taken & set(drawn)
        assert all(0 <= index < SIZE for index in drawn)

    def test_are_not_in_order(self) -> None:
        drawn = draw_indexes(500, set())
        assert drawn != sorted(drawn)

    def test_the_last_places_are_found(self) -> None:
        free = {7, 90_000, SIZE - 1}
        assert set(draw_indexes(3, set(range(SIZE)) - free)) == free

    def test_a_full_list_is_seen_before_anything_is_signed(self) -> None:
        with pytest.raises(Conflict) as caught:
            draw_indexes(2, set(range(SIZE - 1)))
        assert caught.value.code == "status_list.full"

    def test_none(self) -> None:
        assert draw_indexes(0, set(range(SIZE))) == []


class TestToken:
    def test_what_was_said_is_read_again(self) -> None:
        some = StatusList()
        for index in draw_indexes(300, set()):
            some.set(index, Status.SUSPENDED)
        parsed = parse_status_token(token(some))
        assert parsed.status_list == some
        assert (parsed.bureau, parsed.list, parsed.actor) == (BUREAU, LIST, BUREAU)
        assert parsed.previous_head == HEAD
        assert (parsed.issued_at, parsed.ttl) == (NOT_BEFORE, 3600)
        assert parsed.key_thumbprint == signer().thumbprint
        assert verify_signature(parsed, signer().public_key)
        assert not verify_signature(parsed, signer("another").public_key)

    def test_states_that_look_alike_have_different_bytes(self) -> None:
        one = issue_status_token(BUREAU, LIST, StatusList(), bytes(32), NOT_BEFORE, signer())
        two = issue_status_token(BUREAU, LIST, StatusList(), HEAD, NOT_BEFORE, signer())
        assert parse_status_token(one).digest != parse_status_token(two).digest

    @pytest.mark.parametrize("actor", ["11440100000000002D", AUTHORITY])
    def test_signed_by_a_successor_or_the_authority(self, actor: str) -> None:
        parsed = parse_status_token(token(actor=actor))
        assert (parsed.bureau, parsed.actor) == (BUREAU, actor)

    @pytest.mark.parametrize(
        "change",
        [
            {"bureau": "x"},
            {"list_name": "a:b"},
            {"previous_head": bytes(31)},
            {"issued_at": -1},
            {"ttl": 0},
            {"actor": "nobody"},
        ],
    )
    def test_what_may_not_be_said(self, change: dict[str, Any]) -> None:
        arguments = {
            "bureau": BUREAU,
            "list_name": LIST,
            "status_list": StatusList(),
            "previous_head": HEAD,
            "issued_at": NOT_BEFORE,
            "signer": signer(),
        }
        with pytest.raises(InvalidInput):
            issue_status_token(**{**arguments, **change})

    def test_one_percent_changed_of_a_whole_list_stays_small(self) -> None:
        some = StatusList()
        for index in draw_indexes(SIZE // 100, set()):
            some.set(index, Status.REVOKED)
        assert len(token(some)) < 8_000


def claims() -> dict[str, Any]:
    import json

    value: dict[str, Any] = json.loads(unb64url(token().decode().split(".")[1]))
    return value


def signed(value: Any, **header: Any) -> bytes:
    data = value if isinstance(value, bytes) else canonical(value)
    return forge.jws(forge.header(**{"typ": "statuslist+jwt", **header}), data).encode()


def with_list(data: bytes, bits: Any = 4) -> bytes:
    return signed({**claims(), "status_list": {"bits": bits, "lst": b64url(data)}})


def without(name: str) -> bytes:
    return signed({key: value for key, value in claims().items() if key != name})


FAULTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "status_token.form"),
    "not ASCII": (lambda: token() + "。".encode(), "status_token.form"),
    "too long": (lambda: b"A" * (5 * 2**20), "status_token.size"),
    "byte appended": (lambda: token() + b"\n", "status_token.form"),
    "padding": (lambda: token() + b"==", "status_token.form"),
    "high S twin": (
        lambda: forge.jws(
            forge.header(typ="statuslist+jwt"),
            canonical(claims()),
            signature=lambda digest: forge.high_s(signer().sign(digest)),
        ).encode(),
        "status_token.signature",
    ),
    "alg none": (lambda: signed(claims(), alg="none"), "status_token.algorithm"),
    "extra header parameter": (lambda: signed(claims(), x5c=[]), "status_token.header"),
    "typ of a credential": (lambda: signed(claims(), typ="dc+sd-jwt"), "status_token.header"),
    "payload a list": (lambda: signed([]), "status_token.claims"),
    "payload with spaces": (lambda: signed(canonical(claims()) + b" "), "canonical.form"),
    "extra claim": (lambda: signed({**claims(), "exp": 1}), "status_token.claims"),
    "previous head missing": (lambda: without("previous_head"), "status_token.claims"),
    "previous head short": (lambda: signed({**claims(), "previous_head": "0x00"}), "encoding.hex"),
    "previous head in capitals": (lambda: signed({**claims(), "previous_head": "0x" + "AB" * 32}), "encoding.hex"),
    "previous head a number": (lambda: signed({**claims(), "previous_head": 0}), "encoding.hex"),
    "sub missing": (lambda: without("sub"), "status_token.claims"),
    "sub an address": (lambda: signed({**claims(), "sub": "https://x.example/list"}), "credential.status"),
    "iss missing": (lambda: without("iss"), "status_token.claims"),
    "iss an address": (lambda: signed({**claims(), "iss": "https://x.example"}), "status_token.claims"),
    "iat text": (lambda: signed({**claims(), "iat": "now"}), "credential.time"),
    "ttl zero": (lambda: signed({**claims(), "ttl": 0}), "status_token.claims"),
    "ttl true": (lambda: signed({**claims(), "ttl": True}), "status_token.claims"),
    "bits 1": (lambda: with_list(zlib.compress(bytes(SIZE // 2)), bits=1), "status_token.claims"),
    "bits 8": (lambda: with_list(zlib.compress(bytes(SIZE)), bits=8), "status_token.claims"),
    "lst missing": (lambda: signed({**claims(), "status_list": {"bits": 4}}), "status_token.claims"),
    "lst not text": (lambda: signed({**claims(), "status_list": {"bits": 4, "lst": 5}}), "status_token.claims"),
    "lst with padding": (lambda: signed({**claims(), "status_list": {"bits": 4, "lst": "eNo="}}), "encoding.base64url"),
    "lst not compressed": (lambda: with_list(bytes(SIZE // 2)), "status_token.lst"),
    "lst cut short": (lambda: with_list(zlib.compress(bytes(SIZE // 2))[:-4]), "status_token.lst"),
    "lst with bytes after it": (lambda: with_list(zlib.compress(bytes(SIZE // 2)) + b"x"), "status_token.lst"),
    "lst raw deflate": (lambda: with_list(zlib.compress(bytes(SIZE // 2))[2:-4]), "status_token.lst"),
    "lst too small": (lambda: with_list(zlib.compress(bytes(SIZE // 4))), "status_list.size"),
    "lst too large": (lambda: with_list(zlib.compress(bytes(MAX_SIZE))), "status_token.lst"),
    "status not known": (lambda: with_list(zlib.compress(b"\x05" + bytes(SIZE // 2 - 1))), "status_list.status"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_refused(fault: str) -> None:
    build, code = FAULTS[fault]
    with pytest.raises(InvalidInput) as caught:
        parse_status_token(build())
    assert caught.value.code == code


def test_a_decompression_bomb_is_stopped_early() -> None:
    # 256 MiB of zeros in a quarter of a megabyte: unpacked no further than the largest list.
    packer = zlib.compressobj(9)
    bomb = b"".join([packer.compress(bytes(2**20)) for _ in range(256)]) + packer.flush()
    data = with_list(bomb)
    start = time.process_time()
    with pytest.raises(InvalidInput) as caught:
        parse_status_token(data)
    assert caught.value.code == "status_token.lst"
    assert time.process_time() - start < 1
