"""What makes this chain this chain: a random chain id and a genesis time, chosen once and kept."""

from __future__ import annotations

import secrets

import msgspec

from chain.kernel.clock import Clock, system_clock
from chain.kernel.errors import Damaged
from chain.kernel.files import write_atomically
from chain.ledger.node.layout import NodeDir

_FORMAT = "yinxin-node-1"
_SPREAD = 2**24


class ChainIdentity(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The chain's fixed facts.

    Attributes:
        format: ``yinxin-node-1``.
        chain_id: random, between 2^40 and 2^50, so that it meets no registered network and fits a JSON number.
        genesis_time: timestamp of block 0, seconds since 1970 UTC.
        hardfork: rules of the EVM.
        block_gas: gas limit of a block, never changed. It carries 24 random bits: the one free field of block 0 besides
            its time, so that chains made in the same second have different genesis hashes.
    """

    format: str = _FORMAT
    chain_id: int
    genesis_time: int
    hardfork: str
    block_gas: int


def load_or_create(folder: NodeDir, block_gas: int, clock: Clock = system_clock) -> ChainIdentity:
    """Read the identity of a node folder; in a new one, choose it and make it durable first.

    Raises:
        Damaged: the file is there but cannot be read, or it is gone while blocks are still there.
    """
    try:
        raw = folder.identity.read_bytes()
    except FileNotFoundError:
        if folder.snapshot.exists() or folder.archive.exists():
            raise Damaged(
                f"{folder.identity} is gone but the blocks are there",
                code="node.identity",
                fix="put node.json back from a copy of the folder, or move the whole folder away to begin a new chain",
            ) from None
        identity = ChainIdentity(
            chain_id=secrets.randbelow(2**50 - 2**40) + 2**40,
            genesis_time=clock(),
            hardfork="prague",
            block_gas=block_gas + secrets.randbelow(_SPREAD),
        )
        write_atomically(folder.identity, msgspec.json.format(msgspec.json.encode(identity)) + b"\n")
        return identity
    try:
        identity = msgspec.json.decode(raw, type=ChainIdentity)
    except msgspec.DecodeError as error:
        raise Damaged(
            f"{folder.identity}: {error}", code="node.identity", fix="put it back from a copy of the folder"
        ) from error
    if identity.format != _FORMAT:
        raise Damaged(f"{folder.identity}: format {identity.format!r} is not known", code="node.identity")
    return identity
