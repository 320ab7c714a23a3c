"""Ceremonies, roll calls and draws for key holders. Releases of openings: :mod:`api.tenders.endpoints.relays`."""

from api.holding.endpoints import ceremonies, draws, roll_calls

routers = (ceremonies.router, roll_calls.router, draws.router)

__all__ = ["routers"]
