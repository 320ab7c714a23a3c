"""The two headers that span a moment, found by halving the chain."""

from __future__ import annotations

from chain.kernel.encoding import hex0x
from chain.kernel.errors import Damaged, Unavailable
from chain.kernel.ports import BlockRef
from chain.ledger import proofs
from chain.ledger.rpc import RpcClient

_PROBES = 15
"""Blocks asked for in one exchange: each exchange leaves a sixteenth of the span."""


def spanning_headers(rpc: RpcClient, time: int, newest: BlockRef) -> tuple[bytes, bytes] | None:
    """RLP of the last header with a time of at most ``time`` and of the next one, both up to ``newest``.

    Args:
        rpc: endpoints.
        time: seconds since 1970 UTC.
        newest: a final block.

    Returns:
        The two headers, or None while no block is later than ``time``.

    Raises:
        Damaged: the headers do not follow each other, or do not span the moment.
        Unavailable: an endpoint does not know a block, or too few agree.
    """
    if newest.time <= time:
        return None
    low, high = -1, newest.number  # times: low at most `time`, high above it
    while high - low > 1:
        step = max(1, (high - low) // (_PROBES + 1))
        probes = range(low + step, high, step)[:_PROBES]
        for number, found in zip(probes, _times(rpc, probes), strict=True):
            if found > time:
                high = number
                break
            low = number
    if low < 0:
        raise Unavailable(f"the chain began after {time}", code="ledger.no_span", field="time")
    pair = []
    for number in (low, high):
        block = newest if number == newest.number else rpc.block_at(number)
        raw = rpc.call("eth_getBlockByHash", [hex0x(block.hash), False])
        if not isinstance(raw, dict):
            raise Unavailable(f"the endpoint does not know block {hex0x(block.hash)}", code="ledger.block")
        pair.append(proofs.header_rlp(raw))
    before, after = (proofs.parse_header(header) for header in pair)
    follows = after.parent_hash == before.hash and after.number == before.number + 1
    if not follows or not before.time <= time < after.time:
        raise Damaged(
            f"blocks {low} and {high} do not span second {time}", code="ledger.block", fix="ask another endpoint"
        )
    return pair[0], pair[1]


def _times(rpc: RpcClient, numbers: range) -> list[int]:
    answers = rpc.batch([("eth_getBlockByNumber", [hex(number), False]) for number in numbers])
    try:
        return [int(answer["timestamp"], 16) for answer in answers]
    except (TypeError, KeyError, ValueError) as error:
        raise Unavailable("the endpoint does not know all blocks of its chain", code="ledger.block") from error
