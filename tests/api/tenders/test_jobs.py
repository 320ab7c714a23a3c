"""The worker acts on time and tells people, each once, whatever dies when; without an account it only tells."""

from __future__ import annotations

import contextlib
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.notifications import inbox
from api.tenders import acting
from api.tenders.news import run_news
from api.tenders.place import Tenders
from api.webhooks import create_webhook, deliveries_of
from chain.kernel.home import TenderSettings
from chain.kernel.tender_facts import Phase
from chain.tenders.notice import Notice
from tests.api.jobs.kit import eventually
from tests.api.jobs.walks import OTHERS
from tests.api.tenders.office import TenderOffice, make_homes, open_office
from tests.api.town import YINXIN
from tests.api.walk import Run, run_until
from tests.plugins.database import DATABASES
from tests.support.tender_stage import BUREAU, TenderStage

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def office(tender_stage: TenderStage) -> Iterator[TenderOffice]:
    """A service with an account of its own, whose letters become files."""
    with pytest.MonkeyPatch.context() as patch:
        if DATABASES.chosen:
            patch.setenv("YINXIN_DATABASE__URL", DATABASES.make(tender_stage.folder))
        patch.setenv("YINXIN_SERVICE__EVERY", "1")
        yield from open_office(tender_stage, make_homes(tender_stage, account=True))


def worker(office: TenderOffice, *more: str) -> list[str]:
    return ["--home", str(office.service.home.path), "worker", *more]


def killed_at(office: TenderOffice, step: str) -> Run:
    run = run_until(worker(office), step)
    assert (run.steps[-1:], run.code) == ((step,), -signal.SIGKILL), run
    return run


def told(office: TenderOffice, tender: int) -> Counter[str]:
    """How often each kind of news was noted."""
    rows = office.rows(f"SELECT kind FROM news WHERE tender = {tender}")
    return Counter(row[0] for row in rows)


def events(office: TenderOffice, tender: int) -> list[str]:
    return [event.name for event in office.stage.ledger.tender_events(tender)]


def test_killed_at_every_step_it_settles_closes_and_tells_once(office: TenderOffice, tmp_path: Path) -> None:
    stage = office.stage
    inbox.choose_letters(
        office.engine, office.account("lead"), address="lead@example.org", language="zh", muted=[], now=1
    )
    create_webhook(office.service.office(BUREAU), "https://hall.example/hook", ["tender.closed"])
    notices: dict[int, Notice] = {}

    def publish(**terms: Any) -> int:
        number, made = office.publish(tmp_path, **terms)
        notices[number] = made
        return number

    tender = stage.bidding(1, 2, deadline_in=7, publish=publish, lots=1)
    state = stage.ledger.tender(tender)
    assert state is not None
    stage.wait_until(state.deadline + 3)
    for step in OTHERS["tender"]:
        killed_at(office, step)
    with running(office):
        eventually(lambda: stage.ledger.lot(tender, 1).phase is Phase.CLOSED)
        eventually(lambda: told(office, tender)["tender.closed"])
        eventually(lambda: not office.rows("SELECT 1 FROM mail_outbox WHERE state = 'pending'"))
        register = office.service.office(BUREAU)
        query = f"SELECT kind FROM webhook_events WHERE number = {tender} ORDER BY id"
        eventually(lambda: len(rows(register.engine, query)) == 2)
    assert Counter(events(office, tender))["DeadlineSettled"] == 1
    assert Counter(events(office, tender))["EnvelopeClosed"] == 1
    assert set(told(office, tender).values()) == {1}
    assert told(office, tender).keys() >= {"tender.published", "tender.closed"}
    assert [row[0] for row in rows(register.engine, query)] == ["tender.published", "tender.closed"]
    assert len(deliveries_of(register, 1)) == 1
    letters = sorted((office.service.home / "mail").glob("*.eml"))
    own = office.rows(f"SELECT id FROM notifications WHERE account_id = {office.account('lead')} ORDER BY id")
    assert [int(file.stem) for file in letters] == [row[0] for row in own]
    title = notices[tender].title.zh
    shown = office.get("/v1/notifications?limit=500", "lead")["items"]
    assert any(one["kind"] == "tender.closed" and title in one["text"]["zh"] for one in shown)
    waiting = {job["kind"] for job in stage.ok("desk-officer", "jobs")["jobs"]}
    assert waiting <= {"delivery"}, "nobody answers at the webhook's address"


def test_what_somebody_else_did_first_is_no_fault(office: TenderOffice) -> None:
    stage = office.stage
    tender = stage.bidding(1, deadline_in=5)
    state = stage.ledger.tender(tender)
    assert state is not None
    stage.wait_until(state.deadline)
    with office.service.tenders.chain() as chain:  # stands still while another one acts
        stage.close(tender)
        acts = office.service.tenders.acts
        assert acts is not None
        acting.advance(chain.ledger, acts, tender)
        acting.advance(chain.ledger, acts, tender)
    assert stage.ledger.lot(tender, 1).phase is Phase.CLOSED
    assert Counter(events(office, tender))["DeadlineSettled"] == 1


def test_each_is_told_what_concerns_it(office: TenderOffice, tmp_path: Path) -> None:
    tender, _ = office.publish(tmp_path, deadline_in=3600, open_in=60)
    office.follow()
    assert office.call("bidder", "PUT", f"/v1/tenders/{tender}/following").status_code == 204
    settings = TenderSettings(remind_seconds=[7200, 86_400])
    run_news(office.engine, BUREAU, settings, now=office.service.clock())
    run_news(office.engine, BUREAU, settings, now=office.service.clock())

    def kinds(name: str) -> set[str]:
        found = office.get("/v1/notifications?limit=500", name)["items"]
        return {one["kind"] for one in found if one["tender"] == tender}

    near = {"tender.deadline-near", "tender.opening-near"}
    assert kinds("lead") == kinds("deputy") == kinds("bidder") == {"tender.published"} | near
    assert kinds("watch") == kinds("keeper") == {"tender.published", "tender.opening-near"}
    assert kinds("rival") == kinds("agency") == kinds("authority") == set()
    assert set(told(office, tender).values()) == {1}


def test_an_extended_deadline_is_reminded_of_anew(office: TenderOffice) -> None:
    stage = office.stage
    tender = stage.publish(deadline_in=3600, open_in=60)
    settings = TenderSettings(remind_seconds=[7200])
    office.follow()
    run_news(office.engine, BUREAU, settings, now=office.service.clock())
    state = stage.ledger.tender(tender)
    assert state is not None
    stage.acts("officer").extend(tender, state.deadline + 600, state.open_at + 600)
    office.follow()
    run_news(office.engine, BUREAU, settings, now=office.service.clock())
    assert told(office, tender)["tender.deadline-near"] == 2
    assert told(office, tender)["tender.extended"] == 1


def test_who_has_no_account_is_told_that_it_is_late(office: TenderOffice) -> None:
    stage = office.stage
    tender = stage.bidding(1, deadline_in=5)
    state = stage.ledger.tender(tender)
    assert state is not None
    settings = TenderSettings(late_seconds=1)
    later = state.deadline + 60
    office.follow()
    run_news(office.engine, BUREAU, settings, now=later)
    assert told(office, tender)["tender.to-settle"] == 1
    stage.tick(tender)
    office.follow()
    run_news(office.engine, BUREAU, settings, now=later)
    assert told(office, tender)["tender.to-close"] == 1
    stage.close(tender)
    office.follow()
    run_news(office.engine, BUREAU, settings, now=later + 60)
    assert told(office, tender)["tender.custody-missing"] == 1
    assert told(office, tender)["tender.opening-late"] == 1


def test_a_key_that_nobody_showed_for_long_is_called(office: TenderOffice) -> None:
    office.follow()
    (called,) = office.rows("SELECT called_at FROM ceremonies WHERE number = 1")
    month = 31 * 86_400
    run_news(office.engine, BUREAU, TenderSettings(), now=called[0] + month)
    run_news(office.engine, BUREAU, TenderSettings(), now=called[0] + month + 60)
    found = office.rows("SELECT kind FROM news WHERE ceremony = 1 AND kind = 'ceremony.roll-call'")
    assert len(found) == 1
    kinds = [one["kind"] for one in office.get("/v1/notifications?limit=500", "keeper")["items"]]
    assert "ceremony.roll-call" in kinds


def test_a_service_without_an_account_sends_nothing(office: TenderOffice) -> None:
    card = office.service.home / "keys" / "account.public.json"
    away = card.with_suffix(".away")
    card.rename(away)
    bare = Tenders(office.service.home)
    try:
        assert not bare.may_send
        assert bare.acts is None
    finally:
        bare.close()
        away.rename(card)
    assert office.service.tenders.may_send


@contextlib.contextmanager
def running(office: TenderOffice) -> Iterator[None]:
    """While this lasts the real worker runs; it must end cleanly."""
    file = office.stage.folder / "worker.log"
    with file.open("w") as log:
        process = subprocess.Popen([YINXIN, *worker(office)], stdout=log, stderr=log)
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(120)
    assert code == 0, file.read_text()


def rows(engine: Any, query: str) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.exec_driver_sql(query).all())
