"""Tenders on the ledger: the contracts KeyHolderRegistry, TenderBook and TenderProceedings, read and written.

===========  ===================================================================================
reader       what they say at one final block (:class:`TenderReader`)
whole        do the events account for the state: what an endpoint hides shows
acts         writing from one account, each act exactly once (:class:`AccountActs`)
timing       what only the next block will allow is tried once more
calls        the call data of every act
headers      the two headers that span a deadline
receipts     that an event stands in a block, checked with nothing but a trust root
evidence     such a proof of one event as plain data for JSON
contracts    which three contracts belong together
interface    functions and events by the committed ABI
forms        structs as facts
points       points of BLS12-381 between the chain's form and that of papers
===========  ===================================================================================

The rules of tenders take these in through :mod:`chain.kernel.tender_ports`; nothing here knows bids, papers or keys.
"""

from chain.ledger.tenders.acts import AccountActs
from chain.ledger.tenders.contracts import TenderContracts, named_in
from chain.ledger.tenders.reader import TenderReader
from chain.ledger.tenders.receipts import ReceiptProofs, receipt_of

__all__ = ["AccountActs", "ReceiptProofs", "TenderContracts", "TenderReader", "named_in", "receipt_of"]
