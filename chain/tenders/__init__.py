"""Tenders: from the notice to the opening, without our server.

==============  ==============================================================================================
typed           what bidders, recovery addresses and custodians sign (EIP-712)
digests         kind digests, live sets
board           where public papers lie, by digest
notice/         what is bought, by which rules, to whose keys; drafts, amendments, questions and answers
story           what the events of a tender tell, and whether the contracts agree
==============  ==============================================================================================

Everything is pure but the board; the ledger comes in through :mod:`chain.kernel.tender_ports`.
"""
