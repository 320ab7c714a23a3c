"""Proves the deadline and the phases of tenders by symbolic execution: halmos over tests/contracts/symbolic.

    python -m scripts.prove.run            all proofs, and sentences that must be refuted
    python -m scripts.prove.run --verbose  with what halmos says

Exit code 0: everything is proved and every false sentence refuted. 1: not. 2: halmos could not be had, and why.

halmos (AGPL) is a tool for development in a virtual environment of its own under build/, made once from
requirements.lock, every package by hash; nothing of ours imports or ships it. The sources are proved in a copy in which
SHA-256 is Keccak-256: to a prover both are functions of which it knows nothing, and this version of halmos declares the
first one wrongly.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.own_environment import NoTool, own_python

ROOT = Path(__file__).resolve().parent.parent.parent
LOCK = Path(__file__).with_name("requirements.lock")
FOLDER = ROOT / "build" / "prove"
PROOFS = ("Deadlines", "Phases")
CANARIES = "Canaries"
_HASHES = "contracts/tenders/TenderHashes.sol"
_PATIENCE = 600


def halmos() -> Path:
    """The program; its environment is made first if the lock has changed. Raises NoTool."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    return own_python(FOLDER, LOCK, "halmos").with_name("halmos")


def sources() -> Path:
    """A copy of the contracts and their proofs, compiled by forge apart from everything else. Raises NoTool."""
    copy = FOLDER / "root"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    shutil.copytree(ROOT / "contracts", copy / "contracts")
    shutil.copytree(ROOT / "tests" / "contracts" / "symbolic", copy / "tests" / "contracts" / "symbolic")
    (copy / "tests" / "contracts" / "support").mkdir()
    shutil.copy(ROOT / "tests" / "contracts" / "support" / "Vm.sol", copy / "tests" / "contracts" / "support")
    shutil.copy(ROOT / "foundry.toml", copy)
    (copy / "node_modules").symlink_to(ROOT / "node_modules")
    (copy / "scripts").symlink_to(ROOT / "scripts")
    text = (copy / _HASHES).read_text(encoding="utf-8")
    (copy / _HASHES).write_text(text.replace("sha256(", "keccak256("), encoding="utf-8")
    if not (ROOT / "node_modules" / ".bin" / "forge").exists():
        raise NoTool(f"no halmos: it needs forge, and there is none for this platform ({sys.platform})")
    return copy


def prove(contract: str, root: Path, program: Path, *, verbose: bool = False) -> dict[str, int]:
    """halmos over one contract: exit code by sentence. 0 proved, 1 refuted, others undecided."""
    report = FOLDER / f"{contract}.json"
    report.unlink(missing_ok=True)
    path = f"{ROOT / 'node_modules' / '.bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [str(program), "--root", str(root), "--forge-build-out", "build/forge/out", "--contract", contract,
         "--storage-layout", "generic", "--solver-timeout-assertion", "60000", "--no-status",
         "--json-output", str(report)],
        check=False, capture_output=True, text=True, timeout=_PATIENCE, env={**os.environ, "PATH": path},
    )  # fmt: skip
    if verbose or not report.is_file():
        print(done.stdout, done.stderr, file=sys.stderr)
    if not report.is_file():
        return {}
    found = json.loads(report.read_text(encoding="utf-8"))["test_results"]
    return {one["name"].partition("(")[0]: one["exitcode"] for many in found.values() for one in many}


def sentences(contract: str) -> set[str]:
    """The sentences that a contract states."""
    text = (ROOT / "tests" / "contracts" / "symbolic" / f"{contract}.t.sol").read_text(encoding="utf-8")
    return set(re.findall(r"function (check_\w+)\(", text))


def run(*, verbose: bool = False) -> list[str]:
    """What is wrong; empty if all is proved. Raises NoTool."""
    wrong = []
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        program, root = halmos(), sources()
        for contract in (*PROOFS, CANARIES):
            found = prove(contract, root, program, verbose=verbose)
            expected = 1 if contract == CANARIES else 0
            for name in sorted(sentences(contract)):
                code = found.get(name, -1)
                word = {0: "proved", 1: "refuted"}.get(code, f"undecided ({code})")
                print(f"{contract}.{name.removeprefix('check_'):20} {word}")
                if code != expected:
                    wrong.append(f"{contract}.{name}: {word}")
    return wrong


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--verbose", action="store_true", help="show what halmos says")
    given = parser.parse_args()
    try:
        wrong = run(verbose=given.verbose)
    except NoTool as error:
        print(error, file=sys.stderr)
        return 2
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
