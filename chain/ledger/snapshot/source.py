"""A trust snapshot as a trust source: facts without any network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.clock import Clock, rfc3339, system_clock
from chain.kernel.encoding import b64url, unb64url
from chain.kernel.errors import InvalidInput, Refused, Unavailable
from chain.kernel.home import write_atomically
from chain.kernel.ports import AnchorFacts, BlockRef, BureauFacts, KeyFacts, LeafPlace, StatusFacts
from chain.ledger.events import NO_HEAD, StatusAnchored
from chain.ledger.snapshot.shards import WIDTH, Shard
from chain.ledger.snapshot.signed import SignedSnapshot, check_signatures
from chain.ledger.trustroot import TrustRoot

_STATE = "yinxin-snapshot-seen-1"
SKEW = 300
"""Seconds by which the device's clock may be behind the snapshot."""


class SnapshotSource:
    """A :class:`chain.kernel.ports.TrustSource` over a snapshot that enough witnesses signed.

    Args:
        signed: the snapshot.
        trust_root: the pinned one.
        clock: the device's time.
        state_file: remembers the newest version seen; None accepts any version.

    Raises:
        InvalidInput: any byte is wrong, or it was made under another trust root.
        Refused: too few witnesses signed, it is older than one seen before, or the device's clock is before it.
    """

    def __init__(
        self,
        signed: SignedSnapshot,
        trust_root: TrustRoot,
        *,
        clock: Clock = system_clock,
        state_file: Path | None = None,
    ) -> None:
        self.body = body = signed.snapshot.body
        self.signers = check_signatures(signed, trust_root)
        self._chain_id = trust_root.chain_id
        self._shards = [
            Shard(ref, data, body.block.number) for ref, data in zip(body.shards, signed.snapshot.shards, strict=True)
        ]
        for state in body.lists:
            _check_list(state.facts, body.block)
        now = clock()
        if now + SKEW < max(body.block.time, body.made_at):
            raise Refused(
                f"the device's clock says {rfc3339(now)}, before this snapshot was made ({rfc3339(body.made_at)})",
                code="snapshot.clock", field="clock", fix="set the device's clock right",
            )  # fmt: skip
        if state_file is not None:
            _remember(state_file, body.version, body.digest, trust_root.digest)
        self._bureaus = {facts.uscc: facts for facts in body.bureaus}
        self._lists = {(state.facts.bureau, state.facts.list): state for state in body.lists}
        self._anchors = {
            (facts.bureau, facts.lane, facts.sequence): facts for shard in self._shards for facts in shard.anchors()
        }
        self.index = SnapshotIndex({state.facts.digest: state.token for state in body.lists})

    @classmethod
    def load(
        cls, path: Path, trust_root: TrustRoot, *, clock: Clock = system_clock, state_file: Path | None = None
    ) -> SnapshotSource:
        """Read and check a file. Raises as the class, and NotFound."""
        return cls(SignedSnapshot.load(path), trust_root, clock=clock, state_file=state_file)

    @property
    def block(self) -> BlockRef:
        """The final block it describes."""
        return self.body.block

    @property
    def expires(self) -> int | None:
        """After this time it proves issue only."""
        return self.body.expires

    @property
    def describes(self) -> str:
        """Which chain and block, and who signed."""
        count = len(self.signers)
        who = "1 witness" if count == 1 else f"{count} witnesses"
        what = f"trust snapshot {self.body.version} of chain {self._chain_id}"
        return f"{what} at block {self.block.number}, signed by {who}"

    def bureau(self, uscc: str) -> BureauFacts | None:
        """Facts of a bureau, or None."""
        return self._bureaus.get(uscc)

    def key(self, uscc: str, thumbprint: bytes) -> KeyFacts | None:
        """Facts of a key by 32-byte thumbprint, or by the first 8 bytes of a P-256 key's; or None."""
        if len(thumbprint) not in (8, 32):
            raise InvalidInput("a thumbprint has 32 bytes, or 8 as in a stamp", code="ledger.thumbprint")
        for key in self.body.keys.get(uscc, ()):
            if key.thumbprint == thumbprint or (key.purpose != "anchor" and key.thumbprint[:8] == thumbprint):
                return key
        return None

    def anchor(self, uscc: str, lane: str, sequence: int) -> AnchorFacts | None:
        """The anchor at that place, or None."""
        return self._anchors.get((uscc, lane, sequence))

    def status_head(self, uscc: str, list_name: str) -> StatusFacts | None:
        """The newest state of a list at :attr:`block`, or None."""
        state = self._lists.get((uscc, list_name))
        return None if state is None else state.facts

    def status_history(self, uscc: str, list_name: str) -> Sequence[StatusFacts]:
        """The whole history if it has one state.

        Raises:
            Unavailable: it has more; a snapshot carries only the newest.
        """
        state = self._lists.get((uscc, list_name))
        if state is None:
            return ()
        if state.facts.previous_head != NO_HEAD:
            raise Unavailable(
                "a trust snapshot holds only the newest state of a status list", code="snapshot.history",
                fix="check against the chain to learn the state on an earlier day",
            )  # fmt: skip
        return (state.facts,)

    def stamp_anchor(self, stamp_digest: bytes) -> AnchorFacts | None:
        """The anchor of the stamp with that SHA-256 (its first 128 bits are compared), or None if it is not here.

        The oldest, if several batches list it: another bureau can repeat a stamp, but not before it is there.
        """
        if len(stamp_digest) != 32:
            raise InvalidInput("a stamp's digest has 32 bytes", code="snapshot.stamp")
        short = stamp_digest[:WIDTH]
        found = [facts for shard in self._shards if (facts := shard.find(short)) is not None]
        return min(found, key=lambda facts: facts.block.number, default=None)


class SnapshotIndex:
    """The evidence a snapshot carries, as a :class:`chain.kernel.ports.EvidenceIndex`: status list tokens only."""

    def __init__(self, tokens: dict[bytes, bytes]) -> None:
        self._tokens = tokens

    def by_stamp(self, stamp_digest: bytes) -> LeafPlace | None:
        """None: use :meth:`SnapshotSource.stamp_anchor`."""
        return None

    def by_jwt(self, jwt_digest: bytes) -> LeafPlace | None:
        """None: a snapshot holds no leaves."""
        return None

    def status_list(self, digest: bytes) -> bytes | None:
        """The status list token with that SHA-256, or None."""
        return self._tokens.get(digest)

    def bundle(self, identifier: str) -> bytes | None:
        """None: a snapshot holds no bundles."""
        return None


def _check_list(facts: StatusFacts, block: BlockRef) -> None:
    event = StatusAnchored(facts.bureau, facts.list, facts.previous_head, facts.head, facts.digest, facts.key)
    if facts.block.number > block.number or event.head_after(facts.block.time) != facts.head:
        raise InvalidInput(
            f"snapshot: status list {facts.list} of {facts.bureau}: its head does not follow from its parts",
            code="snapshot.list", field="statusLists",
        )  # fmt: skip


def _remember(path: Path, version: int, digest: bytes, root: bytes) -> None:
    """Refuse what is older than the newest seen; else remember it."""
    if path.is_file():
        try:
            seen = read_canonical(path.read_bytes(), what="snapshot state", limit=4096)
            same = seen["format"] == _STATE and unb64url(seen["trustRoot"]) == root
            newest, known = int(seen["version"]), unb64url(seen["digest"])
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(f"{path}: not the state of a verifier", code="snapshot.state", field="state") from error
        if same and (version < newest or (version == newest and digest != known)):
            how = "older than" if version < newest else "not"
            raise Refused(
                f"snapshot {version} is {how} the snapshot {newest} seen before",
                code="snapshot.older", field="snapshot", fix="get the newest snapshot",
            )  # fmt: skip
        if same and version == newest:
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {"format": _STATE, "trustRoot": b64url(root), "version": version, "digest": b64url(digest)}
    write_atomically(path, canonical(state))
