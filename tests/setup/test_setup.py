"""`make setup`: stamps, launcher and refusals, without installing anything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import setup

ROOT = Path(__file__).parents[2]


def test_a_package_is_cut_out_of_a_lock_with_its_hashes(tmp_path: Path) -> None:
    lock = tmp_path / "x.lock"
    lock.write_text("six==1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\nsixer==2 \\\n    --hash=sha256:cc\n")
    assert setup._pinned(lock, "six") == "six==1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
    assert setup._pinned(lock, "sev") == ""


def test_a_digest_separates_its_parts() -> None:
    assert setup.digest("ab", "c") != setup.digest("a", "bc")


def test_what_builds_source_packages_is_locked() -> None:
    assert setup._pinned(ROOT / "requirements-dev.lock", "setuptools")


def test_the_launcher_works_in_a_folder_with_spaces(tmp_path: Path) -> None:
    folder = tmp_path / "a folder" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(sys.executable)
    tool = folder / "tool"
    tool.write_text(setup._launcher("os", "getpid"), encoding="utf-8")
    tool.chmod(0o755)
    link = tmp_path / "link"
    link.symlink_to(tool)
    done = subprocess.run([str(link)], capture_output=True, text=True, check=False)
    assert (done.returncode != 0, done.stderr) == (True, "")  # the exit code is the process's own number


@pytest.mark.parametrize(
    ("programs", "said"),
    [
        ({}, "node is not on PATH"),
        ({"node": "echo v18.1.0", "npm": ":"}, "Node v18.1.0 is too old"),
        ({"node": "echo v22.1.0"}, "npm is not on PATH"),
    ],
    ids=["no-node", "old-node", "no-npm"],
)
def test_a_missing_tool_is_named_with_its_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programs: dict[str, str], said: str
) -> None:
    for name, body in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(setup.Fault, match=said) as caught:
        setup.need_node()
    assert "install Node" in caught.value.fix


def test_an_old_python_is_refused_and_a_newer_one_beside_it_taken(tmp_path: Path) -> None:
    for name, body in {"python3": "exit 1", "python3.12": 'echo "took $0"'}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    env = {"PATH": f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin"}
    done = subprocess.run([ROOT / "scripts" / "setup"], env=env, capture_output=True, text=True, check=False)
    assert done.stdout.strip().endswith("python3.12")
    (tmp_path / "python3.12").unlink()
    for name in ("python3.11", "python3.13"):
        (tmp_path / name).symlink_to(tmp_path / "python3")
    done = subprocess.run([ROOT / "scripts" / "setup"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "fix:" in done.stderr
