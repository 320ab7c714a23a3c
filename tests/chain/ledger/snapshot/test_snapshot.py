"""Trust snapshots made from a real chain: what they answer, who may sign them, what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chain.kernel.encoding import sha256
from chain.kernel.errors import Conflict, Damaged, InvalidInput, Refused, Unavailable, YinxinError
from chain.kernel.ports import AnchorFacts
from chain.ledger.anchoring import anchor_batch, change_status
from chain.ledger.reader import LedgerReader
from chain.ledger.snapshot import SignedSnapshot, SnapshotSource, build_snapshot, sign_body
from chain.ledger.trustroot import TrustRoot, WitnessKey
from chain.ledger.witness.service import Witness, WitnessConfig
from chain.ledger.witness.snapshots import cosign_snapshot
from chain.ledger.witness.store import WitnessStore
from tests.chain.ledger.kit import BUREAU, LANE, LIST, World

pytestmark = pytest.mark.loopback
KEYS = [Ed25519PrivateKey.from_private_bytes(sha256(b"witness %d" % number)) for number in range(2)]
NOW = 1_800_000_000
TOKENS = {sha256(text): text for text in (b"token.of.today", b"token.of.yesterday")}


class Evidence:
    """Stamps by sequence, tokens by digest."""

    def stamps(self, anchor: AnchorFacts) -> Sequence[bytes]:
        return [sha256(b"stamp %d of %d" % (number, anchor.sequence)) for number in range(anchor.size)]

    def status_list(self, digest: bytes) -> bytes | None:
        return TOKENS.get(digest)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    built = World.build(tmp_path_factory.mktemp("chain"))
    for sequence in (1, 2):
        anchor_batch(built.sender, built.trust_root, built.batch(sequence, sha256(b"root %d" % sequence), size=5))
    anchor_batch(built.sender, built.trust_root, built.batch(1, sha256(b"event"), lane="$events", size=1))
    first = change_status(built.sender, built.trust_root, built.status(bytes(32), sha256(b"token.of.yesterday")))
    change_status(built.sender, built.trust_root, built.status(first.head, sha256(b"token.of.today")))
    yield built
    built.close()


@pytest.fixture(scope="module")
def root(world: World) -> TrustRoot:
    keys = [WitnessKey(f"witness-{number}", key.public_key().public_bytes_raw()) for number, key in enumerate(KEYS)]
    return world.trust_root.with_witnesses(keys, 2)


@pytest.fixture(scope="module")
def reader(world: World, root: TrustRoot) -> LedgerReader:
    return LedgerReader(world.rpc, root)


@pytest.fixture(scope="module")
def signed(reader: LedgerReader) -> SignedSnapshot:
    return make(reader, 7)


def make(reader: LedgerReader, version: int, *signers: int) -> SignedSnapshot:
    snapshot = build_snapshot(reader, Evidence(), version=version, made_at=NOW, expires=NOW + 86_400)
    names = signers or (0, 1)
    return SignedSnapshot(snapshot).with_signatures(
        (f"witness-{number}", sign_body(snapshot.body, KEYS[number])) for number in names
    )


def test_answers_as_the_chain_does(signed: SignedSnapshot, root: TrustRoot, reader: LedgerReader, world: World) -> None:
    source = SnapshotSource(SignedSnapshot.from_bytes(signed.to_bytes()), root, clock=lambda: NOW)
    assert source.block == reader.block
    assert source.bureau(BUREAU) == reader.bureau(BUREAU)
    assert source.bureau("11440100000000002F") is None
    thumbprint = world.signer.thumbprint
    assert source.key(BUREAU, thumbprint) == source.key(BUREAU, thumbprint[:8]) == reader.key(BUREAU, thumbprint)
    assert source.key(BUREAU, bytes(32)) is None
    for lane, sequence in ((LANE, 1), (LANE, 2), ("$events", 1), (LANE, 3)):
        assert source.anchor(BUREAU, lane, sequence) == reader.anchor(BUREAU, lane, sequence)
    assert source.status_head(BUREAU, LIST) == reader.status_head(BUREAU, LIST)
    assert source.index.status_list(sha256(b"token.of.today")) == b"token.of.today"
    assert source.expires == NOW + 86_400
    with pytest.raises(Unavailable):
        source.status_history(BUREAU, LIST)


def test_every_stamp_leads_to_its_anchor_and_no_other_does(signed: SignedSnapshot, root: TrustRoot) -> None:
    source = SnapshotSource(signed, root, clock=lambda: NOW)
    for sequence in (1, 2):
        for number in range(5):
            found = source.stamp_anchor(sha256(b"stamp %d of %d" % (number, sequence)))
            assert found is not None
            assert (found.lane, found.sequence) == (LANE, sequence)
    assert source.stamp_anchor(sha256(b"a forged stamp")) is None


def test_any_changed_byte_is_refused(signed: SignedSnapshot, root: TrustRoot) -> None:
    good = signed.to_bytes()
    for place in range(0, len(good), 3):
        changed = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
        with pytest.raises(YinxinError):
            SnapshotSource(SignedSnapshot.from_bytes(changed), root, clock=lambda: NOW)
    for changed in (good[:-1], good + b"\0", b" " + good, good.replace(b"\n", b"\r\n", 1), b""):
        with pytest.raises(YinxinError):
            SnapshotSource(SignedSnapshot.from_bytes(changed), root, clock=lambda: NOW)


def test_too_few_unknown_and_foreign_signatures_are_refused(
    signed: SignedSnapshot, root: TrustRoot, reader: LedgerReader
) -> None:
    with pytest.raises(Refused) as caught:
        SnapshotSource(make(reader, 7, 1), root, clock=lambda: NOW)
    assert caught.value.code == "snapshot.witnesses"
    body = signed.snapshot.body
    for signature in (("witness-9", sign_body(body, KEYS[0])), ("witness-1", sign_body(body, KEYS[0]))):
        with pytest.raises(InvalidInput):
            SnapshotSource(make(reader, 7, 0).with_signatures([signature]), root, clock=lambda: NOW)
    checkpoint_style = ("witness-1", KEYS[1].sign(b"cosignature/v1\n" + body.digest))
    with pytest.raises(InvalidInput):
        SnapshotSource(make(reader, 7, 0).with_signatures([checkpoint_style]), root, clock=lambda: NOW)


def test_another_trust_root_is_refused(signed: SignedSnapshot, root: TrustRoot) -> None:
    other = root.with_witnesses(root.witnesses, 1)
    with pytest.raises(InvalidInput) as caught:
        SnapshotSource(signed, other, clock=lambda: NOW)
    assert caught.value.code == "snapshot.trust_root"


def test_an_older_one_than_seen_is_refused(root: TrustRoot, reader: LedgerReader, tmp_path: Path) -> None:
    state = tmp_path / "seen.json"
    for version in (7, 8, 8):
        SnapshotSource(make(reader, version), root, clock=lambda: NOW, state_file=state)
    with pytest.raises(Refused) as caught:
        SnapshotSource(make(reader, 7), root, clock=lambda: NOW, state_file=state)
    assert caught.value.code == "snapshot.older"
    SnapshotSource(make(reader, 9), root, clock=lambda: NOW, state_file=state)


def test_a_device_clock_before_it_is_refused(signed: SignedSnapshot, root: TrustRoot) -> None:
    with pytest.raises(Refused) as caught:
        SnapshotSource(signed, root, clock=lambda: NOW - 3600)
    assert caught.value.code == "snapshot.clock"
    SnapshotSource(signed, root, clock=lambda: NOW + 10**8)  # expired: it still loads, and says when it expired


def test_missing_or_wrong_evidence_makes_no_snapshot(reader: LedgerReader) -> None:
    class Fewer(Evidence):
        def stamps(self, anchor: AnchorFacts) -> Sequence[bytes]:
            return super().stamps(anchor)[1:]

    class NoToken(Evidence):
        def status_list(self, digest: bytes) -> bytes | None:
            return None

    class OtherToken(Evidence):
        def status_list(self, digest: bytes) -> bytes | None:
            return b"another token"

    for evidence, error in ((Fewer(), Damaged), (NoToken(), Unavailable), (OtherToken(), Damaged)):
        with pytest.raises(error):
            build_snapshot(reader, evidence, version=1, made_at=NOW, expires=NOW + 9)


class TestWitnessSigns:
    """A witness signs only what it has reckoned itself."""

    @pytest.fixture
    def store(self, world: World, root: TrustRoot, tmp_path: Path) -> Iterator[WitnessStore]:
        with Witness(tmp_path, KEYS[0], root, world.rpc, WitnessConfig("witness-0"), clock=lambda: NOW) as witness:
            witness.once()
        opened = WitnessStore(tmp_path / "witness.sqlite")
        yield opened
        opened.close()

    def ask(
        self, signed: SignedSnapshot, store: WitnessStore, world: World, root: TrustRoot, now: int = NOW
    ) -> SignedSnapshot:
        return cosign_snapshot(
            signed,
            store=store,
            name="witness-0",
            key=KEYS[0],
            rpc=world.rpc,
            trust_root=root,
            evidence=Evidence(),
            now=now,
        )

    def test_the_same_bytes(self, signed: SignedSnapshot, store: WitnessStore, world: World, root: TrustRoot) -> None:
        bare = SignedSnapshot(signed.snapshot, signed.signatures[1:])
        result = self.ask(bare, store, world, root)
        assert result.to_bytes() == signed.to_bytes()
        assert self.ask(bare, store, world, root).to_bytes() == signed.to_bytes()

    def test_not_other_contents(
        self, signed: SignedSnapshot, store: WitnessStore, world: World, root: TrustRoot
    ) -> None:
        class Planted(Evidence):
            def stamps(self, anchor: AnchorFacts) -> Sequence[bytes]:
                return [sha256(b"planted"), *super().stamps(anchor)[1:]]

        planted = build_snapshot(LedgerReader(world.rpc, root), Planted(), version=7, made_at=NOW, expires=NOW + 86_400)
        with pytest.raises(Conflict) as caught:
            self.ask(SignedSnapshot(planted), store, world, root)
        assert caught.value.code == "snapshot.differs"

    def test_not_an_older_version_or_two_of_one(
        self, reader: LedgerReader, store: WitnessStore, world: World, root: TrustRoot
    ) -> None:
        self.ask(make(reader, 8), store, world, root)
        later = build_snapshot(reader, Evidence(), version=8, made_at=NOW + 1, expires=NOW + 86_400)
        for other in (make(reader, 7), SignedSnapshot(later)):
            with pytest.raises(Refused) as caught:
                self.ask(other, store, world, root)
            assert caught.value.code == "snapshot.older"

    def test_not_at_another_time(
        self, signed: SignedSnapshot, store: WitnessStore, world: World, root: TrustRoot
    ) -> None:
        with pytest.raises(Refused):
            self.ask(signed, store, world, root, now=NOW + 7200)

    def test_not_of_a_block_it_did_not_see(
        self, signed: SignedSnapshot, world: World, root: TrustRoot, tmp_path: Path
    ) -> None:
        empty = WitnessStore(tmp_path / "other.sqlite")
        with pytest.raises(Conflict) as caught:
            self.ask(signed, empty, world, root)
        empty.close()
        assert caught.value.code == "snapshot.block"
