"""A town of five key holders in memory; and the stage of tenders on a real chain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chain.tenders.holding.stage import CHEAP, Town
from tests.support.tender_fixtures import tender_stage, tender_template

__all__ = ["tender_stage", "tender_template", "town"]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with CHEAP:
        yield Town.build(tmp_path)
