"""The pool of experts 评标专家库: committed to beforehand, name by name, without showing a name.

    leaf = RFC 9162 leaf hash of "yinxin-expert-1" ‖ 0x00 ‖ RFC 8785 of the expert's line with its salt

What is public is the list of leaves with each expert's specialty (which quotas need), account and box: a fresh account,
which signs sheets, and an X25519 key, to which keys of bids are granted. Both are made for one tender, so they tell no
name and link no two tenders. The paper's SHA-256 goes on the ledger before the deadline. After the award an expert's
line with its salt proves who sat at that place.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, hex0x, sha256, unb64url, unhex0x
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
        account: address that signs this expert's sheets, fresh for the tender, 20 bytes; public.
        box: X25519 key for what this expert may read, 32 bytes; public.
        salt: 32 random bytes.
    """

    number: str
    name: str
    employer: str
    specialty: str
    account: bytes
    box: bytes
    salt: bytes

    def __post_init__(self) -> None:
        for field in ("number", "name", "specialty"):
            _text(getattr(self, field), field)
        if self.employer:
            _text(self.employer, "employer")
        for field, size in (("account", 20), ("box", 32), ("salt", SALT_SIZE)):
            if len(getattr(self, field)) != size:
                raise _bad(field, f"{size} bytes")

    @classmethod
    def new(cls, number: str, name: str, employer: str, specialty: str, account: bytes, box: bytes) -> Expert:
        """With a fresh salt."""
        return cls(number, name, employer, specialty, account, box, os.urandom(SALT_SIZE))

    @classmethod
    def from_dict(cls, value: Any) -> Expert:
        """Inverse of :meth:`as_dict`. Raises InvalidInput naming the member."""
        names = {"number", "name", "employer", "specialty", "account", "box", "salt"}
        texts = isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
        if not texts or set(value) != names:
            raise _bad("expert", "members are " + ", ".join(sorted(names)))
        return cls(
            value["number"], value["name"], value["employer"], value["specialty"],
            unhex0x(value["account"], size=20, field="account"), unb64url(value["box"], field="box"),
            unb64url(value["salt"], field="salt"),
        )  # fmt: skip

    def as_dict(self) -> dict[str, str]:
        """As it is shown once it may be."""
        return {
            "number": self.number,
            "name": self.name,
            "employer": self.employer,
            "specialty": self.specialty,
            "account": hex0x(self.account),
            "box": b64url(self.box),
            "salt": b64url(self.salt),
        }

    def leaf(self) -> bytes:
        """Leaf hash, 32 bytes."""
        return leaf_hash(_TAG + canonical(self.as_dict()))


@dataclass(frozen=True, slots=True)
class PoolLine:
    """What is public of one expert: leaf hash (32 bytes), specialty, account (20 bytes), box (32 bytes)."""

    leaf: bytes
    specialty: str
    account: bytes
    box: bytes

    @classmethod
    def of(cls, expert: Expert) -> PoolLine:
        """The public part of an expert's line."""
        return cls(expert.leaf(), expert.specialty, expert.account, expert.box)

    def as_dict(self) -> dict[str, str]:
        """As it stands in the paper."""
        return {
            "leaf": b64url(self.leaf), "specialty": self.specialty, "account": hex0x(self.account),
            "box": b64url(self.box),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class PoolPaper:
    """What is public of a pool.

    Attributes:
        lines: one an expert, leaves ascending, so that the order tells nothing; accounts and boxes each once.
    """

    lines: tuple[PoolLine, ...]

    def __post_init__(self) -> None:
        if any(one.leaf >= other.leaf for one, other in zip(self.lines, self.lines[1:], strict=False)):
            raise _bad("experts", "leaves ascend, each once")
        for field in ("account", "box"):
            if len({getattr(line, field) for line in self.lines}) != len(self.lines):
                raise _bad(f"experts.{field}", "each once")

    def to_bytes(self) -> bytes:
        """Canonical JSON, ``yinxin-expert-pool-1``."""
        return canonical({"format": FORMAT, "experts": [line.as_dict() for line in self.lines]})

    def digest(self) -> bytes:
        """SHA-256 of the paper, 32 bytes: what goes on the ledger."""
        return sha256(self.to_bytes())

    def place_of(self, expert: Expert) -> int:
        """0-based place of an expert who is shown. Raises InvalidInput if the pool has no such line."""
        line = PoolLine.of(expert)
        if line not in self.lines:
            raise InvalidInput(
                f"{expert.number}: not in this pool",
                code="pool.unknown",
                field="expert",
                fix="show the line as committed",
            )
        return self.lines.index(line)


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
        return PoolPaper(tuple(PoolLine.of(expert) for expert in self.experts))


def read_pool_paper(data: bytes) -> PoolPaper:
    """Inverse of :meth:`PoolPaper.to_bytes`. Raises InvalidInput naming the member."""
    value: Any = read_canonical(data, what="pool", limit=_LARGEST)
    if not isinstance(value, dict) or set(value) != {"format", "experts"} or value["format"] != FORMAT:
        raise _bad("format", f"only {FORMAT} is known")
    items = value["experts"]
    if not isinstance(items, list) or not 0 < len(items) <= MOST_EXPERTS:
        raise _bad("experts", f"1 to {MOST_EXPERTS}")
    return PoolPaper(tuple(_line(item, f"experts[{place}]") for place, item in enumerate(items)))


def _line(item: Any, field: str) -> PoolLine:
    names = ("leaf", "specialty", "account", "box")
    if not isinstance(item, dict) or set(item) != set(names) or not all(isinstance(item[name], str) for name in names):
        raise _bad(field, ", ".join(names))
    leaf, box = unb64url(item["leaf"], field=f"{field}.leaf"), unb64url(item["box"], field=f"{field}.box")
    if len(leaf) != 32 or len(box) != 32:
        raise _bad(f"{field}.leaf", "leaf and box have 32 bytes")
    _text(item["specialty"], f"{field}.specialty")
    return PoolLine(leaf, item["specialty"], unhex0x(item["account"], size=20, field=f"{field}.account"), box)


def _text(value: Any, field: str) -> None:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST or value != value.strip():
        raise _bad(field, f"a text of 1 to {_LONGEST} characters, no blank at its ends")


def _bad(field: str, rule: str) -> InvalidInput:
    return InvalidInput(f"{field}: {rule}", code="pool.form", field=field)
