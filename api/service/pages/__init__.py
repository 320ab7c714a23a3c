"""The first page: what a person sees who types the service's address into a browser.

One static page in two languages, made on the server: no script, nothing from elsewhere. It shows what the service is,
which of its parts answer, and where programs find its description. Where the service runs with a certificate authority
of its own (``make up LAN=1``), it also says how a phone comes to trust it, and gives out that authority's certificate.

Pages that run in the browser (the scanner at ``/verify``) are built from ``web/`` and only handed out here:
:mod:`.site`.
"""

from api.service.pages.endpoints import router

__all__ = ["router"]
