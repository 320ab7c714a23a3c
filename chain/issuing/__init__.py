"""What officer and approver both compute: drafts, their digest, credential and stamp contents, status acts.

The officer's register builds certificates with these rules and the approver's signer builds them again
before it signs, so neither has to believe the other.
"""

from chain.issuing.contents import Draft, Slot, credential_content, draft_of, rows_digest, stamp_content
from chain.issuing.events import EventRecord
from chain.issuing.lifecycle import OPERATIONS, Operation, check_transition

__all__ = [
    "OPERATIONS",
    "Draft",
    "EventRecord",
    "Operation",
    "Slot",
    "check_transition",
    "credential_content",
    "draft_of",
    "rows_digest",
    "stamp_content",
]
