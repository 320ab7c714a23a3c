"""What takes long to prepare and is only copied afterwards is prepared once in a run of many parts."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.ci.lanes import PREPARED


def prepared_once(name: str, build: Callable[[Path], None], factory: pytest.TempPathFactory) -> Path:
    """A folder that ``build`` has filled: by this process, or by another part of the same run. Nobody may change it.

    Args:
        name: of the folder, the same for all who share it.
        build: fills the folder it gets; called again by the next who asks if it raises.
        factory: makes the folder where this process runs alone.
    """
    shared = os.environ.get(PREPARED)
    if not shared:
        folder = factory.mktemp(name)
        build(folder)
        return folder
    with (Path(shared) / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = Path(shared) / f"{name}.path"
        if not known.is_file():
            attempt = sum(1 for _ in Path(shared).glob(f"{name}-*"))
            folder = Path(shared) / f"{name}-{attempt}"
            folder.mkdir()
            build(folder)
            known.write_text(str(folder), encoding="utf-8")
    return Path(known.read_text(encoding="utf-8"))
