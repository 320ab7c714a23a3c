from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.fixtures import prepare, running, town_template
from tests.api.service.hall import Hall, open_hall, open_second_bureau
from tests.support.prepared import prepared_once

__all__ = ["hall", "own_hall", "town_template", "two_bureaus"]

_made: list[Path] = []


@pytest.fixture(scope="session")
def two_bureaus(town_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town with two bureaus, at rest."""
    if not _made:

        def build(folder: Path) -> None:
            prepare(town_template, folder, open_second_bureau)

        _made.append(prepared_once("two-bureaus", build, tmp_path_factory))
    return _made[0]


@pytest.fixture(scope="module")
def hall(two_bureaus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A service for the tests of one module."""
    for town in running(two_bureaus, tmp_path_factory.mktemp("hall")):
        yield from open_hall(town)


@pytest.fixture
def own_hall(two_bureaus: Path, tmp_path: Path) -> Iterator[Hall]:
    """A service for one test alone."""
    for town in running(two_bureaus, tmp_path / "hall"):
        yield from open_hall(town)
