"""Blobs on an IPFS node, by its RPC through ipfshttpclient 0.7.0.

What that library leaves to its caller is done here: it asserts an old node version (so the version is checked here),
turns raw leaves off (so they are asked for), never raises an error that arrives in the trailer of an answer (so every
CID is recomputed on every reply and every read), and waits two minutes by default (so every call has its limit).

"Stored" is said only after the node acknowledged the pin.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from chain.documents import cids
from chain.documents.car import batch_root, read_batch_root, write_car
from chain.documents.cids import DAG_PB, Block
from chain.documents.kubo import NEWEST, OLDEST, KuboNode, is_supported, parse_version
from chain.documents.stores._rpc import calling, open_client
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Refused, Unavailable

BATCH_BLOBS = 4000
"""Blobs held by one pin, at most."""

BATCH_SIZE = 32 << 20
"""Bytes sent in one archive, about."""

_CONNECT = 5.0
_EMPTY = cids.cid_of(b"")


class IpfsStore:
    """A :class:`chain.kernel.ports.BlobStore` on the node at the multiaddr ``api``."""

    name: str

    def __init__(
        self, api: str, *, authorization: str | None = None, timeout: float = 60.0, node: KuboNode | None = None
    ) -> None:
        """Connect and check the node's version.

        Args:
            api: such as ``/ip4/127.0.0.1/tcp/5001`` or ``/unix/path/to/api.sock``.
            authorization: value of the header ``Authorization`` where the node asks for one.
            timeout: seconds a call may wait for data.
            node: a private node behind that address; closing the store also stops using it.

        Raises:
            InvalidInput: not such an address.
            Unavailable: no answer, or a node of an unsupported version.
            Refused: the node wants another authorization.
        """
        self.api = api
        self._node = node
        self._timeout = (_CONNECT, timeout)
        self._server_timeout = f"{max(1, int(timeout) - 1)}s"
        self._client = open_client(api, authorization=authorization, timeout=self._timeout)
        with self._calling():
            said = str(self._client.version(timeout=self._timeout)["Version"])
        if not is_supported(parse_version(said)):
            low, high = (".".join(map(str, version)) for version in (OLDEST, NEWEST))
            raise Unavailable(
                f"the IPFS node is version {said}; supported are {low} up to below {high}",
                code="ipfs.version",
                fix="use Kubo 0.39 or another supported version",
            )
        self.version = said
        self.name = f"IPFS (kubo {said})"

    def close(self) -> None:
        """Close the connection, and stop using the node if one was given."""
        self._client.close()
        if self._node is not None:
            self._node.stop()

    # ------------------------------------------------------------------ the port

    def put(self, data: bytes) -> str:
        """Store and pin one blob."""
        cid = cids.cid_of(data)
        with self._calling():
            answer = self._client.add(
                io.BytesIO(data), cid_version=1, raw_leaves=True, chunker=f"size-{cids.CHUNK}", pin=True,
                timeout=self._timeout, opts={"max-file-links": str(cids.LINKS), "hash": "sha2-256"},
            )  # fmt: skip
            said = str(answer["Hash"])
        if said != cid:
            self._unpin(said)
            raise Damaged(f"the IPFS node stored {said} where {cid} was sent", code="ipfs.cid")
        self._require_pin(cid)
        return cid

    def put_many(self, blobs: Iterable[bytes]) -> list[str]:
        """Store in archives of up to BATCH_BLOBS, each held by one recursive pin on a list of links."""
        out: list[str] = []
        for batch in _batches(blobs):
            files = [cids.file_blocks(blob) for blob in batch]
            self.put_batch([file[0].cid for file in files], (block for file in files for block in file))
            out.extend(str(cids.read_cid(file[0].cid)) for file in files)
        return out

    def put_batch(self, roots: list[bytes], blocks: Iterable[Block]) -> str:
        """Store these blobs (binary CIDs of their roots, and all their blocks); the CID of the list that pins them."""
        holder = batch_root(roots)
        archive = io.BytesIO()
        write_car([holder.cid], ((block.cid, block.data) for block in (holder, *blocks)), archive)
        archive.seek(0)
        return self._import(archive, str(cids.read_cid(holder.cid)))

    def get(self, cid: str, *, limit: int = 64 * 2**20) -> bytes:
        """The blob, from this node or a peer of its swarm, hashed again.

        Raises:
            NotFound: nobody reachable gave it in time.
            Damaged: the answer is not what the CID says (or was cut off).
            InvalidInput: larger than ``limit`` bytes.
        """
        cids.parse_cid(cid)
        if cid == _EMPTY:  # peers never answer for a block without bytes
            return b""
        local = self.has(cid)
        out = bytearray()
        with self._calling(cid):
            stream = self._client.cat(
                cid, stream=True, offline=local, timeout=self._timeout, opts={"timeout": self._server_timeout}
            )
            with stream:
                for piece in stream:
                    out += piece
                    if len(out) > limit:
                        raise InvalidInput(f"{cid} is larger than {limit} bytes", code="blob.limit", field="cid")
        data = bytes(out)
        if cids.cid_of(data) != cid:
            raise Damaged(f"the IPFS node's answer for {cid} is altered or cut off", code="cid.mismatch")
        return data

    def has(self, cid: str) -> bool:
        """True if the node itself holds every block of it."""
        parsed = cids.parse_cid(cid)
        if parsed.codec != DAG_PB:
            return self._has_block(cid)
        blocks = self._tree(cid)
        return blocks is not None and all(self._has_block(block) for block in blocks[1:])

    def delete(self, cid: str) -> None:
        """Unpin it here and remove its blocks from this node's disk. Other nodes keep what they pinned.

        Where a batch's pin holds it, the batch is pinned again without it first.
        """
        cids.parse_cid(cid)
        blocks = self._tree(cid) or [cid]
        for _ in range(100):
            holder = self._held_by(cid)
            if holder is None:
                break
            if holder == cid:
                self._unpin(cid)
            else:
                self._pin_without(holder, cid)
        else:
            raise Unavailable(f"{cid} stays pinned", code="ipfs.pinned", fix="unpin it with `ipfs pin rm`")
        self._remove_blocks(blocks)

    # ------------------------------------------------------------------ more than the port

    def is_pinned(self, cid: str) -> bool:
        """True if the node holds a pin on exactly this CID (not one inherited from a batch)."""
        return self._held_by(cid) == cid

    def has_batch(self, roots: list[bytes]) -> bool:
        """True if the list of these blobs is pinned here: so all of them are."""
        return self.is_pinned(self.batch_cid(roots))

    def batch_cid(self, roots: list[bytes]) -> str:
        """CID of the list of links that pins these blobs."""
        return str(cids.read_cid(batch_root(roots).cid))

    def read_local(self, cid: str) -> bytes:
        """The block, from this node's disk alone, hashed. Raises NotFound, Damaged, Unavailable."""
        with self._calling(cid):
            data: bytes = self._client.block.get(cid, offline=True, timeout=self._timeout)
        cids.check_block(cids.parse_cid(cid).raw, data)
        return data

    # ------------------------------------------------------------------ inside

    def _calling(self, cid: str = "") -> AbstractContextManager[None]:
        return calling(self.api, cid)

    def _import(self, archive: io.BytesIO, root: str) -> str:
        with self._calling():
            answer = self._client.dag.imprt(archive, timeout=self._timeout, opts={"pin-roots": "true"})
            said, fault = str(answer["Root"]["Cid"]["/"]), str(answer["Root"].get("PinErrorMsg") or "")
        if fault or said != root:
            raise Unavailable(f"the IPFS node did not pin the batch: {fault or said}", code="ipfs.pin")
        self._require_pin(root)
        return root

    def _require_pin(self, cid: str) -> None:
        if not self.is_pinned(cid):
            raise Unavailable(f"the IPFS node did not keep its pin on {cid}", code="ipfs.pin")

    def _held_by(self, cid: str) -> str | None:
        """The pin that keeps ``cid``: itself, the root above it, or None."""
        try:
            with self._calling():
                answer = self._client.pin.ls(cid, timeout=self._timeout)
                kind = str(answer["Keys"][cid]["Type"])
        except Unavailable as error:
            if error.code == "ipfs.error" and "not pinned" in error.message:
                return None
            raise
        return kind.removeprefix("indirect through ") if kind.startswith("indirect") else cid

    def _pin_without(self, holder: str, cid: str) -> None:
        """Pin the batch under ``holder`` again without ``cid``, then let go of ``holder``."""
        try:
            listed = read_batch_root(self.read_local(holder))
        except InvalidInput as error:
            raise Refused(
                f"{cid} is pinned through {holder}, which is not a batch of ours",
                code="ipfs.pinned",
                fix="unpin that with `ipfs pin rm` first",
            ) from error
        gone = cids.parse_cid(cid).raw
        left = [known for known in listed if known != gone]
        if left:
            self.put_batch(left, ())
        self._unpin(holder)
        self._remove_blocks([holder])

    def _unpin(self, cid: str) -> None:
        try:
            with self._calling():
                self._client.pin.rm(cid, timeout=self._timeout)
        except Unavailable as error:
            if "not pinned" not in error.message:
                raise

    def _has_block(self, cid: str) -> bool:
        try:
            with self._calling(cid):
                self._client.block.stat(cid, offline=True, timeout=self._timeout)
        except NotFound:
            return False
        return True

    def _tree(self, cid: str) -> list[str] | None:
        """CIDs of a file's blocks, root first, as far as inner nodes are here; None if the root is not."""
        out: list[str] = []
        waiting = [cid]
        while waiting:
            current = waiting.pop()
            out.append(current)
            if cids.parse_cid(current).codec != DAG_PB:
                continue
            try:
                children = cids.read_file_node(self.read_local(current))
            except NotFound:
                if current == cid:
                    return None
                continue
            waiting.extend(str(cids.read_cid(child)) for child, _ in children)
        return out

    def _remove_blocks(self, listed: list[str]) -> None:
        for start in range(0, len(listed), 200):
            part = listed[start : start + 200]
            with self._calling():
                answers: list[dict[str, Any]] = self._client.block._client.request(
                    "/block/rm", part, decoder="json", timeout=self._timeout, opts={"force": "true"}
                )
            faults = [str(answer["Error"]) for answer in answers if answer.get("Error")]
            if any("pinned" not in fault for fault in faults) or (faults and start == 0 and part[0] in faults[0]):
                raise Unavailable(f"the IPFS node kept a block: {faults[0]}", code="ipfs.remove")


def _batches(blobs: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for blob in blobs:
        batch.append(blob)
        size += len(blob)
        if size >= BATCH_SIZE or len(batch) == BATCH_BLOBS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
