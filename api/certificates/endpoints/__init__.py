"""The register over HTTP.

:mod:`batches` lists and their way; :mod:`register` search; :mod:`acts` statuses; :mod:`care` what comes over the years.
"""

from api.certificates.endpoints import acts, batches, care, register

routers = (batches.router, register.router, care.router, acts.router)

__all__ = ["routers"]
