"""Run a custodian: granian with one process that answers, and the home that ``YINXIN_CUSTODY_HOME`` names."""

from __future__ import annotations

import os
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from api.service.server import PARENT, free_port, may_listen
from chain.kernel.errors import Conflict, Unavailable
from chain.kernel.home import Home
from chain.ledger.node.locks import FileLock

HOME = "YINXIN_CUSTODY_HOME"
"""Home of the custodian, for the process that answers."""
_HEADERS_WITHIN = 10_000
"""Milliseconds in which a request's headers must come."""
_LOCK_PATIENCE = 3.0


def serve(
    home: Home, *, host: str | None = None, port: int | None = None, certificate: Path | None = None,
    key: Path | None = None,
) -> None:  # fmt: skip
    """Serve until the process is told to end; SIGTERM ends it cleanly, a process that dies is started again.

    Args:
        home: the custodian's.
        host: address, if another than the setting.
        port: port, if another than the setting; 0 for any free one.
        certificate: TLS certificate chain, PEM; with it only https is spoken.
        key: its private key, PEM.

    Raises:
        Unavailable: the address is taken or not this machine's.
        Conflict: this home is served already.
    """
    settings = home.settings.custodian
    host = host or settings.host
    port = settings.port if port is None else port
    port = port or free_port(host)
    may_listen(host, port)
    lock = FileLock(home / "custodian.lock")  # held until this process and the one that answers have ended
    if not _taken(lock):
        raise Conflict(
            f"{home.path} is served already", code="custody.served", field="home",
            fix="end the other yinxin custodian run, or give this one a home of its own",
        )  # fmt: skip
    os.environ[HOME] = str(home.path)
    os.environ[PARENT] = str(os.getpid())
    scheme = "https" if certificate else "http"
    print(f"{scheme}://{'localhost' if host == '127.0.0.1' else host}:{port}", flush=True)  # noqa: T201 - for scripts
    Granian(
        "api.custody.asgi:create",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        http1_settings=HTTP1Settings(max_buffer_size=64 * 1024, header_read_timeout=_HEADERS_WITHIN),
        websockets=False,
        log_access=False,
        log_level="warning",  # type: ignore[arg-type]
        ssl_cert=certificate,
        ssl_key=key,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    ).serve()


def _taken(lock: FileLock) -> bool:
    try:
        lock.take(limit=_LOCK_PATIENCE)
    except Unavailable:
        return False
    return True
