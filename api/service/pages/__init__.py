"""The shell of all pages that the service makes itself: frame, words, session, errors, and what every page carries.

A room's pages stand beside its endpoints (``api/<noun>/pages``) and call the same functions; how one is added is told
in docs/pages.md. What needs keys or plaintext runs in the browser and is built from ``web/``; it is only handed out
here (:mod:`.site`, :mod:`.files`).

================== ==================================================================
:mod:`.routes`     what stands around every page: cookie, forms, errors
:mod:`.rendering`  a template within the frame
:mod:`.speaking`   which language, and its words
:mod:`.navigation` the ways in the bar and on the first page
:mod:`.faults`     errors for people
:mod:`.policy`     headers: what a page may load, ask and run
:mod:`.times`      times of the chain
:mod:`.first`      the entrance at ``/``
:mod:`.entering`   signing in and out
================== ==================================================================
"""

from api.service.pages import entering, files, first
from api.service.pages.faults import install

routers = (first.router, entering.router, files.router)
"""Routers of the shell itself."""

__all__ = ["install", "routers"]
