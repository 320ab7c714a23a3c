"""Bringing the local store's blobs to an IPFS node, in archives, so that an interrupted run goes on.

Blobs go in the order in which they were stored, in groups whose list of links is the same at every run: a group that
the node has pinned already is skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chain.documents.cids import Block, file_blocks, read_cid
from chain.documents.stores.ipfs import IpfsStore
from chain.documents.stores.local import LocalStore
from chain.kernel.errors import Damaged, NotFound, Unavailable

_SAMPLE = 8


@dataclass(frozen=True, slots=True)
class PushReport:
    """What a run did.

    Attributes:
        blobs: blobs the node holds now, under pins.
        sent: of these, sent by this run.
        read_back: blobs read back from the node's own disk and hashed.
        pins: CIDs of the lists of links that hold them.
        damaged: CIDs that could not be sent because the local bytes are not what they should be.
    """

    blobs: int
    sent: int
    read_back: int
    pins: tuple[str, ...]
    damaged: tuple[str, ...]


def push(
    local: LocalStore,
    ipfs: IpfsStore,
    *,
    read_all: bool = False,
    per_pin: int = 1000,
    done: Callable[[int], None] = lambda _count: None,
) -> PushReport:
    """Send every blob of ``local`` that the node does not hold pinned yet, and look that it does.

    Args:
        local: where from.
        ipfs: where to.
        read_all: read every blob back from the node's disk, instead of a few of each group.
        per_pin: blobs a pin holds, about; the same number finds again what an earlier run sent.
        done: told how many blobs are dealt with.

    Raises:
        Unavailable: the node stopped answering, or does not hold what it acknowledged; run it again.
    """
    count = sent = read_back = 0
    pins: list[str] = []
    damaged: list[str] = []
    for group in local.groups(blobs=per_pin):
        files: dict[bytes, list[Block]] = {}
        if not ipfs.has_batch(group):
            files, broken = _read(local, group)
            damaged += broken
            group = list(files)
            if not group:
                continue
        if files and not ipfs.has_batch(group):
            ipfs.put_batch(group, (block for blocks in files.values() for block in blocks))
            sent += len(group)
        if not ipfs.has_batch(group):
            raise Unavailable("the IPFS node does not hold the pin it acknowledged", code="ipfs.pin")
        pins.append(ipfs.batch_cid(group))
        for cid in _chosen(group, read_all):
            _read_back(ipfs, cid)
            read_back += 1
        count += len(group)
        done(count)
    return PushReport(count, sent, read_back, tuple(pins), tuple(damaged))


def _read(local: LocalStore, group: list[bytes]) -> tuple[dict[bytes, list[Block]], list[str]]:
    files: dict[bytes, list[Block]] = {}
    broken: list[str] = []
    for key in group:
        cid = str(read_cid(key))
        try:
            files[key] = file_blocks(local.get(cid, limit=1 << 32))
        except Damaged:
            broken.append(cid)
        except NotFound:  # deleted meanwhile
            continue
    return files, broken


def _chosen(group: list[bytes], read_all: bool) -> Iterator[str]:
    step = 1 if read_all else max(1, len(group) // _SAMPLE)
    return (str(read_cid(key)) for key in group[::step])


def _read_back(ipfs: IpfsStore, cid: str) -> None:
    try:
        if not ipfs.has(cid):
            raise NotFound(cid)
        ipfs.get(cid, limit=1 << 32)
    except (NotFound, Damaged) as error:
        raise Unavailable(
            f"the IPFS node does not give back {cid}, which it acknowledged", code="ipfs.lost",
            fix="run `ipfs repo verify` on the node, then push again",
        ) from error  # fmt: skip
