from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from api.accounts.tables import accounts
from api.db import open_service
from chain.kernel.home import Home


@pytest.fixture
def home(fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A service's home."""
    monkeypatch.setenv("YINXIN_DATABASE__URL", fresh_database)
    found = Home(tmp_path / "service")
    found.write_config({"role": "service"})
    return found


@pytest.fixture
def engine(home: Home) -> Iterator[Engine]:
    """Its database, with the accounts 1, 2 and 3."""
    opened = open_service(home)
    with opened.begin() as connection:
        for number in (1, 2, 3):
            values = {"name": f"person-{number}", "display": "x", "active": True, "created_at": 1, "changed_at": 1}
            connection.execute(insert(accounts).values(**values))
    yield opened
    opened.dispose()
