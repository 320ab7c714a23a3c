"""Roll calls and draws for key holders. Releases of openings: :mod:`api.tenders.endpoints.relays`."""

from api.holding.endpoints import draws, roll_calls

routers = (roll_calls.router, draws.router)

__all__ = ["routers"]
