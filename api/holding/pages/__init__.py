"""The key holder's pages: her tenders, and one envelope with the program that opens her share and signs.

The program (``web/holding``) believes the ledger, not this server: it reads the tender at a final block, computes what
is live from the events, and refuses before the hour. What it signs goes to the board by
``POST /v1/tenders/{tender}/lots/{lot}/envelopes/{envelope}/releases``. Page: docs/keyholders.md.
"""

from api.holding.pages.endpoints import router

__all__ = ["router"]
