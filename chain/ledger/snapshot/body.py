"""What a trust snapshot says, as one canonical JSON document (docs/formats/trust-snapshot.md). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, hex0x, sha256, unb64url, unhex0x
from chain.kernel.errors import InvalidInput
from chain.kernel.ports import BlockRef, BureauFacts, KeyFacts, Period, StatusFacts

FORMAT = "yinxin-snapshot-1"


@dataclass(frozen=True, slots=True)
class ListState:
    """The newest state of one status list.

    Attributes:
        facts: where and how it was anchored.
        token: the status list token itself, ASCII.
    """

    facts: StatusFacts
    token: bytes


@dataclass(frozen=True, slots=True)
class ShardRef:
    """One shard as the document names it.

    Attributes:
        bureau: USCC.
        lane: lane.
        anchors: how many anchors it holds.
        stamps: how many stamps it holds.
        size: its length in bytes.
        digest: SHA-256 of its bytes, 32 bytes.
    """

    bureau: str
    lane: str
    anchors: int
    stamps: int
    size: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class SnapshotBody:
    """What the witnesses sign.

    Attributes:
        version: 1, 2, 3 …; a verifier refuses one older than it has seen.
        trust_root: digest of the trust root it was made under, 32 bytes.
        block: the final block it describes.
        made_at: seconds since 1970 UTC, by the maker's clock.
        expires: after this time it proves issue only, never present status.
        bureaus: every bureau.
        keys: every key, by USCC.
        lists: the newest state of every status list.
        shards: anchors and stamps, by bureau and lane.
    """

    version: int
    trust_root: bytes
    block: BlockRef
    made_at: int
    expires: int
    bureaus: tuple[BureauFacts, ...]
    keys: Mapping[str, tuple[KeyFacts, ...]]
    lists: tuple[ListState, ...]
    shards: tuple[ShardRef, ...]

    def as_dict(self) -> dict[str, Any]:
        """The document as plain data."""
        return {
            "format": FORMAT,
            "version": self.version,
            "trustRoot": b64url(self.trust_root),
            "block": _block(self.block),
            "madeAt": self.made_at,
            "expires": self.expires,
            "bureaus": [_bureau(facts, self.keys.get(facts.uscc, ())) for facts in self.bureaus],
            "statusLists": [_list(state) for state in self.lists],
            "shards": [
                {"bureau": s.bureau, "lane": s.lane, "anchors": s.anchors, "stamps": s.stamps, "size": s.size,
                 "sha256": b64url(s.digest)}
                for s in self.shards
            ],
        }  # fmt: skip

    def to_bytes(self) -> bytes:
        """Its canonical JSON."""
        return canonical(self.as_dict())

    @property
    def digest(self) -> bytes:
        """SHA-256 of the canonical JSON, 32 bytes."""
        return sha256(self.to_bytes())

    @classmethod
    def from_dict(cls, value: Any) -> SnapshotBody:
        """Read plain data. Raises InvalidInput."""
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise InvalidInput(f"snapshot: not a {FORMAT}", code="snapshot.format", field="format")
        try:
            body = _read(value)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidInput(
                f"snapshot: a member is missing or odd: {error}", code="snapshot.form", field="snapshot"
            ) from error
        if body.as_dict() != value:
            raise InvalidInput("snapshot: unknown or odd members", code="snapshot.form", field="snapshot")
        _check(body)
        return body


def _check(body: SnapshotBody) -> None:
    names = [facts.uscc for facts in body.bureaus]
    lists = [(state.facts.bureau, state.facts.list) for state in body.lists]
    shards = [(shard.bureau, shard.lane) for shard in body.shards]
    for what, found in (("bureaus", names), ("statusLists", lists), ("shards", shards)):
        if found != sorted(set(found)):  # type: ignore[type-var]
            raise InvalidInput(f"snapshot: {what} out of order or doubled", code="snapshot.order", field=what)
    if body.version < 1 or not body.block.time <= body.expires or body.expires <= body.made_at:
        raise InvalidInput("snapshot: version or times make no sense", code="snapshot.times", field="expires")


# --------------------------------------------------------------------------- to plain data


def _block(block: BlockRef) -> dict[str, Any]:
    return {"number": block.number, "hash": hex0x(block.hash), "time": block.time}


def _periods(periods: tuple[Period, ...]) -> list[list[int | None]]:
    return [[period.since, period.until] for period in periods]


def _bureau(facts: BureauFacts, keys: tuple[KeyFacts, ...]) -> dict[str, Any]:
    return {
        "uscc": facts.uscc,
        "name": facts.name,
        "metadataDigest": b64url(facts.metadata_digest),
        "registeredAt": facts.registered_at,
        "suspensions": _periods(facts.suspensions),
        "accreditations": {lane: _periods(periods) for lane, periods in facts.accreditations.items()},
        "successor": facts.successor,
        "keys": [
            {
                "thumbprint": hex0x(key.thumbprint),
                "purpose": key.purpose,
                "publicKey": b64url(key.public_key),
                "from": key.valid.since,
                "until": key.valid.until,
                "compromisedSince": key.compromised_since,
            }
            for key in keys
        ],
    }


def _list(state: ListState) -> dict[str, Any]:
    facts = state.facts
    return {
        "bureau": facts.bureau,
        "list": facts.list,
        "previousHead": hex0x(facts.previous_head),
        "head": hex0x(facts.head),
        "key": hex0x(facts.key),
        "block": _block(facts.block),
        "transaction": hex0x(facts.transaction),
        "token": state.token.decode("ascii"),
    }


# --------------------------------------------------------------------------- from plain data


def _int(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r} is no number")
    return value


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _maybe(value: Any) -> int | None:
    return None if value is None else _int(value)


def _read_block(value: Any) -> BlockRef:
    return BlockRef(_int(value["number"]), unhex0x(value["hash"], size=32, field="hash"), _int(value["time"]))


def _read_periods(value: Any) -> tuple[Period, ...]:
    return tuple(Period(_int(since), _maybe(until)) for since, until in value)


def _read_key(value: Any) -> KeyFacts:
    return KeyFacts(
        unhex0x(value["thumbprint"], size=32, field="thumbprint"), _str(value["purpose"]), unb64url(value["publicKey"]),
        Period(_int(value["from"]), _maybe(value["until"])), _maybe(value["compromisedSince"]),
    )  # fmt: skip


def _read_bureau(value: Any) -> BureauFacts:
    return BureauFacts(
        _str(value["uscc"]), _str(value["name"]), unb64url(value["metadataDigest"], field="metadataDigest"),
        _int(value["registeredAt"]), _read_periods(value["suspensions"]),
        {_str(lane): _read_periods(periods) for lane, periods in value["accreditations"].items()},
        None if value["successor"] is None else _str(value["successor"]),
    )  # fmt: skip


def _read_list(value: Any) -> ListState:
    token = _str(value["token"]).encode("ascii")
    facts = StatusFacts(
        _str(value["bureau"]), _str(value["list"]),
        unhex0x(value["previousHead"], size=32), unhex0x(value["head"], size=32),
        sha256(token), unhex0x(value["key"], size=20),
        _read_block(value["block"]), unhex0x(value["transaction"], size=32),
    )  # fmt: skip
    return ListState(facts, token)


def _read_shard(value: Any) -> ShardRef:
    return ShardRef(
        _str(value["bureau"]), _str(value["lane"]), _int(value["anchors"]), _int(value["stamps"]), _int(value["size"]),
        unb64url(value["sha256"], field="sha256"),
    )  # fmt: skip


def _read(value: dict[str, Any]) -> SnapshotBody:
    bureaus = [(_read_bureau(item), tuple(_read_key(key) for key in item["keys"])) for item in value["bureaus"]]
    return SnapshotBody(
        _int(value["version"]), unb64url(value["trustRoot"], field="trustRoot"), _read_block(value["block"]),
        _int(value["madeAt"]), _int(value["expires"]),
        tuple(facts for facts, _ in bureaus), {facts.uscc: keys for facts, keys in bureaus},
        tuple(_read_list(item) for item in value["statusLists"]), tuple(_read_shard(item) for item in value["shards"]),
    )  # fmt: skip
