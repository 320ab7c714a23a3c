"""File keys granted to an auditor: k2 of bids, which with the published keys opens them (``yinxin-granted-keys-1``).

Secret: they open losers' documents, too. So they are given to a supervisor or court, encrypted to its own key.
"""

from __future__ import annotations

from collections.abc import Mapping

from chain.kernel import strict
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url
from chain.kernel.errors import InvalidInput
from chain.sealing import BidIdentity, read_identity
from chain.sealing.papers import read_proof

GRANTED = "yinxin-granted-keys-1"
_CODE = "opening.granted"


def write_granted(keys: Mapping[BidIdentity, bytes]) -> bytes:
    """Canonical JSON, to be encrypted: k2 (16 bytes) by bid."""
    bids = [{"identity": identity.as_dict(), "k2": b64url(k2)} for identity, k2 in keys.items()]
    return canonical({"format": GRANTED, "bids": bids})


def read_granted(data: bytes) -> dict[bytes, bytes]:
    """k2 by digest of the bid's identity, from what an officer granted, or from a bidder's own proof.

    Raises:
        InvalidInput: neither of the two.
    """
    try:
        identity, k2 = read_proof(data)
        return {identity.digest(): k2}
    except InvalidInput:
        value = strict.paper(data, GRANTED, {"bids"}, _CODE)
    out = {}
    for one in strict.items(value["bids"], "bids", _CODE):
        bid = strict.members(one, {"identity", "k2"}, "bids", _CODE)
        out[read_identity(bid["identity"]).digest()] = strict.raw(bid["k2"], 16, "k2", _CODE)
    return out
