"""Each fault a machine can have is named, with its fix."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chain.documents import KeyVault, LocalStore
from chain.documents.checks import Check, check_ipfs, check_local, check_program, check_repository, document_checks
from chain.documents.kubo import KuboNode
from chain.kernel.home import Home


def by_name(checks: object) -> dict[str, Check]:
    found = {check.name: check for check in checks}  # type: ignore[attr-defined]
    assert all(check.fix for check in found.values() if check.ok is False)
    return found


def test_an_empty_home_is_sound(tmp_path: Path) -> None:
    found = by_name(document_checks(Home(tmp_path)))
    assert {name: check.ok for name, check in found.items()} == {"local store": True, "key vault": True, "ipfs": True}
    assert "blobs push" in found["ipfs"].detail


def test_a_home_in_use_is_sound(tmp_path: Path) -> None:
    LocalStore(tmp_path / "blobs").close()
    vault = KeyVault(tmp_path / "vault", bytes(32), tombstones=tmp_path / "tombstones")
    vault.destroy(bytes(16))
    vault.close()
    found = by_name(document_checks(Home(tmp_path)))
    assert all(check.ok for check in found.values())
    assert "tombstones" in found["key vault"].detail


def test_a_broken_index_is_named(tmp_path: Path) -> None:
    LocalStore(tmp_path / "blobs").close()
    (tmp_path / "blobs" / "index.sqlite").write_bytes(b"rubbish" * 1000)
    (check,) = check_local(tmp_path / "blobs", in_use=True)
    assert check.ok is False
    assert check.fix is not None
    assert "index.sqlite" in check.fix


def test_a_vault_in_parts_is_named(tmp_path: Path) -> None:
    KeyVault(tmp_path / "vault", bytes(32), tombstones=tmp_path / "tombstones").close()
    (tmp_path / "vault" / "keyslot").unlink()
    assert by_name(document_checks(Home(tmp_path)))["key vault"].ok is False
    (tmp_path / "vault" / "keyslot").write_bytes(b"")
    (tmp_path / "vault").chmod(0o755)
    found = by_name(document_checks(Home(tmp_path)))["key vault"]
    assert found.ok is False
    assert found.fix is not None
    assert "chmod" in found.fix


def test_a_missing_program_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("YINXIN_CACHE", str(tmp_path))
    (check,) = check_program()
    assert check.ok is False
    assert "make kubo" in str(check.fix)
    (tmp_path / "ipfs").write_text("#!/bin/sh\necho 0.4.23\n")
    (tmp_path / "ipfs").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    (check,) = check_program()
    assert check.ok is False
    assert "0.4.23" in check.detail


def test_an_unreachable_node_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f'[documents]\nstore = "ipfs"\nipfs_api = "/unix{tmp_path}/no.sock"\n')
    check = by_name(document_checks(Home(tmp_path)))["ipfs node"]
    assert check.ok is False
    assert "does not answer" in check.detail


def test_a_reachable_node_is_named(kubo_nodes: tuple[KuboNode, KuboNode]) -> None:
    (check,) = check_ipfs(kubo_nodes[0].api)
    assert check.ok is True
    assert "kubo" in check.detail
    (check,) = check_repository(kubo_nodes[0].path)
    assert check.ok is True
    assert check.detail.endswith("runs")


def test_a_lost_swarm_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("{}")
    (check,) = check_repository(tmp_path)
    assert check.ok is False
    assert "swarm.key" in str(check.fix)


def test_a_private_node_not_started_yet_is_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kubo_program: Path
) -> None:
    monkeypatch.setattr("chain.documents.checks.find_binary", lambda: kubo_program)
    (tmp_path / "config.toml").write_text('[documents]\nstore = "kubo"\n')
    found = by_name(document_checks(Home(tmp_path)))
    assert all(check.ok for check in found.values())
    assert str(kubo_program) in found["ipfs program"].detail
