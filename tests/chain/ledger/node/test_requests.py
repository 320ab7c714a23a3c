"""Strict readers of JSON-RPC parameters."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.ledger.node.limits import TokenBuckets
from chain.ledger.node.requests import (
    RpcError,
    block_wanted,
    call_object,
    hex_bytes,
    log_filter,
    quantity,
    raw_transaction,
)
from tests.chain.ledger.node.kit import Writer

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=70) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=10,
)
SOMEONE = "0x" + "11" * 20


@given(JSON)
def test_whatever_comes_is_read_or_refused_with_a_reason(value: Any) -> None:
    readers = (
        lambda: hex_bytes(value, "x"),
        lambda: quantity(value, "x"),
        lambda: block_wanted(value, 5),
        lambda: call_object(value, 10),
        lambda: log_filter(value, 5),
        lambda: log_filter({"topics": value}, 5),
        lambda: log_filter({"address": value}, 5),
    )
    for read in readers:
        with suppress(RpcError):  # and nothing else
            read()


@given(st.binary(max_size=300))
def test_random_bytes_are_no_transaction(data: bytes) -> None:
    with suppress(RpcError):  # and nothing else
        raw_transaction(data)


@pytest.mark.parametrize("kind", [0, 2])
def test_a_transaction_tells_where_it_goes(kind: int) -> None:
    writer = Writer(77)
    to = raw_transaction(writer.sign(3, SOMEONE, b"\1\2", gas=54321, kind=kind))
    assert (to.to, to.gas, to.chain_id) == (b"\x11" * 20, 54321, 77)
    assert raw_transaction(writer.sign(3, None, b"\0", kind=kind)).to is None


def test_a_transaction_with_anything_changed_in_its_frame_is_refused() -> None:
    raw = Writer(77).sign(3, SOMEONE, kind=2)
    for bad in (raw + b"\0", raw[:-1], b"\3" + raw[1:], b"\4" + raw[1:], b"\x7f" + raw[1:], b"", b"\2"):
        with pytest.raises(RpcError):
            raw_transaction(bad)


@pytest.mark.parametrize("text", ["0x", "0x00", "0x01", "1", "0X1", "0xg", "0x" + "f" * 65, 1, None, True])
def test_a_quantity_has_one_form(text: Any) -> None:
    with pytest.raises(RpcError):
        quantity(text, "x")


def test_blocks_may_be_named_in_every_standard_way() -> None:
    for tag in ("latest", "safe", "finalized", "pending", None):
        assert block_wanted(tag, 9) == 9
    assert block_wanted("earliest", 9) == 0
    assert block_wanted("0x7", 9) == 7
    assert block_wanted({"blockNumber": "0x7"}, 9) == 7
    assert block_wanted({"blockHash": "0x" + "ab" * 32, "requireCanonical": True}, 9) == b"\xab" * 32
    both = {"blockNumber": "0x7", "blockHash": "0x" + "ab" * 32}
    strange: list[Any] = ["newest", {}, {"blockHash": "0x1"}, both, [], 7]
    for bad in strange:
        with pytest.raises(RpcError):
            block_wanted(bad, 9)


def test_the_gas_of_a_call_is_bounded_and_unknown_members_refused() -> None:
    assert call_object({"to": SOMEONE}, 1000)["gas"] == hex(1000)
    assert call_object({"to": SOMEONE, "gas": "0xffffff"}, 1000)["gas"] == hex(1000)
    assert call_object({"to": SOMEONE, "gas": "0x5", "data": None}, 1000) == {"to": SOMEONE, "gas": "0x5"}
    with pytest.raises(RpcError, match="authorizationList"):
        call_object({"authorizationList": []}, 1000)


def test_a_bucket_gives_back_at_its_rate_and_forgets_the_longest_unused() -> None:
    now = [0.0]
    buckets = TokenBuckets(10.0, 20.0, clients=2, clock=lambda: now[0])
    assert buckets.take("a", 20) == 0.0
    assert buckets.take("a", 5) == pytest.approx(0.5)
    assert buckets.take("b", 1) == 0.0
    now[0] = 0.5
    assert buckets.take("a", 5) == 0.0
    assert buckets.take("a", 1) > 0
    assert buckets.take("c", 1) == 0.0  # pushes b out, not a
    assert buckets.take("a", 1) > 0
