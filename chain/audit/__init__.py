"""Recomputing everything from the chain and the stored files, trusting no server.

========  ====================================================================================================
rules     the numbered rules, one sentence each in Chinese and English
report    findings: which rule, how sure, which stored thing, what was found
batches   certificates: lanes, anchors, manifests, leaves, records
lists     status lists, state by state
========  ====================================================================================================

Nothing here asks a database or an API of ours. What each rule rests on: docs/audit.md.
"""

from chain.audit.batches import Anchored, Vouching, audit_batch, audit_lane
from chain.audit.lists import audit_list
from chain.audit.report import Broken, Finding, Report, Result
from chain.audit.rules import RULES

__all__ = [
    "RULES",
    "Anchored",
    "Broken",
    "Finding",
    "Report",
    "Result",
    "Vouching",
    "audit_batch",
    "audit_lane",
    "audit_list",
]
