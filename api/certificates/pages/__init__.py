"""The bureau's console: pages for those who issue, decide and watch. They call what the register's endpoints call.

================= ==================================================================
:mod:`.overview`  the bureau at one glance
:mod:`.register`  certificates: list, search, one with its evidence, status acts
:mod:`.batches`   lists on their way
:mod:`.issuing`   one certificate with a preview; a list with a report before anything is done
:mod:`.standing`  what waits, what expires, types, keys and accreditations
================= ==================================================================
"""

from api.certificates.pages import batches, issuing, overview, register, standing

routers = (overview.router, register.router, batches.router, issuing.router, standing.router)

__all__ = ["routers"]
