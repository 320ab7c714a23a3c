"""What a bidder keeps to himself, encrypted: recovery kits and the secrets of a sealed bid.

=========================  ====================================================================================
``yinxin-recovery-kit-1``  the recovery key, for the company's own account: who has it may withdraw or move the bid
``yinxin-bid-kept-1``      salt of the kind digest, and the manifests: what the opening is compared with
=========================  ====================================================================================

Each rests as an age file to the X25519 key of the company's papers. k2 is kept apart, as sealing writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chain.containers import X25519Identity, X25519Recipient, decrypt, encrypt
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url
from chain.kernel.errors import InvalidInput
from chain.keys.signatures import address_of
from chain.sealing import Manifest, read_manifest
from chain.tenders.bidding.members import fault, listed, raw, read_paper, text
from chain.tenders.bidding.place import BidPlace, read_place

KIT_FORMAT, KEPT_FORMAT = "yinxin-recovery-kit-1", "yinxin-bid-kept-1"
_LARGEST = 16 * 2**20


@dataclass(frozen=True, slots=True)
class RecoveryKit:
    """The way back to a bid when the home with the fresh key is lost.

    Attributes:
        place: of the bid, with the addresses that the kit is for.
        key: private key of the recovery address, 32 bytes.
    """

    place: BidPlace
    key: bytes = field(repr=False)

    def sealed(self, papers: bytes) -> bytes:
        """An age file for the X25519 key ``papers`` (public part, 32 bytes)."""
        data = canonical({"format": KIT_FORMAT, "place": self.place.as_dict(), "key": b64url(self.key)})
        return encrypt(data, X25519Recipient(papers))


def open_kit(data: bytes, papers: bytes) -> RecoveryKit:
    """A kit with the private part of that X25519 key.

    Raises:
        InvalidInput: not a kit, not for this key, or its key does not belong to its address.
    """
    value = read_paper(decrypt(data, X25519Identity(papers)), KIT_FORMAT, ("place", "key"), limit=16 * 1024)
    kit = RecoveryKit(read_place(value["place"]), raw(value["key"], "key", 32))
    if address_of(kit.key) != kit.place.recovery:
        raise InvalidInput("the kit's key is another address's", code="bidding.kit", field="key")
    return kit


@dataclass(frozen=True, slots=True)
class KeptBid:
    """The secrets of one version.

    Attributes:
        salt: of the kind digest, 32 bytes.
        manifests: what was sealed, by envelope.
    """

    salt: bytes = field(repr=False)
    manifests: Mapping[int, Manifest] = field(repr=False)

    def sealed(self, papers: bytes) -> bytes:
        """An age file for the X25519 key ``papers`` (public part, 32 bytes)."""
        texts = [self.manifests[number].to_bytes().decode() for number in sorted(self.manifests)]
        data = canonical({"format": KEPT_FORMAT, "salt": b64url(self.salt), "manifests": texts})
        return encrypt(data, X25519Recipient(papers))


def open_kept(data: bytes, papers: bytes) -> KeptBid:
    """Inverse of :meth:`KeptBid.sealed`, with the private part of the key. Raises InvalidInput."""
    value = read_paper(decrypt(data, X25519Identity(papers)), KEPT_FORMAT, ("salt", "manifests"), limit=_LARGEST)
    items = listed(value["manifests"], "manifests", least=1, most=2)
    manifests = [read_manifest(text(item, "manifests", most=_LARGEST).encode()) for item in items]
    by_envelope = {manifest.identity.envelope: manifest for manifest in manifests}
    if len(by_envelope) != len(manifests):
        raise fault("manifests", "one for each envelope")
    return KeptBid(raw(value["salt"], "salt", 32), by_envelope)
