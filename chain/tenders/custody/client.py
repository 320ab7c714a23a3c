"""A custodian's client: what was acknowledged is not sent again, and nothing that the server says is believed."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chain.kernel.encoding import b64url, hex0x, sha256, sha256_file, unhex0x
from chain.kernel.errors import Damaged, InvalidInput, Unavailable
from chain.kernel.tender_facts import Commitment
from chain.keys.signatures import recover
from chain.tenders.custody._http import PATIENCE, Exchange, as_object
from chain.tenders.custody.receipts import PartReceipt
from chain.tenders.custody.wire import Move, Withdrawal, commitment_json, move_json, withdrawal_json
from chain.tenders.typed import BookDomain, commitment_hash, custody_hash

SIGNED, PENDING, FINAL, REFUSED = "signed", "pending", "final", "refused"
"""States of a relay: none was asked for; on its way; in a final block; refused by the contract."""
_LARGEST_PART = 64 * 2**20
_PIECE = 2**20
_POLL = 0.4

Progress = Callable[[int, int], None]
"""Told how many bytes the custodian has acknowledged, and how many there are."""


@dataclass(frozen=True, slots=True)
class Relayed:
    """What became of something that a custodian was asked to send.

    Attributes:
        hash: EIP-712 hashStruct of what is sent, 32 bytes.
        state: ``signed``, ``pending``, ``final`` or ``refused``.
        transaction: 32 bytes once it is sent and final, or None.
        code: the contract's error, or None.
        detail: the same in words, or None.
    """

    hash: bytes
    state: str
    transaction: bytes | None = None
    code: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Custodied:
    """A custodian's word for the files of a commitment.

    Attributes:
        custodian: its account, 20 bytes.
        custody: its signature, 65 bytes, for ``TenderBook.submit``.
        relayed: how far the custodian brought it.
    """

    custodian: bytes
    custody: bytes
    relayed: Relayed


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that the custodian has whole.

    Attributes:
        digest: SHA-256, 32 bytes.
        size: bytes.
        receipts: the custodian's signatures over the parts sent now, by part.
    """

    digest: bytes
    size: int
    receipts: dict[int, bytes] = field(default_factory=dict)


class CustodianClient:
    """One custodian.

    Args:
        url: its base address, from the notice.
        timeout: seconds without a byte after which a connection is given up.
        patience: seconds for which one request is tried again; then Unavailable.
        waiting: told, before each pause, what went wrong and for how long it waits.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 30.0,
        patience: float = PATIENCE,
        waiting: Callable[[str, float], None] | None = None,
    ) -> None:
        self._http = Exchange(url, timeout=timeout, patience=patience, waiting=waiting)
        self.url = self._http.url

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def health(self) -> dict[str, Any]:
        """Who it is and how it is doing: account, chain, book, block."""
        return self._http.json("GET", "/health")

    # ------------------------------------------------------------------ files

    def upload(self, tender: int, path: Path, *, progress: Progress | None = None, restore: bool = False) -> Uploaded:
        """Bring a sealed file to the custodian; called again after a stop, only what is missing is sent.

        Args:
            tender: number of the tender.
            path: the sealed file.
            progress: told what is acknowledged.
            restore: the file of a live commitment is brought again after the custodian lost it.

        Raises:
            Refused: not now, or too much; says so.
            Damaged: the custodian's receipt is not what it should be, or it read other bytes.
            Unavailable: no answer within the patience; call again.
            OSError: the file cannot be read.
        """
        digest, size = _digest_of(path)
        account = _account(self.health())
        place = "/custody/files" if restore else "/custody/uploads"
        wanted = {"tender": tender, "digest": b64url(digest), "size": size}
        told = progress or (lambda _done, _all: None)
        receipts: dict[int, bytes] = {}
        for _ in range(3):  # again from the start only if the whole came out wrong, or the server gave it up
            state = self._http.json("POST", place, wanted)
            number, part_size = _upload_of(state)
            received = _received(state)
            told(_bytes_of(received, part_size, size), size)
            if not state.get("complete"):
                with path.open("rb") as stream:
                    for part in range(1, -(-size // part_size) + 1):
                        if part in received:
                            continue
                        receipts[part] = self._part(stream, account, tender, digest, size, number, part, part_size)
                        received.add(part)
                        told(_bytes_of(received, part_size, size), size)
                state = self._http.json("GET", f"/custody/uploads/{number}")
            if state.get("complete"):
                return Uploaded(digest, size, receipts)
        raise Damaged(
            f"{self.url} does not come to the file's digest", code="custody.digest", field="file",
            fix="see whether the file changes while it is sent; else take another custodian",
        )  # fmt: skip

    def _part(
        self, stream: Any, account: bytes, tender: int, digest: bytes, size: int, number: str, part: int, part_size: int
    ) -> bytes:
        stream.seek((part - 1) * part_size)
        data = stream.read(part_size)
        own = sha256(data)
        answer = self._http.send(
            "PUT", f"/custody/uploads/{number}/parts/{part}", data,
            {"Content-Type": "application/octet-stream", "Content-Digest": content_digest(own)},
        )  # fmt: skip
        receipt = unhex0x(as_object(answer).get("receipt", ""), size=65, field="receipt")
        if not PartReceipt(account, tender, digest, size, part, own).holds(receipt):
            raise Damaged(f"{self.url}: the receipt of part {part} is not its", code="custody.receipt", field="receipt")
        return receipt

    def fetch(self, digest: bytes, size: int, target: Path) -> None:
        """The sealed file with that digest, once its envelope is closed; it appears whole or not at all.

        Raises:
            NotFound: it is not here, or is not given out (yet).
            Damaged: other bytes came.
            Unavailable: no answer.
        """
        from urllib3.exceptions import HTTPError  # slow to load, and here it is loaded in any case

        hasher, done = hashlib.sha256(), 0
        part = target.with_name(f".{target.name}.part")
        with self._http.opened("GET", f"/custody/files/{b64url(digest)}") as reply, part.open("wb") as out:
            try:
                for piece in reply.stream(_PIECE, decode_content=False):
                    done += len(piece)
                    if done > size:
                        break
                    hasher.update(piece)
                    out.write(piece)
            except HTTPError as error:
                part.unlink(missing_ok=True)
                raise Unavailable(f"{self.url}: the file broke off", code="custody.unreachable", field="url") from error
        if done != size or hasher.digest() != digest:
            part.unlink(missing_ok=True)
            raise Damaged(f"{self.url}: other bytes than {hex0x(digest)}", code="custody.digest", field="file")
        part.replace(target)

    # ------------------------------------------------------------------ bids

    def commit(
        self, domain: BookDomain, commitment: Commitment, signature: bytes, *, relay: bool = True, wait: float = 30.0
    ) -> Custodied:
        """Have the custodian sign for the files and, if wanted, send the commitment to the ledger.

        Args:
            domain: chain and book, against which the custodian's signature is looked at.
            commitment: what the bidder signed.
            signature: the bidder's, 65 bytes.
            relay: the custodian sends it.
            wait: seconds to wait while it is pending.

        Raises:
            Refused: not in order, with the reason; nothing was signed.
            Damaged: the signature is not the custodian's.
            Unavailable: no answer; ask again, nothing is done twice.
        """
        wanted = {"commitment": commitment_json(commitment), "signature": hex0x(signature), "relay": relay}
        answer = self._http.json("POST", "/custody/commitments", wanted)
        own = commitment_hash(commitment)
        custodian = unhex0x(answer.get("custodian", ""), size=20, field="custodian")
        custody = unhex0x(answer.get("custody", ""), size=65, field="custody")
        if recover(domain.digest(custody_hash(own)), custody) != custodian:
            raise Damaged(f"{self.url}: the custody signature is not its", code="custody.signature", field="custody")
        return Custodied(custodian, custody, self._until_settled(_relayed(answer, own), wait))

    def withdraw(self, withdrawal: Withdrawal, *, wait: float = 30.0) -> Relayed:
        """Have a withdrawal sent; raises as :meth:`commit`."""
        answer = self._http.json("POST", "/custody/withdrawals", withdrawal_json(withdrawal))
        return self._until_settled(_relayed(answer, withdrawal.hash()), wait)

    def move(self, move: Move, *, wait: float = 30.0) -> Relayed:
        """Have a move sent; raises as :meth:`commit`."""
        answer = self._http.json("POST", "/custody/moves", move_json(move))
        return self._until_settled(_relayed(answer, move.hash()), wait)

    def relayed(self, hash_: bytes) -> Relayed:
        """How far something is that was given to the custodian. Raises NotFound."""
        return _relayed(self._http.json("GET", f"/custody/relays/{hex0x(hash_)}"), hash_)

    def _until_settled(self, found: Relayed, wait: float) -> Relayed:
        until = time.monotonic() + wait
        while found.state == PENDING and time.monotonic() < until:
            time.sleep(_POLL)
            found = self.relayed(found.hash)
        return found


def content_digest(digest: bytes) -> str:
    """The header Content-Digest (RFC 9530) for a SHA-256."""
    return f"sha-256=:{base64.b64encode(digest).decode()}:"


def _digest_of(path: Path) -> tuple[bytes, int]:
    digest, size = sha256_file(path)
    if not size:
        raise InvalidInput(f"{path} is empty", code="custody.size", field="file", fix="give the sealed file")
    return digest, size


def _account(health: dict[str, Any]) -> bytes:
    return unhex0x(health.get("custodian", ""), size=20, field="custodian")


def _upload_of(state: dict[str, Any]) -> tuple[str, int]:
    number, part_size = state.get("upload"), state.get("partSize")
    if not isinstance(number, str) or not number.isalnum() or type(part_size) is not int:
        raise Damaged("the custodian's answer names no upload", code="custody.answer", field="upload")
    if not 0 < part_size <= _LARGEST_PART:
        raise Damaged(f"parts of {part_size} bytes", code="custody.answer", field="partSize")
    return number, part_size


def _received(state: dict[str, Any]) -> set[int]:
    received = state.get("received")
    if not isinstance(received, list) or not all(type(one) is int for one in received):
        raise Damaged("the custodian's answer names no parts", code="custody.answer", field="received")
    return set(received)


def _bytes_of(parts: set[int], part_size: int, size: int) -> int:
    return sum(min(part_size, size - (part - 1) * part_size) for part in parts)


def _relayed(answer: dict[str, Any], hash_: bytes) -> Relayed:
    state, sent = answer.get("state"), answer.get("transaction")
    if state not in (SIGNED, PENDING, FINAL, REFUSED) or answer.get("hash") != hex0x(hash_):
        raise Damaged("the custodian's answer is about something else", code="custody.answer", field="state")
    return Relayed(
        hash_, state, None if sent is None else unhex0x(sent, size=32, field="transaction"),
        answer.get("code"), answer.get("detail"),
    )  # fmt: skip
