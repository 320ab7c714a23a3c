"""Looks at the tree itself: sizes, unfinished work, foreign hosts, machine paths, secrets, stray bytes.

Files are those that git knows or would take; in a tree without git, all but what .gitignore's folders hold.
Prints ``path:line: finding``; exit code 1 if there is any.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 500
MEDIAN = 150
LARGEST = 1_000_000
WRITTEN = {".py", ".sol", ".ts", ".js", ".mjs", ".sh", ".md", ".toml", ".ini", ".html", ".css"}
MADE = ("node_modules", ".venv", ".git", "demo-out", "bench-out", "up", "build", ".ci-out", "artifacts", "cache", "out")
GENERATED = re.compile(
    r"(^|/)(package-lock\.json|requirements[\w-]*\.lock|go\.sum|go\.mod|LICENSE)$|(^|/)tests/vectors/|/abi/"
)

_UNFINISHED = re.compile(r"\b(TO(?:DO)|FIX(?:ME)|XX(?:X)|HA(?:CK))\b")
_HOSTS = re.compile(
    r"\b(py(?:pi)\.org|pytho(?:n)hosted\.org|regist(?:ry)\.npmjs\.org|np(?:m)js\.com|pro(?:xy)\.golang\.org"
    r"|su(?:m)\.golang\.org|cra(?:tes)\.io|deb\.deb(?:ian)\.org|binaries\.solidity(?:lang)\.org|yarn(?:pkg)\.com)\b"
)
_MACHINE = re.compile(r"(?<![\w./$}~-])/(?:ro(?:ot)|wo(?:rk)|ho(?:me)/[a-z][\w-]*|Us(?:ers)/[A-Za-z][\w-]*)/")
_OUTSIDE = re.compile(r"(?<![\w/])(?:\.\./)+(?:sha(?:red))/")
_SECRET = re.compile(r"-----BEGIN (?:EC |RSA |OPENSSH )?PRIVATE KEY-----")
_CONFLICT = re.compile(r"^(?:<{7}|>{7}) ")


def files() -> list[Path]:
    """Every file of the repository, sorted."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if (ROOT / ".git").exists():
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        if done.returncode == 0:
            names = {name for name in done.stdout.decode("utf-8").split("\0") if name}
            return sorted(path for name in names if (path := ROOT / name).is_file())
    found = (path for path in ROOT.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return sorted(path for path in found if not _is_made(path.relative_to(ROOT).parts))


def _is_made(parts: tuple[str, ...]) -> bool:
    return parts[0] in MADE or parts[0].endswith("_cache") or parts[0] == ".hypothesis"


def findings(path: Path) -> Iterator[str]:
    """What is wrong with one file."""
    name = path.relative_to(ROOT).as_posix()
    data = path.read_bytes()
    if len(data) > LARGEST:
        yield f"{name}:1: {len(data)} bytes; a repository holds what people read, not what programs make"
    if b"\0" in data or path.suffix == ".pdf":
        return
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if "/fixtures/" not in name:
            yield f"{name}:1: not UTF-8 (byte {error.start})"
        return
    written = path.suffix in WRITTEN or data.startswith(b"#!")
    lines = text.split("\n")
    if written and not GENERATED.search(name):
        if len(lines) - 1 > LONGEST:
            yield f"{name}:1: {len(lines) - 1} lines; no hand-written file is longer than {LONGEST}"
        if data and not data.endswith(b"\n"):
            yield f"{name}:{len(lines)}: the last line has no end"
    if data.startswith(b"#!") and not path.stat().st_mode & 0o100:
        yield f"{name}:1: starts with #! and cannot be executed; chmod +x"
    yield from _locks(name, text)
    if not GENERATED.search(name):
        for number, line in enumerate(lines, 1):
            yield from (f"{name}:{number}: {finding}" for finding in _line(name, line, written))


def _line(name: str, line: str, written: bool) -> Iterator[str]:
    if found := _HOSTS.search(line):
        yield f"names the package host {found[0]}; where packages come from is the machine's own setting"
    if found := _MACHINE.search(line):
        yield f"names a folder of one machine ({found[0]})"
    if found := _OUTSIDE.search(line):
        yield f"points outside of the repository ({found[0]})"
    if _SECRET.search(line):
        yield "holds a private key in clear"
    if written:
        if found := _UNFINISHED.search(line):
            yield f"unfinished work ({found[0]}) belongs in an issue"
        if _CONFLICT.match(line):
            yield "conflict marker"
        if "\r" in line:
            yield "carriage return"
        if "\t" in line and name.endswith((".py", ".sol", ".ts", ".toml", ".md")):
            yield "tab"


def _locks(name: str, text: str) -> Iterator[str]:
    if name.endswith("package-lock.json") and (at := text.find('"resolved"')) >= 0:
        yield f"{name}:{text.count(chr(10), 0, at) + 1}: names where a package was downloaded (resolved)"
    if re.search(r"requirements[\w-]*\.lock$", name):
        for number, line in enumerate(text.split("\n"), 1):
            if line.startswith("-") or "://" in line:
                yield f"{name}:{number}: names an index or an address"
            elif "==" in line and not line.rstrip().endswith("\\"):
                yield f"{name}:{number}: a package without a hash"


def median_finding(paths: list[Path]) -> Iterator[str]:
    """Rooms stay readable only if the usual file is short."""
    counts = [path.read_bytes().count(b"\n") for path in paths if path.suffix in (".py", ".sol", ".ts")]
    if counts and (middle := statistics.median(counts)) >= MEDIAN:
        yield f"the median source file has {middle:.0f} lines; the habit is under {MEDIAN}"


def main() -> int:
    """Check every file and print what was found."""
    paths = files()
    found = [finding for path in paths for finding in findings(path)]
    found += median_finding(paths)
    print("\n".join(found) if found else f"{len(paths)} files")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
