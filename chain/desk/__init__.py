"""The desk: a folder through which an officer's register asks an approver's signer, and nothing else.

The register writes requests, encrypted to the signer's desk key; the signer writes answers. Both may lie
on different machines that share the folder. No key ever passes through it, and a request answered twice
is answered the same way twice.
"""

from chain.desk._audit import AUDIT_LANE
from chain.desk._expiry import expiry_proof
from chain.desk._types import TYPES_LANE
from chain.desk.folder import Desk
from chain.desk.messages import Answer, Request
from chain.desk.signer import Signer

__all__ = ["AUDIT_LANE", "TYPES_LANE", "Answer", "Desk", "Request", "Signer", "expiry_proof"]
