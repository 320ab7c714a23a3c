"""What a worker process of the server runs: the application of the home that ``YINXIN_SERVICE_HOME`` names."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
from pathlib import Path

from fastapi import FastAPI

from api.service.app import create_app
from api.service.context import open_service_home
from api.service.observed import log_as_json
from api.service.server import HOME, PARENT

_PR_SET_PDEATHSIG = 1


def create() -> FastAPI:
    """The application; called once in each worker process."""
    end_with_parent()
    log_as_json()
    app = create_app(open_service_home(Path(os.environ[HOME])))
    # What stands now stands for good, and a request makes some thousand short-lived objects: looking for rings among
    # them at Python's usual pace, meant for small programs, takes a tenth of the time.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    return app


def end_with_parent() -> None:
    """End this process when the one that started it dies, even by SIGKILL: no orphan goes on serving.

    Linux only (prctl(2), PR_SET_PDEATHSIG). What was being written is rolled back by the database.
    """
    parent = os.environ.get(PARENT)
    if parent is None or sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(parent):
        # It died before the line above.
        os._exit(1)
