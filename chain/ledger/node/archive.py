"""Every served block, with transactions, receipts and logs: what the gateway answers from, and what a restart keeps.

The EVM process forgets; this does not. A block enters in one transaction (synchronous=FULL) after the snapshot that
holds it is durable, and nothing is ever changed or removed. Texts are JSON as the gateway sends them, packed by zlib.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from chain.kernel.errors import Damaged

_SCHEMA = """
CREATE TABLE blocks (number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, time INTEGER NOT NULL,
    body BLOB NOT NULL) STRICT;
CREATE TABLE transactions (hash BLOB PRIMARY KEY, block INTEGER NOT NULL, place INTEGER NOT NULL,
    body BLOB NOT NULL, receipt BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX transactions_by_block ON transactions (block, place);
CREATE TABLE logs (block INTEGER NOT NULL, place INTEGER NOT NULL, address BLOB NOT NULL,
    topic0 BLOB, topic1 BLOB, topic2 BLOB, topic3 BLOB, body BLOB NOT NULL,
    PRIMARY KEY (block, place)) STRICT, WITHOUT ROWID;
CREATE INDEX logs_by_address ON logs (address, topic0, block, place);
PRAGMA user_version = 1;
"""


@dataclass(frozen=True, slots=True)
class Head:
    """A block's place in the chain.

    Attributes:
        number: height.
        hash: 32 bytes.
        time: seconds since 1970 UTC.
    """

    number: int
    hash: bytes
    time: int


@dataclass(frozen=True, slots=True)
class NewBlock:
    """A block as the EVM process gives it.

    Attributes:
        head: its place.
        block: JSON object with whole transactions.
        receipts: its receipts, in order.
    """

    head: Head
    block: dict[str, Any]
    receipts: list[dict[str, Any]]

    @classmethod
    def of(cls, block: dict[str, Any], receipts: list[dict[str, Any]]) -> NewBlock:
        """From the replies to ``eth_getBlockByNumber`` (with transactions) and ``eth_getBlockReceipts``."""
        head = Head(int(block["number"], 16), bytes.fromhex(block["hash"][2:]), int(block["timestamp"], 16))
        for receipt in receipts:
            _time_as_quantity(receipt)
            for entry in receipt["logs"]:
                _time_as_quantity(entry)
        return cls(head, block, receipts)


def _time_as_quantity(item: dict[str, Any]) -> None:
    if isinstance(item.get("blockTimestamp"), int):  # the EVM process writes a plain number here
        item["blockTimestamp"] = hex(item["blockTimestamp"])


@dataclass(frozen=True, slots=True)
class LogQuery:
    """What ``eth_getLogs`` asks for.

    Attributes:
        since: first block.
        until: last block, inclusive.
        addresses: any of these; empty means all.
        topics: for each position any of these; None means all.
        limit: most logs wanted.
    """

    since: int
    until: int
    addresses: tuple[bytes, ...]
    topics: tuple[tuple[bytes, ...] | None, ...]
    limit: int


class Archive:
    """The served blocks of one node. Reads and writes use one connection each, so that they do not wait for another."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._write = self._open()
            version = self._write.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                self._write.executescript("BEGIN;" + _SCHEMA + "COMMIT;")
            elif version != 1:
                raise Damaged(f"{path}: version {version} is not known", code="node.archive")
            self._read = self._open()
        except sqlite3.DatabaseError as error:
            raise Damaged(
                f"{path}: {error}",
                code="node.archive",
                fix="put the node folder back from a copy made while it was stopped",
            ) from error

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=10)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def close(self) -> None:
        """Close both connections."""
        self._read.close()
        self._write.close()

    def add(self, blocks: Sequence[NewBlock]) -> None:
        """Make blocks durable, in order, each the child of the one before.

        Raises:
            Damaged: a block does not follow the newest one here.
        """
        write = self._write
        write.execute("BEGIN IMMEDIATE")
        try:
            for new in blocks:
                row = write.execute("SELECT number, hash FROM blocks ORDER BY number DESC LIMIT 1").fetchone()
                parent = bytes.fromhex(new.block["parentHash"][2:])
                if (row is None and new.head.number != 0) or (
                    row is not None and (row[0] + 1, row[1]) != (new.head.number, parent)
                ):
                    raise Damaged(f"block {new.head.number} does not follow the newest served block", code="node.order")
                self._add_one(new)
            write.execute("COMMIT")
        except BaseException:
            write.execute("ROLLBACK")
            raise

    def _add_one(self, new: NewBlock) -> None:
        number = new.head.number
        transactions = new.block["transactions"]
        body = dict(new.block, transactions=[item["hash"] for item in transactions])
        self._write.execute(
            "INSERT INTO blocks VALUES (?, ?, ?, ?)", (number, new.head.hash, new.head.time, _pack(body))
        )
        for place, (item, receipt) in enumerate(zip(transactions, new.receipts, strict=True)):
            self._write.execute(
                "INSERT INTO transactions VALUES (?, ?, ?, ?, ?)",
                (bytes.fromhex(item["hash"][2:]), number, place, _pack(item), _pack(receipt)),
            )
            for entry in receipt["logs"]:
                topics: list[bytes | None] = [bytes.fromhex(topic[2:]) for topic in entry["topics"]]
                topics += [None] * (4 - len(topics))
                address = bytes.fromhex(entry["address"][2:])
                self._write.execute(
                    "INSERT INTO logs VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (number, int(entry["logIndex"], 16), address, *topics, _pack(entry)),
                )  # fmt: skip

    # ------------------------------------------------------------------ reads

    def head(self) -> Head | None:
        """The newest block, or None if there is none."""
        row = self._read.execute("SELECT number, hash, time FROM blocks ORDER BY number DESC LIMIT 1").fetchone()
        return None if row is None else Head(*row)

    def place(self, number: int) -> Head | None:
        """The block at a height."""
        row = self._read.execute("SELECT number, hash, time FROM blocks WHERE number = ?", (number,)).fetchone()
        return None if row is None else Head(*row)

    def number_of(self, block_hash: bytes) -> int | None:
        """Height of the block with that hash."""
        row = self._read.execute("SELECT number FROM blocks WHERE hash = ?", (block_hash,)).fetchone()
        return None if row is None else int(row[0])

    def block(self, number: int, *, whole: bool) -> dict[str, Any] | None:
        """JSON of a block, with whole transactions or with their hashes."""
        row = self._read.execute("SELECT body FROM blocks WHERE number = ?", (number,)).fetchone()
        if row is None:
            return None
        body: dict[str, Any] = _unpack(row[0])
        if whole:
            rows = self._read.execute("SELECT body FROM transactions WHERE block = ? ORDER BY place", (number,))
            body["transactions"] = [_unpack(item[0]) for item in rows]
        return body

    def transaction(self, transaction_hash: bytes) -> dict[str, Any] | None:
        """JSON of a served transaction."""
        row = self._read.execute("SELECT body FROM transactions WHERE hash = ?", (transaction_hash,)).fetchone()
        return None if row is None else _unpack(row[0])

    def receipt(self, transaction_hash: bytes) -> dict[str, Any] | None:
        """JSON of a served transaction's receipt."""
        row = self._read.execute("SELECT receipt FROM transactions WHERE hash = ?", (transaction_hash,)).fetchone()
        return None if row is None else _unpack(row[0])

    def receipts(self, number: int) -> list[dict[str, Any]]:
        """JSON of a block's receipts, in order."""
        rows = self._read.execute("SELECT receipt FROM transactions WHERE block = ? ORDER BY place", (number,))
        return [_unpack(row[0]) for row in rows]

    def logs(self, query: LogQuery) -> list[dict[str, Any]]:
        """JSON of the logs that match, in the order of the chain."""
        where = ["block BETWEEN ? AND ?"]
        values: list[Any] = [query.since, query.until]
        if query.addresses:
            where.append(f"address IN ({_marks(query.addresses)})")
            values += query.addresses
        for position, wanted in enumerate(query.topics):
            if wanted is None:
                where.append(f"topic{position} IS NOT NULL")
            else:
                where.append(f"topic{position} IN ({_marks(wanted)})")
                values += wanted
        sql = f"SELECT body FROM logs WHERE {' AND '.join(where)} ORDER BY block, place LIMIT ?"  # noqa: S608 - only marks and fixed names
        return [_unpack(row[0]) for row in self._read.execute(sql, (*values, query.limit))]


def _marks(items: Sequence[object]) -> str:
    return ", ".join("?" * len(items))


def _pack(value: Any) -> bytes:
    return zlib.compress(msgspec.json.encode(value), 1)


def _unpack(data: bytes) -> Any:
    return msgspec.json.decode(zlib.decompress(data))
