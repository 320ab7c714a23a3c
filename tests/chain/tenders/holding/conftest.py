"""A town of five key holders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chain.tenders.holding.stage import CHEAP, Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with CHEAP:
        yield Town.build(tmp_path)
