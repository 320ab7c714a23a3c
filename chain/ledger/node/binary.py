"""Finding the EVM program."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

from chain.kernel.errors import Unavailable

VERSION = "1.7.1"
"""The version whose snapshots, timestamps and replies were tested."""

_ENV = "YINXIN_ANVIL"
_FIX = "run `make setup` (it installs the program with npm), or set YINXIN_ANVIL to an anvil " + VERSION


def package_name() -> str:
    """Name of the npm package that carries the program for this machine, such as ``anvil-linux-amd64``."""
    machine = platform.machine().lower()
    arch = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(machine, machine)
    return f"anvil-{platform.system().lower()}-{arch}"


def find_anvil() -> Path:
    """Path of the EVM program: YINXIN_ANVIL, the project's own node_modules, the current folder's, then PATH.

    Raises:
        Unavailable: there is none; says where it was looked for.
    """
    chosen = os.environ.get(_ENV)
    if chosen:
        path = Path(chosen).expanduser()
        if path.is_file() and os.access(path, os.X_OK):
            return path.resolve()
        raise Unavailable(
            f"{_ENV} names {path}, which is no program", code="node.anvil", fix=f"correct or unset {_ENV}"
        )
    roots = [*Path(__file__).resolve().parents, Path.cwd(), *Path.cwd().parents]
    for root in dict.fromkeys(roots):
        modules = root / "node_modules"
        for candidate in (modules / "@foundry-rs" / package_name() / "bin" / "anvil", modules / ".bin" / "anvil"):
            if candidate.is_file() and os.access(candidate, os.X_OK):
                return candidate.resolve()
    found = shutil.which("anvil")
    if found:
        return Path(found).resolve()
    raise Unavailable(
        f"no anvil for {package_name()} in any node_modules above here, nor on PATH", code="node.anvil", fix=_FIX
    )


def version_of(anvil: Path) -> str:
    """The program's own version, such as ``1.7.1``.

    Raises:
        Unavailable: it does not run on this machine.
    """
    try:
        done = subprocess.run(
            [str(anvil), "--version"], capture_output=True, text=True, timeout=20, check=True, env={"PATH": ""}
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"{anvil} does not run here: {error}", code="node.anvil", fix=_FIX) from error
    words = done.stdout.replace("-", " ").split()
    return next((word for word in words if word[:1].isdigit()), done.stdout.strip()[:60])
