"""Stages that all parts of a run share are prepared once."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.ci.lanes import PREPARED
from tests.support.prepared import prepared_once


def test_one_prepares_and_the_others_find_it(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PREPARED, str(tmp_path))
    built: list[Path] = []

    def build(folder: Path) -> None:
        built.append(folder)
        (folder / "made").touch()

    first, second = (prepared_once("stage", build, tmp_path_factory) for _ in range(2))
    assert first == second
    assert built == [first]
    assert (first / "made").exists()


def test_whoever_fails_leaves_nothing_half_made(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PREPARED, str(tmp_path))

    def build(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError("no moon")

    with pytest.raises(RuntimeError, match="no moon"):
        prepared_once("stage", build, tmp_path_factory)
    found = prepared_once("stage", lambda folder: (folder / "made").touch(), tmp_path_factory)
    assert [path.name for path in found.iterdir()] == ["made"]


def test_alone_everybody_has_a_stage_of_its_own(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PREPARED, raising=False)
    assert len({prepared_once("stage", lambda folder: None, tmp_path_factory) for _ in range(2)}) == 2
