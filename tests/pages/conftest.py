"""One browser's programs, one house and one built site for all tests of the pages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from scripts.chromium import find_chromium, why_none
from tests.pages.browser import Browser, Visit
from tests.pages.house import House, open_house

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def built() -> Path:
    """The site, built from the sources as they are (at once, if it stands already)."""
    setup = [sys.executable, "scripts/setup.py", "--quiet"]
    done = subprocess.run(setup, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return ROOT / "build" / "web"


@pytest.fixture(scope="session")
def house(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Chain, bureau, witness, service: real ones."""
    if why := why_none():
        pytest.skip(why)
    with open_house(tmp_path_factory.mktemp("house")) as found:
        yield found


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The one of this process and thread."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(house: House, playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, started once."""
    with Browser.start(find_chromium(), house.url, playwright) as started:
        yield started


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """A new person at a new device: nothing stored, a page open at /verify; afterwards the log is looked at."""
    with browser.visit() as opened:
        yield opened
