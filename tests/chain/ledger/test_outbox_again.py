"""A transaction held for lost comes back: the chain forgot the one that took its nonce, and the same bytes are made."""

from __future__ import annotations

from pathlib import Path

from chain.ledger._outbox import LOST, SIGNED, Outbox, SentTx


def test_the_same_bytes_are_open_again_and_stand_there_once(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.sqlite", 1, bytes(20))
    tx = SentTx("anchor 1", 0, bytes(20), b"data", b"raw", bytes(32), SIGNED)
    with outbox.hold():
        outbox.add(tx)
        outbox.settle(tx, LOST)
        assert outbox.by_label("anchor 1") is None
        outbox.add(tx)
        assert outbox.open() == [tx]
        assert outbox.highest() == 0
    outbox.close()
