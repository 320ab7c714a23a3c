"""The opening: from a closed lot to a record that nobody can dispute.

========  ======================================================================================================
live      the live bids, as the story tells them and the contract chained them
releases  key holders' messages from the board, each looked at once
keys      the keys of the live bids, published, each checkable by one pairing
bids      each bid opened on its own; what does not open, and whose fault that is
record    the opening record: figures against their roots, organisations, faults, objections
papers    objections, answers, a failed lot, the supervisor's signature
========  ======================================================================================================

Formats: docs/formats/opening-keys.md, docs/formats/opening-record.md. Page: docs/opening.md.
"""

from chain.tenders.opening.bids import OpenedBid, Outcome, committed_to, keys_by_place, open_live_bid
from chain.tenders.opening.keys import BidKey, OpeningKeys, check_keys, combine_keys, read_keys, wrong_keys
from chain.tenders.opening.live import LiveBid, LiveBids, live_bids, read_story
from chain.tenders.opening.papers import (
    Decision,
    LotFailed,
    LotPlace,
    Objection,
    ObjectionAnswer,
    WitnessNote,
    witness_digest,
    witness_text,
)
from chain.tenders.opening.record import (
    NamedOrganisation,
    OpeningRecord,
    RecordedBid,
    RecordedFault,
    RecordedObjection,
    distinct,
    read_record,
)
from chain.tenders.opening.releases import NoteBox, RefusedRelease, ReleaseBox, releases_topic

__all__ = [
    "BidKey",
    "Decision",
    "LiveBid",
    "LiveBids",
    "LotFailed",
    "LotPlace",
    "NamedOrganisation",
    "NoteBox",
    "Objection",
    "ObjectionAnswer",
    "OpenedBid",
    "OpeningKeys",
    "OpeningRecord",
    "Outcome",
    "RecordedBid",
    "RecordedFault",
    "RecordedObjection",
    "RefusedRelease",
    "ReleaseBox",
    "WitnessNote",
    "check_keys",
    "combine_keys",
    "committed_to",
    "distinct",
    "keys_by_place",
    "live_bids",
    "open_live_bid",
    "read_keys",
    "read_record",
    "read_story",
    "releases_topic",
    "witness_digest",
    "witness_text",
    "wrong_keys",
]
