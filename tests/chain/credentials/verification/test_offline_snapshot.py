"""With a signed trust snapshot and without network: what works, and what is honestly left open."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any

import pytest

from chain.credentials.status_list import Status
from chain.credentials.verification import Policy, Verdict, verify_bundle, verify_credential, verify_stamp
from chain.ledger.evidence import LedgerProofs
from chain.ledger.snapshot.build import build_snapshot
from chain.ledger.snapshot.signed import SignedSnapshot, sign_body
from chain.ledger.snapshot.source import SnapshotSource
from tests.support.memory_ledger import MemorySource
from tests.support.stage import Stage


class Reader:
    """What :func:`build_snapshot` asks of a live chain, answered by a ledger in memory."""

    def __init__(self, stage: Stage) -> None:
        self.source: MemorySource = stage.world.source()
        self.trust_root = stage.world.ledger.trust_root
        self.block = self.source.block
        self.bureau = self.source.bureau
        self.status_head = self.source.status_head
        self.stage = stage

    def bureaus(self) -> list[str]:
        return list(self.source.bureaus)

    def keys(self, uscc: str) -> tuple[Any, ...]:
        return tuple(facts for (owner, _), facts in self.source.keys.items() if owner == uscc)

    def lanes(self) -> list[tuple[str, str]]:
        return sorted({place[:2] for place in self.source.anchors})

    def anchors(self, uscc: str, lane: str) -> list[Any]:
        return [facts for place, facts in sorted(self.source.anchors.items()) if place[:2] == (uscc, lane)]

    def status_lists(self) -> list[tuple[str, str]]:
        return sorted(self.source.statuses)

    def stamps(self, anchor: Any) -> list[bytes]:
        return [digest for digest, facts in self.stage.world.stamps.items() if facts == anchor]

    def status_list(self, digest: bytes) -> bytes | None:
        return self.stage.world.index.lists.get(digest)


def snapshot_of(stage: Stage, *, lasting: int = 3600) -> SnapshotSource:
    reader: Any = Reader(stage)
    now = stage.world.now
    built = build_snapshot(reader, reader, version=1, made_at=now, expires=now + lasting)
    signed = SignedSnapshot(built).with_signatures(
        [(name, sign_body(built.body, key)) for name, key in stage.witnesses.keys.items()]
    )
    data = SignedSnapshot.from_bytes(signed.to_bytes())
    return SnapshotSource(data, reader.trust_root, clock=lambda: now)


@pytest.fixture
def stage() -> Stage:
    return Stage.fresh()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object, **__: object) -> None:
        raise AssertionError("the network was touched")

    monkeypatch.setattr(socket.socket, "connect", closed)
    monkeypatch.setattr(socket, "getaddrinfo", closed)


def test_bundle_and_stamp_are_valid(stage: Stage) -> None:
    source = snapshot_of(stage)
    proofs = LedgerProofs(stage.world.ledger.trust_root)
    at = stage.world.now + 60
    found = verify_bundle(stage.one.data, trust=source, index=source.index, proofs=proofs, at=at)
    assert (found.verdict, found.status_as_of) == (Verdict.VALID, stage.world.now)
    assert verify_stamp(stage.one.stamp, trust=source, index=source.index, at=at).verdict is Verdict.VALID


def test_status_is_the_snapshots(stage: Stage) -> None:
    before = snapshot_of(stage)
    stage.with_status(Status.REVOKED)
    after = snapshot_of(stage)
    at = stage.world.now
    verdicts = [verify_stamp(stage.one.stamp, trust=s, index=s.index, at=at).verdict for s in (before, after)]
    assert verdicts == [Verdict.VALID, Verdict.REVOKED]


def test_a_bare_credential_has_no_place_in_a_snapshot(stage: Stage) -> None:
    source = snapshot_of(stage)
    found = verify_credential(stage.one.credential.text, trust=source, index=source.index, at=stage.world.now)
    assert (found.verdict, found.step("integrity").result) == (Verdict.CANNOT_CHECK, "VALID")


def test_newer_certificates_are_left_open(stage: Stage) -> None:
    source = snapshot_of(stage)
    stage.world.ledger.mine(3600)
    newer = stage.world.issue(count=1, witnesses=stage.witnesses)[0]
    proofs = LedgerProofs(stage.world.ledger.trust_root)
    at = source.block.time
    for found in (
        verify_stamp(newer.stamp, trust=source, index=source.index, at=at),
        verify_bundle(newer.data, trust=source, index=source.index, proofs=proofs, at=at),
    ):
        assert (found.verdict, found.authentic) == (Verdict.CANNOT_CHECK, None)


def test_after_expiry_it_proves_issue_only(stage: Stage) -> None:
    source = snapshot_of(stage, lasting=3600)
    found = verify_stamp(stage.one.stamp, trust=source, index=source.index, at=stage.world.now + 3601)
    assert (found.verdict, found.authentic, found.in_force) == (Verdict.CANNOT_CHECK, True, None)


def test_past_days_are_for_the_chain_to_tell(stage: Stage) -> None:
    first = stage.world.now
    stage.world.ledger.mine(86_400)
    stage.with_status(Status.REVOKED)
    source = snapshot_of(stage)
    past = replace(Policy(), past=True)
    found = verify_stamp(stage.one.stamp, trust=source, index=source.index, at=first, policy=past)
    assert (found.verdict, found.authentic) == (Verdict.CANNOT_CHECK, True)
