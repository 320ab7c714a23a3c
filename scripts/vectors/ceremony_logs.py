"""A ceremony as the KeyHolderRegistry tells it: call data, answers and logs, in the ABI of the committed contracts.

The house's own reader (:mod:`chain.ledger.tenders.interface`) reads all of it back before it becomes a vector.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from chain.kernel.encoding import sha256
from chain.ledger.abi import contract_abi
from chain.ledger.events import Log
from chain.ledger.tenders import calls
from chain.ledger.tenders.forms import bits_of
from chain.ledger.tenders.interface import KEY_HOLDERS, interface
from chain.ledger.tenders.points import expand_g2
from chain.sealing.ceremony import Judgement, Roster

ENDS = (100, 200, 300, 400)
_REGISTRY = sha256(b"registry")[:20]

Words = Mapping[int, Mapping[int, bytes]]


def call_vectors(number: int, judgement: Judgement) -> dict[str, str]:
    """What a member sends."""
    word, key = sha256(b"a word"), judgement.opening_key.key
    return {
        "word": word.hex(),
        "deal": calls.deal(number, word).hex(),
        "complain": calls.complain(number, 4, word).hex(),
        "answer": calls.answer(number, 5, word).hex(),
        "confirm": calls.confirm(number, judgement.transcript, judgement.qualified, key).hex(),
    }


def told(
    number: int, roster: Roster, dealt: Mapping[int, bytes], complaints: Words, answers: Words, judgement: Judgement
) -> dict[str, Any]:
    """Answers and logs once the first t of the qualified have confirmed, and one member has destroyed its share."""
    outcome, key = judgement.qualified, expand_g2(judgement.opening_key.key)
    confirmed = [judgement.transcript, bits_of(outcome), key]
    logs = [
        *(_log("Dealt", number, member - 1, digest) for member, digest in dealt.items()),
        *(_log("Complained", number, one - 1, other - 1, word) for one, other, word in _flat(complaints)),
        *(_log("Answered", number, one - 1, other - 1, word) for one, other, word in _flat(answers)),
        *(_log("Confirmed", number, member - 1, *confirmed) for member in outcome[: roster.threshold]),
        _log("Activated", number, *confirmed),
        _log("ShareDestroyed", number, outcome[-1] - 1, sha256(b"a record")),
    ]
    scope = roster.scope
    plan = (
        bytes(18), scope.book, 0, sha256(b"a term"), roster.digest(), roster.threshold, *ENDS, 1_000,
    )  # fmt: skip
    members = [member.address for member in roster.members]
    return {
        "plan": _answer("planOf", plan),
        "members": _answer("membersOf", members),
        "key": _answer("publicKeyOf", key),
        "eligible": _answer("eligible", bits_of(dealt)),
        "logs": logs,
    }


def _flat(words: Words) -> list[tuple[int, int, bytes]]:
    return [(one, other, word) for one, said in words.items() for other, word in said.items()]


def _answer(function: str, value: Any) -> str:
    (entry,) = (one for one in contract_abi(KEY_HOLDERS) if one["type"] == "function" and one["name"] == function)
    data = encode([_type(part) for part in entry["outputs"]], [value])
    interface(KEY_HOLDERS).answer(function, data)
    return data.hex()


def _log(name: str, *values: Any) -> dict[str, Any]:
    (entry,) = (one for one in contract_abi(KEY_HOLDERS) if one["type"] == "event" and one["name"] == name)
    parts = entry["inputs"]
    signature = f"{name}({','.join(_type(part) for part in parts)})"
    indexed = [encode([part["type"]], [value]) for part, value in zip(parts, values, strict=True) if part["indexed"]]
    plain = [(part["type"], value) for part, value in zip(parts, values, strict=True) if not part["indexed"]]
    topics = (keccak(signature.encode()), *indexed)
    data = encode([kind for kind, _ in plain], [value for _, value in plain])
    read = interface(KEY_HOLDERS).event(Log(_REGISTRY, topics, data))
    if read is None or read[0] != name:
        raise AssertionError(f"{name} is not read back")
    return {"topics": [one.hex() for one in topics], "data": data.hex()}


def _type(part: Mapping[str, Any]) -> str:
    kind: str = part["type"]
    if not kind.startswith("tuple"):
        return kind
    components: Sequence[Mapping[str, Any]] = part["components"]
    return f"({','.join(_type(item) for item in components)}){kind[5:]}"
