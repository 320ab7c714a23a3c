"""Poppler's tools (pdfsig, pdftoppm, pdfdetach): installed where this run may, else the test is skipped, loudly."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import lru_cache

import pytest

PACKAGE = "poppler-utils"


def need_poppler(program: str) -> str:
    """Path of one of its programs; skips the test, and says why, where it cannot be had."""
    why = _install() if shutil.which(program) is None else ""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is missing: {why or f'install {PACKAGE}'}")
    return found


@lru_cache(maxsize=1)
def _install() -> str:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return f"install {PACKAGE}"
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "timeout": 300}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", PACKAGE]
    try:
        if subprocess.run(command, env=environment, check=False, **quiet).returncode:
            subprocess.run(["apt-get", "-qq", "update"], env=environment, check=False, **quiet)
            subprocess.run(command, env=environment, check=False, **quiet)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"apt-get install {PACKAGE}: {error}"
    return f"apt-get install {PACKAGE} did not bring it"
