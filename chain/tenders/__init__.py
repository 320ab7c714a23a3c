"""Tenders: from the notice to the opening, without our server.

==============  ==============================================================================================
typed           what bidders, recovery addresses and custodians sign (EIP-712)
digests         kind digests, live sets
board, boards   where public papers lie, by digest; several of them as one
custody/        a custodian, seen from outside: files, commitments, its board, its statement
notice/         what is bought, by which rules, to whose keys; drafts, amendments, questions and answers
opening/        from a closed lot to a record that nobody can dispute
headers         what a block's header says of itself
story           what the events of a tender tell, and whether the contracts agree
==============  ==============================================================================================

Everything is pure but the board; the ledger comes in through :mod:`chain.kernel.tender_ports`.
"""
