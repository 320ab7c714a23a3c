"""What waits for people at a bureau's desk, and the decisions they sign, as the register sees them.

The register can show a request and carry a decision; it can neither decide nor tell the signer whom to obey. Requests
lie on the desk encrypted to the signer, so what is shown is made anew from the register's own rows, and is the same to
the byte.
"""

from api.approvals.service import Content, DraftPage, Given, content, decisions_of, drafts_page, submit_decision
from api.approvals.waiting import Waiting, waiting

__all__ = [
    "Content",
    "DraftPage",
    "Given",
    "Waiting",
    "content",
    "decisions_of",
    "drafts_page",
    "submit_decision",
    "waiting",
]
