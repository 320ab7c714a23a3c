"""Batches and status lists, audited from ledger and blobs alone; every stored thing is changed once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from chain.audit import Report, Result, audit_lane, audit_list
from chain.claims import BindingParts, binding_leaf
from chain.credentials.leaf import audit_leaf, certificate_leaf, event_leaf, type_leaf
from chain.credentials.status_list import Status
from chain.documents import Manifest, build_manifest, cid_of_sha256
from chain.kernel.encoding import sha256
from chain.kernel.errors import Damaged, NotFound, Unavailable
from chain.kernel.ports import AnchorFacts, BlockRef, LeafParts
from chain.merkle import Tree
from tests.support.memory_ledger import AUTHORITY
from tests.support.world import LICENCE, LIST, USCC, World, signer


@dataclass
class Blobs:
    """A store whose bytes can be changed under it; it reads as the local store does."""

    held: dict[str, bytes] = field(default_factory=dict)
    name = "blobs in memory"

    def keep(self, *blobs: bytes) -> None:
        for blob in blobs:
            self.held[cid_of_sha256(sha256(blob))] = blob

    def get(self, cid: str, *, limit: int = 0) -> bytes:
        if cid not in self.held:
            raise NotFound(f"no {cid}")
        if cid_of_sha256(sha256(self.held[cid])) != cid:
            raise Damaged(f"{cid} has other bytes")
        return self.held[cid]

    def has(self, cid: str) -> bool:
        return cid in self.held


class Listed:
    """The ledger's facts, listed as a reader lists them."""

    def __init__(self, world: World) -> None:
        self._source = world.ledger.source()

    def __getattr__(self, name: str) -> object:
        return getattr(self._source, name)

    def anchors(self, uscc: str, lane: str) -> Iterator[AnchorFacts]:
        found = [facts for (bureau, name, _), facts in self._source.anchors.items() if (bureau, name) == (uscc, lane)]
        return iter(sorted(found, key=lambda facts: facts.sequence))


@dataclass
class House:
    """A bureau with batches of every kind, and the store that holds them."""

    world: World = field(default_factory=World.with_bureau)
    blobs: Blobs = field(default_factory=Blobs)
    last: dict[str, int] = field(default_factory=dict)

    def batch(self, lane: str, leaves: list[LeafParts] | list[bytes], root: bytes) -> Manifest:
        manifest = build_manifest(bureau=USCC, lane=lane, root=root, leaves=leaves)
        self.blobs.keep(*manifest.blobs)
        self.last[lane] = self.last.get(lane, 0) + 1
        ledger, key = self.world.ledger, self.world.addresses[USCC]
        ledger.anchor(USCC, lane, self.last[lane], root, len(leaves), manifest.digest, key)
        return manifest

    def certificates(self, count: int) -> Manifest:
        records = [b"record %d" % number for number in range(count)]
        self.blobs.keep(*records)
        parts = [LeafParts(sha256(b"j" + one), sha256(b"s" + one), sha256(one)) for one in records]
        return self.batch(LICENCE, parts, Tree(certificate_leaf(one) for one in parts).root)

    def report(self, lane: str = LICENCE, **more: object) -> Report:
        report = Report()
        audit_lane(report, Listed(self.world), self.blobs, USCC, lane, **more)  # type: ignore[arg-type]
        return report

    def lists(self) -> Report:
        self.blobs.keep(*self.world.index.lists.values())
        report = Report()
        audit_list(report, Listed(self.world), self.blobs, USCC, LIST)  # type: ignore[arg-type]
        return report


def rules(report: Report) -> list[tuple[str, Result]]:
    """Which rules were found broken or open."""
    return [(one.rule, one.result) for one in report.findings]


def test_a_batch_of_every_lane_recomputes() -> None:
    house = House()
    house.certificates(5)
    records = [b"an act", b"another"]
    house.blobs.keep(*records)
    digests = [sha256(one) for one in records]
    house.batch("$events", digests, Tree(event_leaf(one) for one in digests).root)
    rows = [sha256(b"a") + sha256(b"b") + sha256(b"c")]
    house.blobs.keep(b"c")
    house.batch("$claims", rows, Tree(binding_leaf(BindingParts.from_bytes(one)) for one in rows).root)
    house.batch("$types", [sha256(b"a type")], type_leaf(sha256(b"a type")))
    for number in (7, 19):
        entry = sha256(b"entry %d" % number)
        house.batch("$audit", [entry], audit_leaf(number, entry))
    for lane in (LICENCE, "$events", "$claims", "$types", "$audit"):
        report = house.report(lane)
        assert (report.findings, report.exit_code) == ([], 0), lane
        assert report.looked["A107"] == house.last[lane]


def test_each_blob_of_a_batch_that_is_changed_is_named() -> None:
    """Root document, each page, each record: changed once, found under its own rule and name."""
    house = House()
    manifest = house.certificates(4_098)
    assert len(manifest.pages) == 2
    subjects = {}
    for cid, data in dict(house.blobs.held).items():
        if data in manifest.pages or data == manifest.document or data in (b"record 0", b"record 4097"):
            house.blobs.held[cid] = data[:-1] + bytes([data[-1] ^ 1])
            report = house.report()
            assert report.exit_code == 1
            (finding,) = report.findings
            subjects[finding.rule, finding.subject] = cid
            house.blobs.held[cid] = data
    pages = [cid_of_sha256(sha256(page)) for page in manifest.pages]
    name = f"batch {USCC}/{LICENCE}/1"
    assert set(subjects) == {
        ("A104", name),
        ("A106", f"{name}, page 1 ({pages[0]})"),
        ("A106", f"{name}, page 2 ({pages[1]})"),
        ("A108", f"{name}, record 0 ({cid_of_sha256(sha256(b'record 0'))})"),
        ("A108", f"{name}, record 4097 ({cid_of_sha256(sha256(b'record 4097'))})"),
    }


def test_what_is_not_to_be_had_is_open_and_a_deleted_record_is_no_fault() -> None:
    house = House()
    manifest = house.certificates(3)
    del house.blobs.held[cid_of_sha256(sha256(b"record 1"))]
    report = house.report()
    assert (rules(report), report.exit_code) == ([("A108", Result.NOTE)], 0)
    del house.blobs.held[manifest.cid]
    report = house.report()
    assert (rules(report), report.exit_code) == ([("A104", Result.UNKNOWN)], 2)


def test_a_manifest_of_another_batch_and_leaves_of_another_root_are_found() -> None:
    house = House()
    leaves = [sha256(b"one"), sha256(b"two")]
    root = Tree(event_leaf(one) for one in leaves).root
    other = build_manifest(bureau=USCC, lane="$events", root=sha256(b"other"), leaves=leaves)
    house.blobs.keep(*other.blobs, b"one", b"two")
    house.world.ledger.anchor(USCC, "$events", 1, root, 2, other.digest, house.world.addresses[USCC])
    assert rules(house.report("$events")) == [("A105", Result.BROKEN)]
    house = House()
    false = sha256(b"no root of these")
    manifest = build_manifest(bureau=USCC, lane="$events", root=false, leaves=leaves)
    house.blobs.keep(*manifest.blobs, b"one", b"two")
    house.world.ledger.anchor(USCC, "$events", 1, false, 2, manifest.digest, house.world.addresses[USCC])
    assert rules(house.report("$events")) == [("A107", Result.BROKEN)]


def test_a_key_that_is_marked_compromised_and_a_bureau_that_was_not_accredited_are_found() -> None:
    house = House()
    house.certificates(1)
    ledger, address = house.world.ledger, house.world.addresses[USCC]
    ledger.mark_compromised(USCC, address.rjust(32, b"\0"), ledger.block.time - 1)
    facts = ledger.bureaus[USCC]
    ledger.bureaus[USCC] = replace(facts, accreditations={})
    assert rules(house.report()) == [("A102", Result.BROKEN), ("A103", Result.BROKEN)]


def test_only_one_batch_is_looked_at_if_asked_and_an_unknown_one_is_said() -> None:
    house = House()
    house.certificates(2)
    house.certificates(3)
    assert house.report(only=2).looked["A107"] == 1
    assert rules(house.report(only=3)) == [("A101", Result.BROKEN)]


@pytest.mark.parametrize(
    ("names", "expected"), [(("w1",), []), ((), [("A109", Result.UNKNOWN)]), (None, [("A109", Result.UNKNOWN)])]
)
def test_witnesses_vouch_for_the_blocks_of_anchors(
    names: tuple[str, ...] | None, expected: list[tuple[str, Result]]
) -> None:
    class Witnesses:
        def vouch(self, block: BlockRef) -> tuple[str, ...]:
            if names is None:
                raise Unavailable("nobody answers")
            return names

    house = House()
    house.certificates(1)
    assert rules(house.report(witnesses=Witnesses())) == expected


# --------------------------------------------------------------------------- status lists


def test_a_status_list_recomputes_state_by_state() -> None:
    house = House()
    house.world.anchor_status({5: Status.SUSPENDED})
    house.world.anchor_status({5: Status.REVOKED, 9: Status.LAPSED})
    house.world.anchor_status({9: Status.PENALTY}, actor="authority", address=AUTHORITY)
    report = house.lists()
    assert (report.findings, report.looked["A206"]) == ([], 4)


def test_a_final_state_that_was_reversed_is_found() -> None:
    house = House()
    house.world.anchor_status({5: Status.REVOKED})
    house.world.anchor_status({5: Status.VALID})
    report = house.lists()
    assert rules(report) == [("A206", Result.BROKEN)]
    assert "entry 5 went from REVOKED back to VALID" in report.findings[0].detail


def test_a_list_by_a_strange_key_of_another_place_or_with_other_bytes_is_found() -> None:
    house = House()
    house.world.anchor_status({5: Status.REVOKED}, with_signer=signer(88))
    assert rules(house.lists()) == [("A205", Result.BROKEN)]
    house = House()
    first = house.world.index.lists[house.world.ledger.statuses[USCC, LIST][0].digest]
    house.world.anchor_status(token=first)
    assert rules(house.lists()) == [("A204", Result.BROKEN)]
    house = House()
    digest = house.world.ledger.statuses[USCC, LIST][0].digest
    house.lists()
    house.blobs.held[cid_of_sha256(digest)] = b"other"
    report = Report()
    audit_list(report, Listed(house.world), house.blobs, USCC, LIST)  # type: ignore[arg-type]
    assert rules(report) == [("A203", Result.BROKEN)]


def test_states_that_do_not_follow_each_other_are_found() -> None:
    house = House()
    house.world.anchor_status({5: Status.REVOKED})
    history = house.world.ledger.statuses[USCC, LIST]
    del history[0]
    assert ("A201", Result.BROKEN) in rules(house.lists())
