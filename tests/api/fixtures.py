"""The town as fixtures; a conftest.py takes them in by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.api.town import PASSPHRASE, Town, copy_town
from tests.plugins.database import DATABASES
from tests.support.prepared import prepared_once

_built: list[Path] = []


@contextmanager
def surroundings(folder: Path, *, like: Path | None = None) -> Iterator[None]:
    """The environment of everybody in a town: the passphrase, and the database where the run has chosen one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YINXIN_PASSPHRASE", PASSPHRASE)
        if DATABASES.chosen:
            patch.setenv("YINXIN_DATABASE__URL", DATABASES.make(folder, like=like))
        yield


@pytest.fixture(scope="session")
def town_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town at rest: built once a run, whoever asks first.

    Its register may lie in a database of this process' own server; then it is this process' own, too.
    """
    if not _built:
        if DATABASES.chosen:
            folder = tmp_path_factory.mktemp("town")
            _build(folder)
        else:
            folder = prepared_once("town", _build, tmp_path_factory)
        _built.append(folder)
    return _built[0]


def _build(folder: Path) -> None:
    with surroundings(folder):
        town = Town(folder)
        try:
            town.build()
        finally:
            town.close()


def prepare(template: Path, target: Path, live: Callable[[Town], None]) -> Path:
    """A town in which something has happened, at rest: a template for the tests of one module."""
    for town in running(template, target):
        live(town)
    return target


def running(template: Path, target: Path) -> Iterator[Town]:
    """A copy of a town with its chain running, until the iterator is taken up again."""
    with surroundings(target, like=template):
        town = copy_town(template, target)
        town.open()
        try:
            yield town
        finally:
            town.close()


@pytest.fixture
def town(town_template: Path, tmp_path: Path) -> Iterator[Town]:
    """A town for one test alone."""
    yield from running(town_template, tmp_path / "town")


@pytest.fixture(scope="module")
def shared_town(town_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town for the tests of one module; each takes numbers of its own."""
    yield from running(town_template, tmp_path_factory.mktemp("shared-town"))
