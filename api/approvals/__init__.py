"""What waits for people at a bureau's desk, and the decisions they sign, as the register sees them.

The register can show a request and carry a decision; it can neither decide nor tell the signer whom to obey. Requests
lie on the desk encrypted to the signer, so what is shown is made anew from the register's own rows, and is the same to
the byte.
"""

from api.approvals.service import Content, Given, content, decisions_of, submit_decision
from api.approvals.waiting import Waiting, waiting

__all__ = ["Content", "Given", "Waiting", "content", "decisions_of", "submit_decision", "waiting"]
