"""Pages of tenders over HTTP."""

from api.tenders.pages.endpoints import asking, board, drafting, rooms, statistics, tender

routers = (board.router, drafting.router, statistics.router, tender.router, asking.router, rooms.router)
"""Pages whose path has a word where others have a number come first."""

__all__ = ["routers"]
