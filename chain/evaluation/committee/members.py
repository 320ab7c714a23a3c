"""Who sits on a committee: accounts and boxes before the award, names after it.

``yinxin-committee-1`` (kind ``committee``) and ``yinxin-committee-names-1`` (kind ``committee-names``), canonical JSON;
docs/formats/draw.md. A committee that changes is a newer paper with the next number, in full.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chain.evaluation.pool import Expert
from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x
from chain.kernel.errors import InvalidInput
from chain.tenders.opening import LotPlace

COMMITTEE, NAMES = "yinxin-committee-1", "yinxin-committee-names-1"
_PLACE = {"genesis", "book", "tender", "lot"}
_CODE = "committee.paper"
_MOST = 200


class MemberKind(StrEnum):
    """Whom a member comes from."""

    EXPERT = "expert"
    """Drawn from the pool."""
    OWNER = "owner"
    """A representative of the procuring entity."""


@dataclass(frozen=True, slots=True)
class Member:
    """One seat.

    Attributes:
        seat: 1, 2, 3 …; experts first, in the order drawn. Who replaces an expert takes that expert's seat.
        account: signs the member's sheets, 20 bytes.
        box: X25519 key to which keys of bids are granted, 32 bytes.
        kind: expert or owner.
        place: 0-based place in the pool's paper; None for an owner's representative.
    """

    seat: int
    account: bytes
    box: bytes
    kind: MemberKind
    place: int | None


@dataclass(frozen=True, slots=True)
class Committee:
    """A committee.

    Attributes:
        lot: which lot it evaluates.
        number: 1, 2, 3 … within the lot.
        pool: SHA-256 of the pool's paper, 32 bytes.
        drawn: SHA-256 of every ``yinxin-drawn-1`` it rests on, in order.
        members: by seat.
    """

    lot: LotPlace
    number: int
    pool: bytes
    drawn: tuple[bytes, ...]
    members: tuple[Member, ...]

    @property
    def experts(self) -> tuple[Member, ...]:
        """Those who were drawn."""
        return tuple(one for one in self.members if one.kind is MemberKind.EXPERT)

    @property
    def owners(self) -> tuple[Member, ...]:
        """Representatives of the procuring entity."""
        return tuple(one for one in self.members if one.kind is MemberKind.OWNER)

    def member(self, account: bytes) -> Member | None:
        """The member with that account (20 bytes), or None."""
        return next((one for one in self.members if one.account == account), None)

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": COMMITTEE,
                **self.lot.as_dict(),
                "number": self.number,
                "pool": hex0x(self.pool),
                "drawn": [hex0x(one) for one in self.drawn],
                "members": [
                    {
                        "seat": one.seat, "account": hex0x(one.account), "box": b64url(one.box),
                        "kind": one.kind.value, "place": one.place,
                    }
                    for one in self.members
                ],
            }
        )  # fmt: skip


def read_committee(data: bytes) -> Committee:
    """Inverse of :meth:`Committee.to_bytes`; whether it follows from the draws is not checked. Raises InvalidInput."""
    value = strict.paper(data, COMMITTEE, {*_PLACE, "number", "pool", "drawn", "members"}, _CODE)
    members = tuple(_member(one) for one in strict.items(value["members"], "members", _CODE, _MOST))
    if [one.seat for one in members] != sorted({one.seat for one in members}):
        raise InvalidInput("members: seats ascend, each once", code=_CODE, field="members.seat")
    for field in ("account", "box"):
        if len({getattr(one, field) for one in members}) != len(members):
            raise InvalidInput(f"members: each {field} once", code=_CODE, field=f"members.{field}")
    return Committee(
        LotPlace.read(value),
        strict.number(value["number"], "number", _CODE),
        strict.hexed(value["pool"], 32, "pool"),
        tuple(strict.hexed(one, 32, "drawn") for one in strict.items(value["drawn"], "drawn", _CODE)),
        members,
    )


@dataclass(frozen=True, slots=True)
class CommitteeNames:
    """Who sat there, shown after the award.

    Attributes:
        lot: which lot.
        committee: SHA-256 of the newest committee's paper, 32 bytes.
        experts: of everybody who was ever drawn, place in the pool and line with its salt, by ascending place.
        owners: account (20 bytes) and name of each representative, in the order of the seats.
    """

    lot: LotPlace
    committee: bytes
    experts: tuple[tuple[int, Expert], ...]
    owners: tuple[tuple[bytes, str], ...]

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": NAMES,
                **self.lot.as_dict(),
                "committee": hex0x(self.committee),
                "experts": [{"place": place, "line": expert.as_dict()} for place, expert in self.experts],
                "owners": [{"account": hex0x(account), "name": name} for account, name in self.owners],
            }
        )


def read_names(data: bytes) -> CommitteeNames:
    """Inverse of :meth:`CommitteeNames.to_bytes`; lines are not compared with the pool. Raises InvalidInput."""
    value = strict.paper(data, NAMES, {*_PLACE, "committee", "experts", "owners"}, _CODE)
    experts = []
    for item in strict.items(value["experts"], "experts", _CODE):
        one = strict.members(item, {"place", "line"}, "experts", _CODE)
        experts.append((strict.number(one["place"], "experts.place", _CODE, 0), Expert.from_dict(one["line"])))
    owners = []
    for item in strict.items(value["owners"], "owners", _CODE, _MOST):
        one = strict.members(item, {"account", "name"}, "owners", _CODE)
        owners.append(
            (strict.hexed(one["account"], 20, "owners.account"), strict.text(one["name"], "name", _CODE, 200))
        )
    if [place for place, _ in experts] != sorted({place for place, _ in experts}):
        raise InvalidInput("experts: places ascend, each once", code=_CODE, field="experts.place")
    return CommitteeNames(
        LotPlace.read(value), strict.hexed(value["committee"], 32, "committee"), tuple(experts), tuple(owners)
    )


def _member(value: Any) -> Member:
    one = strict.members(value, {"seat", "account", "box", "kind", "place"}, "members", _CODE)
    if one["kind"] not in set(MemberKind):
        raise InvalidInput("members.kind: " + ", ".join(MemberKind), code=_CODE, field="members.kind")
    kind = MemberKind(one["kind"])
    if (one["place"] is None) is not (kind is MemberKind.OWNER):
        raise InvalidInput("members.place: of experts, and of nobody else", code=_CODE, field="members.place")
    return Member(
        strict.number(one["seat"], "members.seat", _CODE),
        strict.hexed(one["account"], 20, "members.account"),
        strict.raw(one["box"], 32, "members.box", _CODE),
        kind,
        None if one["place"] is None else strict.number(one["place"], "members.place", _CODE, 0),
    )
