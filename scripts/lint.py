"""Holds the rules that a machine can hold. Prints one line a check, and the findings of those that fail.

    python -m scripts.lint           all checks      (make lint)
    python -m scripts.lint types     those named

Exit code 0, 1 if a check found something, 64 if a name is unknown.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_BIN = Path(sys.executable).parent
_NODE = ROOT / "node_modules" / ".bin"
_WEB = ("web", "tests/web", "scripts/web")
_TYPED = [name for name in ("chain", "api", "scripts") if (ROOT / name).is_dir()]

MOST = 100

CHECKS: dict[str, tuple[str, ...]] = {
    "tree": (sys.executable, "-m", "scripts.check_tree"),
    "links": (sys.executable, "-m", "scripts.check_links"),
    "style": (str(_BIN / "ruff"), "check", "--quiet", "--output-format", "concise", "."),
    "format": (str(_BIN / "ruff"), "format", "--check", "--output-format", "concise", "."),
    "imports": (str(_BIN / "lint-imports"), "--no-cache", "--no-logo"),
    "types": (str(_BIN / "mypy"), *_TYPED),
    "openapi": (sys.executable, "-m", "scripts.write_openapi", "--check"),
    "words": (sys.executable, "-m", "scripts.write_words", "--check"),
    "web": (str(_NODE / "biome"), "check", "--error-on-warnings", *_WEB),
    "webtypes": (str(_NODE / "tsc"), "--project", "web"),
    "webtests": (str(_NODE / "tsc"), "--project", "tests/web"),
}
"""Name of a check to its command; each prints its findings and ends with a code other than 0."""


def main(wanted: list[str]) -> int:
    """Run the checks in their order."""
    if unknown := [name for name in wanted if name not in CHECKS]:
        print(f"no check named {', '.join(unknown)}; there are: {', '.join(CHECKS)}", file=sys.stderr)
        return 64
    failed = 0
    for name in wanted or CHECKS:
        began = time.monotonic()
        done = subprocess.run(CHECKS[name], cwd=ROOT, capture_output=True, text=True, check=False)
        print(f"{'FAILED' if done.returncode else 'ok':6}  {name:8}  {time.monotonic() - began:.1f} s", flush=True)
        if done.returncode:
            failed += 1
            lines = (done.stdout + done.stderr).splitlines()
            shown = lines if len(lines) <= MOST else [*lines[:MOST], f"… and {len(lines) - MOST} lines more"]
            print("\n".join(f"  | {line}" for line in shown), flush=True)
    if "format" in (wanted or CHECKS) and failed:
        print("`make format` mends what the checks style and format can mend by themselves")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
