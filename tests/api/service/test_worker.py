"""The audit log is anchored by the real worker, without anybody asking."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from api.audit import anchoring
from chain.desk.lanes import AUDIT_LANE
from tests.api.jobs.kit import eventually, working
from tests.api.service.hall import Hall
from tests.api.town import BUREAU

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


def test_the_worker_anchors_the_audit_log_by_itself(own_hall: Hall) -> None:
    hall = own_hall
    act = {"operation": "suspend", "certificates": ["nobody"], "reason": "x"}
    assert hall.post("officer", f"/v1/bureaus/{BUREAU}/acts", json=act).status_code == 404
    (hall.town.folder / "service").mkdir(exist_ok=True)

    def confirmed() -> int:
        with hall.service.engine.connect() as connection:
            return int(
                connection.execute(text("SELECT count(*) FROM audit_anchors WHERE state = 'confirmed'")).scalar_one()
            )

    with hall.town.signing(approve=False), working(hall.town) as worker:
        eventually(confirmed, seconds=90, why=worker.log_file.read_text)
    with hall.town.reader() as reader:
        assert reader.lane_head(BUREAU, AUDIT_LANE)[0] == 1
        count, vouched = anchoring.check_log(hall.service.engine, reader)
    assert vouched == count
