"""The bureau's console: pages for those who issue, decide and watch. They call what the register's endpoints call.

================= ==================================================================
:mod:`.overview`  the bureau at one glance
:mod:`.register`  certificates: list, search, one with its evidence, status acts
:mod:`.batches`   lists on their way
:mod:`.issuing`   one certificate with a preview; a list with a report before anything is done
:mod:`.standing`  what waits, what expires, keys and accreditations
:mod:`.retention` what is due to be destroyed
================= ==================================================================
"""

from api.certificates.pages import batches, issuing, overview, register, retention, standing

routers = (overview.router, register.router, batches.router, issuing.router, standing.router, retention.router)

__all__ = ["routers"]
