"""Who may decide, alone or together (format ``yinxin-approvers-1``): a list that only the approver's home has.

A request is of a *kind*: ``issue`` for a list, the operation (``revoke``, ``suspend`` …) for a status change, else the
request's own. ``status`` stands for every operation on a status, ``*`` for everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from chain.desk.messages import KINDS, Request
from chain.issuing.lifecycle import OPERATIONS
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import unhex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.home import write_atomically

FORMAT = "yinxin-approvers-1"
ANY, STATUS, ISSUE = "*", "status", "issue"
FILE = "approvers.json"
_LIMIT = 2**20


@dataclass(frozen=True, slots=True)
class Approver:
    """One person.

    Attributes:
        address: of her key, 0x hexadecimal, lower case.
        name: for people.
        since: first second at which she may decide.
        until: first second at which she may no more, or None.
        kinds: by kind, the most entries she may decide alone; None for any number.
        operators: names under which she makes requests herself; on those she may not decide.
    """

    address: str
    name: str
    since: int
    until: int | None
    kinds: Mapping[str, int | None]
    operators: tuple[str, ...] = ()

    def is_active(self, now: int) -> bool:
        """True if she may decide at that time."""
        return self.since <= now and (self.until is None or now < self.until)

    def may_decide(self, kind: str) -> bool:
        """True if requests of that kind are hers to decide."""
        return any(name in self.kinds for name in _names(kind))

    def alone(self, kind: str, size: int) -> bool:
        """True if her word alone is enough for that many entries, as far as her own limit goes."""
        for name in _names(kind):
            if name in self.kinds:
                limit = self.kinds[name]
                return limit is None or size <= limit
        return False


@dataclass(frozen=True, slots=True)
class Rule:
    """How many people must agree.

    Attributes:
        minimum: at least so many.
        above: number of entries beyond which more must.
        minimum_above: how many then.
    """

    minimum: int = 1
    above: int | None = None
    minimum_above: int = 1

    def needed(self, size: int) -> int:
        """How many for that many entries."""
        more = self.above is not None and size > self.above
        return max(self.minimum, self.minimum_above) if more else self.minimum


@dataclass(frozen=True, slots=True)
class Approvers:
    """All of them, and the rules.

    Attributes:
        people: in the order in which they were added; one who left stays, with her end.
        rules: by kind; one person where none is written.
    """

    people: tuple[Approver, ...] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict)

    def find(self, address: str, now: int) -> Approver | None:
        """The person with that key, if she may decide at that time."""
        return next((one for one in self.people if one.address == address and one.is_active(now)), None)

    def needed(self, kind: str, size: int) -> int:
        """How many people must agree to a request of that kind with that many entries."""
        rule = next((self.rules[name] for name in _names(kind) if name in self.rules), Rule())
        return rule.needed(size)

    def enough(self, kind: str, size: int, agreed: Sequence[Approver]) -> tuple[int, int]:
        """How many of those who agreed count, and how many are needed."""
        counted = {one.address: one for one in agreed if one.may_decide(kind)}
        needed = self.needed(kind, size)
        if not any(one.alone(kind, size) for one in counted.values()):
            needed = max(needed, 2)
        return len(counted), needed

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        people = [{**asdict(one), "kinds": dict(one.kinds), "operators": list(one.operators)} for one in self.people]
        rules = {
            kind: {"minimum": rule.minimum, "above": rule.above, "minimumAbove": rule.minimum_above}
            for kind, rule in self.rules.items()
        }
        return canonical({"format": FORMAT, "people": people, "rules": rules})

    @classmethod
    def from_bytes(cls, data: bytes) -> Approvers:
        """Inverse of :meth:`to_bytes`. Raises InvalidInput."""
        value: Any = read_canonical(data, what=FILE, limit=_LIMIT)
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise InvalidInput(f"{FILE}: unknown format", code="approver.form", field=FILE)
        try:
            people = tuple(
                Approver(**{**one, "kinds": dict(one["kinds"]), "operators": tuple(one["operators"])})
                for one in value["people"]
            )
            rules = {
                str(kind): Rule(rule["minimum"], rule["above"], rule["minimumAbove"])
                for kind, rule in value["rules"].items()
            }
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InvalidInput(
                f"{FILE}: a member is missing or of another kind", code="approver.form", field=FILE
            ) from error
        for one in people:
            check_approver(one)
        for kind, rule in rules.items():
            check_rule(kind, rule)
        return cls(people, rules)


def kind_of(request: Request) -> str:
    """The kind that people's rights are written for."""
    if request.kind == "release":
        return ISSUE
    if request.kind == "status":
        events = request.body.get("events")
        first = events[0] if isinstance(events, list) and events else {}
        operation = first.get("operation") if isinstance(first, Mapping) else None
        return operation if isinstance(operation, str) and operation in OPERATIONS else STATUS
    return request.kind


def size_of(request: Request) -> int:
    """How many entries a request speaks of; 1 for one that has no list.

    A list that lies in parts says so itself, and is released only if that is so.
    """
    size = request.body.get("size")
    if request.kind == "release" and "part" in request.body and type(size) is int:
        return size
    for name in ("drafts", "events", "records"):
        entries = request.body.get(name)
        if isinstance(entries, list):
            return len(entries)
    return 1


def makers_of(request: Request) -> tuple[set[str], set[str]]:
    """Names and addresses of those who made a request, as it says itself."""
    events = request.body.get("events")
    parts: list[Any] = [request.body, *(events if isinstance(events, list) else [])]
    found = [part for part in parts if isinstance(part, Mapping)]
    names = {part["operator"] for part in found if isinstance(part.get("operator"), str)}
    maker = request.body.get("maker")
    return names - {""}, {maker.lower()} if isinstance(maker, str) and maker else set()


def check_approver(one: Approver) -> None:
    """Refuse what is no entry of the list. Raises InvalidInput."""
    unhex0x(one.address, size=20, field="address")
    if type(one.name) is not str or not one.name.strip() or any(type(name) is not str for name in one.operators):
        raise InvalidInput("an approver has a name", code="approver.name", field="name", fix="give --name")
    times = [one.since, *([] if one.until is None else [one.until])]
    if any(type(time) is not int for time in times):
        raise InvalidInput("since and until are seconds", code="approver.time", field="since")
    if not one.kinds:
        raise InvalidInput("an approver decides on something", code="approver.kind", field="kind", fix="give --kind")
    for kind, limit in one.kinds.items():
        check_kind(kind)
        if limit is not None and (type(limit) is not int or limit < 0):
            raise InvalidInput(f"{kind}: {limit!r} entries", code="approver.limit", field="alone")


def check_rule(kind: str, rule: Rule) -> None:
    """Refuse what is no rule. Raises InvalidInput."""
    check_kind(kind)
    numbers: Iterable[Any] = (rule.minimum, rule.minimum_above, 0 if rule.above is None else rule.above)
    if any(type(number) is not int or number < 0 for number in numbers) or min(rule.minimum, rule.minimum_above) < 1:
        raise InvalidInput(f"{kind}: at least one person decides", code="approver.rule", field="minimum")


def check_kind(kind: str) -> None:
    """Refuse a kind that could never match. Raises InvalidInput."""
    known = (ANY, ISSUE, *OPERATIONS, *(name for name in KINDS if name != "release"))
    if kind not in known:
        raise InvalidInput(f"kind {kind!r}", code="approver.kind", field="kind", fix="one of " + ", ".join(known))


def load_approvers(folder: Path) -> Approvers:
    """The list of a home; nobody where there is none. Raises InvalidInput."""
    try:
        return Approvers.from_bytes((folder / FILE).read_bytes())
    except FileNotFoundError:
        return Approvers()


def save_approvers(folder: Path, approvers: Approvers) -> None:
    """Replace the list of a home."""
    write_atomically(folder / FILE, approvers.to_bytes())


def _names(kind: str) -> tuple[str, ...]:
    return (kind, STATUS, ANY) if kind in OPERATIONS else (kind, ANY)
