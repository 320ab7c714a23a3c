"""Holders' devices as pages of the console: activation codes, the devices of a certificate, the end of a binding."""

from api.claims.pages.endpoints import router

__all__ = ["router"]
