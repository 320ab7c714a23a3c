"""Is there a Kubo node's program for the tests, and if not, could scripts/kubo/build make one?"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "scripts" / "kubo" / "build"
_MODULES = ROOT / "scripts" / "kubo" / "go.mod"
_OLDEST = (0, 37, 0)


def cache_folder() -> Path:
    """Where built tools lie: YINXIN_CACHE, else XDG_CACHE_HOME/yinxin, else ~/.cache/yinxin."""
    if own := os.environ.get("YINXIN_CACHE"):
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "yinxin"


def find_kubo() -> Path | None:
    """The ``ipfs`` on PATH if its version is in range, else the one in the cache, else None."""
    built = cache_folder() / "kubo" / _pinned(r"github\.com/ipfs/kubo v(\S+)") / "ipfs"
    for known in (shutil.which("ipfs"), built if built.is_file() else None):
        if known and _numbers(_answer([str(known), "version", "-n"])) >= _OLDEST:
            return Path(known)
    return None


def why_unbuildable() -> str:
    """Empty if Go can build Kubo here; else ``no Kubo: …``, as tests/skips.toml lists it."""
    go = shutil.which("go")
    if go is None:
        return "no Kubo: there is no ipfs on PATH and no Go to build one"
    have, need = _answer([go, "env", "GOVERSION"]).removeprefix("go"), _pinned(r"(?m)^go (\S+)$")
    if _numbers(have) < _numbers(need):
        return f"no Kubo: there is no ipfs on PATH, and Go {have} is older than the {need} that building one needs"
    return ""


def _pinned(pattern: str) -> str:
    match = re.search(pattern, _MODULES.read_text(encoding="utf-8")) if _MODULES.is_file() else None
    return match[1] if match else "0"


def _answer(command: list[str]) -> str:
    try:
        env = {**os.environ, "GOTOOLCHAIN": "local"}
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=env)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])
