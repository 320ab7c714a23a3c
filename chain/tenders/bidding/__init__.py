"""Bidding: the bidder's side of a tender, from the company's licence to a receipt that stands alone.

=====================  =======================================================================================
place                  one bidder in one lot: the two fresh addresses
statement              which company bids, signed by the key that is bound to its licence; consortia
mandate              an agent who signs in the company's stead
organisation           whose bid it is, judged at the deadline's block and again now
=====================  =======================================================================================

Everything here is pure; the ledger, boards and custodians come in through ports. Page: docs/bidding.md.
"""

from chain.tenders.bidding.mandate import ACTS, Mandate, read_mandate
from chain.tenders.bidding.organisation import Company, Evidence, Finding, Organisation, check_statement
from chain.tenders.bidding.place import BidPlace, read_place
from chain.tenders.bidding.statement import Party, Statement, alone, read_party, read_statement, together

__all__ = [
    "ACTS",
    "BidPlace",
    "Company",
    "Evidence",
    "Finding",
    "Mandate",
    "Organisation",
    "Party",
    "Statement",
    "alone",
    "check_statement",
    "read_mandate",
    "read_party",
    "read_place",
    "read_statement",
    "together",
]
