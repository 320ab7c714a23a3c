"""The contracts of .importlinter break when an import points up, in a small house built for the purpose."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BELOW = {
    "kernel": "",
    "words": "",
    "merkle": "kernel",
    "identifiers": "kernel",
    "containers": "kernel",
    "catalogue": "identifiers",
    "credentials": "catalogue",
    "documents": "containers",
    "keys": "credentials",
    "issuing": "credentials",
    "claims": "credentials",
    "rendering": "credentials",
    "ledger": "merkle",
    "desk": "issuing",
    "cli": "desk",
}
FILES = {f"chain/{room}/__init__.py": f"import chain.{below}\n" if below else "" for room, below in BELOW.items()}
FILES |= {"chain/__init__.py": "", "api/__init__.py": "import chain.merkle\nimport sqlalchemy\n"}
FILES["chain/keys/__init__.py"] += "import eth_account\n"
FILES["chain/ledger/__init__.py"] += "import web3\n"
FLOORS, TOOLKIT, CLIENTS, BESIDE = "roof to the cellar", "needs no server", "client libraries", "stands beside"


def lint(house: Path, **changed: str) -> tuple[int, str]:
    """Exit code and words of import-linter for the small house with some files changed."""
    files = FILES | {
        f"chain/{room}/__init__.py": FILES.get(f"chain/{room}/__init__.py", "") + text for room, text in changed.items()
    }
    for name, text in files.items():
        (house / name).parent.mkdir(parents=True, exist_ok=True)
        (house / name).write_text(text, encoding="utf-8")
    shutil.copy(ROOT / ".importlinter", house)
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--no-logo"],
        cwd=house, env={**os.environ, "PYTHONPATH": str(house)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_a_house_in_order_passes_though_many_rooms_are_not_built(tmp_path: Path) -> None:
    code, said = lint(tmp_path)
    assert code == 0, said


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("kernel", "import chain.merkle", FLOORS),
        ("merkle", "import chain.identifiers", FLOORS),
        ("credentials", "import chain.documents", FLOORS),
        ("credentials", "import chain.ledger", FLOORS),
        ("attic", "import chain.kernel", FLOORS),
        ("documents", "import sqlalchemy", TOOLKIT),
        ("documents", "import api", TOOLKIT),
        ("merkle", "import web3", CLIENTS),
        ("desk", "import eth_account", CLIENTS),
        ("ledger", "import chain.credentials", BESIDE),
    ],
)
def test_a_wrong_import_or_an_unknown_room_is_found(tmp_path: Path, room: str, line: str, contract: str) -> None:
    code, said = lint(tmp_path, **{room: line + "\n"})
    assert code == 1
    assert contract in " ".join(said.split("Broken contracts")[-1].split())
