"""The desk: a folder through which an officer's register asks an approver's signer, and nothing else.

The register writes requests, encrypted to the signer's desk key; the signer writes answers. Both may lie
on different machines that share the folder. No key ever passes through it, and a request answered twice
is answered the same way twice. People decide at the signer, or by decisions signed with keys of their own, which
travel through the same folder.
"""

from chain.desk._audit import AUDIT_LANE
from chain.desk._deciding import Deciding
from chain.desk._evidence import Evidence
from chain.desk._expiry import expiry_proof
from chain.desk._types import TYPES_LANE
from chain.desk.decisions import Ruling, SignedDecision
from chain.desk.folder import Desk
from chain.desk.messages import Answer, Request
from chain.desk.signer import Signer

__all__ = [
    "AUDIT_LANE",
    "TYPES_LANE",
    "Answer",
    "Deciding",
    "Desk",
    "Evidence",
    "Request",
    "Ruling",
    "SignedDecision",
    "Signer",
    "expiry_proof",
]
