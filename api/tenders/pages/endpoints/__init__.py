"""Pages of tenders over HTTP."""

from api.tenders.pages.endpoints import asking, board, rooms, statistics, tender

routers = (board.router, statistics.router, tender.router, asking.router, rooms.router)

__all__ = ["routers"]
