"""Run the service: granian with the configured number of processes, on a socket of its own."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from api.service.context import Service
from chain.kernel.errors import Unavailable

HOME = "YINXIN_SERVICE_HOME"
"""Home of the service, for its worker processes."""
PARENT = "YINXIN_SERVICE_PARENT"
"""Number of the process that starts them, and starts them again if they die."""
_BUFFER = 64 * 1024
# Nothing of the application is imported in that process: it is not to hold what each of them opens for itself, and
# whether counts are shared between processes is decided when the metrics are first imported.


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
    address = host, port_to_listen(host, port)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_counted_in(service.home / "metrics"))
    os.environ[HOME] = str(service.home.path)
    launch(
        "api.service.asgi:create", address, certificate, key,
        workers=workers or settings.workers, http1=HTTP1Settings(max_buffer_size=_BUFFER), kill_after=10,
    )  # fmt: skip


def port_to_listen(host: str, port: int) -> int:
    """The port, or any free one for 0. Raises Unavailable if nobody can listen there."""
    port = port or free_port(host)
    may_listen(host, port)
    return port


def launch(
    application: str, address: tuple[str, int], certificate: Path | None, key: Path | None, *, workers: int,
    http1: HTTP1Settings, kill_after: int,
) -> None:  # fmt: skip
    """Print the address, start the processes that answer and serve until told to end.

    Args:
        application: module and function that make the ASGI application, in each process.
        address: host and port.
        certificate: TLS certificate chain, PEM; with it only https is spoken.
        key: its private key, PEM.
        workers: processes that answer; one that dies is started again.
        http1: limits of a connection.
        kill_after: seconds that a process may take to end.
    """
    os.environ[PARENT] = str(os.getpid())
    host, port = address
    scheme = "https" if certificate else "http"
    print(f"{scheme}://{'localhost' if host == '127.0.0.1' else host}:{port}", flush=True)  # noqa: T201 - for scripts
    Granian(
        application,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        http1_settings=http1,
        websockets=False,
        log_access=False,
        log_level="warning",  # type: ignore[arg-type]
        ssl_cert=certificate,
        ssl_key=key,
        respawn_failed_workers=True,
        workers_kill_timeout=kill_after,
    ).serve()


def _counted_in(folder: Path) -> Path:
    """A folder for the counts of this server's processes; those of servers that are gone are removed."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for other in folder.iterdir():
        try:
            os.kill(int(other.name), 0)
        except (ValueError, ProcessLookupError):
            shutil.rmtree(other, ignore_errors=True)
        except PermissionError:
            continue
    own = folder / str(os.getpid())
    shutil.rmtree(own, ignore_errors=True)
    own.mkdir(mode=0o700)
    return own


def may_listen(host: str, port: int) -> None:
    """Look whether a port is free. Raises Unavailable, which says why not."""
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
