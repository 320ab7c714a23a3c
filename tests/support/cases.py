"""One check with everything it rests on, as plain JSON that an implementation in any language can run.

docs/verification.md describes the members. :func:`write` and :func:`read` are inverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chain.credentials.verification import (
    Policy,
    Verification,
    verify_bundle,
    verify_presentation,
    verify_stamp,
)
from chain.credentials.verification.inputs import verify_input
from chain.kernel.encoding import b64url, hex0x, unb64url, unhex0x
from chain.kernel.ports import AnchorFacts, BlockRef, BureauFacts, KeyFacts, LeafParts, LeafPlace, Period, StatusFacts
from chain.ledger.evidence import LedgerProofs
from chain.ledger.trustroot import TrustRoot
from tests.support.memory_ledger import MemoryIndex, MemorySource

FORMAT = "yinxin-verification-vector-1"


@dataclass(frozen=True)
class Case:
    """One check and what must come of it.

    Attributes:
        name: names the fault, or what is right.
        why: one sentence.
        kind: bundle, stamp, credential or pdf.
        data: the input.
        trust: facts.
        index: places and lists, or None.
        trust_root: for chain evidence in bundles, or None.
        at: seconds.
        policy: the verifier's demands; ``type_max_age`` names every type, so that no catalogue is needed.
        expect: verdict, authentic, inForce, statusAsOf, results (step name to result).
        pitfalls: numbers of the lessons this case keeps.
    """

    name: str
    why: str
    kind: str
    data: bytes
    trust: MemorySource
    index: MemoryIndex | None
    trust_root: TrustRoot | None
    at: int
    policy: Policy
    expect: Mapping[str, Any] = field(default_factory=dict)
    pitfalls: tuple[int, ...] = ()

    def run(self) -> Verification:
        """Make the check."""
        proofs = None if self.trust_root is None else LedgerProofs(self.trust_root)
        if self.kind == "pdf":
            return verify_input(
                self.data, trust=self.trust, index=self.index, proofs=proofs, at=self.at, policy=self.policy
            )
        if self.kind == "bundle":
            return verify_bundle(
                self.data, trust=self.trust, index=self.index, proofs=proofs, at=self.at, policy=self.policy
            )
        if self.kind == "stamp":
            return verify_stamp(self.data, trust=self.trust, index=self.index, at=self.at, policy=self.policy)
        text = self.data.decode("utf-8")
        return verify_presentation(text, trust=self.trust, index=self.index, at=self.at, policy=self.policy)


def outcome(verification: Verification) -> dict[str, Any]:
    """What every implementation must agree on."""
    shown = verification.as_dict()
    return {
        "verdict": shown["verdict"],
        "authentic": shown["authentic"],
        "inForce": shown["inForce"],
        "statusAsOf": shown["statusAsOf"],
        "results": {step["name"]: step["result"] for step in shown["steps"]},
    }


# --------------------------------------------------------------------------- to JSON


def _block(block: BlockRef) -> dict[str, Any]:
    return {"number": block.number, "hash": hex0x(block.hash), "time": block.time}


def _periods(periods: tuple[Period, ...]) -> list[list[int | None]]:
    return [[period.since, period.until] for period in periods]


def _anchor(facts: AnchorFacts) -> dict[str, Any]:
    return {
        "bureau": facts.bureau, "lane": facts.lane, "sequence": facts.sequence, "root": hex0x(facts.root),
        "size": facts.size, "manifestDigest": hex0x(facts.manifest_digest), "head": hex0x(facts.head),
        "key": hex0x(facts.key), "block": _block(facts.block), "transaction": hex0x(facts.transaction),
    }  # fmt: skip


def _status(facts: StatusFacts) -> dict[str, Any]:
    return {
        "bureau": facts.bureau, "list": facts.list, "previousHead": hex0x(facts.previous_head),
        "head": hex0x(facts.head), "digest": b64url(facts.digest), "key": hex0x(facts.key),
        "block": _block(facts.block), "transaction": hex0x(facts.transaction),
    }  # fmt: skip


def _place(place: LeafPlace) -> dict[str, Any]:
    parts = {"jwt": b64url(place.parts.jwt), "stamp": b64url(place.parts.stamp), "record": b64url(place.parts.record)}
    return {
        "bureau": place.bureau, "lane": place.lane, "sequence": place.sequence, "leaf": parts,
        "index": place.index, "size": place.size, "path": [b64url(node) for node in place.path],
    }  # fmt: skip


def _trust(source: MemorySource) -> dict[str, Any]:
    return {
        "block": _block(source.block),
        "expires": source.expires,
        "bureaus": [
            {
                "uscc": bureau.uscc, "name": bureau.name, "registeredAt": bureau.registered_at,
                "suspensions": _periods(bureau.suspensions),
                "accreditations": {lane: _periods(spans) for lane, spans in bureau.accreditations.items()},
                "successor": bureau.successor,
            }
            for bureau in source.bureaus.values()
        ],
        "keys": [
            {
                "bureau": uscc, "thumbprint": b64url(facts.thumbprint), "purpose": facts.purpose,
                "publicKey": b64url(facts.public_key), "valid": [facts.valid.since, facts.valid.until],
                "compromisedSince": facts.compromised_since,
            }
            for (uscc, _), facts in source.keys.items()
        ],
        "anchors": [_anchor(facts) for facts in source.anchors.values()],
        "statuses": [_status(facts) for history in source.statuses.values() for facts in history],
        "stamps": [{"stamp": b64url(digest), "anchor": _anchor(facts)} for digest, facts in source.stamps.items()],
        "unavailable": sorted(source.unavailable),
    }  # fmt: skip


def _input(case: Case) -> str:
    """The input itself; of a PDF the name of the file beside."""
    if case.kind == "pdf":
        return f"{case.name}.pdf"
    return b64url(case.data) if case.kind == "stamp" else case.data.decode("utf-8")


def write(case: Case) -> dict[str, Any]:
    """The case as plain JSON data."""
    index = case.index
    return {
        "format": FORMAT,
        "name": case.name,
        "why": case.why,
        "pitfalls": list(case.pitfalls),
        "kind": case.kind,
        "input": _input(case),
        "at": case.at,
        "policy": {
            "maxStatusAge": case.policy.max_status_age,
            "typeMaxAge": dict(case.policy.type_max_age),
            "clockSkew": case.policy.clock_skew,
            "past": case.policy.past,
        },
        "trust": _trust(case.trust),
        "index": None
        if index is None
        else {
            "stamps": {b64url(digest): _place(place) for digest, place in index.stamps.items()},
            "jwts": {b64url(digest): _place(place) for digest, place in index.jwts.items()},
            "lists": {b64url(digest): token.decode("ascii") for digest, token in index.lists.items()},
            "unavailable": sorted(index.unavailable),
        },
        "trustRoot": None if case.trust_root is None else case.trust_root.as_dict(),
        "expect": dict(case.expect),
    }


# --------------------------------------------------------------------------- from JSON


def _read_block(value: Any) -> BlockRef:
    return BlockRef(value["number"], unhex0x(value["hash"]), value["time"])


def _read_periods(value: Any) -> tuple[Period, ...]:
    return tuple(Period(since, until) for since, until in value)


def _read_anchor(value: Any) -> AnchorFacts:
    return AnchorFacts(
        value["bureau"], value["lane"], value["sequence"], unhex0x(value["root"]), value["size"],
        unhex0x(value["manifestDigest"]), unhex0x(value["head"]), unhex0x(value["key"]),
        _read_block(value["block"]), unhex0x(value["transaction"]),
    )  # fmt: skip


def _read_status(value: Any) -> StatusFacts:
    return StatusFacts(
        value["bureau"], value["list"], unhex0x(value["previousHead"]), unhex0x(value["head"]),
        unb64url(value["digest"]), unhex0x(value["key"]), _read_block(value["block"]), unhex0x(value["transaction"]),
    )  # fmt: skip


def _read_place(value: Any) -> LeafPlace:
    parts = LeafParts(*(unb64url(value["leaf"][name]) for name in ("jwt", "stamp", "record")))
    path = tuple(unb64url(node) for node in value["path"])
    return LeafPlace(value["bureau"], value["lane"], value["sequence"], parts, value["index"], value["size"], path)


def _read_trust(value: Any) -> MemorySource:
    statuses: dict[tuple[str, str], list[StatusFacts]] = {}
    for item in value["statuses"]:
        facts = _read_status(item)
        statuses.setdefault((facts.bureau, facts.list), []).append(facts)
    bureaus = [
        BureauFacts(
            item["uscc"], item["name"], bytes(32), item["registeredAt"], _read_periods(item["suspensions"]),
            {lane: _read_periods(spans) for lane, spans in item["accreditations"].items()}, item["successor"],
        )
        for item in value["bureaus"]
    ]  # fmt: skip
    keys = [
        (
            item["bureau"],
            KeyFacts(
                unb64url(item["thumbprint"]), item["purpose"], unb64url(item["publicKey"]),
                Period(*item["valid"]), item["compromisedSince"],
            ),
        )
        for item in value["keys"]
    ]  # fmt: skip
    anchors = [_read_anchor(item) for item in value["anchors"]]
    return MemorySource(
        block=_read_block(value["block"]),
        expires=value["expires"],
        bureaus={bureau.uscc: bureau for bureau in bureaus},
        keys={(uscc, facts.thumbprint): facts for uscc, facts in keys},
        anchors={(facts.bureau, facts.lane, facts.sequence): facts for facts in anchors},
        statuses=statuses,
        stamps={unb64url(item["stamp"]): _read_anchor(item["anchor"]) for item in value["stamps"]},
        unavailable=frozenset(value["unavailable"]),
    )


def read(value: Any, attached: bytes = b"") -> Case:
    """The case from plain JSON data. ``attached``: bytes of the file beside it that a PDF's case names."""
    assert value["format"] == FORMAT
    index = value["index"]
    policy = value["policy"]
    return Case(
        name=value["name"],
        why=value["why"],
        kind=value["kind"],
        data=attached
        if value["kind"] == "pdf"
        else unb64url(value["input"])
        if value["kind"] == "stamp"
        else value["input"].encode("utf-8"),
        trust=_read_trust(value["trust"]),
        index=None
        if index is None
        else MemoryIndex(
            stamps={unb64url(digest): _read_place(place) for digest, place in index["stamps"].items()},
            jwts={unb64url(digest): _read_place(place) for digest, place in index["jwts"].items()},
            lists={unb64url(digest): token.encode("ascii") for digest, token in index["lists"].items()},
            unavailable=frozenset(index["unavailable"]),
        ),
        trust_root=None if value["trustRoot"] is None else TrustRoot.from_dict(value["trustRoot"]),
        at=value["at"],
        policy=Policy(policy["maxStatusAge"], policy["typeMaxAge"], policy["clockSkew"], policy["past"]),
        expect=value["expect"],
        pitfalls=tuple(value["pitfalls"]),
    )
