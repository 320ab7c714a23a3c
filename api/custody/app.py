"""The application of a custodian's process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import Response

from api.custody import endpoints, shelf
from api.custody.bodies import TooSlow
from api.custody.endpoints import Counter
from api.custody.phases import Keeper
from api.custody.place import Custodian
from api.service import problems
from api.service.cross_origin import EVERYTHING, CrossOrigin
from api.service.observed import Observed
from api.service.problems import TooLarge
from api.service.rates import Rates
from chain.kernel.errors import YinxinError

_BURST = 60
FOR_PAGES: dict[str, Any] = {
    "paths": EVERYTHING, "methods": "GET, POST, PUT", "headers": "content-type, content-digest",
}  # fmt: skip
"""A bidder seals on a page of whichever service. Nothing here depends on who asks: every page may read every answer,
and may send the headers that uploads need."""


def create_app(custodian: Custodian, *, keeper: bool = True, closing: Callable[[], None] = lambda: None) -> FastAPI:
    """The application.

    Args:
        custodian: what it works with.
        keeper: also do what anybody may do when its time has come.
        closing: called at the end.
    """
    counter = Counter(custodian)
    keeping = Keeper(custodian, counter)

    @asynccontextmanager
    async def living(_app: FastAPI) -> AsyncIterator[None]:
        if keeper:
            keeping.start()
        try:
            yield
        finally:
            keeping.stop()
            counter.relays.close()
            closing()

    app = FastAPI(
        title="Yinxin custodian", openapi_url=None, docs_url=None, redoc_url=None, lifespan=living,
        redirect_slashes=False,
    )  # fmt: skip
    app.state.counter = counter
    rate = custodian.settings.rate_per_minute
    app.state.rates = Rates(rate, max(_BURST, rate // 6))
    app.include_router(endpoints.router)
    app.include_router(shelf.router)
    problems.install(app)

    async def ended(request: Request, error: Exception) -> Response:
        assert isinstance(error, YinxinError)
        answer = problems.of_error(request, error)
        answer.headers["Connection"] = "close"  # the rest of the body is not read
        return answer

    for kind in (TooLarge, TooSlow):
        app.add_exception_handler(kind, ended)
    app.add_middleware(CrossOrigin, **FOR_PAGES)
    app.add_middleware(Observed)
    return app
