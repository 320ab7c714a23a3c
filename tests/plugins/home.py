"""No test reads or writes the user's own home."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from scripts.ci.kubo import cache_folder

_MADE: pytest.StashKey[Path] = pytest.StashKey()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Point HOME at an empty folder before the first module of ours is imported."""
    os.environ["YINXIN_CACHE"] = str(cache_folder())
    home = Path(tempfile.mkdtemp(prefix="yx-home-"))
    config.stash[_MADE] = home
    os.environ["HOME"] = str(home)
    os.environ["TZ"] = "UTC"
    for name in ("YINXIN_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "IPFS_PATH"):
        os.environ.pop(name, None)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove that folder again."""
    if (home := config.stash.get(_MADE, None)) is not None:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def yinxin_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that YINXIN_HOME names for the length of one test."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("YINXIN_HOME", str(home))
    return home
