"""Block headers read without a ledger: the same as the ledger's own reader, and nothing else."""

from __future__ import annotations

import pytest

from chain.kernel.errors import InvalidInput
from chain.ledger.proofs import parse_header
from chain.tenders.headers import read_header
from tests.support.memory_ledger import MemoryLedger


def test_a_header_says_what_the_ledgers_reader_says() -> None:
    ledger = MemoryLedger()
    ledger.mine(70_000)
    for block in ledger.blocks:
        known = parse_header(block.header)
        assert read_header(block.header) == (known.block, known.parent_hash)


@pytest.mark.parametrize("data", [b"", b"\xc0", b"\x80", b"\xf9\xff\xff", b"\xc2\xc1\x80", b"\xc1\xb8"])
def test_what_is_no_header_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_header(data)


def test_a_header_cut_short_or_with_more_behind_it_is_refused() -> None:
    header = MemoryLedger().blocks[0].header
    for spoilt in (header[:-1], header + b"\0", header[1:]):
        with pytest.raises(InvalidInput):
            read_header(spoilt)
