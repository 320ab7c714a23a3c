"""Fetches the fallback fonts for rare characters on paper: Hanazono Mincho, from Debian's package fonts-hanazono.

Without root and without installing anything: apt downloads (and checks the signature of) the package, dpkg-deb unpacks
it, and the two font files go into .venv. The text font, Noto Serif SC, comes with the Node packages.

Runs under any Python from 3.11 on, without packages. Exit code 0 if the fonts are there afterwards, else 1.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGE = "fonts-hanazono"
FILES = ("HanaMinA.ttf", "HanaMinB.ttf")
FOLDER = Path(__file__).resolve().parent.parent / ".venv" / "share" / "fonts"
PLACES = (FOLDER, Path("/usr/share/fonts/truetype/hanazono"), Path("/usr/local/share/fonts"))
_LIMIT = 300


def have_fonts() -> bool:
    """Are both files in one of the usual places?"""
    return any(all((place / name).is_file() for name in FILES) for place in PLACES)


def fetch() -> str:
    """Fetch them. Returns what stood in the way; empty if they are there now."""
    if have_fonts():
        return ""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        return f"this is no Debian: put {' and '.join(FILES)} into {FOLDER}"
    with tempfile.TemporaryDirectory(prefix="yinxin-fonts-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for private in (False, True):
            if _download(folder, private=private):
                break
        package = next(folder.glob("*.deb"), None)
        if package is None:
            return f"apt-get could not download {PACKAGE}; run apt-get update, then make fonts"
        unpacked = folder / "unpacked"
        if subprocess.run(["dpkg-deb", "-x", str(package), str(unpacked)], check=False).returncode:
            return f"{package.name} could not be unpacked"
        found = {path.name: path for path in unpacked.rglob("*.ttf")}
        if not all(one in found for one in FILES):
            return f"{package.name} holds other files than {' and '.join(FILES)}"
        FOLDER.mkdir(parents=True, exist_ok=True)
        for one in FILES:
            part = FOLDER / f"{one}.part"
            shutil.copyfile(found[one], part)
            part.replace(FOLDER / one)
    return ""


def _download(folder: Path, *, private: bool) -> bool:
    """By the machine's lists of packages, or by lists of our own, which needs no rights but takes some seconds."""
    options: list[str] = []
    if private:
        state, cache = folder / "state", folder / "cache"
        for one in (state / "lists" / "partial", cache / "archives" / "partial"):
            one.mkdir(parents=True)
        options = ["-o", f"Dir::State={state}", "-o", f"Dir::Cache={cache}", "-o", "APT::Sandbox::User="]
        if not _run(["apt-get", "-qq", *options, "update"], folder):
            return False
    return _run(["apt-get", "-qq", *options, "download", PACKAGE], folder) and any(folder.glob("*.deb"))


def _run(command: list[str], folder: Path) -> bool:
    try:
        return (
            subprocess.run(
                command, cwd=folder, check=False, timeout=_LIMIT, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            ).returncode
            == 0
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return False


def main() -> int:
    """Fetch, and say what happened."""
    why = fetch()
    if why:
        print(f"fonts: {why}", file=sys.stderr)
        return 1
    print("fonts: Hanazono Mincho is there; rare characters can be printed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
