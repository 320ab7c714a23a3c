"""Asks witnesses, by address or folder, and believes only signatures and proofs."""

from __future__ import annotations

import http.client
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from chain.kernel.encoding import unb64url
from chain.kernel.errors import Conflict, InvalidInput, NotFound, Refused, Unavailable, YinxinError
from chain.kernel.home import write_atomically
from chain.kernel.json_reader import read_json
from chain.kernel.ports import BlockRef
from chain.ledger.trustroot import TrustRoot
from chain.ledger.witness.checkpoint import Checkpoint, merge, parse_body, verify_checkpoint
from chain.ledger.witness.publish import Published
from chain.merkle import leaf_hash, verify_consistency, verify_inclusion

_LIMIT = 2**18


class Source(Protocol):
    """Where one witness publishes."""

    def checkpoint(self, size: int | None = None) -> str:
        """Newest note, or the kept one of that size. Raises NotFound, Unavailable."""
        ...

    def sizes_from(self, size: int) -> list[int]:
        """Some kept sizes from there on, in order. Raises Unavailable."""
        ...

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Inclusion path. Raises NotFound, Unavailable."""
        ...

    def consistency(self, earlier: int, later: int) -> tuple[bytes, ...]:
        """Consistency proof. Raises NotFound, Unavailable."""
        ...


class FolderSource(Published):
    """A published folder, or the home of a witness."""

    def sizes_from(self, size: int) -> list[int]:
        """Some kept sizes from there on, in order."""
        return [kept for kept in self.sizes() if kept >= size][:64]


class HttpSource:
    """A witness' address.

    Args:
        url: such as ``http://127.0.0.1:8600``.
        timeout: seconds for one request.
    """

    def __init__(self, url: str, timeout: float = 5.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidInput(f"{url}: not an address of a witness", code="witness.address", field="witnesses")
        self._parts, self._timeout, self.url = parts, timeout, url.rstrip("/")

    def checkpoint(self, size: int | None = None) -> str:
        """Newest note, or the kept one of that size."""
        try:
            return self._get("/checkpoint" if size is None else f"/checkpoint/{size}").decode("utf-8")
        except UnicodeDecodeError as error:
            raise self._odd() from error

    def sizes_from(self, size: int) -> list[int]:
        """Some kept sizes from there on, in order."""
        found = self._json(f"/checkpoints?from={size}").get("sizes")
        if not isinstance(found, list) or not all(type(item) is int for item in found):
            raise self._odd()
        return found

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Inclusion path."""
        return self._path(f"/proof/block/{index}?size={size}")

    def consistency(self, earlier: int, later: int) -> tuple[bytes, ...]:
        """Consistency proof."""
        return self._path(f"/consistency?from={earlier}&to={later}")

    def _path(self, target: str) -> tuple[bytes, ...]:
        found = self._json(target).get("path")
        if not isinstance(found, list) or len(found) > 128 or not all(isinstance(item, str) for item in found):
            raise self._odd()
        return tuple(unb64url(item) for item in found)

    def _json(self, target: str) -> dict[str, Any]:
        try:
            found = read_json(self._get(target))
        except ValueError as error:
            raise self._odd() from error
        if not isinstance(found, dict):
            raise self._odd()
        return found

    def _odd(self) -> Unavailable:
        return Unavailable(f"{self.url} does not answer like a witness", code="witness.form", field="witnesses")

    def _get(self, target: str) -> bytes:
        kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._parts.hostname or "", self._parts.port, timeout=self._timeout)
        try:
            connection.request("GET", self._parts.path.rstrip("/") + target)
            response = connection.getresponse()
            body = response.read(_LIMIT + 1)
        except (OSError, http.client.HTTPException) as error:
            raise Unavailable(
                f"witness {self.url} does not answer: {error}", code="witness.silent", field="witnesses"
            ) from error
        finally:
            connection.close()
        if response.status == 404:
            raise NotFound(f"{self.url} has no {target}", code="witness.checkpoint")
        if response.status != 200 or len(body) > _LIMIT:
            raise self._odd()
        return body


def open_source(place: str, *, timeout: float = 5.0) -> Source:
    """A witness by address, by its published folder, or by its home."""
    if "://" in place:
        return HttpSource(place, timeout)
    folder = Path(place).expanduser()
    return FolderSource(folder / "published" if (folder / "published").is_dir() else folder)


@dataclass(frozen=True, slots=True)
class WitnessedBlock:
    """A block that enough witnesses vouch for.

    Attributes:
        note: the signed checkpoint.
        index: the block's number.
        path: inclusion path of its hash, 32 bytes each, leaf side first.
        checkpoint: the note, verified.
    """

    note: str
    index: int
    path: tuple[bytes, ...]
    checkpoint: Checkpoint


class Pins:
    """Remembers the newest checkpoint a verifier has accepted, so that nobody can show it another history.

    Args:
        path: file that holds the note.
        trust_root: names the witnesses.
    """

    def __init__(self, path: Path, trust_root: TrustRoot) -> None:
        self._path, self._root = path, trust_root

    def last(self) -> Checkpoint | None:
        """The pinned checkpoint, or None. Raises InvalidInput if the file was changed."""
        if not self._path.is_file():
            return None
        return verify_checkpoint(self._path.read_text(encoding="utf-8"), self._root)

    def accept(self, note: str, source: Source) -> Checkpoint:
        """Verify a note, prove it consistent with the pinned one, and pin the larger of both.

        Raises:
            Conflict: it tells another history than the pinned one.
            InvalidInput, Refused: as :func:`chain.ledger.witness.checkpoint.verify_checkpoint`.
            NotFound, Unavailable: no consistency proof could be had.
        """
        found = verify_checkpoint(note, self._root)
        pinned = self.last()
        if pinned is not None:
            earlier, later = sorted((pinned, found), key=lambda one: one.size)
            proof = source.consistency(earlier.size, later.size) if earlier.size < later.size else ()
            if not verify_consistency(earlier.size, later.size, earlier.root, later.root, proof):
                raise Conflict(
                    f"the checkpoint of {found.size} blocks does not agree with the pinned one of {pinned.size} blocks"
                    ": witnesses signed two histories", code="witness.two_histories", field="checkpoint",
                    fix="keep both notes and report them; they prove it",
                )  # fmt: skip
        if pinned is None or found.size >= pinned.size:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path, note.encode())
        return found


def witnessed(
    sources: Sequence[Source], trust_root: TrustRoot, block: BlockRef, *, wait: float = 0.0, pins: Pins | None = None
) -> WitnessedBlock | None:
    """A checkpoint over ``block`` that enough witnesses signed, with the block's inclusion path.

    Args:
        sources: where the witnesses publish.
        trust_root: names them, and how many are needed.
        block: the block in question.
        wait: seconds to go on asking, for witnesses that have not come that far.
        pins: also demand consistency with what was accepted before.

    Returns:
        None if too few witnesses answer or have come that far.

    Raises:
        Conflict: witnesses signed another block at that height, or another history than the pinned one.
    """
    deadline = time.monotonic() + wait
    while True:
        found = _find(sources, trust_root, block, pins) if sources and trust_root.threshold else None
        if found is not None or time.monotonic() >= deadline:
            return found
        time.sleep(0.2)


def newest(sources: Sequence[Source], trust_root: TrustRoot) -> tuple[str, Checkpoint] | None:
    """Newest checkpoint that enough witnesses signed, or None."""
    best: tuple[str, Checkpoint] | None = None
    for size in sorted(_candidates(sources, 0), reverse=True):
        note = _note(sources, trust_root, size)
        if note is not None:
            checkpoint = verify_checkpoint(note, trust_root)
            if best is None or checkpoint.size > best[1].size:
                return note, checkpoint
    return best


def _find(sources: Sequence[Source], root: TrustRoot, block: BlockRef, pins: Pins | None) -> WitnessedBlock | None:
    for size in _candidates(sources, block.number + 1):
        note = _note(sources, root, size)
        if note is None:
            continue
        checkpoint = verify_checkpoint(note, root)
        for source in sources:
            try:
                path = source.inclusion(block.number, size)
            except (NotFound, Unavailable, InvalidInput):
                continue
            if verify_inclusion(leaf_hash(block.hash), block.number, size, path, checkpoint.root):
                if pins is not None:
                    pins.accept(note, source)
                return WitnessedBlock(note, block.number, path, checkpoint)
        if checkpoint.block.number == block.number and checkpoint.block.hash != block.hash:
            raise Conflict(
                f"the witnesses signed another block {block.number} than the chain shows", code="witness.other_block",
                field="ledger.endpoints", fix="the endpoints follow a rewritten chain; ask others",
            )  # fmt: skip
    return None


def _candidates(sources: Sequence[Source], least: int) -> list[int]:
    """Sizes worth asking for, smallest first."""
    sizes: set[int] = set()
    for source in sources:
        try:
            sizes.update(source.sizes_from(least))
            body, _, _ = source.checkpoint().partition("\n\n")
            sizes.add(parse_body(body + "\n").size)
        except YinxinError:
            continue
    return sorted(size for size in sizes if size >= max(least, 1))


def _note(sources: Sequence[Source], root: TrustRoot, size: int) -> str | None:
    """The merged note of that size if enough witnesses signed it, or None. Foreign and bad notes are left out."""
    one = TrustRoot(root.chain_id, root.genesis_hash, root.contracts, root.witnesses, min(1, len(root.witnesses)))
    by_body: dict[str, list[str]] = {}
    for source in sources:
        for which in (size, None):
            try:
                note = source.checkpoint(which)
                if verify_checkpoint(note, one).size == size:
                    by_body.setdefault(note.partition("\n\n")[0], []).append(note)
                    break
            except (NotFound, Unavailable, InvalidInput, Refused):
                continue
    for notes in by_body.values():
        merged = merge(notes)
        try:
            verify_checkpoint(merged, root)
        except Refused:
            continue
        return merged
    return None
