"""Makes the tools of this checkout: .venv and node_modules, from the hashed locks and nothing else; and the pages.

Runs under any Python from 3.11 on, without packages. Quick when nothing changed: each part keeps a
stamp of what it was made from. Exit code 0, or 1 with a line that names the fault and one that names the fix.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts import fonts

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MODULES = ROOT / "node_modules"
PYTHON_STAMP = VENV / "made-from"
NODE_STAMP = MODULES / ".made-from"
PAGES = ROOT / "build" / "web" / "site"
PAGES_STAMP = ROOT / "build" / "pages-made-from"
NODE_MIN = 20


class Fault(Exception):
    """What is wrong, and what to do about it."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def digest(*parts: str | Path) -> str:
    """SHA-256 over texts and files' contents, each with its length before it."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part.encode()
        sha.update(len(data).to_bytes(8, "big") + data)
    return sha.hexdigest()


def is_made(stamp: Path, wanted: str) -> bool:
    return stamp.is_file() and stamp.read_text(encoding="utf-8").strip() == wanted


def run(what: str, command: list[str], fix: str, *, env: dict[str, str] | None = None) -> None:
    """Run a tool, show its output line by line only if it fails, and a sign of life every 15 seconds."""
    began = spoken = time.monotonic()
    log = ROOT / "build" / "setup.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, env=env
        )
        try:
            while True:
                try:
                    process.wait(timeout=1)
                    break
                except subprocess.TimeoutExpired:
                    if time.monotonic() - spoken >= 15:
                        spoken = time.monotonic()
                        say(f"  … {what}, {spoken - began:.0f} s")
        except BaseException:
            process.kill()
            process.wait()
            raise
    if process.returncode:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        shown = lines if len(lines) <= 30 else [*lines[:12], f"… {len(lines) - 24} lines …", *lines[-12:]]
        print("\n".join(f"  | {line}" for line in shown), file=sys.stderr)
        raise Fault(f"{what} failed (exit code {process.returncode}); its whole output is in {log}", fix)


def need_node() -> None:
    """Refuse a Node that is missing or too old, and a missing npm."""
    fix = f"install Node {NODE_MIN} or newer with npm, and have both on PATH"
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise Fault(f"{program} is not on PATH", fix)
    shown = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    match = re.match(r"v(\d+)\.", shown)
    if match is None or int(match[1]) < NODE_MIN:
        raise Fault(f"Node {shown or '(no answer)'} is too old", fix)


def make_python() -> bool:
    """Fill .venv from requirements-dev.lock. Returns False where it already stood."""
    lock = ROOT / "requirements-dev.lock"
    version = ".".join(map(str, sys.version_info[:3]))
    wanted = digest(lock, version, str(VENV), os.uname().machine)
    if is_made(PYTHON_STAMP, wanted) and PYTHON.exists():
        return False
    PYTHON_STAMP.unlink(missing_ok=True)
    say(f"Python {version}: filling .venv from {lock.name}")
    if not _venv_works():
        try:
            venv.create(VENV, with_pip=True, clear=VENV.exists())
        except subprocess.CalledProcessError as error:
            raise Fault(
                "this Python cannot make a virtual environment with pip (ensurepip is missing)",
                "install it (Debian: apt-get install python3-venv) and run make setup again",
            ) from error
    builder = _pinned(lock, "setuptools")
    if builder:
        # A few packages come as source only: what builds them is locked, too, and goes in first.
        first = ROOT / "build" / "setuptools.lock"
        first.parent.mkdir(exist_ok=True)
        first.write_text(builder, encoding="utf-8")
        _pip(first)
    _pip(lock, *(["--no-build-isolation"] if builder else []))
    PYTHON_STAMP.write_text(wanted + "\n", encoding="utf-8")
    return True


def _pip(lock: Path, *options: str) -> None:
    run(
        "installing the Python packages",
        [
            *(str(PYTHON), "-m", "pip", "install", "--require-hashes", "--requirement", str(lock)),
            *("--disable-pip-version-check", "--no-input", "--progress-bar", "off", *options),
        ],
        "check that pip reaches your package index, then run make setup again; `rm -rf .venv` starts afresh",
    )


def _pinned(lock: Path, name: str) -> str:
    """The lines of one package in a lock, with its hashes; empty if it isn't there."""
    match = re.search(rf"(?m)^{re.escape(name)}==.*\n(?:[ \t]+.*\n)*", lock.read_text(encoding="utf-8") + "\n")
    return match[0] if match else ""


def _venv_works() -> bool:
    """Does .venv hold a pip, the running Python's version, and this very path?"""
    probe = (
        f"import sys, pip; sys.exit(sys.version_info[:3] != {sys.version_info[:3]!r} or sys.prefix != {str(VENV)!r})"
    )
    try:
        return subprocess.run([str(PYTHON), "-c", probe], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def link_project() -> bool:
    """Make .venv import this checkout and hold the command ``yinxin``, as an editable install would.

    Written here because it needs no build back end, no network and 2 ms.
    """
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = project["name"], project["version"]
    site = VENV / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    groups = {"console_scripts": project.get("scripts", {}), **project.get("entry-points", {})}
    entries = "".join(
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in sorted(points.items())) + "\n"
        for group, points in sorted(groups.items())
    )
    info = f"{name}-{version}.dist-info"
    files = {
        site / f"{name}.pth": f"{ROOT}\n",
        site / info / "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        site / info / "INSTALLER": "scripts/setup.py\n",
        site / info / "entry_points.txt": entries,
    }
    for key, value in groups["console_scripts"].items():
        files[VENV / "bin" / key] = _launcher(*value.split(":"))
    record = "".join(f"{os.path.relpath(path, site)},,\n" for path in files) + f"{info}/RECORD,,\n"
    files[site / info / "RECORD"] = record
    changed = False
    for old in site.glob(f"{name}-*.dist-info"):
        if old.name != info:
            shutil.rmtree(old)
    for path, text in files.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed = True
    for key in groups["console_scripts"]:
        (VENV / "bin" / key).chmod(0o755)
    return changed


def _launcher(module: str, function: str) -> str:
    """A script that is shell and Python at once, so that a path with spaces or of any length works."""
    return (
        "#!/bin/sh\n"
        '\'\'\'exec\' "$(dirname -- "$(readlink -f -- "$0")")/python" "$0" "$@"\n'
        "' '''\n"
        "import sys\n\n"
        f"from {module} import {function}\n\n"
        f"sys.exit({function}())\n"
    )


def make_node() -> bool:
    """Fill node_modules from package-lock.json. Returns False where it already stood."""
    shown = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    wanted = digest(ROOT / "package.json", ROOT / "package-lock.json", shown.split(".")[0], os.uname().machine)
    if is_made(NODE_STAMP, wanted):
        return False
    say(f"Node {shown}: filling node_modules from package-lock.json")
    run(
        "installing the Node packages",
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress"],
        "check that npm reaches your package registry, then run make setup again",
        env={**os.environ, "CI": "1"},
    )
    for program in MODULES.glob("@foundry-rs/*/bin/*"):
        program.chmod(program.stat().st_mode | 0o111)
    if not any(MODULES.glob("@foundry-rs/anvil-*/bin/anvil")):
        say("  note: there is no anvil for this platform in the lock; the embedded chain needs one on PATH")
    NODE_STAMP.write_text(wanted + "\n", encoding="utf-8")
    return True


def make_pages() -> bool:
    """Build what runs in browsers into build/web, where the service finds it. Returns False where it already stood."""
    sources = [
        path
        for folder in ("web", "scripts/web", "chain/words")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    wanted = digest(
        ROOT / "package-lock.json", *(part for path in sources for part in (str(path.relative_to(ROOT)), path))
    )
    if is_made(PAGES_STAMP, wanted) and (PAGES / "verify.html").is_file():
        return False
    say("building the pages into build/web")
    run(
        "building the pages",
        ["node", "scripts/web/build.mjs"],
        "mend what the lines above name, then run make setup again",
    )
    PAGES_STAMP.write_text(wanted + "\n", encoding="utf-8")
    return True


def make_fonts() -> bool:
    """Fetch the fonts for rare characters. Tried once: where they cannot be had, the rest works without them."""
    tried = ROOT / "build" / "fonts-tried"
    if fonts.have_fonts() or tried.is_file():
        return False
    say("fetching the fonts for rare characters")
    why = fonts.fetch()
    if why:
        tried.parent.mkdir(exist_ok=True)
        tried.write_text(why + "\n", encoding="utf-8")
        say(f"  note: rare characters in names cannot be printed: {why}")
    return not why


def main() -> int:
    """Run the halves in turn; ``--force`` forgets the stamps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--force", action="store_true", help="make everything again")
    parser.add_argument("--quiet", action="store_true", help="say nothing where nothing is to be done")
    options = parser.parse_args()
    began = time.monotonic()
    try:
        need_node()
        if options.force:
            PYTHON_STAMP.unlink(missing_ok=True)
            NODE_STAMP.unlink(missing_ok=True)
        done = [make_python(), link_project(), make_node(), make_fonts(), make_pages()]
    except Fault as fault:
        print(f"setup: {fault}\n  fix: {fault.fix}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"setup: {error}\n  fix: check the rights and the room on that disk", file=sys.stderr)
        return 1
    if any(done):
        say(f"ready in {time.monotonic() - began:.0f} s; the command is .venv/bin/yinxin")
    elif not options.quiet:
        say("nothing to do; the command is .venv/bin/yinxin")
    return 0


if __name__ == "__main__":
    sys.exit(main())
