"""The numbered rules of an audit: one sentence each, in Chinese and English (docs/audit.md lists them).

A1 batches, A2 status lists; of a tender: A3 what the ledger tells, A4 notice and papers, A5 key holders, A6 bids, A7
closing and opening, A8 sealed files, A9 the opening record, A10 committee and draw, A11 sheets, report, candidates,
A13 cases, award and contract, A14 open contracting data. A number is never used for another rule.
"""

from __future__ import annotations

from chain.words import read

RULES = {key.removeprefix("rule."): words for key, words in read("audit").items()}
"""Number to the rule's sentences, ``zh`` and ``en``; the texts lie in ``chain/words/audit.json``."""
