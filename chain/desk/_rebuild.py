"""Certificates rebuilt from what the register sends: every one must say exactly what a person released at its place.

Contents are checked without exception, signatures on a sample (docs/adr/0008-desk-and-signer.md). Parts of a long list
are checked as soon as they lie on the desk, while the register makes the next; what was found is kept in memory only.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from chain.catalogue import CertificateType
from chain.credentials import credential as credentials
from chain.credentials import stamp as stamps
from chain.credentials.credential import parse_credential
from chain.credentials.stamp import parse_expected
from chain.desk.parts import PartName, Parts, bounds_of, names_of
from chain.desk.state import SignerState
from chain.issuing.contents import Draft, Slot, stamp_content
from chain.kernel.encoding import sha256, unb64url
from chain.kernel.errors import Damaged, InvalidInput, NotFound, Refused
from chain.kernel.ports import LeafParts, TrustSource
from chain.merkle import leaf_hash

CERTIFICATES = "certificates"
_SAMPLE = 64
_MOST_AHEAD = 1_000_000
"""Certificates whose check is remembered; a desk flooded with parts costs no more memory than that."""

MALFORMED = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What a request or part raises that is not made as :mod:`chain.desk.messages` says."""


@dataclass(slots=True)
class Checked:
    """Certificates that say what was released, in order.

    Attributes:
        leaves: three digests of 32 bytes each.
        lists: name of each one's status list.
        indexes: each one's entry.
        holders: SHA-256 of each one's identifier, 32 bytes each.
        keys: thumbprints of keys that signed the sample.
    """

    leaves: bytearray = field(default_factory=bytearray)
    lists: list[str] = field(default_factory=list)
    indexes: array[int] = field(default_factory=lambda: array("L"))
    holders: bytearray = field(default_factory=bytearray)
    keys: set[bytes] = field(default_factory=set)

    def __len__(self) -> int:
        """How many."""
        return len(self.lists)

    def add(self, other: Checked) -> None:
        """Put others behind these."""
        self.leaves += other.leaves
        self.lists += other.lists
        self.indexes += other.indexes
        self.holders += other.holders
        self.keys |= other.keys

    def leaf_parts(self) -> list[LeafParts]:
        """Leaf parts in order."""
        raw = bytes(self.leaves)
        return [
            LeafParts(raw[at : at + 32], raw[at + 32 : at + 64], raw[at + 64 : at + 96])
            for at in range(0, len(raw), 96)
        ]

    def slots(self) -> dict[str, dict[int, bytes]]:
        """By status list: entry, and SHA-256 of the certificate's identifier. Refused if one comes twice."""
        raw = bytes(self.holders)
        found: dict[str, dict[int, bytes]] = {}
        for place, (name, index) in enumerate(zip(self.lists, self.indexes, strict=True)):
            found.setdefault(name, {})[index] = raw[32 * place : 32 * place + 32]
        if sum(map(len, found.values())) != len(self):
            raise Refused("two certificates share a status slot", code="desk.slot", field="credentials")
        return found


def check_key(ledger: TrustSource, bureau: str, thumbprint: bytes, verify: Callable[[bytes], bool]) -> None:
    """The registry holds that key for the bureau now, and ``verify`` says yes to it. Raises Refused."""
    facts = ledger.key(bureau, thumbprint)
    if facts is None or facts.purpose != "credential" or not facts.usable(ledger.block.time):
        raise Refused(
            "signed by a key the registry does not hold for this bureau now", code="desk.key", field="credentials"
        )
    if not verify(facts.public_key):
        raise Refused("a signature does not verify", code="desk.signature", field="credentials")


class Rebuilder:
    """Rebuilds the batches of one bureau.

    Args:
        parts: parts on the desk.
        private: X25519 key that opens them, 32 bytes.
        bureau: USCC.
        state: what was released.
        type_of: the type a list was released under, by its digest and lane.
    """

    def __init__(
        self,
        parts: Parts,
        private: bytes,
        bureau: str,
        state: SignerState,
        type_of: Callable[[bytes, str], CertificateType],
    ) -> None:
        self._parts, self._private, self._bureau, self._state = parts, private, bureau, state
        self._type_of = type_of
        self._ahead: dict[PartName, tuple[tuple[int, int, int], int, Checked | None]] = {}

    # ------------------------------------------------------------------ whole requests

    def pieces(self, kind: str, body: Mapping[str, Any], digest: bytes) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """What a request speaks of, piece by piece, each with the place of its first row.

        Raises:
            Refused: a part of the list is missing on the desk, or damaged.
        """
        if "part" not in body:
            yield 0, body
            return
        size, part = bounds_of(body)
        for name in names_of(kind, digest, size, part):
            yield name.number * part, self._read(name, name.number * part)

    def rebuild(self, ledger: TrustSource, body: Mapping[str, Any], lane: str, digest: bytes, size: int) -> Checked:
        """Every credential and stamp of a request against the released draft at its place.

        Raises:
            Refused, InvalidInput: something else, too few or too many, a key that does not count; nothing is signed.
        """
        found = Checked()
        if "part" not in body:
            found.add(self._check(ledger, lane, digest, 0, body, size))
        else:
            said, part = bounds_of(body)
            if said != size:
                raise _size(said, size)
            for name in names_of(CERTIFICATES, digest, size, part):
                first = name.number * part
                before = self._remembered(name, first)
                if before is None:
                    before = self._check(ledger, lane, digest, first, self._read(name, first), size)
                if len(before) != min(part, size - first):
                    raise _size(len(before), min(part, size - first))
                found.add(before)
        if len(found) != size:
            raise _size(len(found), size)
        for thumbprint in found.keys:  # a key may have been retired since its part was checked
            check_key(ledger, self._bureau, thumbprint, lambda _key: True)
        return found

    def forget(self, digest: bytes) -> None:
        """Drop what is remembered of a list."""
        for name in [name for name in self._ahead if name.digest == digest]:
            del self._ahead[name]

    def look_ahead(self, look: Callable[[], TrustSource], until: Callable[[], bool]) -> None:
        """Check parts of released lists that lie on the desk already. Their faults are told when the root is asked for.

        Args:
            look: a fresh view of the ledger.
            until: answers True when it is time to stop.
        """
        waiting = list(self._state.unsigned())
        known = {digest for digest, _lane, _size in waiting}
        for name in [name for name in self._ahead if name.digest not in known]:
            del self._ahead[name]
        ledger: TrustSource | None = None
        for digest, lane, size in waiting:
            for number in self._parts.numbers(CERTIFICATES, digest):
                name = PartName(CERTIFICATES, digest, number)
                stamp = self._parts.stamp(name)
                before = self._ahead.get(name)
                if stamp is None or (before is not None and before[0] == stamp):
                    continue
                if until() or sum(len(one or ()) for _, _, one in self._ahead.values()) > _MOST_AHEAD:
                    return
                ledger = ledger or look()
                self._ahead[name] = (stamp, *self._try(ledger, name, lane, size))

    # ------------------------------------------------------------------ inside

    def _try(self, ledger: TrustSource, name: PartName, lane: str, size: int) -> tuple[int, Checked | None]:
        with suppress(InvalidInput, NotFound, Refused, Damaged, *MALFORMED):
            body = self._parts.read(name, self._private)
            first = _first(body)
            return first, self._check(ledger, lane, name.digest, first, body, size)
        return 0, None

    def _remembered(self, name: PartName, first: int) -> Checked | None:
        before = self._ahead.get(name)
        if before is None or before[0] != self._parts.stamp(name) or before[1] != first:
            return None
        return before[2]

    def _read(self, name: PartName, first: int) -> Mapping[str, Any]:
        try:
            body = self._parts.read(name, self._private)
        except (NotFound, Damaged) as error:
            raise Refused(error.message, code="desk.part", field="part", fix="run the batch again") from error
        if _first(body) != first:
            raise Refused(f"part {name.number} begins elsewhere", code="desk.part", field="part")
        return body

    def _check(
        self, ledger: TrustSource, lane: str, digest: bytes, first: int, body: Mapping[str, Any], size: int
    ) -> Checked:
        """The certificates of one piece, the first of which stands at ``first`` in the released list."""
        kind = self._type_of(digest, lane)
        texts, codes, records = body["credentials"], body["stamps"], body["records"]
        drafts = self._state.drafts(digest, first, len(texts))
        if not len(texts) == len(codes) == len(records) == len(drafts):
            raise _size(len(texts), len(drafts))
        sample = _sample(len(drafts), size)
        found = Checked()
        for place, (expected, predecessor) in enumerate(drafts):
            credential = parse_credential(texts[place])
            draft = Draft.of_credential(credential, kind.number_field, predecessor)
            slot = Slot(credential.status_list, credential.status_index)
            if (
                leaf_hash(draft.to_bytes()) != expected
                or credential.bureau != self._bureau
                or credential.certificate_type != lane
            ):
                raise Refused(
                    f"certificate {first + place + 1} says something else than what was released",
                    code="desk.content",
                    field="credentials",
                )
            content = stamp_content(draft, kind, self._bureau, slot, credential.jwt_digest)
            stamp = parse_expected(unb64url(codes[place]), content)
            if stamp is None:
                raise Refused(
                    f"stamp {first + place + 1} says something else than its certificate",
                    code="desk.content",
                    field="stamps",
                )
            if place in sample:
                self._check_pair(ledger, credential, stamp)
                found.keys.add(credential.key_thumbprint)
            record = unb64url(records[place])
            if len(record) != 32:
                raise InvalidInput("a record's digest has 32 bytes", code="desk.form", field="records")
            found.leaves += credential.jwt_digest + stamp.digest + record
            found.lists.append(slot.list)
            found.indexes.append(slot.index)
            found.holders += sha256(draft.identifier.encode())
        return found

    def _check_pair(
        self, ledger: TrustSource, credential: credentials.ParsedCredential, stamp: stamps.ParsedStamp
    ) -> None:
        def verify(key: bytes) -> bool:
            return credentials.verify_signature(credential, key) and stamps.verify_signature(stamp, key)

        check_key(ledger, self._bureau, credential.key_thumbprint, verify)


def _first(body: Mapping[str, Any]) -> int:
    first = body["first"]
    if type(first) is not int or first < 0:
        raise InvalidInput("a part says at which row it begins", code="desk.form", field="first")
    return first


def _sample(count: int, size: int) -> frozenset[int]:
    """Places whose signatures are verified: of a whole list at least 64, wherever its pieces end."""
    share = min(count, -(-_SAMPLE * count // max(size, 1)))
    return frozenset(random.SystemRandom().sample(range(count), share))


def _size(found: int, expected: int) -> InvalidInput:
    return InvalidInput(f"{found} credentials for {expected} released drafts", code="desk.size", field="credentials")
