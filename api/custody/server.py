"""Run a custodian: granian with one process that answers, and the home that ``YINXIN_CUSTODY_HOME`` names."""

from __future__ import annotations

import os
from pathlib import Path

from granian.http import HTTP1Settings

from api.service.server import launch, port_to_listen
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
    address = host, port_to_listen(host, port)
    lock = FileLock(home / "custodian.lock")  # held until this process and the one that answers have ended
    if not _taken(lock):
        raise Conflict(
            f"{home.path} is served already", code="custody.served", field="home",
            fix="end the other yinxin custodian run, or give this one a home of its own",
        )  # fmt: skip
    os.environ[HOME] = str(home.path)
    launch(
        "api.custody.asgi:create", address, certificate, key,
        workers=1, kill_after=5,
        http1=HTTP1Settings(max_buffer_size=64 * 1024, header_read_timeout=_HEADERS_WITHIN),
    )  # fmt: skip


def _taken(lock: FileLock) -> bool:
    try:
        lock.take(limit=_LOCK_PATIENCE)
    except Unavailable:
        return False
    return True
