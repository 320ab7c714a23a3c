from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.market import Market, market_running, market_template
from tests.support.tender_fixtures import tender_template

__all__ = ["market", "market_template", "tender_template"]


@pytest.fixture(scope="module")
def market(market_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """A market for the tests of one module, its first custodian running."""
    with market_running(market_template, tmp_path_factory.mktemp("market"), "custodian-1") as running:
        yield running
