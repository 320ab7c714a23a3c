"""What one person of the authority proposes and another releases (format ``yinxin-proposal-1``, canonical JSON).

A proposal says in words what is to be done, never as call data: who decides on it reads the same members from which
the transactions are made. Decisions on it are those of :mod:`chain.desk.decisions`, for the bureau ``authority``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from chain.catalogue import get_type
from chain.desk.decisions import SignedDecision, check_signed, request_digest
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.clock import LAST, rfc3339
from chain.kernel.encoding import hex0x, sha256, unb64url, unhex0x
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.ledger import writes
from chain.ledger.typed import Domain

FORMAT = "yinxin-proposal-1"
AUTHORITY = "authority"
"""What a decision on a proposal names as its bureau; no USCC is so short."""
LIMIT = 2**20
Steps = list[tuple[str, bytes]]
"""What is done, and the call data that does it."""

TENDERS = "tenders"
"""Lane of procuring entities; stands where the code of a type does (contracts/tenders/TenderHashes.sol)."""

_TYPE_CODE = re.compile(r"[0-9A-Z]{21}\Z")
_MEMBERS = {"format", "verb", "arguments", "chainId", "registry", "proposer", "at"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One act of the authority.

    Attributes:
        verb: as the command is called: register, accredit, enter, suspend, reinstate, succeed, retire-key, compromised.
        arguments: its members, plain data.
        chain_id: of the ledger meant.
        registry: 20-byte address of the BureauRegistry meant.
        proposer: address of the person, 0x hexadecimal.
        at: when, by the proposer's clock, seconds.
    """

    verb: str
    arguments: Mapping[str, Any]
    chain_id: int
    registry: bytes
    proposer: str
    at: int

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": FORMAT,
                "verb": self.verb,
                "arguments": dict(self.arguments),
                "chainId": self.chain_id,
                "registry": hex0x(self.registry),
                "proposer": self.proposer,
                "at": self.at,
            }
        )

    @property
    def digest(self) -> bytes:
        """What a decision names, 32 bytes."""
        return request_digest(self.to_bytes())

    @property
    def steps(self) -> Steps:
        """The calls that carry it out, in order. Raises InvalidInput."""
        return steps_of(self.verb, self.arguments)

    @property
    def lines(self) -> tuple[str, ...]:
        """What it says, for people."""
        members = [(name, _told(name, value)) for name, value in self.arguments.items() if name != "keys"]
        keys = [f"{key['bureau']}: {key['purpose']} {key['thumbprint']}" for key in self.arguments.get("keys", ())]
        return (
            f"{self.verb}, proposed by {self.proposer} at {rfc3339(self.at)}",
            *(f"{name}: {value}" for name, value in members),
            *keys,
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Proposal:
        """Inverse of :meth:`to_bytes`; one accepted form, and its calls can be made. Raises InvalidInput."""
        value: Any = read_canonical(data, what="proposal", limit=LIMIT)
        if not isinstance(value, dict) or set(value) != _MEMBERS or value["format"] != FORMAT:
            raise InvalidInput("proposal: unknown format", code="proposal.form", field="format")
        if (
            type(value["chainId"]) is not int
            or type(value["at"]) is not int
            or type(value["verb"]) is not str
            or not isinstance(value["arguments"], dict)
            or not 0 <= value["at"] <= LAST
        ):
            raise InvalidInput("proposal: a member of another kind", code="proposal.form", field="proposal")
        unhex0x(value["proposer"], size=20, field="proposer")
        proposal = cls(
            value["verb"],
            value["arguments"],
            value["chainId"],
            unhex0x(value["registry"], size=20, field="registry"),
            value["proposer"],
            value["at"],
        )
        _ = proposal.steps, proposal.lines
        return proposal


def is_proposal(data: bytes) -> bool:
    """True for what may be a proposal rather than a request of a desk."""
    return f'"format":"{FORMAT}"'.encode() in data[: 2**20]


def released_by(
    proposal: Proposal, decisions: Sequence[SignedDecision], persons: Sequence[str], *, domain: Domain, now: int
) -> list[SignedDecision]:
    """The decisions that count for a proposal, one a person.

    Args:
        proposal: what they decide on.
        decisions: what was handed in; those of strangers, or over anything else, count for nothing.
        persons: addresses of the authority's people, 0x hexadecimal, lower case.
        domain: for which they must be signed.
        now: seconds.

    Raises:
        Refused: one of the people said no.
    """
    counted: dict[bytes, SignedDecision] = {}
    for signed in decisions:
        said = signed.decision
        if said.request != proposal.digest or hex0x(signed.address) not in persons:
            continue
        try:
            check_signed(signed, bureau=AUTHORITY, domain=domain, now=now)
        except (InvalidInput, Refused):
            continue
        if not said.approve:
            raise Refused(
                f"{hex0x(signed.address)} refused this: {said.reason}", code="proposal.refused", field="proposal"
            )
        counted.setdefault(signed.address, signed)
    return list(counted.values())


def _told(name: str, value: Any) -> str:
    """One argument for people: times as such, types by their names where they are known here."""
    if name in _TIMES and value:
        return rfc3339(value)
    if name == "type" and value == TENDERS:
        return "tenders, to procure by sealed tender 招标采购"
    if name == "type":
        with suppress(NotFound):
            kind = get_type(value)
            return f"{value} {kind.zh} {kind.en}"
    return str(value)


# --------------------------------------------------------------------------- verbs

_TIMES = ("from", "until", "since")


def steps_of(verb: str, arguments: Mapping[str, Any]) -> Steps:
    """The calls of one verb. Raises InvalidInput for an unknown verb or members that are not its own."""
    make = _VERBS.get(verb)
    if make is None:
        raise InvalidInput(
            f"there is no act {verb!r}", code="proposal.verb", field="verb", fix="one of " + ", ".join(_VERBS)
        )
    names, build = make
    if set(arguments) != names:
        raise InvalidInput(f"{verb} takes {', '.join(sorted(names))}", code="proposal.arguments", field="arguments")
    for name, value in arguments.items():
        if name != "keys" and type(value) is not (int if name in _TIMES else str):
            raise InvalidInput(f"{verb}: {name} is of another kind", code="proposal.arguments", field=name)
        if name in _TIMES and not 0 <= value <= LAST:
            raise InvalidInput(f"{verb}: {name} is no time", code="proposal.arguments", field=name)
    try:
        return build(arguments)
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise InvalidInput(f"{verb}: malformed", code="proposal.arguments", field="arguments") from error


def _register(of: Mapping[str, Any]) -> Steps:
    metadata = unhex0x(of["metadata"], size=32, field="metadata")
    return [(f"register {of['bureau']}", writes.register_bureau(of["bureau"], of["name"], metadata))]


def _accredit(of: Mapping[str, Any]) -> Steps:
    code = of["type"]
    if code != TENDERS and not _TYPE_CODE.match(code):
        raise InvalidInput(f"{code}: name the type by its code", code="proposal.type", field="type")
    return [(f"accredit {of['bureau']} {code}", writes.accredit(of["bureau"], code, of["from"], of["until"]))]


def _enter(of: Mapping[str, Any]) -> Steps:
    steps: Steps = []
    for key in of["keys"]:
        thumbprint = unhex0x(key["thumbprint"], size=32, field="thumbprint")
        data = writes.add_key(key["bureau"], thumbprint, key["purpose"], unb64url(key["publicKey"]))
        steps.append((f"key {key['thumbprint']}", data))
    return steps


def _compromised(of: Mapping[str, Any]) -> Steps:
    data = writes.mark_compromised(of["bureau"], unhex0x(of["thumbprint"], size=32, field="thumbprint"), of["since"])
    return [(f"compromised {of['thumbprint']}", data)]


def _retire_key(of: Mapping[str, Any]) -> Steps:
    data = writes.retire_key(of["bureau"], unhex0x(of["thumbprint"], size=32, field="thumbprint"))
    return [(f"retire {of['thumbprint']}", data)]


def _suspend(of: Mapping[str, Any]) -> Steps:
    return [(f"suspend {of['bureau']}", writes.suspend_bureau(of["bureau"], sha256(of["reason"].encode())))]


def _reinstate(of: Mapping[str, Any]) -> Steps:
    return [(f"reinstate {of['bureau']}", writes.reinstate_bureau(of["bureau"]))]


def _succeed(of: Mapping[str, Any]) -> Steps:
    return [(f"succeed {of['bureau']} {of['successor']}", writes.succeed(of["bureau"], of["successor"]))]


_VERBS: dict[str, tuple[set[str], Callable[[Mapping[str, Any]], Steps]]] = {
    "register": ({"bureau", "name", "metadata"}, _register),
    "accredit": ({"bureau", "type", "from", "until"}, _accredit),
    "enter": ({"keys"}, _enter),
    "suspend": ({"bureau", "reason"}, _suspend),
    "reinstate": ({"bureau"}, _reinstate),
    "succeed": ({"bureau", "successor"}, _succeed),
    "retire-key": ({"bureau", "thumbprint"}, _retire_key),
    "compromised": ({"bureau", "thumbprint", "since"}, _compromised),
}
VERBS = tuple(_VERBS)
