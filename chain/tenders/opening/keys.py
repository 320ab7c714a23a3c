"""The keys of an opening, published: one signature for each live bid, each checkable by one pairing.

``yinxin-opening-keys-1``, canonical JSON; its SHA-256 stands in the transaction that opens the envelope
(docs/formats/opening-keys.md). Threshold signatures are unique, so the blob is the same whichever key holders took
part and whoever put it together: opening twice cannot give two blobs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chain.kernel import strict
from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, hex0x, unhex0x
from chain.kernel.errors import InvalidInput
from chain.sealing import combine_releases
from chain.sealing.threshold import wrong_among
from chain.tenders.opening.live import LiveBids
from chain.tenders.opening.releases import ReleaseBox

FORMAT = "yinxin-opening-keys-1"
LARGEST = 16 * 2**20
_MEMBERS = {"format", "genesis", "book", "tender", "lot", "envelope", "openingKey", "liveSet", "bids"}


@dataclass(frozen=True, slots=True)
class BidKey:
    """The key of one bid.

    Attributes:
        place: of the bid in its lot.
        commitment: hash of its commitment, 32 bytes.
        signature: the key holders', over the bid's identity, 48 bytes.
    """

    place: int
    commitment: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class OpeningKeys:
    """The keys of one envelope of one lot.

    Attributes:
        genesis: hash of the ledger's first block; ``book``, ``tender``, ``lot``, ``envelope``: the place.
        opening_key: public key against which they are checked, 96 bytes.
        live: digest of the live set.
        live_signature: the key holders', over the live set's message, 48 bytes: what the contract checked.
        bids: in the order of the live set.
    """

    genesis: bytes
    book: bytes
    tender: int
    lot: int
    envelope: int
    opening_key: bytes
    live: bytes
    live_signature: bytes
    bids: tuple[BidKey, ...]

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": FORMAT,
                "genesis": hex0x(self.genesis),
                "book": hex0x(self.book),
                "tender": self.tender,
                "lot": self.lot,
                "envelope": self.envelope,
                "openingKey": b64url(self.opening_key),
                "liveSet": {"digest": hex0x(self.live), "signature": b64url(self.live_signature)},
                "bids": [
                    {"place": one.place, "commitment": hex0x(one.commitment), "signature": b64url(one.signature)}
                    for one in self.bids
                ],
            }
        )


def combine_keys(box: ReleaseBox) -> OpeningKeys:
    """The keys, from what was collected.

    Raises:
        BidFault: MISSING_SHARES, naming the key holders of whom nothing right came.
    """
    live = box.live
    made = combine_releases(box.key, live.message, live.identities, list(box.releases.values()))
    bids = tuple(
        BidKey(bid.place, bid.hash, signature) for bid, signature in zip(live.bids, made.bids, strict=True)
    )  # fmt: skip
    return OpeningKeys(
        live.genesis, live.book, live.tender, live.lot, live.envelope, box.key.key, live.digest, made.live_set, bids
    )


def read_keys(data: bytes) -> OpeningKeys:
    """Inverse of :meth:`OpeningKeys.to_bytes`; signatures are not checked yet. Raises InvalidInput."""
    value: Any = read_canonical(data, what="opening keys", limit=LARGEST)
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise _bad("format", f"only {FORMAT} is known")
    if set(value) != _MEMBERS or not isinstance(value["bids"], list):
        raise _bad("keys", "members are " + ", ".join(sorted(_MEMBERS)))
    live = value["liveSet"]
    if not isinstance(live, dict) or set(live) != {"digest", "signature"}:
        raise _bad("liveSet", "digest, signature")
    numbers = (value["tender"], value["lot"], value["envelope"])
    if any(type(one) is not int or one < 1 for one in numbers):
        raise _bad("place", "tender, lot and envelope are numbers from 1")
    return OpeningKeys(
        unhex0x(value["genesis"], size=32, field="genesis"),
        unhex0x(value["book"], size=20, field="book"),
        *numbers,
        _raw(value["openingKey"], 96, "openingKey"),
        unhex0x(live["digest"], size=32, field="liveSet.digest"),
        _raw(live["signature"], 48, "liveSet.signature"),
        tuple(_bid(one, f"bids[{number}]") for number, one in enumerate(value["bids"])),
    )


def wrong_keys(keys: OpeningKeys, opening_key: bytes, live: LiveBids) -> tuple[int, ...]:
    """Places of the bids whose key is not right; 0 for the live set's own signature. Empty: all are right.

    Raises:
        InvalidInput: keys of another place, another opening key, or other bids than the live ones.
    """
    own = (keys.genesis, keys.book, keys.tender, keys.lot, keys.envelope)
    if own != (live.genesis, live.book, live.tender, live.lot, live.envelope):
        raise _bad("place", "keys of another tender, lot or envelope")
    if keys.opening_key != opening_key:
        raise _bad("openingKey", "another opening key than the notice's")
    expected = [(bid.place, bid.hash) for bid in live.bids]
    if keys.live != live.digest or [(one.place, one.commitment) for one in keys.bids] != expected:
        raise _bad("bids", "other bids than the live ones")
    digests = [live.message.digest(), *(identity.digest() for identity in live.identities)]
    wrong = wrong_among(opening_key, digests, [keys.live_signature, *(one.signature for one in keys.bids)])
    return tuple(0 if number == 0 else keys.bids[number - 1].place for number in wrong)


def check_keys(data: bytes, opening_key: bytes, live: LiveBids) -> OpeningKeys:
    """The keys of a blob of which every signature is right.

    Raises:
        InvalidInput: anything else; names the places that are wrong.
    """
    keys = read_keys(data)
    wrong = wrong_keys(keys, opening_key, live)
    if wrong:
        raise _bad("bids", f"wrong keys at {', '.join(map(str, wrong))} (0 is the live set)")
    return keys


def _bid(value: Any, field: str) -> BidKey:
    if not isinstance(value, dict) or set(value) != {"place", "commitment", "signature"}:
        raise _bad(field, "place, commitment, signature")
    if type(value["place"]) is not int or value["place"] < 1:
        raise _bad(f"{field}.place", "a number from 1")
    commitment = unhex0x(value["commitment"], size=32, field=f"{field}.commitment")
    return BidKey(value["place"], commitment, _raw(value["signature"], 48, f"{field}.signature"))


def _raw(value: Any, size: int, field: str) -> bytes:
    return strict.raw(value, size, field, "opening.keys")


def _bad(field: str, rule: str) -> InvalidInput:
    return InvalidInput(f"{field}: {rule}", code="opening.keys", field=field)
