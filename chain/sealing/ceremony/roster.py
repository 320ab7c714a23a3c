"""Who is invited to a ceremony, and what the key will be for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, hex0x, sha256, unhex0x
from chain.kernel.errors import InvalidInput
from chain.sealing.box import KEY_SIZE, check_recipient
from chain.sealing.ceremony._wire import some_bytes
from chain.sealing.share import Scope

FORMAT = "yinxin-roster-1"
MOST = 100
"""Most members of a ceremony."""


@dataclass(frozen=True, slots=True)
class Member:
    """One invited key holder.

    Attributes:
        address: its account on the ledger, 20 bytes.
        key: its X25519 public key for this ceremony, 32 bytes.
    """

    address: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class Roster:
    """The invited, in the order of their numbers from 1, and the threshold t.

    With n ≥ 2t - 1, the t - 1 members that may be dishonest can neither open alone nor stop the others.
    """

    scope: Scope
    threshold: int
    members: tuple[Member, ...]

    def __post_init__(self) -> None:
        count = len(self.members)
        if type(self.threshold) is not int or self.threshold < 2:
            raise InvalidInput(
                "one key holder alone never opens: at least 2", code="ceremony.threshold", field="threshold"
            )
        if not 2 * self.threshold - 1 <= count <= MOST:
            raise InvalidInput(
                f"{2 * self.threshold - 1} to {MOST} members for a threshold of {self.threshold}",
                code="ceremony.members", field="members", fix="invite more members or lower the threshold",
            )  # fmt: skip
        for number, member in enumerate(self.members, 1):
            if type(member.address) is not bytes or len(member.address) != 20:
                raise InvalidInput("an address has 20 bytes", code="ceremony.members", field=f"members[{number}]")
            check_recipient(member.key, field=f"members[{number}].key")
        for part in ("address", "key"):
            if len({getattr(member, part) for member in self.members}) != count:
                raise InvalidInput(f"two members have one {part}", code="ceremony.members", field="members")

    @property
    def size(self) -> int:
        """n, how many are invited."""
        return len(self.members)

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        members = [{"address": hex0x(member.address), "key": b64url(member.key)} for member in self.members]
        return canonical(
            {"format": FORMAT, "scope": self.scope.as_dict(), "threshold": self.threshold, "members": members}
        )

    def digest(self) -> bytes:
        """SHA-256 of :meth:`to_bytes`: the ceremony's name in every message."""
        return sha256(self.to_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> Roster:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value: Any = read_canonical(data, what="roster", limit=1 << 20)
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise InvalidInput(f"not a message of the form {FORMAT}", code="ceremony.format", field="format")
        if set(value) != {"format", "scope", "threshold", "members"} or not isinstance(value["members"], list):
            raise InvalidInput("members are scope, threshold, members", code="ceremony.members")
        members = []
        for number, one in enumerate(value["members"], 1):
            if not isinstance(one, dict) or set(one) != {"address", "key"}:
                raise InvalidInput("address and key", code="ceremony.members", field=f"members[{number}]")
            address = unhex0x(one["address"], size=20, field=f"members[{number}].address")
            members.append(Member(address, some_bytes(one["key"], KEY_SIZE, f"members[{number}].key")))
        return cls(Scope.read(value["scope"]), value["threshold"], tuple(members))
