"""Where what was read and what the chain says now part."""

from __future__ import annotations

from collections.abc import Callable, Mapping

HashOf = Callable[[int], bytes]
"""Hash of the chain's block of that number, which is not beyond the newest."""


def fork(known: Mapping[int, bytes], newest: int, hash_of: HashOf) -> int | None:
    """Number of the newest known block that the chain still has; None if there is none.

    A block that is still there has all its ancestors still there, so the place is found by halving: one question
    where nothing changed, and the logarithm of the number of known blocks where something did.

    Args:
        known: number and hash of blocks that were read.
        newest: number of the chain's newest final block.
        hash_of: asks the chain.
    """
    blocks = sorted(known.items())
    if not blocks:
        return None
    if _is_there(*blocks[-1], newest, hash_of):
        return blocks[-1][0]
    low, high = 0, len(blocks) - 1
    while low < high:
        middle = (low + high) // 2
        if _is_there(*blocks[middle], newest, hash_of):
            low = middle + 1
        else:
            high = middle
    return blocks[low - 1][0] if low else None


def is_behind(known: Mapping[int, bytes], newest: int, hash_of: HashOf) -> bool:
    """True if known blocks lie beyond the newest one, and none that does not is contradicted."""
    reached = [number for number in known if number <= newest]
    if len(reached) == len(known):
        return False
    return not reached or _is_there(max(reached), known[max(reached)], newest, hash_of)


def _is_there(number: int, hash_: bytes, newest: int, hash_of: HashOf) -> bool:
    return number <= newest and hash_of(number) == hash_
