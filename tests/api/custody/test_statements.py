"""When a custodian says what it has."""

from __future__ import annotations

from typing import Any, cast

import pytest

from api.custody.statements import Statements
from chain.tenders.custody import CustodyStatement, KeptFile
from chain.tenders.custody.statement import MISSING
from tests.api.custody.small import NOW, TENDER, SmallLedger

INCOMPLETE = CustodyStatement(
    bytes(32), bytes(20), TENDER, 1, 1, bytes(20), bytes(32), (KeptFile(bytes(32), bytes(32), 1, MISSING),)
)


@pytest.mark.parametrize(
    ("envelope", "opens", "until"), [(1, NOW + 2000, NOW + 60), (1, NOW + 33, NOW + 30), (2, NOW - 5000, NOW + 60)]
)
def test_lost_files_are_waited_for_as_long_as_they_may_come(envelope: int, opens: int, until: int) -> None:
    ledger = SmallLedger()
    ledger.told.open_at = opens
    ledger.close(envelope)
    statements = Statements(cast(Any, None))
    due = [statements.is_due(ledger.story(TENDER), 1, envelope, INCOMPLETE, now) for now in (NOW, until, until + 1)]
    assert due == [False, False, True]
