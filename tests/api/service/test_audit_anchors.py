from __future__ import annotations

import signal

import pytest
from sqlalchemy import text

from api.audit import anchoring, log
from chain.desk.lanes import AUDIT_LANE
from chain.kernel.errors import Damaged, Refused
from tests.api.service.hall import Hall
from tests.api.test_kill import AUDIT
from tests.api.town import BUREAU
from tests.api.walk import run_until

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

ACT = {"operation": "suspend", "certificates": ["nobody"], "reason": "x"}


def note(hall: Hall) -> None:
    """An act of this bureau that is noted; that it comes to nothing is noted, too."""
    assert hall.post("officer", f"/v1/bureaus/{BUREAU}/acts", json=ACT).status_code == 404


def anchor(hall: Hall) -> int | None:
    engine = hall.service.engine
    with hall.town.office() as office, hall.town.signing(approve=False), office.writing():
        number = anchoring.seal_log(engine, BUREAU)
        if number is not None:
            assert anchoring.run_anchor(engine, office, number, wait=20) == "confirmed"
    return number


def test_the_log_is_anchored_and_a_rewritten_one_is_seen(own_hall: Hall) -> None:
    hall, engine = own_hall, own_hall.service.engine
    note(hall)
    first = anchor(hall)
    assert first is not None
    assert anchor(hall) is None, "nothing new was noted"
    note(hall)
    assert anchor(hall) == first + 1
    with hall.town.reader() as reader:
        assert reader.lane_head(BUREAU, AUDIT_LANE)[0] == 2
        count, vouched = anchoring.check_log(engine, reader)
        assert count == vouched == log.check(engine)
        note(hall)
        assert anchoring.check_log(engine, reader) == (count + 2, vouched)

    # A server that rewrites an entry, and every digest after it, so that the log is whole in itself.
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit_entries SET account = 99 WHERE id = 2"))
    with pytest.raises(Damaged, match="entry 2"):
        log.check(engine)
    before = log.START
    rows = log.entries(engine, bureau=None, after=0, limit=1000)
    with engine.begin() as connection:
        for row in rows:
            before = log.entry_digest(row._mapping, before)
            connection.execute(text("UPDATE audit_entries SET digest = :d WHERE id = :n"), {"d": before, "n": row.id})
    assert log.check(engine) == len(rows)
    with hall.town.reader() as reader, pytest.raises(Damaged, match="anchor 1"):
        anchoring.check_log(engine, reader)

    # Cut off and written anew, it is not even signed: the signer remembers how far the log was.
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_entries WHERE id > 2"))
        connection.execute(text("DELETE FROM audit_anchors"))
    note(hall)
    with pytest.raises(Refused, match="another history"):
        anchor(hall)
    with hall.town.reader() as reader:
        assert reader.lane_head(BUREAU, AUDIT_LANE)[0] == 2


def test_an_anchor_killed_at_every_step_stands_once(own_hall: Hall) -> None:
    hall = own_hall
    note(hall)
    arguments = ["--home", str(hall.service.home.path), "--json", "audit-log", "anchor", "--wait", "60"]
    hall.service.engine.dispose()
    with hall.town.signing(approve=False):
        for step in AUDIT[:-1]:
            run = run_until(arguments, step)
            assert (run.code, run.steps[-1:]) == (-signal.SIGKILL, (step,)), run
        last = run_until(arguments)
    assert last.code == 0, last
    with hall.town.reader() as reader:
        assert reader.lane_head(BUREAU, AUDIT_LANE)[0] == 1
        count, vouched = anchoring.check_log(hall.service.engine, reader)
    assert vouched == count > 0


def test_a_signer_killed_before_it_answers_signs_the_same_head_afterwards(own_hall: Hall) -> None:
    hall, engine = own_hall, own_hall.service.engine
    note(hall)
    with hall.town.office() as office, office.writing():
        number = anchoring.seal_log(engine, BUREAU)
        assert number is not None
        assert anchoring.run_anchor(engine, office, number) == "sealed"
        run = run_until(["--home", str(hall.town.approver), "--json", "signer", "--once"], AUDIT[-1])
        assert run.code == -signal.SIGKILL, run
        with hall.town.signing(approve=False):
            assert anchoring.run_anchor(engine, office, number, wait=20) == "confirmed"
    with hall.town.reader() as reader:
        assert reader.lane_head(BUREAU, AUDIT_LANE)[0] == 1
