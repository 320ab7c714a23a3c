"""The three contracts' interfaces, from the committed ABI: call data, answers and events in the forms of the house.

What a value becomes follows from its type, its struct or enum, and, for a few, its name; see
:class:`chain.kernel.tender_facts.TenderEvent`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_hash.auto import keccak

from chain.kernel.encoding import hex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.tender_facts import CaseKind, Phase
from chain.ledger._abi import call_data, results
from chain.ledger.abi import contract_abi
from chain.ledger.events import Log
from chain.ledger.tenders import forms
from chain.ledger.tenders.points import compress_g1, compress_g2

KEY_HOLDERS: Literal["KeyHolderRegistry"] = "KeyHolderRegistry"
BOOK: Literal["TenderBook"] = "TenderBook"
PROCEEDINGS: Literal["TenderProceedings"] = "TenderProceedings"
CONTRACTS = (KEY_HOLDERS, BOOK, PROCEEDINGS)

_STRUCTS: dict[str, Callable[[Any], Any]] = {
    "ITenderBook.Notice": forms.notice_of,
    "ITenderBook.Commitment": forms.commitment_of,
    "IKeyHolderRegistry.Plan": forms.plan_of,
    "ITenderBook.TenderView": forms.tender_of,
    "ITenderBook.LotView": forms.lot_of,
    "ITenderBook.LiveSet": forms.live_set_of,
    "ITenderBook.Entry": forms.entry_of,
    "ITenderProceedings.Progress": forms.progress_of,
    "ITenderBook.Phase": Phase,
    "ITenderProceedings.CaseKind": CaseKind,
}
_NAMED: dict[str, Callable[[Any], Any]] = {
    "kind": forms.name_or_hex,
    "member": lambda place: place + 1,
    "accused": lambda place: place + 1,
    "complainant": lambda place: place + 1,
    "qualified": forms.members_of,
    "publicKey": compress_g2,
    "signature": compress_g1,
}
_NOT_OF_TENDERS = frozenset({"Retired", "RetirementProposed", "RetirementCancelled"})


@dataclass(frozen=True, slots=True)
class _Value:
    """An argument or an answer: its name, ABI type, struct or enum, and whether it stands in a topic."""

    name: str
    type: str
    meaning: str
    indexed: bool

    def read(self, value: Any) -> Any:
        if self.meaning in _STRUCTS:
            return _STRUCTS[self.meaning](value)
        if self.name in _NAMED:
            return _NAMED[self.name](value)
        if self.type == "bytes18":
            return forms.bureau_or_empty(value)
        if self.type == "address":
            return forms.address_of(value)
        if self.type == "address[]":
            return tuple(forms.address_of(item) for item in value)
        return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class _Event:
    name: str
    values: tuple[_Value, ...]

    def read(self, log: Log) -> dict[str, Any]:
        topics = [value for value in self.values if value.indexed]
        rest = [value for value in self.values if not value.indexed]
        if len(log.topics) != len(topics) + 1:
            raise InvalidInput(f"{self.name}: another number of topics", code="ledger.event", field="log")
        found = {
            value.name: value.read(_exactly([value.type], topic, self.name)[0])
            for value, topic in zip(topics, log.topics[1:], strict=True)
        }
        plain = _exactly([value.type for value in rest], log.data, self.name)
        found |= {value.name: value.read(item) for value, item in zip(rest, plain, strict=True)}
        return {value.name: found[value.name] for value in self.values}


class Interface:
    """One contract's functions and events.

    Attributes:
        name: of the contract.
        topics: first topics of its events about tenders and ceremonies.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._functions: dict[str, tuple[str, tuple[_Value, ...]]] = {}
        self._selectors: dict[bytes, tuple[str, list[str]]] = {}
        self._events: dict[bytes, _Event] = {}
        for entry in contract_abi(name):
            if entry["type"] == "function":
                types = [_type(part) for part in entry["inputs"]]
                signature = f"{entry['name']}({','.join(types)})"
                self._selectors[keccak(signature.encode())[:4]] = entry["name"], types
                self._functions[entry["name"]] = signature, tuple(_value(part) for part in entry["outputs"])
            elif entry["type"] == "event" and entry["name"] not in _NOT_OF_TENDERS:
                event = _Event(entry["name"], tuple(_value(part) for part in entry["inputs"]))
                self._events[keccak(f"{event.name}({','.join(part.type for part in event.values)})".encode())] = event
        self.topics = frozenset(self._events)

    def call(self, function: str, *arguments: Any) -> bytes:
        """Call data; arguments as eth_abi takes them."""
        return call_data(self._functions[function][0], *arguments)

    def called(self, data: bytes) -> tuple[str, tuple[Any, ...]] | None:
        """Name and arguments (as eth_abi gives them) of what call data asks for, or None if no function of these.

        Raises:
            InvalidInput: not the one encoding of such a call.
        """
        name, types = self._selectors.get(data[:4], (None, []))
        return None if name is None else (name, _exactly(types, data[4:], name))

    def answer(self, function: str, data: str | bytes) -> Any:
        """What a function with one answer returned. Raises Damaged."""
        (value,) = self._functions[function][1]
        return value.read(results(f"({value.type})", data)[0])

    def event(self, log: Log) -> tuple[str, Mapping[str, Any]] | None:
        """Name and values of an event, or None if it is none about tenders and ceremonies.

        Raises:
            InvalidInput: not the one encoding of such an event.
        """
        event = self._events.get(log.topics[0]) if log.topics else None
        return None if event is None else (event.name, event.read(log))


@cache
def interface(name: str) -> Interface:
    """The interface of one of :data:`CONTRACTS`."""
    return Interface(name)


def _value(part: dict[str, Any]) -> _Value:
    meaning = part.get("internalType", "").rpartition(" ")[2]
    return _Value(part["name"], _type(part), meaning, part.get("indexed", False))


def _type(part: dict[str, Any]) -> str:
    kind: str = part["type"]
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(_type(item) for item in part['components'])}){kind[5:]}"


def _exactly(types: list[str], data: bytes, name: str) -> tuple[Any, ...]:
    """Decode what has that one encoding. Raises InvalidInput."""
    try:
        found = decode(types, data, strict=True)
        if encode(types, found) == data:
            return found
    except (DecodingError, OverflowError, UnicodeDecodeError):
        pass
    raise InvalidInput(f"{name}: not its encoding: {hex0x(data)[:80]}", code="ledger.event", field="log")
