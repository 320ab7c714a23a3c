"""Run the service: granian with the configured number of processes, on a socket of its own."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from api.service.asgi import HOME, PARENT
from api.service.context import Service
from chain.kernel.errors import Unavailable


def free_port(host: str) -> int:
    """A port nobody listens on now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def serve(
    service: Service,
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    certificate: Path | None = None,
    key: Path | None = None,
) -> None:
    """Serve until the process is told to end. SIGTERM ends it cleanly.

    Args:
        service: the home and its settings.
        host: address, if another than the setting.
        port: port, if another than the setting; 0 for any free one.
        workers: processes, if others than the setting.
        certificate: TLS certificate chain, PEM; with it only https is spoken.
        key: its private key, PEM.

    Raises:
        Unavailable: the address is taken or not this machine's.
    """
    settings = service.settings
    host = host or settings.host
    port = settings.port if port is None else port
    port = port or free_port(host)
    _may_listen(host, port)
    metrics = service.home / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
    os.environ[HOME] = str(service.home.path)
    os.environ[PARENT] = str(os.getpid())
    scheme = "https" if certificate else "http"
    print(f"{scheme}://{'localhost' if host == '127.0.0.1' else host}:{port}", flush=True)  # noqa: T201 - for scripts
    Granian(
        "api.service.asgi:create",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers or settings.workers,
        http1_settings=HTTP1Settings(max_buffer_size=64 * 1024),
        websockets=False,
        log_access=False,
        log_level="warning",  # type: ignore[arg-type]
        ssl_cert=certificate,
        ssl_key=key,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


def _may_listen(host: str, port: int) -> None:
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise Unavailable(
            f"cannot listen on {host}:{port}: {error.strerror}",
            code="service.port",
            field="service.port",
            fix="choose another port, or 0 for any free one",
        ) from error
