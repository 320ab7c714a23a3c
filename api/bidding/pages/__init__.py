"""``/tenders/{n}/bid``: the frame for ``web/bid``. Page: docs/bidroom.md."""

from api.bidding.pages.endpoints import router

routers = (router,)

__all__ = ["routers"]
