"""The Chromium that tests and pictures drive: Debian's own, which `apt-get` installs; no browser is downloaded.

    python -m scripts.chromium            print where it is, or why there is none
    python -m scripts.chromium --install  as root on Debian: install its package if there is none yet

The exit code is 1 where there is none, and why is said.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from scripts import apt

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PACKAGES = ("chromium", "fonts-noto-cjk")
"""The browser, and letters for Chinese pages."""
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
)  # fmt: skip
"""What every start is given: no window, nothing asked of its maker."""


class NoBrowser(Exception):
    """This machine has no Chromium; the message says why."""


def find_chromium() -> Path:
    """The program. ``YINXIN_CHROMIUM`` names another. Raises NoBrowser."""
    named = os.environ.get("YINXIN_CHROMIUM")
    for name in [named] if named else _NAMES:
        if found := shutil.which(name):
            return Path(found)
    raise NoBrowser("no Chromium: it is not on PATH, and Debian's package is not installed")


def why_none() -> str:
    """Why no browser can be started here; empty if one can."""
    try:
        find_chromium()
    except NoBrowser as error:
        return str(error)
    return ""


def install() -> str:
    """Install Debian's package where that is possible and needed; why it was not done, or empty."""
    if not why_none():
        return ""
    if apt.unfit():
        return "no Chromium: not root on Debian, so its package cannot be installed"
    if why := apt.install(_PACKAGES, timeout=900):
        return f"no Chromium: {why}"
    return why_none()


def main() -> int:
    """Tell where it is, or install it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true")
    try:
        if parser.parse_args().install and (why := install()):
            raise NoBrowser(why)
        print(find_chromium())
    except NoBrowser as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
