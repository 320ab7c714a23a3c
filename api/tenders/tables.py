"""What the ledger says of tenders and ceremonies, as tables. Only :mod:`api.tenders.follow` writes them.

They lie in the service database: a tender is everybody's, whichever bureau publishes it. All can be dropped and made
anew (``yinxin rebuild`` in the service's home). Places are in them from the first commitment on; what may be shown of
them when is decided in :mod:`api.tenders.showing`.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from api.db.metadata import Seconds, service_metadata

_Digest = LargeBinary(32)
_Account = LargeBinary(20)
# The book numbers in 64 bits; a database that counts in 32 would end sooner than any book.
_Number = Seconds

tender_events = Table(
    "tender_events",
    service_metadata,
    Column("block_number", _Number, primary_key=True, autoincrement=False),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("contract", String(20), nullable=False),
    Column("name", String(20), nullable=False),
    Column("tender", _Number, nullable=False, doc="0 for an event of a ceremony"),
    Column("ceremony", _Number, nullable=False, doc="0 for an event of a tender"),
    Column("lot", Integer, nullable=False, doc="0 for the whole tender"),
    Column("shown", JSON, nullable=False, doc="its arguments: bytes as 0x and hexadecimal, enums as words"),
    Column("block_hash", _Digest, nullable=False),
    Column("block_time", Seconds, nullable=False),
    Column("transaction", _Digest, nullable=False),
    Index("ix_tender_events_tender", "tender"),
    Index("ix_tender_events_ceremony", "ceremony"),
)
"""Every event of the three contracts, in the chain's order."""

tender_cursor = Table(
    "tender_cursor",
    service_metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("hash", _Digest, nullable=False),
    Column("book", _Account, nullable=False, doc="TenderBook whose tenders the index has"),
)
"""Recent final blocks already read, newest last, so that a changed history, or another book, is seen."""

tenders = Table(
    "tenders",
    service_metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("bureau", String(18), nullable=False, index=True),
    Column("lots", Integer, nullable=False),
    Column("envelopes", Integer, nullable=False),
    Column("minimum_bids", Integer, nullable=False),
    Column("amendments", Integer, nullable=False),
    Column("notice", _Digest, nullable=False, doc="digest of the notice in force"),
    Column("published_at", Seconds, nullable=False),
    Column("deadline", Seconds, nullable=False),
    Column("open_at", Seconds, nullable=False),
    Column("settled_at", Seconds, nullable=False, doc="0 until the deadline is final"),
    Column("reveal_window", Integer, nullable=False),
    Column("standstill", Integer, nullable=False),
    Column("complaint_period", Integer, nullable=False),
    Column("ceremony", _Number, nullable=False),
    Column("supervisor", _Account, nullable=False),
    Column("custodians", JSON, nullable=False, doc="accounts, 0x lower case"),
    Column("cancelled", Boolean, nullable=False),
    Column("over", Boolean, nullable=False, doc="no lot goes any further"),
)

tender_notices = Table(
    "tender_notices",
    service_metadata,
    Column("digest", _Digest, primary_key=True),
    Column("tender", _Number, nullable=False, index=True),
    Column("category", String(16), nullable=False),
    Column("bureau_name", Text, nullable=False),
    Column("title_zh", Text, nullable=False),
    Column("title_en", Text, nullable=False),
    Column("words", Text, nullable=False, doc="titles of tender and lots and the bureau's name, in lower case"),
    Column("questions_until", Seconds, nullable=False),
    Column("documents", JSON, nullable=False, doc="digests of the documents it names, 0x"),
)
"""What the newest notice of each tender says, for searching; read from a board, checked by its digest."""

tender_amendments = Table(
    "tender_amendments",
    service_metadata,
    Column("tender", _Number, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False, doc="0 is the publication"),
    Column("digest", _Digest, nullable=False),
    Column("deadline", Seconds, nullable=False),
    Column("open_at", Seconds, nullable=False),
    Column("at", Seconds, nullable=False),
)

tender_lots = Table(
    "tender_lots",
    service_metadata,
    Column("tender", _Number, primary_key=True, autoincrement=False),
    Column("lot", Integer, primary_key=True, autoincrement=False),
    Column("phase", Integer, nullable=False, doc="as chain.kernel.tender_facts.Phase"),
    Column("since", Seconds, nullable=False, doc="0 before anything happened to it"),
    Column("places", Integer, nullable=False),
    Column("closed", Integer, nullable=False, doc="envelopes whose live set is fixed"),
    Column("opened", Integer, nullable=False, doc="envelopes opened"),
    Column("attested", JSON, nullable=False, doc="custodians that attested, by envelope"),
    Column("rankings", Integer, nullable=False),
    Column("awards", Integer, nullable=False),
    Column("open_cases", Integer, nullable=False),
)

tender_places = Table(
    "tender_places",
    service_metadata,
    Column("tender", _Number, primary_key=True, autoincrement=False),
    Column("lot", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("bidder", _Account, nullable=False),
    Column("version", Integer, nullable=False),
    Column("commitment", _Digest, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("decoy", Boolean, nullable=False),
)

tender_records = Table(
    "tender_records",
    service_metadata,
    Column("block_number", _Number, primary_key=True, autoincrement=False),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("tender", _Number, nullable=False, index=True),
    Column("lot", Integer, nullable=False),
    Column("kind", String(66), nullable=False),
    Column("digest", _Digest, nullable=False, index=True),
)
"""Papers that the chain names: notices, what was put on record, what candidates, awards and cases rest on."""

tender_cases = Table(
    "tender_cases",
    service_metadata,
    Column("tender", _Number, primary_key=True, autoincrement=False),
    Column("lot", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(12), nullable=False, doc="objection or complaint"),
    Column("digest", _Digest, nullable=False),
    Column("filed_at", Seconds, nullable=False),
    Column("settled_at", Seconds),
)

ceremonies = Table(
    "ceremonies",
    service_metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("bureau", String(18), nullable=False, doc="empty for the authority"),
    Column("tender", _Number, nullable=False, doc="0: any tender that opens in time"),
    Column("roster", _Digest, nullable=False),
    Column("threshold", Integer, nullable=False),
    Column("deals_until", Seconds, nullable=False),
    Column("complaints_until", Seconds, nullable=False),
    Column("answers_until", Seconds, nullable=False),
    Column("confirm_until", Seconds, nullable=False),
    Column("usable_until", Seconds, nullable=False),
    Column("key", LargeBinary(96), nullable=False, doc="compressed; empty until it is in force"),
    Column("transcript", LargeBinary(32), nullable=False, doc="empty until the key is in force"),
    Column("roll_calls", Integer, nullable=False),
    Column("called_at", Seconds, nullable=False, doc="last roll call, or when the key came into force; else 0"),
)

ceremony_members = Table(
    "ceremony_members",
    service_metadata,
    Column("ceremony", _Number, primary_key=True, autoincrement=False),
    Column("member", Integer, primary_key=True, autoincrement=False, doc="1, 2, 3 … as in the roster"),
    Column("account", _Account, nullable=False, index=True),
    Column("dealt", Boolean, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("qualified", Boolean, nullable=False),
    Column("destroyed", Boolean, nullable=False, doc="reported that its share is"),
)

OF_A_TENDER = (tender_amendments, tender_lots, tender_places, tender_records, tender_cases)
"""Tables with a column ``tender`` that are told anew whenever one of its events came or went."""

EVERYTHING = (tender_events, tender_cursor, tenders, tender_notices, *OF_A_TENDER, ceremonies, ceremony_members)
"""All that a rebuild drops."""
