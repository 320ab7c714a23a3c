"""The worker takes on what is open in a bureau's register, by itself, and tells nobody what it is about."""

from __future__ import annotations

import base64
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import pytest

from api.jobs.bureau import Bureau
from api.jobs.worker import _SCAN
from chain.kernel.clock import CHINA
from chain.kernel.errors import Conflict, InvalidInput
from chain.kernel.home import Home
from tests.api.jobs.kit import batch_state, draft, eventually, jobs, make_service, rows, working
from tests.api.test_kill import Books
from tests.api.town import EVENTS, LICENCE, YINXIN, Town, licences

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(200)]


def test_a_list_put_into_the_register_is_issued_and_nobody_is_asked_twice(town: Town) -> None:
    make_service(town)
    draft(town, licences(40))
    with working(town) as worker:
        waiting = eventually(lambda: [job for job in jobs(town) if job.state == "waiting"])
        assert [(job.kind, job.number, job.waiting_for) for job in waiting] == [("batch", 1, "release")]
        with town.signing():
            eventually(lambda: batch_state(town, 1) == "complete", why=lambda: worker.log)
            eventually(lambda: not jobs(town), why=lambda: jobs(town))
    books = Books(town)
    books.check()
    assert [facts.size for facts in books.anchors[LICENCE]] == [40]
    assert town.verdict(town.bundle(books.rows[0].identifier)) == "VALID"
    passes = Counter((line["kind"], line["number"]) for line in worker.events("job.pass"))
    assert passes["batch", 1] <= 6, "it slept while it waited"
    assert not worker.events("job.fault")


def test_it_goes_on_at_the_first_look_after_the_answer_and_only_then(town: Town) -> None:
    make_service(town)
    draft(town, licences(2))
    bureau, begun = Bureau(Home(town.officer), every=1.0, stop=threading.Event()), time.monotonic()

    def due(after: float) -> bool:
        return ("batch", 1) in [(kind.name, number) for kind, number, _ in bureau.due(begun + after)]

    try:
        assert due(0)
        assert bureau.run("batch", 1) == "waiting"
        (request,) = (town.desk / "requests").glob("release-*.age")
        for after in (0.2, 1.0, 5.0, 500.0):
            assert not due(after), "while a person thinks nothing runs"
        with town.signer() as signer:
            signer.approve(request.stem)
        assert due(500.0), "the very next look sees the answer"
        bureau.run("batch", 1)
        assert batch_state(town, 1) != "waiting"
    finally:
        bureau.close()
    assert _SCAN < 0.5, "and there are several looks a second"


def test_a_status_act_noted_by_somebody_else_is_carried_to_the_ledger(town: Town) -> None:
    make_service(town)
    town.issue(licences(3))
    first, *_ = town.identifiers(1)
    town.run(town.officer, "suspend", first, "--reason", "an inspection", "--wait", "0")
    with working(town), town.signing():
        eventually(lambda: town.ok(town.officer, "show", first)["status"] == "SUSPENDED")
        eventually(lambda: not jobs(town))
    books = Books(town)
    books.check()
    assert [facts.size for facts in books.anchors[EVENTS]] == [1]


def test_expired_certificates_lapse_without_a_person_in_bounded_groups(town: Town) -> None:
    make_service(town)
    samples = [sample.with_value("certificateExpiringDate", "2046-12-31") for sample in licences(6)]
    for place in (1, 2, 4):
        samples[place] = samples[place].with_value("certificateExpiringDate", "2026-01-31")
    town.issue(samples)
    names = town.identifiers(1)
    town.ok(town.officer, "shred", names[4], "--yes")
    with working(town), town.signing(approve=False):
        eventually(lambda: [tuple(row) for row in rows(town, "SELECT size, state FROM acts")] == [(2, "complete")])
        eventually(lambda: not jobs(town))
        eventually(lambda: rows(town, "SELECT 1 FROM webhook_events WHERE kind = 'act.completed'"))
    shown = [town.ok(town.officer, "show", names[place])["status"] for place in (0, 1, 2, 3, 5)]
    assert shown == ["VALID", "LAPSED", "LAPSED", "VALID", "VALID"]
    kinds = [row[0] for row in rows(town, "SELECT kind FROM webhook_events ORDER BY id")]
    assert kinds.count("act.completed") == 1
    assert "act.waiting" not in kinds, "nobody has to do anything"


def test_lapsing_can_be_left_to_people(town: Town) -> None:
    make_service(town)
    town.issue([licences(1)[0].with_value("certificateExpiringDate", "2026-01-31")])
    with working(town, jobs__lapse="false"), town.signing(approve=False):
        eventually(lambda: rows(town, "SELECT 1 FROM job_states WHERE kind = 'expiry' AND runs > 1"))
    assert rows(town, "SELECT * FROM acts") == []


def test_each_certificate_is_reminded_of_once_a_threshold(town: Town) -> None:
    make_service(town)
    soon = {0: 5, 1: 20, 2: 60, 3: 200}
    samples = licences(4)
    for place, days in soon.items():
        end = (datetime.now(CHINA).date() + timedelta(days=days)).isoformat()
        samples[place] = samples[place].with_value("certificateExpiringDate", end)
    town.issue(samples)
    for _ in range(2):
        with working(town):
            ran = rows(town, "SELECT coalesce(max(runs), 0) FROM job_states WHERE kind = 'reminder'")[0][0]
            query = f"SELECT 1 FROM job_states WHERE kind = 'reminder' AND runs > {ran}"
            eventually(partial(rows, town, query))
    found = [tuple(row) for row in rows(town, "SELECT certificate_id, days FROM reminders ORDER BY certificate_id")]
    assert found == [(1, 7), (2, 30), (3, 90)]
    told = rows(town, "SELECT number, count FROM webhook_events WHERE kind = 'certificate.expiring' ORDER BY number")
    assert [tuple(row) for row in told] == [(7, 1), (30, 1), (90, 1)]


def test_what_a_person_must_mend_is_shown_as_stuck_with_its_fix_and_mended_goes_on(town: Town) -> None:
    make_service(town)
    draft(town, licences(1))
    pin = town.officer / "approver-seen.json"
    right = pin.read_bytes()
    recipient = base64.urlsafe_b64encode(bytes(32)).rstrip(b"=")
    pin.write_bytes(right.split(b'"recipient":"')[0] + b'"recipient":"' + recipient + b'"}')
    with working(town) as worker:
        (job,) = eventually(lambda: [job for job in jobs(town) if job.state == "stuck"], why=lambda: worker.log)
        assert (job.kind, job.number, job.code, job.field, job.attempts) == ("batch", 1, "desk.approver", "desk", 5)
        assert "approver" in job.fix
        said = town.run(town.officer, "jobs", as_json=False)
        assert "stuck" in said.out
        assert "fix:" in said.out
        pin.write_bytes(right)
        with town.signing():
            eventually(lambda: batch_state(town, 1) == "complete", why=lambda: worker.log)
            eventually(lambda: not jobs(town))
    kinds = [tuple(row) for row in rows(town, "SELECT kind, code FROM webhook_events WHERE kind = 'job.stuck'")]
    assert kinds == [("job.stuck", "batch:desk.approver")]


def test_one_jobs_fault_stops_no_other(town: Town) -> None:
    make_service(town)
    draft(town, licences(2))
    town.issue(licences(2, first=10), name="other.csv")
    file = town.officer / "register.sqlite"
    with sqlite3.connect(file) as register:
        register.execute("UPDATE certificates SET fields = '{' WHERE batch_id = 1 AND position = 0")
    register.close()
    first, *_ = town.identifiers(2)
    town.run(town.officer, "suspend", first, "--reason", "an inspection", "--wait", "0")
    with working(town) as worker, town.signing():
        eventually(lambda: town.ok(town.officer, "show", first)["status"] == "SUSPENDED", why=lambda: worker.log)
        faults = eventually(lambda: worker.events("job.fault"))
    assert {(line["kind"], line["number"]) for line in faults} == {("batch", 1)}


def test_a_refused_list_is_over_and_its_event_says_so(town: Town) -> None:
    make_service(town)
    draft(town, licences(1))
    with working(town):
        (waiting,) = eventually(lambda: town.ok(town.approver, "approvals")["waiting"])
        town.run(town.approver, "refuse", waiting["request"], "--reason", "a typing error")
        eventually(lambda: batch_state(town, 1) == "recalled")
        eventually(lambda: rows(town, "SELECT 1 FROM webhook_events WHERE kind = 'batch.recalled'"))
        eventually(lambda: not jobs(town))


def test_a_register_that_was_made_anew_is_opened_anew(town: Town) -> None:
    make_service(town)
    town.issue(licences(2))
    with working(town), town.signing():
        eventually(lambda: rows(town, "SELECT 1 FROM job_states WHERE kind = 'index'"))
        eventually(lambda: town.run(town.officer, "rebuild").code == 0)
        draft(town, licences(2, first=5), name="after.csv")
        eventually(lambda: batch_state(town, 2) == "complete")
    Books(town).check()


def test_it_ends_within_seconds_also_while_a_list_is_being_sealed(town: Town) -> None:
    make_service(town)
    draft(town, licences(600))
    with working(town) as worker, town.signing():
        eventually(lambda: batch_state(town, 1) != "waiting", why=lambda: worker.log)
    assert [line["ended"] for line in worker.events("worker.stopped")] == [True]
    with working(town) as worker, town.signing():
        eventually(lambda: batch_state(town, 1) == "complete", why=lambda: worker.log)
    books = Books(town)
    books.check()
    assert [facts.size for facts in books.anchors[LICENCE]] == [600]


def test_two_workers_in_one_home_are_refused(town: Town) -> None:
    home = make_service(town)
    with working(town) as worker:
        eventually(lambda: worker.events("worker.started"))
        second = subprocess.run(
            [YINXIN, "--home", str(home), "--json", "worker"], capture_output=True, text=True, check=False
        )
    assert second.returncode == 1
    assert '"jobs.running"' in second.stderr + second.stdout


def test_a_home_without_bureaus_or_with_a_strangers_is_refused(town: Town) -> None:
    said = town.run(town.folder / "service", "init", "service")
    assert (said.code, "init.bureaus" in said.out + said.err) == (1, True)
    said = town.run(town.folder / "service", "init", "service", "--bureau-home", "../approver")
    assert (said.code, "init.bureau_home" in said.out + said.err) == (1, True)
    home = make_service(town)
    Home(home).write_config({"role": "service", "service": {"bureaus": ["../officer", "../officer"]}})
    said = town.run(home, "worker", "--until-idle")
    assert (said.code, "jobs.bureaus" in said.out + said.err) == (1, True)


def test_it_ends_by_itself_when_asked_to_once_nothing_is_open(town: Town) -> None:
    home = make_service(town)
    draft(town, licences(3))
    process = town.spawn(home, "worker", "--until-idle")
    with town.signing():
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert batch_state(town, 1) == "complete"


def test_planted_names_are_in_no_job_no_log_and_no_event(town: Town) -> None:
    home = make_service(town)
    samples = licences(3)
    samples[0] = samples[0].with_value("certificateExpiringDate", "2026-01-31")
    town.issue(samples, name="first.csv")
    draft(town, licences(3, first=20), name="again.csv")
    first, second, _ = town.identifiers(1)
    town.run(town.officer, "suspend", second, "--reason", "planted-reason", "--wait", "0")
    register = town.officer / "register.sqlite"
    with sqlite3.connect(register) as database:
        database.execute("UPDATE certificates SET fields = '{' || fields WHERE batch_id = 2 AND position = 1")
    database.close()
    with working(town) as worker, town.signing():
        eventually(lambda: town.ok(town.officer, "show", second)["status"] == "SUSPENDED")
        eventually(lambda: town.ok(town.officer, "show", first)["status"] == "LAPSED")
        eventually(lambda: worker.events("job.fault"))
        snapshot = b"".join(file.read_bytes() for file in home.iterdir() if file.is_file())
    planted = _planted(town)
    assert len(planted) > 20
    held = snapshot + b"".join(file.read_bytes() for file in home.iterdir() if file.is_file())
    assert b"advance" in held, "the passes are in there"
    held += worker.log_file.read_bytes()
    for table in ("job_states", "webhook_events", "webhook_deliveries", "webhooks", "reminders"):
        held += repr(rows(town, f"SELECT * FROM {table}")).encode()
    for word in planted:
        for form in (
            word.encode(),
            word.encode("utf-16-le"),
            base64.b64encode(word.encode())[:-2],
            ascii(word).encode(),
        ):
            assert form not in held, word


def _planted(town: Town) -> set[str]:
    """Names, numbers and codes of every row, as the register has them, and the reason of the act."""
    columns = "identifier, number, holder_name, holder_code"
    found = rows(town, f"SELECT {columns} FROM certificates")
    return {str(value) for row in found for value in row if value} | {"planted-reason", "first.csv", "again.csv"}


def test_only_one_writes_but_a_busy_register_is_no_fault(town: Town) -> None:
    make_service(town)
    draft(town, licences(1))
    with town.office() as office:
        with office.writing():
            with pytest.raises(Conflict), town.office() as other, other.writing():
                pass
            with working(town) as worker:
                eventually(lambda: worker.events("worker.started"))
                time.sleep(1.5)
                assert not worker.events("job.fault")
                assert [(job.state, job.attempts) for job in jobs(town)] == [("queued", 0)]


def test_the_settings_refuse_nonsense(town: Town) -> None:
    with pytest.raises(InvalidInput):
        Home(town.folder / "x").write_config({"role": "service", "service": {"every": 0}})
