"""Companies with business licences and bound devices over a :class:`World`: what bidders' statements are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec

from chain.claims import CLAIMS_LANE, Binding, BindingParts, binding_leaf, binding_tag, end_tag
from chain.credentials.credential import parse_credential
from chain.credentials.es256 import SoftwareSigner
from chain.credentials.status_list import Status
from chain.identifiers.uscc import make
from chain.kernel.encoding import sha256
from chain.kernel.errors import NotFound
from chain.kernel.ports import AnchorFacts
from chain.merkle import Tree
from chain.tenders.bidding import Evidence, Party
from tests.support.world import FIELDS, USCC, Certificate, World

SHOWN = ("certificateHolderName", "certificateHolderCode")


def device(number: int) -> SoftwareSigner:
    """Sample device number ``number``: the private key is a small number, so it protects nothing."""
    return SoftwareSigner(ec.derive_private_key(0xB1D0 + number, ec.SECP256R1()))


@dataclass(frozen=True)
class SampleCompany:
    """A company that does not exist: its licence, its device, and the binding between them."""

    name: str
    code: str
    certificate: Certificate
    device: SoftwareSigner
    binding: Binding
    secret: bytes

    @property
    def licence(self) -> str:
        """Its licence with name and code disclosed."""
        return parse_credential(self.certificate.credential.text).present(SHOWN)

    @property
    def party(self) -> Party:
        """What it shows in a statement."""
        return Party("bidder", self.code, self.licence, self.binding.to_bytes())


@dataclass
class Companies:
    """A bureau that licenses companies and binds their devices; also the source of its claims lane's leaves."""

    world: World = field(default_factory=World.with_bureau)
    kept: dict[tuple[str, int], list[bytes]] = field(default_factory=dict)
    made: int = 0

    def company(self, *, code: str | None = None) -> SampleCompany:
        """One more company, licensed and bound."""
        self.made += 1
        name = f"示例{'甲乙丙丁戊己庚辛'[(self.made - 1) % 8]}贸易有限公司"
        code = code or make("91", "440100", f"{self.made:08d}")
        fields = {**FIELDS, "certificateHolderName": name, "certificateHolderCode": code}
        (certificate,) = self.world.issue(count=1, content={"fields": fields})
        secret, mine = sha256(b"tags of " + code.encode()), device(self.made)
        binding = Binding(
            USCC, certificate.credential.jwt_digest, mine.public_key, 1, None, sha256(b"claim"), self.world.now,
            binding_tag(secret, 1), end_tag(secret, 1),
        )  # fmt: skip
        self.anchor(BindingParts(binding.tag, binding.digest, sha256(b"record")))
        return SampleCompany(name, code, certificate, mine, binding, secret)

    def revoke(self, company: SampleCompany) -> None:
        """Its licence is revoked, from the next block on."""
        self.world.anchor_status({company.certificate.slot: Status.REVOKED})

    def unbind(self, company: SampleCompany) -> None:
        """Its binding ends."""
        self.anchor(BindingParts(company.binding.end, sha256(b"ending"), sha256(b"record")))

    def anchor(self, *parts: BindingParts, bureau: str = USCC) -> AnchorFacts:
        """One anchor in a bureau's lane of claims."""
        ledger = self.world.ledger
        sequence = ledger.lanes.get((bureau, CLAIMS_LANE), (0, b""))[0] + 1
        root = Tree([binding_leaf(part) for part in parts]).root
        key = self.world.addresses[bureau]
        facts = ledger.anchor(bureau, CLAIMS_LANE, sequence, root, len(parts), bytes(32), key)
        self.kept[bureau, sequence] = [part.to_bytes() for part in parts]
        return facts

    def rows(self, facts: AnchorFacts) -> Sequence[bytes]:
        """As :class:`chain.claims.LaneLeaves`."""
        if (facts.bureau, facts.sequence) not in self.kept:
            raise NotFound("no manifest")
        return self.kept[facts.bureau, facts.sequence]

    def evidence(self) -> Evidence:
        """The ledger as it stands, with all that is public."""
        return Evidence(self.world.source(), self.world.index, self)
