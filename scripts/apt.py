"""Debian's packages, where a part of the tests needs a program that no other registry has."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence


def unfit() -> bool:
    """True where nothing can be installed: not root, or not Debian."""
    return shutil.which("apt-get") is None or os.geteuid() != 0


def install(packages: Sequence[str], *options: str, timeout: float = 600) -> str:
    """Install packages without what they only recommend.

    Args:
        packages: their names.
        options: further words for ``apt-get install``.
        timeout: seconds for each of the two steps.

    Returns:
        What stood in the way; empty if they are there now.
    """
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    adding = ("install", "-qq", "-y", "--no-install-recommends", *options, *packages)
    for words in (("update", "-qq"), adding):
        try:
            done = subprocess.run(
                ["apt-get", *words], capture_output=True, text=True, env=environment, check=False, timeout=timeout
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"apt-get {words[0]}: {error}"
        if done.returncode:
            return f"apt-get {words[0]} failed: {done.stderr.strip()[-200:]}"
    return ""
