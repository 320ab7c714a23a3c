"""Which binding was in force as of which block, over a ledger in memory, with manifests that lie, lack or fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from chain.claims import (
    CLAIMS_LANE,
    Binding,
    BindingCheck,
    BindingParts,
    CertificateState,
    binding_in_force,
    binding_leaf,
    binding_tag,
    end_tag,
    holder_key,
    read_lane,
)
from chain.claims.wording import DETAILS, detail
from chain.credentials.es256 import SoftwareSigner
from chain.credentials.verification.verdicts import Result, Verdict, Verification
from chain.kernel.encoding import sha256
from chain.kernel.errors import NotFound, Unavailable
from chain.kernel.ports import AnchorFacts
from chain.merkle import Tree
from tests.support.memory_ledger import MemoryLedger, pad
from tests.support.world import NAME, OTHER_USCC, USCC

KEY = bytes.fromhex("00000000000000000000000000000000000000c1")
STOLEN = bytes.fromhex("00000000000000000000000000000000000000c2")
SECRET = sha256(b"secret of the tags")


@dataclass
class Lane:
    """A bureau's lane and the manifests somebody keeps of it."""

    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    kept: dict[int, list[bytes]] = field(default_factory=dict)
    down: bool = False

    def __post_init__(self) -> None:
        for uscc in (USCC, OTHER_USCC):
            self.ledger.register(uscc, NAME)
            for key in (KEY, STOLEN):
                self.ledger.add_key(uscc, pad(key), "anchor")

    def rows(self, facts: AnchorFacts) -> Sequence[bytes]:
        if self.down:
            raise Unavailable("the store is down")
        if facts.sequence not in self.kept:
            raise NotFound("no manifest")
        return self.kept[facts.sequence]

    def put(self, *parts: BindingParts, key: bytes = KEY) -> AnchorFacts:
        sequence = self.ledger.lanes.get((USCC, CLAIMS_LANE), (0, b""))[0] + 1
        root = Tree([binding_leaf(part) for part in parts]).root
        facts = self.ledger.anchor(USCC, CLAIMS_LANE, sequence, root, len(parts), bytes(32), key)
        self.kept[sequence] = [part.to_bytes() for part in parts]
        return facts

    def bind(self, n: int, ends: Sequence[int] = (), key: bytes = KEY) -> tuple[bytes, AnchorFacts]:
        document = binding(n).to_bytes()
        tags = [binding_tag(SECRET, n), *(end_tag(SECRET, m) for m in ends)]
        return document, self.put(*(BindingParts(tag, sha256(document), bytes(32)) for tag in tags), key=key)

    def check(self, document: bytes, block: int | None = None) -> BindingCheck:
        lane = read_lane(self.ledger.source(), self, USCC)
        return binding_in_force(document, lane, certificate=None, block=block)


def binding(n: int, bureau: str = USCC) -> Binding:
    previous = None if n == 1 else sha256(b"before")
    key = SoftwareSigner.generate().public_key
    return Binding(
        bureau, sha256(b"jwt"), key, n, previous, sha256(b"claim"), 1, binding_tag(SECRET, n), end_tag(SECRET, n)
    )


@pytest.fixture
def lane() -> Lane:
    return Lane()


def codes(check: BindingCheck) -> tuple[str, ...]:
    return tuple(step.code for step in check.steps)


def test_in_force_from_its_anchor_until_its_end_and_not_a_block_longer(lane: Lane) -> None:
    first, since = lane.bind(1)
    second, turn = lane.bind(2, ends=[1])
    end = lane.put(BindingParts(end_tag(SECRET, 2), sha256(b"ending"), bytes(32)))
    lane.ledger.mine()
    found = {
        block: (lane.check(first, block).result, lane.check(second, block).result)
        for block in range(since.block.number - 1, lane.ledger.block.number + 2)
    }
    assert found == {
        since.block.number - 1: (Result.INVALID, Result.INVALID),
        since.block.number: (Result.VALID, Result.INVALID),
        turn.block.number: (Result.INVALID, Result.VALID),
        end.block.number: (Result.INVALID, Result.INVALID),
        lane.ledger.block.number: (Result.INVALID, Result.INVALID),
        lane.ledger.block.number + 1: (Result.INVALID, Result.INVALID),
    }
    reading = read_lane(lane.ledger.source(), lane, USCC)
    assert holder_key([first, second], reading, certificate=None, block=turn.block.number).binding.n == 2
    assert holder_key([second, first], reading, certificate=None, block=since.block.number).binding.n == 1
    assert holder_key([], reading, certificate=None) is None


def test_strangers_see_nothing_that_links_two_bindings(lane: Lane) -> None:
    """But for standing side by side in one anchor, nothing of the first comes back in what the second shows."""
    lane.bind(1)
    lane.bind(2, ends=[1])
    first, second = lane.kept[1], lane.kept[2]
    pieces = [{row[start : start + 32] for row in rows for start in (0, 32)} for rows in (first, second)]
    assert pieces[0].isdisjoint(pieces[1])


def test_another_document_under_the_same_tag_is_not_the_one(lane: Lane) -> None:
    lane.bind(1)
    assert codes(lane.check(binding(1).to_bytes()))[1] == "anchor.none"


def test_another_bureaus_lane_says_nothing(lane: Lane) -> None:
    document = binding(1, OTHER_USCC).to_bytes()
    lane.put(BindingParts(binding_tag(SECRET, 1), sha256(document), bytes(32)))
    assert codes(lane.check(document))[1] == "anchor.other_bureau"


def test_a_bureau_binds_for_the_certificates_that_it_issued_and_for_no_others(lane: Lane) -> None:
    document, _ = lane.bind(1)
    reading = read_lane(lane.ledger.source(), lane, USCC)
    good = Verification(Verdict.VALID, True, True, None, (), {})

    def check(issuer: str) -> BindingCheck:
        state = CertificateState(sha256(b"jwt"), issuer, good)
        return binding_in_force(document, reading, certificate=state)

    assert check(USCC).result is Result.VALID
    foreign = check(OTHER_USCC)
    assert (foreign.result, foreign.step("certificate").code) == (Result.INVALID, "certificate.other_bureau")


def test_a_missing_manifest_leaves_the_answer_open_and_only_from_its_block_on(lane: Lane) -> None:
    first, since = lane.bind(1)
    _, hole = lane.bind(7)
    del lane.kept[hole.sequence]
    assert lane.check(first).result is Result.ERROR
    assert codes(lane.check(first))[2] == "lane.open"
    assert lane.check(first, since.block.number).result is Result.VALID
    unknown = binding(3).to_bytes()
    assert lane.check(unknown).result is Result.ERROR, "it might stand in the hole"
    assert lane.check(unknown, since.block.number).result is Result.INVALID


def test_an_end_that_is_seen_counts_whatever_else_is_missing(lane: Lane) -> None:
    first, _ = lane.bind(1)
    _, hole = lane.bind(7)
    lane.bind(2, ends=[1])
    del lane.kept[hole.sequence]
    assert lane.check(first).result is Result.INVALID


@pytest.mark.parametrize("fault", ["leaf left out", "leaf put in", "leaf changed", "order", "half a leaf", "empty"])
def test_a_manifest_that_does_not_lead_to_the_root_is_a_hole(lane: Lane, fault: str) -> None:
    first, _ = lane.bind(1)
    _, turn = lane.bind(2, ends=[1])
    rows = lane.kept[turn.sequence]
    lane.kept[turn.sequence] = {
        "leaf left out": rows[:1],
        "leaf put in": [*rows, rows[0]],
        "leaf changed": [rows[0], bytes(96)],
        "order": rows[::-1],
        "half a leaf": [rows[0], rows[1][:48]],
        "empty": [],
    }[fault]
    assert lane.check(first).result is Result.ERROR


def test_a_store_or_ledger_that_does_not_answer_says_neither_yes_nor_no(lane: Lane) -> None:
    first, _ = lane.bind(1)
    lane.down = True
    assert lane.check(first).result is Result.ERROR
    lane.down = False
    for part in ("anchor", "key"):
        reading = read_lane(lane.ledger.source(unavailable=[part]), lane, USCC)
        assert binding_in_force(first, reading, certificate=None).result is Result.ERROR


def test_an_anchor_by_a_compromised_key_neither_binds_nor_ends(lane: Lane) -> None:
    first, _ = lane.bind(1)
    second, _ = lane.bind(2, ends=[1], key=STOLEN)
    assert lane.check(second).result is Result.VALID
    lane.ledger.mark_compromised(USCC, pad(STOLEN), lane.ledger.block.time - 1)
    assert (lane.check(first).result, lane.check(second).result) == (Result.VALID, Result.INVALID)


def test_a_snapshot_does_not_carry_the_lane(lane: Lane) -> None:
    first, _ = lane.bind(1)
    reading = read_lane(lane.ledger.source(expires=2**40), lane, USCC)
    assert binding_in_force(first, reading, certificate=None).result is Result.ERROR


def test_no_binding_at_all_is_invalid_and_every_finding_has_its_words(lane: Lane) -> None:
    check = lane.check(b"{}")
    assert (check.result, check.step("form").result, check.binding) == (Result.INVALID, Result.INVALID, None)
    params = dict.fromkeys(("block", "sequence", "fault", "verdict", "newest", "bureau"), "x")
    for code in DETAILS:
        assert all(detail(code, params, lang) for lang in ("en", "zh"))
