"""A real chain, real sealed bids, and everybody who would like to read or spoil them."""

from __future__ import annotations

import pytest

from tests.attacks.siege import Siege
from tests.support.tender_fixtures import tender_stage, tender_template
from tests.support.tender_stage import TenderStage

__all__ = ["tender_stage", "tender_template"]


@pytest.fixture(scope="module")
def siege(tender_stage: TenderStage, tmp_path_factory: pytest.TempPathFactory) -> Siege:
    """Nothing published yet; each module begins a tender of its own."""
    return Siege(tender_stage, tmp_path_factory.mktemp("siege"))
