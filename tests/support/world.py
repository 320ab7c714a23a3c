"""A bureau, its keys and its certificates over a :class:`MemoryLedger`: what most tests of verification start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from chain.credentials.bundle import ChainEvidence, EvidenceBundle, make_bundle
from chain.credentials.credential import CredentialContent, IssuedCredential, issue_credential
from chain.credentials.es256 import SoftwareSigner
from chain.credentials.leaf import certificate_leaf
from chain.credentials.stamp import StampContent, issue_stamp
from chain.credentials.status_list import Status, StatusList, issue_status_token
from chain.identifiers import mint
from chain.kernel.encoding import sha256
from chain.kernel.ports import AnchorFacts, LeafParts, LeafPlace, StatusFacts
from chain.merkle import Tree
from tests.support.memory_ledger import MemoryIndex, MemoryLedger, MemorySource, pad
from tests.support.witnesses import Witnesses

LICENCE = "11100000MB0143028R001"
"""Type code of the business licence."""
USCC = "11440100000000001F"
"""A bureau that does not exist."""
OTHER_USCC = "11440100000000002J"
"""Another one."""
NAME = "示例市市场监督管理局"
LIST = "licences-2026"
YEAR = 365 * 86_400

FIELDS: dict[str, Any] = {
    "certificateName": "营业执照",
    "certificateNumber": "4401002026000001",
    "certificateHolderName": "示例甲贸易有限公司",
    "certificateHolderCode": "91440100000000001X",
    "certificateHolderCodeType": "001",
    "KZ_legalRepresentative": "张示例",
    "KZ_registeredCapital": "500万元人民币",
}
FACE = ("certificateNumber", "certificateHolderCode", "KZ_registeredCapital")


def signer(number: int) -> SoftwareSigner:
    """Sample key number ``number``: the private key is that number, so it protects nothing."""
    return SoftwareSigner(ec.derive_private_key(0x5A17 + number, ec.SECP256R1()))


@dataclass(frozen=True)
class Certificate:
    """One issued certificate with all its parts."""

    credential: IssuedCredential
    stamp: bytes
    place: LeafPlace
    anchor: AnchorFacts
    bundle: EvidenceBundle
    slot: int
    identifier: str

    @property
    def data(self) -> bytes:
        """The bundle's bytes."""
        return self.bundle.data


@dataclass
class World:
    """One chain, one bureau (more on demand), its lists, and an index of everything public."""

    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    index: MemoryIndex = field(default_factory=MemoryIndex)
    signers: dict[str, SoftwareSigner] = field(default_factory=dict)
    addresses: dict[str, bytes] = field(default_factory=dict)
    lists: dict[tuple[str, str], StatusList] = field(default_factory=dict)
    stamps: dict[bytes, AnchorFacts] = field(default_factory=dict)
    serial: int = 0

    @classmethod
    def with_bureau(cls) -> World:
        """A registered, accredited bureau with one key of each purpose and an empty, anchored status list."""
        world = cls()
        world.add_bureau(USCC, NAME, 1)
        world.anchor_status()
        return world

    def add_bureau(self, uscc: str, name: str, number: int, *, lane: str | None = LICENCE) -> None:
        """Register a bureau with sample keys ``number``."""
        self.ledger.register(uscc, name)
        if lane is not None:
            self.ledger.accredit(uscc, lane)
        self.signers[uscc] = signer(number)
        self.addresses[uscc] = bytes([number]) * 20
        self.ledger.add_key(uscc, self.signers[uscc].thumbprint, "credential", self.signers[uscc].public_key)
        self.ledger.add_key(uscc, pad(self.addresses[uscc]), "anchor")

    # ------------------------------------------------------------------ issuing

    def issue(
        self,
        *,
        uscc: str = USCC,
        count: int = 3,
        with_signer: SoftwareSigner | None = None,
        content: Mapping[str, Any] | None = None,
        stamp_content: Mapping[str, Any] | None = None,
        lane: str = LICENCE,
        witnesses: Witnesses | None = None,
    ) -> list[Certificate]:
        """Issue ``count`` certificates in one batch. ``content`` and ``stamp_content`` replace parts of them."""
        key = with_signer or self.signers[uscc]
        made: list[tuple[IssuedCredential, bytes, LeafParts, int, str]] = []
        for _ in range(count):
            self.serial += 1
            identifier = mint(LICENCE, uscc, f"44010020260{self.serial:05d}").text
            now = self.ledger.block.time
            base = CredentialContent(
                uscc, LICENCE, identifier, now - 86_400, now + YEAR, LIST, 1000 + self.serial, FIELDS
            )
            said = replace(base, **dict(content or {}))
            credential = issue_credential(said, key)
            face = tuple((name, str(said.fields[name])) for name in FACE if name in said.fields)
            plain = StampContent(
                said.bureau, said.identifier, "示例*****公司", said.not_before, said.expires, said.status_list,
                said.status_index, face, credential.jwt_digest,
            )  # fmt: skip
            stamp = issue_stamp(replace(plain, **dict(stamp_content or {})), key)
            parts = LeafParts(credential.jwt_digest, sha256(stamp), sha256(b"record" + stamp))
            made.append((credential, stamp, parts, said.status_index, said.identifier))
        tree = Tree([certificate_leaf(parts) for _, _, parts, _, _ in made])
        sequence = self.ledger.lanes.get((uscc, lane), (0, b""))[0] + 1
        anchor = self.ledger.anchor(
            uscc, lane, sequence, tree.root, tree.size, sha256(b"manifest"), self.addresses[uscc]
        )
        out = []
        for at, (credential, stamp, parts, slot, identifier) in enumerate(made):
            place = LeafPlace(uscc, lane, sequence, parts, at, tree.size, tuple(tree.path(at)))
            bundle = make_bundle(
                credential=credential.text,
                stamp=stamp,
                place=place,
                chain=self.chain_evidence(anchor),
                checkpoint=None if witnesses is None else witnesses.checkpoint(anchor.block.number),
            )
            out.append(Certificate(credential, stamp, place, anchor, bundle, slot, identifier))
            self.index.stamps[parts.stamp] = place
            self.index.jwts[parts.jwt] = place
            self.index.bundles[identifier] = bundle.data
            self.stamps[parts.stamp] = anchor
        return out

    def chain_evidence(self, anchor: AnchorFacts) -> ChainEvidence:
        """Header and receipt proof of an anchor's block."""
        block = self.ledger.blocks[anchor.block.number]
        return ChainEvidence(block.header, 0, block.proof(0))

    # ------------------------------------------------------------------ status

    def anchor_status(
        self,
        changes: Mapping[int, Status] | None = None,
        *,
        uscc: str = USCC,
        name: str = LIST,
        actor: str | None = None,
        address: bytes | None = None,
        with_signer: SoftwareSigner | None = None,
        token: bytes | None = None,
    ) -> StatusFacts:
        """Anchor the list with these changes; the index then has its bytes."""
        states = self.lists.setdefault((uscc, name), StatusList())
        for slot, status in (changes or {}).items():
            states.set(slot, status)
        history = self.ledger.statuses.get((uscc, name))
        previous = history[-1].head if history else bytes(32)
        who = uscc if actor is None else actor
        if token is None:
            key = with_signer or self.signers.get(who) or self.signers[uscc]
            token = issue_status_token(uscc, name, states, previous, self.ledger.block.time, key, actor=actor)
        digest = sha256(token)
        self.index.lists[digest] = token
        sender = address or self.addresses[who]
        return self.ledger.anchor_status(uscc, name, previous, digest, sender, actor=None if who == uscc else who)

    # ------------------------------------------------------------------ reading

    @property
    def now(self) -> int:
        """Time of the newest block."""
        return self.ledger.block.time

    def source(self, **options: Any) -> MemorySource:
        """The chain as it stands."""
        return self.ledger.source(**options)

    def snapshot(self, *, lasting: int = 7 * 86_400) -> MemorySource:
        """A snapshot with the stamp set, as of now."""
        return self.ledger.source(expires=self.now + lasting, stamps=self.stamps.items())
