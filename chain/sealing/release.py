"""A key holder's one message at the opening: partial signatures for every live bid and for the live set.

Canonical JSON (RFC 8785). Messages come in any order; what does not check is refused with the key holder named, and
any threshold of the rest gives the signature over the live set and the key of every bid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.kernel.canonical import canonical, read_canonical
from chain.kernel.encoding import b64url, hex0x, unb64url, unhex0x
from chain.kernel.errors import InvalidInput
from chain.sealing.messages import BidIdentity, LiveSet
from chain.sealing.share import KeyShare
from chain.sealing.threshold import OpeningKey, combine_many, wrong_among

FORMAT = "yinxin-release-1"
_LARGEST = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Release:
    """One key holder's partial signatures, 48 bytes each.

    Attributes:
        key_holder: number of the key holder.
        message: digest of the live set's message, which binds ledger, book, tender, lot, envelope and live bids.
        live_set: partial signature over it.
        bids: partial signatures over the live bids' identities, in the order of the live set.
    """

    key_holder: int
    message: bytes
    live_set: bytes
    bids: tuple[bytes, ...]

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical(
            {
                "format": FORMAT,
                "keyHolder": self.key_holder,
                "message": hex0x(self.message),
                "liveSet": b64url(self.live_set),
                "bids": [b64url(one) for one in self.bids],
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Release:
        """Inverse of :meth:`to_bytes`; signatures are not checked yet. Raises InvalidInput."""
        value: Any = read_canonical(data, what="release", limit=_LARGEST)
        members = {"format", "keyHolder", "message", "liveSet", "bids"}
        if not isinstance(value, dict) or set(value) != members or value["format"] != FORMAT:
            raise InvalidInput(f"not a message of the form {FORMAT}", code="sealing.release")
        texts: list[Any] = [value["liveSet"], *value["bids"]] if isinstance(value["bids"], list) else [None]
        if type(value["keyHolder"]) is not int or not all(isinstance(text, str) for text in texts):
            raise InvalidInput("keyHolder is a number, signatures are text", code="sealing.release")
        live_set, *bids = [unb64url(text, field="signature") for text in texts]
        return cls(value["keyHolder"], unhex0x(value["message"], size=32, field="message"), live_set, tuple(bids))


@dataclass(frozen=True, slots=True)
class Opening:
    """What the key holders opened.

    Attributes:
        live_set: the group's signature over the live set, 48 bytes: what the chain checks.
        bids: the group's signature over each bid's identity, in the order of the live set.
        key_holders: whose messages were used.
        refused: whose messages hold a wrong signature, and at which places (0 is the live set, then the bids from 1),
            as far as they were looked at. Who is no key holder, or signs another live set, is refused at place 0.
    """

    live_set: bytes
    bids: tuple[bytes, ...]
    key_holders: tuple[int, ...]
    refused: Mapping[int, tuple[int, ...]]


def make_release(share: KeyShare, live_set: LiveSet, bids: Sequence[BidIdentity]) -> Release:
    """The message of one key holder. Raises Refused for bids of another place."""
    _same_place(live_set, bids)
    partials = [share.sign(bid) for bid in bids]
    return Release(share.key_holder, live_set.digest(), share.sign(live_set), tuple(partials))


def check_release(key: OpeningKey, release: Release, live_set: LiveSet, bids: Sequence[BidIdentity]) -> tuple[int, ...]:
    """The places of wrong signatures in one message: 0 is the live set, then the bids from 1. Empty: all are right.

    Raises:
        InvalidInput: not a qualified key holder, another live set, or another number of bids.
    """
    _same_place(live_set, bids)
    if release.key_holder not in key.key_holders:
        raise InvalidInput(
            f"{release.key_holder} is no qualified key holder", code="sealing.key_holder", field="keyHolder"
        )
    if release.message != live_set.digest() or len(release.bids) != len(bids):
        raise InvalidInput("signs another live set", code="sealing.release", field="message")
    digests = [live_set.digest(), *(bid.digest() for bid in bids)]
    return wrong_among(key.key_holders[release.key_holder], digests, [release.live_set, *release.bids])


def combine_releases(
    key: OpeningKey, live_set: LiveSet, bids: Sequence[BidIdentity], releases: Sequence[Release]
) -> Opening:
    """The opening, from the messages of any threshold of key holders.

    Raises:
        BidFault: MISSING_SHARES, with the key holders that are missing and those that are wrong.
        InvalidInput: two messages of one key holder, or bids of another place.
    """
    _same_place(live_set, bids)
    digests = [live_set.digest(), *(bid.digest() for bid in bids)]
    partials: dict[int, Sequence[bytes]] = {}
    refused: dict[int, list[int]] = {}
    for release in releases:
        if release.key_holder in partials or release.key_holder in refused:
            raise InvalidInput(
                f"two messages of key holder {release.key_holder}", code="sealing.release", field="keyHolder"
            )
        if release.key_holder in key.key_holders and release.message == digests[0] and len(release.bids) == len(bids):
            partials[release.key_holder] = [release.live_set, *release.bids]
        else:
            refused[release.key_holder] = [0]
    made = combine_many(key, digests, partials)
    for place, one in enumerate(made):
        for holder in one.wrong:
            refused.setdefault(holder, []).append(place)
    return Opening(
        made[0].signature,
        tuple(one.signature for one in made[1:]),
        tuple(sorted({holder for one in made for holder in one.key_holders})),
        {holder: tuple(places) for holder, places in refused.items()},
    )


def _same_place(live_set: LiveSet, bids: Sequence[BidIdentity]) -> None:
    place = (live_set.genesis, live_set.book, live_set.tender, live_set.lot, live_set.envelope)
    for bid in bids:
        if (bid.genesis, bid.book, bid.tender, bid.lot, bid.envelope) != place:
            raise InvalidInput("a bid of another tender, lot or envelope", code="sealing.release", field="bids")
