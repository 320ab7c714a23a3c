"""Each fault of a machine is named, with its fix."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from chain.ledger.node import checks as checks_module
from chain.ledger.node import ensure_node
from chain.ledger.node.checks import (
    Check,
    check_folder,
    check_network,
    check_port,
    check_program,
    check_running,
    check_settings,
    check_space,
    check_version,
    run_checks,
)


def script(path: Path, text: str) -> Path:
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o700)
    return path


def broken(check: Check) -> bool:
    return check.ok is False and bool(check.detail) and bool(check.fix)


@pytest.mark.loopback
def test_a_sound_machine_passes_without_starting_anything(tmp_path: Path) -> None:
    found = {check.name: check for check in run_checks(tmp_path / "node")}
    assert all(check.ok is not False for check in found.values())
    assert found["node program"].ok
    assert found["node version"].ok
    assert found["node"].ok is None
    assert not (tmp_path / "node").exists()


def test_a_missing_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINXIN_ANVIL", str(tmp_path / "anvil"))
    assert broken(check_program(tmp_path))
    assert broken(check_version(tmp_path))


def test_a_program_for_another_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINXIN_ANVIL", str(script(tmp_path / "anvil", "exit 8")))
    assert broken(check_version(tmp_path))


def test_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINXIN_ANVIL", str(script(tmp_path / "anvil", "echo anvil Version: 9.9.9-stable")))
    found = check_version(tmp_path)
    assert (found.ok, "9.9.9" in found.detail) == (None, True)


def test_a_folder_open_to_others_or_below_one_that_is_not_ours(tmp_path: Path) -> None:
    place = tmp_path / "node"
    place.mkdir(mode=0o755)
    place.chmod(0o755)
    assert check_folder(place).ok is None
    place.chmod(0o700)
    assert check_folder(place).ok is True
    if os.geteuid() != 0:
        place.chmod(0o500)
        assert broken(check_folder(place))


def test_a_folder_of_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    assert broken(check_folder(Path("/usr")))


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_space(tmp_path / "node").ok
    monkeypatch.setattr(checks_module, "_LEAST_FREE", 2**70)
    assert broken(check_space(tmp_path / "node"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("node.toml", "port = 'x'"),
        ("node.toml", "port = 99999"),
        ("node.toml", "rate = 0"),
        ("node.toml", "="),
        ("contracts.json", "{}"),
    ],
)
def test_settings_that_cannot_be_read(tmp_path: Path, name: str, text: str) -> None:
    assert check_settings(tmp_path).ok
    (tmp_path / name).write_text(text)
    found = check_settings(tmp_path)
    assert found.ok is False
    assert found.detail


@pytest.mark.loopback
def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        (tmp_path / "node.toml").write_text(f"port = {taken.getsockname()[1]}\n")
        assert broken(check_port(tmp_path))


def test_a_system_without_network_namespaces_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Callable[[], bool]] = [lambda: True, lambda: False]
    results = []
    for answer in answers:
        monkeypatch.setattr(checks_module, "network_can_be_cut", answer)
        results.append(check_network(tmp_path).ok)
    assert results == [True, None]


@pytest.mark.loopback
def test_a_running_node(folder: Path) -> None:
    with ensure_node(folder) as node:
        assert check_running(folder).ok
        assert check_port(folder).ok
        assert str(node.chain_id) in check_running(folder).detail
