"""The register over HTTP: :mod:`batches` (lists and their way), :mod:`register` (search), :mod:`acts` (statuses)."""

from api.certificates.endpoints import acts, batches, register

routers = (batches.router, register.router, acts.router)

__all__ = ["routers"]
