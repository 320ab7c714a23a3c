"""The stage of tenders as fixtures; a conftest.py takes them in by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.prepared import prepared_once
from tests.support.tender_stage import PASSPHRASE, TenderStage

_built: list[Path] = []


@pytest.fixture(scope="session")
def tender_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stage at rest: built once a run, whoever asks first."""
    if not _built:
        _built.append(prepared_once("tender-template", _build, tmp_path_factory))
    return _built[0]


def _build(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YINXIN_PASSPHRASE", PASSPHRASE)
        stage = TenderStage(folder)
        try:
            stage.build()
        finally:
            stage.close_all()


@pytest.fixture(scope="module")
def tender_stage(tender_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TenderStage]:
    """A stage for the tests of one module; each publishes tenders of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YINXIN_PASSPHRASE", PASSPHRASE)
        stage = TenderStage.copy(tender_template, tmp_path_factory.mktemp("tender-stage"))
        try:
            stage.open()
            yield stage
        finally:
            stage.close_all()
