"""A custodian, seen from outside: sending sealed files, having them committed, reading a board over HTTP.

==============  ==============================================================================================
wire            commitments, withdrawals and moves as JSON
receipts        a custodian's signature over each part that it has on disk
client          uploads in parts, commitments, relays, files
http_board      a board behind an address
statement       what a custodian says of the files of a closed envelope (yinxin-custody-1)
==============  ==============================================================================================

The server is api/custody; what it promises: docs/custody.md. Nothing here believes the server: a digest is computed
again, a signature looked at.
"""

from chain.tenders.custody.client import CustodianClient, Custodied, Relayed
from chain.tenders.custody.http_board import HttpBoard
from chain.tenders.custody.receipts import PartReceipt
from chain.tenders.custody.statement import CustodyStatement, KeptFile, read_statement
from chain.tenders.custody.wire import commitment_json, read_commitment

__all__ = [
    "CustodianClient",
    "Custodied",
    "CustodyStatement",
    "HttpBoard",
    "KeptFile",
    "PartReceipt",
    "Relayed",
    "commitment_json",
    "read_commitment",
    "read_statement",
]
