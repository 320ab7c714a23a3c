"""The pool of experts 评标专家库: committed to beforehand, name by name, without showing a name.

    leaf = RFC 9162 leaf hash of "yinxin-expert-1" ‖ 0x00 ‖ RFC 8785 of the expert's line with its salt

What is public is the list of leaves with each expert's specialty (which quotas need); its SHA-256 goes on the ledger
before the deadline. After the award an expert's line with its salt proves who sat at that place.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, sha256, unb64url
from chain.kernel.errors import InvalidInput
from chain.merkle import leaf_hash

FORMAT = "yinxin-expert-pool-1"
SALT_SIZE = 32
MOST_EXPERTS = 100_000
_TAG = b"yinxin-expert-1\0"
_LONGEST = 200
_LARGEST = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Expert:
    """One expert.

    Attributes:
        number: in the pool's own register.
        name: legal name.
        employer: unified social credit code, or empty.
        specialty: code of the field, such as ``A08``; public.
        salt: 32 random bytes.
    """

    number: str
    name: str
    employer: str
    specialty: str
    salt: bytes

    def __post_init__(self) -> None:
        for field in ("number", "name", "specialty"):
            _text(getattr(self, field), field)
        if self.employer:
            _text(self.employer, "employer")
        if len(self.salt) != SALT_SIZE:
            raise _bad("salt", f"{SALT_SIZE} bytes")

    @classmethod
    def new(cls, number: str, name: str, employer: str, specialty: str) -> Expert:
        """With a fresh salt."""
        return cls(number, name, employer, specialty, os.urandom(SALT_SIZE))

    def as_dict(self) -> dict[str, str]:
        """As it is shown once it may be."""
        return {
            "number": self.number,
            "name": self.name,
            "employer": self.employer,
            "specialty": self.specialty,
            "salt": b64url(self.salt),
        }

    def leaf(self) -> bytes:
        """Leaf hash, 32 bytes."""
        return leaf_hash(_TAG + canonical(self.as_dict()))


@dataclass(frozen=True, slots=True)
class PoolPaper:
    """What is public of a pool.

    Attributes:
        leaves: one hash an expert, 32 bytes, ascending, so that the order tells nothing.
        specialties: of the expert at the same place.
    """

    leaves: tuple[bytes, ...]
    specialties: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """Canonical JSON, ``yinxin-expert-pool-1``."""
        lines = zip(self.leaves, self.specialties, strict=True)
        return canonical(
            {"format": FORMAT, "experts": [{"leaf": b64url(leaf), "specialty": field} for leaf, field in lines]}
        )

    def digest(self) -> bytes:
        """SHA-256 of the paper, 32 bytes: what goes on the ledger."""
        return sha256(self.to_bytes())

    def place_of(self, expert: Expert) -> int:
        """0-based place of an expert who is shown. Raises InvalidInput if the pool has no such line."""
        leaf = expert.leaf()
        if leaf not in self.leaves or self.specialties[self.leaves.index(leaf)] != expert.specialty:
            raise InvalidInput(
                f"{expert.number}: not in this pool",
                code="pool.unknown",
                field="expert",
                fix="show the line as committed",
            )
        return self.leaves.index(leaf)


class Pool:
    """A pool with its names: kept by whoever runs it, never published as a whole.

    Args:
        experts: each number once, at most 100,000.
    """

    def __init__(self, experts: Sequence[Expert]) -> None:
        if not 0 < len(experts) <= MOST_EXPERTS:
            raise _bad("experts", f"1 to {MOST_EXPERTS}")
        if len({expert.number for expert in experts}) != len(experts):
            raise _bad("number", "each once")
        self.experts = tuple(sorted(experts, key=Expert.leaf))
        """In the order of the paper."""

    def paper(self) -> PoolPaper:
        """What is public."""
        return PoolPaper(
            tuple(expert.leaf() for expert in self.experts), tuple(expert.specialty for expert in self.experts)
        )


def read_pool_paper(data: bytes) -> PoolPaper:
    """Inverse of :meth:`PoolPaper.to_bytes`. Raises InvalidInput naming the member."""
    value: Any = read_canonical(data, what="pool", limit=_LARGEST)
    if not isinstance(value, dict) or set(value) != {"format", "experts"} or value["format"] != FORMAT:
        raise _bad("format", f"only {FORMAT} is known")
    items = value["experts"]
    if not isinstance(items, list) or not 0 < len(items) <= MOST_EXPERTS:
        raise _bad("experts", f"1 to {MOST_EXPERTS}")
    leaves: list[bytes] = []
    fields: list[str] = []
    for place, item in enumerate(items):
        if not isinstance(item, dict) or set(item) != {"leaf", "specialty"} or not isinstance(item["leaf"], str):
            raise _bad(f"experts[{place}]", "leaf, specialty")
        leaf = unb64url(item["leaf"], field=f"experts[{place}].leaf")
        if len(leaf) != 32 or (leaves and leaf <= leaves[-1]):
            raise _bad(f"experts[{place}].leaf", "32 bytes, ascending, each once")
        _text(item["specialty"], f"experts[{place}].specialty")
        leaves.append(leaf)
        fields.append(item["specialty"])
    return PoolPaper(tuple(leaves), tuple(fields))


def _text(value: Any, field: str) -> None:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST or value != value.strip():
        raise _bad(field, f"a text of 1 to {_LONGEST} characters, no blank at its ends")


def _bad(field: str, rule: str) -> InvalidInput:
    return InvalidInput(f"{field}: {rule}", code="pool.form", field=field)
