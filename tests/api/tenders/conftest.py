from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.tenders.office import TenderOffice, make_homes, open_office
from tests.plugins.database import DATABASES
from tests.support.tender_fixtures import tender_stage, tender_template
from tests.support.tender_stage import TenderStage

__all__ = ["office", "tender_stage", "tender_template"]


@pytest.fixture(scope="module")
def office(tender_stage: TenderStage) -> Iterator[TenderOffice]:
    """A service for the tests of one module; it has no account of its own."""
    with pytest.MonkeyPatch.context() as patch:
        if DATABASES.chosen:
            patch.setenv("YINXIN_DATABASE__URL", DATABASES.make(tender_stage.folder))
        yield from open_office(tender_stage, make_homes(tender_stage, account=False))
