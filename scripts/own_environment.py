"""Virtual environments for tools of development whose licences keep them apart from the project's own packages."""

from __future__ import annotations

import subprocess
import sys
import venv
from hashlib import sha256
from pathlib import Path

_PATIENCE = 600


class NoTool(RuntimeError):
    """The tool cannot be had here; the message says why."""


def own_python(folder: Path, lock: Path, tool: str) -> Path:
    """The Python of an environment of its own, which is made first if the lock has changed.

    Args:
        folder: where it lies, under ``venv``; whoever may be beside another holds a lock of this folder.
        lock: requirements, every package by hash.
        tool: what it is for, as the message says.

    Raises:
        NoTool: it could not be made.
    """
    python, stamp = folder / "venv" / "bin" / "python", folder / "stamp"
    wanted = sha256(lock.read_bytes() + sys.version.encode() + str(folder).encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted and python.exists():
        return python
    stamp.unlink(missing_ok=True)
    try:
        venv.create(folder / "venv", clear=True, with_pip=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps",
             "--disable-pip-version-check", "-r", str(lock)],
            check=True, capture_output=True, text=True, timeout=_PATIENCE,
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise NoTool(f"no {tool}: {(error.stderr or str(error)).strip().splitlines()[-1]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoTool(f"no {tool}: {error}") from error
    stamp.write_text(wanted)
    return python
