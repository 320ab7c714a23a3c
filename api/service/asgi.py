"""What a worker process of the server runs: the application of the home that ``YINXIN_SERVICE_HOME`` names."""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI

from api.service.app import create_app
from api.service.context import open_service_home
from api.service.observed import log_as_json

HOME = "YINXIN_SERVICE_HOME"


def create() -> FastAPI:
    """The application; called once in each worker process."""
    log_as_json()
    return create_app(open_service_home(Path(os.environ[HOME])))
