"""What key holders sign is what the contracts hash: the vectors of contracts/tenders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chain.kernel.encoding import unhex0x
from chain.sealing import BidIdentity, LiveSet, Message, RollCall

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "tender.json").read_text(encoding="utf-8"))
GENESIS, BOOK = unhex0x(VECTORS["genesis"]), unhex0x(VECTORS["book"])


def message_of(one: dict[str, Any]) -> Message:
    """The message of a vector."""
    if one["kind"] == "bid":
        place = (one["tender"], one["lot"], one["envelope"])
        return BidIdentity(GENESIS, BOOK, *place, unhex0x(one["bidder"]), one["version"])
    if one["kind"] == "live set":
        place = (one["tender"], one["lot"], one["envelope"])
        return LiveSet(GENESIS, BOOK, *place, one["count"], unhex0x(one["digest"]))
    return RollCall(GENESIS, BOOK, 1, unhex0x(VECTORS["keyHolders"]), one["ceremony"], one["counter"])


@pytest.mark.parametrize("one", VECTORS["messages"], ids=lambda one: one["kind"])
def test_a_digest_is_the_contracts(one: dict[str, Any]) -> None:
    assert message_of(one).digest() == unhex0x(one["message"])
