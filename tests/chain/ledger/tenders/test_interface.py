"""Events as logs have them: whatever somebody may write into a word is read, and read in one way."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from chain.kernel.encoding import hex0x, sha256
from chain.ledger.events import Log, word
from chain.ledger.tenders.interface import PROCEEDINGS, interface

RECORDED = keccak(b"Recorded(uint64,uint32,bytes32,bytes32)")


@pytest.mark.parametrize(
    ("kind", "read"),
    [
        (word("answers"), "answers"),
        (bytes(32), ""),
        (b"\xff" * 32, hex0x(b"\xff" * 32)),
        (b"a\0b".ljust(32, b"\0"), hex0x(b"a\0b".ljust(32, b"\0"))),
        (bytes(31) + b"\1", hex0x(bytes(31) + b"\1")),
        (b"a\nb".ljust(32, b"\0"), hex0x(b"a\nb".ljust(32, b"\0"))),
        ("答疑".encode().ljust(32, b"\0"), hex0x("答疑".encode().ljust(32, b"\0"))),
        (sha256(b"anything"), hex0x(sha256(b"anything"))),
    ],
)
def test_any_word_may_stand_for_the_kind_of_a_record(kind: bytes, read: str) -> None:
    log = Log(bytes(20), (RECORDED, encode(["uint64"], [7]), encode(["uint32"], [0]), kind), sha256(b"paper"))
    found = interface(PROCEEDINGS).event(log)
    assert found == ("Recorded", {"tender": 7, "lot": 0, "kind": read, "digest": sha256(b"paper")})
