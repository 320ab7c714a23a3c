"""BureauRegistry and AnchorLog in memory, with real blocks: the rules of the contracts, without a node.

It refuses what the contracts refuse (accreditation, suspension, key spans, sequence, compare-and-swap of
status heads), chains heads as they do, and makes headers and receipt tries whose proofs verify.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from chain.kernel.errors import Conflict, NotFound, Refused, Unavailable
from chain.kernel.ports import AnchorFacts, BlockRef, BureauFacts, KeyFacts, LeafPlace, Period, StatusFacts
from chain.ledger import _rlp, _trie
from chain.ledger.events import ANCHORED, NO_HEAD, STATUS_ANCHORED, Anchored, StatusAnchored, word
from chain.ledger.proofs import parse_header
from chain.ledger.trustroot import ContractRange, TrustRoot, WitnessKey

CHAIN_ID = 20260730
REGISTRY = bytes.fromhex("00000000000000000000000000000000000000a1")
ANCHOR_LOG = bytes.fromhex("00000000000000000000000000000000000000a2")
AUTHORITY = bytes.fromhex("000000000000000000000000000000000000aaaa")
GENESIS_TIME = 1_767_225_600
"""2026-01-01T00:00:00Z."""


def pad(address: bytes) -> bytes:
    """The thumbprint of an anchor key: its address, left-padded to 32 bytes."""
    return address.rjust(32, b"\0")


@dataclass(frozen=True, slots=True)
class MemoryBlock:
    """One block with what its receipts prove."""

    ref: BlockRef
    header: bytes
    receipts: tuple[bytes, ...]

    def proof(self, index: int) -> tuple[bytes, ...]:
        """Trie nodes for the receipt at ``index``, root first."""
        return tuple(_trie.IndexTrie(list(self.receipts)).path(index))


@dataclass
class MemoryLedger:
    """The chain and both contracts. Time moves only by :meth:`mine`."""

    blocks: list[MemoryBlock] = field(default_factory=list)
    bureaus: dict[str, BureauFacts] = field(default_factory=dict)
    keys: dict[tuple[str, bytes], KeyFacts] = field(default_factory=dict)
    anchors: dict[tuple[str, str, int], AnchorFacts] = field(default_factory=dict)
    statuses: dict[tuple[str, str], list[StatusFacts]] = field(default_factory=dict)
    lanes: dict[tuple[str, str], tuple[int, bytes]] = field(default_factory=dict)
    witnesses: tuple[WitnessKey, ...] = ()
    threshold: int = 0

    def __post_init__(self) -> None:
        self._seal([], GENESIS_TIME)

    # ------------------------------------------------------------------ blocks

    @property
    def block(self) -> BlockRef:
        """The newest block."""
        return self.blocks[-1].ref

    @property
    def trust_root(self) -> TrustRoot:
        """What a verifier pins."""
        contracts = (ContractRange("AnchorLog", ANCHOR_LOG, 0), ContractRange("BureauRegistry", REGISTRY, 0))
        return TrustRoot(CHAIN_ID, self.blocks[0].ref.hash, contracts, self.witnesses, self.threshold)

    def mine(self, seconds: int = 10) -> BlockRef:
        """An empty block, that much later."""
        return self._seal([], self.block.time + seconds)

    def _seal(self, receipts: list[bytes], time: int) -> BlockRef:
        number = len(self.blocks)
        parent = self.blocks[-1].ref.hash if self.blocks else bytes(32)
        root = _trie.IndexTrie(receipts).root if receipts else _trie.EMPTY_TRIE
        number_rlp = _rlp.encode_int(number)
        items = [parent, bytes(32), bytes(20), bytes(32), bytes(32), root, bytes(256), b"", number_rlp]
        items += [_rlp.encode_int(10**9), b"", _rlp.encode_int(time), b"", bytes(32), bytes(8), b"", bytes(32)]
        items += [b"", b"", bytes(32), bytes(32)]
        header = _rlp.encode(items)
        ref = parse_header(header).block
        self.blocks.append(MemoryBlock(ref, header, tuple(receipts)))
        return ref

    @staticmethod
    def _receipt(topics: list[bytes], data: bytes) -> bytes:
        logs = [[ANCHOR_LOG, topics, data]]
        return b"\x02" + _rlp.encode([b"\x01", _rlp.encode_int(50_000), bytes(256), logs])

    # ------------------------------------------------------------------ BureauRegistry

    def register(self, uscc: str, name: str) -> None:
        """registerBureau."""
        if uscc in self.bureaus:
            raise Conflict(f"{uscc} is registered")
        self.bureaus[uscc] = BureauFacts(uscc, name, bytes(32), self.block.time)

    def _bureau(self, uscc: str) -> BureauFacts:
        if uscc not in self.bureaus:
            raise NotFound(f"{uscc} is not registered")
        return self.bureaus[uscc]

    def accredit(self, uscc: str, lane: str, since: int | None = None, until: int | None = None) -> None:
        """accredit."""
        facts = self._bureau(uscc)
        periods = facts.accreditations.get(lane, ())
        period = Period(self.block.time if since is None else since, until)
        self.bureaus[uscc] = replace(facts, accreditations={**facts.accreditations, lane: (*periods, period)})

    def end_accreditation(self, uscc: str, lane: str) -> None:
        """endAccreditation, now."""
        facts = self._bureau(uscc)
        *before, last = facts.accreditations[lane]
        ended = (*before, Period(last.since, self.block.time))
        self.bureaus[uscc] = replace(facts, accreditations={**facts.accreditations, lane: ended})

    def suspend(self, uscc: str) -> None:
        """suspendBureau."""
        facts = self._bureau(uscc)
        self.bureaus[uscc] = replace(facts, suspensions=(*facts.suspensions, Period(self.block.time)))

    def reinstate(self, uscc: str) -> None:
        """reinstateBureau."""
        facts = self._bureau(uscc)
        *before, last = facts.suspensions
        self.bureaus[uscc] = replace(facts, suspensions=(*before, Period(last.since, self.block.time)))

    def add_key(
        self, uscc: str, thumbprint: bytes, purpose: str, public_key: bytes = b"", until: int | None = None
    ) -> None:
        """addKey, from now."""
        self._bureau(uscc)
        if any(owner == uscc and known[:8] == thumbprint[:8] for owner, known in self.keys if purpose != "anchor"):
            raise Conflict("a key of this bureau begins with the same 8 bytes")
        self.keys[uscc, thumbprint] = KeyFacts(thumbprint, purpose, public_key, Period(self.block.time, until))

    def retire_key(self, uscc: str, thumbprint: bytes) -> None:
        """retireKey, now."""
        facts = self.keys[uscc, thumbprint]
        self.keys[uscc, thumbprint] = replace(facts, valid=Period(facts.valid.since, self.block.time))

    def mark_compromised(self, uscc: str, thumbprint: bytes, since: int) -> None:
        """markCompromised; only ever moves earlier."""
        facts = self.keys[uscc, thumbprint]
        if facts.compromised_since is not None and since >= facts.compromised_since:
            raise Refused("may only move earlier")
        self.keys[uscc, thumbprint] = replace(facts, compromised_since=since)

    def succeed(self, old: str, following: str) -> None:
        """succeed(old, next)."""
        self._bureau(following)
        self.bureaus[old] = replace(self._bureau(old), successor=following)

    # ------------------------------------------------------------------ AnchorLog

    def _may_sign(self, uscc: str, address: bytes) -> None:
        facts = self.keys.get((uscc, pad(address)))
        if facts is None or facts.purpose != "anchor" or not facts.usable(self.block.time):
            raise Refused("not a usable anchor key of that bureau")

    def anchor(
        self,
        uscc: str,
        lane: str,
        sequence: int,
        root: bytes,
        size: int,
        manifest: bytes,
        key: bytes,
        *,
        after: int = 10,
    ) -> AnchorFacts:
        """Anchor; mined in a new block ``after`` seconds later."""
        self._may_sign(uscc, key)
        if not self._bureau(uscc).was_accredited(lane, self.block.time):
            raise Refused(f"{uscc} is not accredited for {lane}, or suspended")
        last, head = self.lanes.get((uscc, lane), (0, NO_HEAD))
        if sequence != last + 1:
            raise Conflict(f"sequence {sequence} after {last}")
        time = self.block.time + after
        event = Anchored(uscc, lane, sequence, root, size, manifest, NO_HEAD, key)
        event = replace(event, head=event.head_after(head, time))
        number = sequence.to_bytes(32, "big")
        data = root + size.to_bytes(32, "big") + manifest + event.head + pad(key)
        ref = self._seal([self._receipt([ANCHORED, word(uscc), word(lane), number], data)], time)
        self.lanes[uscc, lane] = (sequence, event.head)
        facts = event.facts(ref, ref.hash[::-1])
        self.anchors[uscc, lane, sequence] = facts
        return facts

    def anchor_status(
        self,
        uscc: str,
        name: str,
        previous: bytes,
        digest: bytes,
        key: bytes,
        *,
        actor: str | None = None,
        after: int = 10,
    ) -> StatusFacts:
        """anchorStatus: compare-and-swap on the head. ``key`` :data:`AUTHORITY` needs no bureau."""
        if key != AUTHORITY:
            signer = actor or uscc
            if signer != uscc and self._bureau(uscc).successor != signer:
                raise Refused(f"{signer} is no successor of {uscc}")
            self._may_sign(signer, key)
        history = self.statuses.setdefault((uscc, name), [])
        if previous != (history[-1].head if history else NO_HEAD):
            raise Conflict("the head has moved")
        time = self.block.time + after
        event = StatusAnchored(uscc, name, previous, NO_HEAD, digest, key)
        event = replace(event, head=event.head_after(time))
        data = previous + event.head + digest + pad(key)
        ref = self._seal([self._receipt([STATUS_ANCHORED, word(uscc), word(name)], data)], time)
        facts = event.facts(ref, ref.hash[::-1])
        history.append(facts)
        return facts

    # ------------------------------------------------------------------ reading

    def source(
        self,
        *,
        expires: int | None = None,
        stamps: Iterable[tuple[bytes, AnchorFacts]] = (),
        unavailable: Iterable[str] = (),
    ) -> MemorySource:
        """The facts as of now, unchanged by what happens later; with ``expires`` they are a snapshot's."""
        return MemorySource(
            block=self.block,
            expires=expires,
            bureaus=dict(self.bureaus),
            keys=dict(self.keys),
            anchors=dict(self.anchors),
            statuses={name: list(history) for name, history in self.statuses.items()},
            stamps=dict(stamps),
            unavailable=frozenset(unavailable),
        )


@dataclass
class MemorySource:
    """A TrustSource over plain facts. Methods named in ``unavailable`` do not answer."""

    block: BlockRef
    expires: int | None
    bureaus: dict[str, BureauFacts]
    keys: dict[tuple[str, bytes], KeyFacts]
    anchors: dict[tuple[str, str, int], AnchorFacts]
    statuses: dict[tuple[str, str], list[StatusFacts]]
    stamps: dict[bytes, AnchorFacts]
    unavailable: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)
    """Names of the methods called, in order."""

    @property
    def describes(self) -> str:
        """One phrase for people."""
        return f"a ledger in memory at block {self.block.number}"

    def _ask(self, name: str) -> None:
        self.asked.append(name)
        if name in self.unavailable:
            raise Unavailable(f"{name} does not answer")

    def bureau(self, uscc: str) -> BureauFacts | None:
        """As the port says."""
        self._ask("bureau")
        return self.bureaus.get(uscc)

    def key(self, uscc: str, thumbprint: bytes) -> KeyFacts | None:
        """As the port says; 8 bytes find a P-256 key by the start of its thumbprint."""
        self._ask("key")
        if len(thumbprint) != 8:
            return self.keys.get((uscc, thumbprint))
        found = [
            facts
            for (owner, known), facts in self.keys.items()
            if owner == uscc and known[:8] == thumbprint and facts.purpose != "anchor"
        ]
        return found[0] if found else None

    def anchor(self, uscc: str, lane: str, sequence: int) -> AnchorFacts | None:
        """As the port says."""
        self._ask("anchor")
        return self.anchors.get((uscc, lane, sequence))

    def status_head(self, uscc: str, list_name: str) -> StatusFacts | None:
        """As the port says."""
        self._ask("status_head")
        history = self.statuses.get((uscc, list_name))
        return history[-1] if history else None

    def status_history(self, uscc: str, list_name: str) -> Sequence[StatusFacts]:
        """As the port says."""
        self._ask("status_history")
        return tuple(self.statuses.get((uscc, list_name), ()))

    def stamp_anchor(self, stamp_digest: bytes) -> AnchorFacts | None:
        """As the port says; a live chain knows no stamps."""
        self._ask("stamp_anchor")
        return None if self.expires is None else self.stamps.get(stamp_digest)


@dataclass
class MemoryIndex:
    """An EvidenceIndex over dictionaries. Methods named in ``unavailable`` do not answer."""

    stamps: dict[bytes, LeafPlace] = field(default_factory=dict)
    jwts: dict[bytes, LeafPlace] = field(default_factory=dict)
    lists: dict[bytes, bytes] = field(default_factory=dict)
    bundles: dict[str, bytes] = field(default_factory=dict)
    unavailable: frozenset[str] = frozenset()

    def _ask(self, name: str, answer: Callable[[], object]) -> object:
        if name in self.unavailable:
            raise Unavailable(f"{name} does not answer")
        return answer()

    def by_stamp(self, stamp_digest: bytes) -> LeafPlace | None:
        """As the port says."""
        return self._ask("by_stamp", lambda: self.stamps.get(stamp_digest))  # type: ignore[return-value]

    def by_jwt(self, jwt_digest: bytes) -> LeafPlace | None:
        """As the port says."""
        return self._ask("by_jwt", lambda: self.jwts.get(jwt_digest))  # type: ignore[return-value]

    def status_list(self, digest: bytes) -> bytes | None:
        """As the port says."""
        return self._ask("status_list", lambda: self.lists.get(digest))  # type: ignore[return-value]

    def bundle(self, identifier: str) -> bytes | None:
        """As the port says."""
        return self._ask("bundle", lambda: self.bundles.get(identifier))  # type: ignore[return-value]
