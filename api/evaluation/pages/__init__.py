"""The expert's pages: her tenders, and one lot with the program that reads its bids and holds her sheet.

The program (``web/sheet``) computes what may be shown from papers that the ledger names, not from this server's word.
What it signs and shows goes to the board by ``POST /v1/tenders/{tender}/lots/{lot}/sheet-commitments`` and
``…/sheets``. Page: docs/evaluation.md.
"""

from api.evaluation.pages.endpoints import router

__all__ = ["router"]
