"""Sealed bids: made so that nobody reads them before the opening, and nobody disputes what was in them.

=====================  =======================================================================================
curve                  BLS12-381, each point in one form
messages               what key holders sign: bid, live set, roll call, draw, float point, each its own tag
ceremony/              the key holders' key, without a dealer
share, threshold       a key holder's share; partial signatures, combined and checked
release                a key holder's one message at the opening
ibe, box, locks        lock 1 (threshold, by identity), lock 2 (officer and supervisor), and both in one stanza
manifest, form         what a bid says of itself; its figures under one root
padding, seal          from files to a sealed bid
opening, faults        from a sealed bid to files, or to a fault with evidence
papers                 files around a sealed bid: plan, what is public of it, the bidder's proof
=====================  =======================================================================================

Everything is pure but reading and writing files; no clock, no ledger: who may sign when is asked elsewhere.
Format: docs/formats/sealed-bid.md. Why it is so: docs/adr/0019-sealing.md.

    sealed = seal_bid(bid, opening_key.key, recipients, Path("bid.age"))
    opening = combine_releases(opening_key, live_set, [bid.identity], releases)
    open_bid(Path("bid.age"), committed, BidKeys(opening.bids[0], k2), Path("opened"))
"""

from chain.sealing.faults import BidFault, FaultKind, Party
from chain.sealing.form import Disclosure, Figure, Form, read_disclosure
from chain.sealing.locks import BidKeys, BidStanza, Recipients, open_box
from chain.sealing.manifest import Document, Manifest, read_identity, read_manifest
from chain.sealing.messages import BidIdentity, Draw, FloatPoint, LiveSet, Message, RollCall
from chain.sealing.opening import Committed, open_bid
from chain.sealing.padding import padded_size
from chain.sealing.release import Opening, Release, check_release, combine_releases, make_release
from chain.sealing.seal import Bid, Sealed, Source, seal_bid
from chain.sealing.share import KeyShare, Scope
from chain.sealing.threshold import Combined, OpeningKey, combine, combine_many, verify

__all__ = [
    "Bid",
    "BidFault",
    "BidIdentity",
    "BidKeys",
    "BidStanza",
    "Combined",
    "Committed",
    "Disclosure",
    "Document",
    "Draw",
    "FaultKind",
    "Figure",
    "FloatPoint",
    "Form",
    "KeyShare",
    "LiveSet",
    "Manifest",
    "Message",
    "Opening",
    "OpeningKey",
    "Party",
    "Recipients",
    "Release",
    "RollCall",
    "Scope",
    "Sealed",
    "Source",
    "check_release",
    "combine",
    "combine_many",
    "combine_releases",
    "make_release",
    "open_bid",
    "open_box",
    "padded_size",
    "read_disclosure",
    "read_identity",
    "read_manifest",
    "seal_bid",
    "verify",
]
