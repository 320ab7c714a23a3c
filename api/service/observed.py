"""Metrics, traces and log lines of every request. They name routes, never paths: a path may hold an identifier."""

from __future__ import annotations

import json
import logging
import time
import uuid
from functools import lru_cache
from typing import Any

import msgspec
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("yinxin.service")
_tracer = trace.get_tracer("yinxin.service")

REQUESTS = Counter("yinxin_requests_total", "HTTP requests", ("method", "route", "status"))
SECONDS = Histogram(
    "yinxin_request_seconds",
    "Time to answer an HTTP request",
    ("method", "route"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
VERDICTS = Counter("yinxin_verifications_total", "Verifications by verdict", ("verdict",))

NO_ROUTE = "(no such path)"


class Observed:
    """ASGI middleware: one metric, one span, one log line a request.

    Args:
        app: what stands below.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = str(uuid.uuid4())
        scope.setdefault("state", {})["number"] = number
        status = 500
        began = time.perf_counter()

        async def answering(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = list(message.get("headers", ()))
                own = {name.lower() for name, _ in given}
                usual = [one for one in SECURITY if one[0] not in own]
                message["headers"] = [*given, (b"x-request-id", number.encode()), *usual]
            await send(message)

        with _tracer.start_as_current_span(scope["method"], kind=SpanKind.SERVER) as span:
            try:
                await self._app(scope, receive, answering)
            finally:
                took = time.perf_counter() - began
                route = _route(scope)
                method = scope["method"] if route != NO_ROUTE else "ANY"
                requests, seconds = _meters(method, route, status)
                requests.inc()
                seconds.observe(took)
                if span.is_recording():
                    span.update_name(f"{method} {route}")
                    span.set_attributes(
                        {"http.request.method": method, "http.route": route, "http.response.status_code": status}
                    )
                    if status >= 500:
                        span.set_status(StatusCode.ERROR)
                if log.isEnabledFor(logging.INFO):
                    log.info("request", extra={"data": _entry(scope, number, method, route, status, took)})


@lru_cache(maxsize=4096)
def _meters(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, str(status)), SECONDS.labels(method, route)


SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
"""Headers of every answer that does not set its own; the first page has a policy of its own."""


def _route(scope: Scope) -> str:
    route = scope.get("route")
    return str(getattr(route, "path_format", NO_ROUTE))


def _entry(scope: Scope, number: str, method: str, route: str, status: int, took: float) -> dict[str, Any]:
    principal = scope.get("state", {}).get("principal")
    return {
        "request": number,
        "method": method,
        "route": route,
        "status": status,
        "milliseconds": round(took * 1000, 2),
        "account": getattr(principal, "account", None),
    }


@lru_cache(maxsize=4)
def _written(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(second))


class JsonLines(logging.Formatter):
    """Log lines as JSON: time, level, logger, event, the data of the call; a fault's type and place, not its text."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "time": _written(int(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage() if record.name.startswith("yinxin") else record.msg,
        }
        data = getattr(record, "data", None)
        if isinstance(data, dict):
            line |= data
        if record.exc_info and record.exc_info[0] is not None:
            line["fault"] = record.exc_info[0].__name__
            trail, last = record.exc_info[2], None
            while trail is not None:
                last, trail = trail, trail.tb_next
            if last is not None:
                line["place"] = f"{last.tb_frame.f_globals.get('__name__')}:{last.tb_lineno}"
        try:
            return msgspec.json.encode(line, enc_hook=str).decode()
        except (TypeError, ValueError):
            return json.dumps(line, ensure_ascii=True, default=str)


def log_as_json(level: int = logging.INFO) -> None:
    """Send every log line of this process to standard error as JSON."""
    # What no line of ours names is not looked up for each of them (Python's logging HOWTO, "Optimization").
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("httpx", "httpcore", "alembic", "sqlalchemy", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
