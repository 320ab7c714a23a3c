"""The key holder's pages: her tenders, one envelope with the program that opens her share and signs, and ceremonies.

The programs (``web/holding``) believe the ledger, not this server: they read it at a final block, compute what is live
from the events, and refuse before the hour. What is signed goes to the board, and a ceremony's acts to the ledger, by
endpoints of :mod:`api.holding`. Page: docs/keyholders.md.
"""

from api.holding.pages import ceremonies, endpoints

routers = (endpoints.router, ceremonies.router)

__all__ = ["routers"]
