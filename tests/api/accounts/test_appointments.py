"""Parts in a tender: given by its bureau, ended but never forgotten, and never two that do not go together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, select

from api.accounts import access, appointments, people
from api.accounts.principals import Appointed, Membership
from api.accounts.roles import Role
from api.accounts.tables import appointments as rows
from api.db import open_service
from api.tenders.tables import tender_cursor
from chain.kernel.errors import Conflict, InvalidInput, NotFound
from chain.kernel.home import Home

BUREAU, OTHER = "11440100000000001F", "11440100000000002J"
TENDER = 7


@pytest.fixture
def engine(fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("YINXIN_DATABASE__URL", fresh_database)
    opened = open_service(Home(tmp_path))
    yield opened
    opened.dispose()


def person(engine: Engine, name: str, *roles: Role, bureau: str = BUREAU) -> int:
    held = [Membership(role, bureau if role is Role.PROCUREMENT else None) for role in roles]
    return people.create_account(engine, name, name, held, now=1).number


def appoint(engine: Engine, account: int, role: Role, tender: int = TENDER) -> int:
    return int(appointments.appoint(engine, tender, account, role, bureau=BUREAU, by=account, now=5).id)


def test_a_part_is_given_once_ended_once_and_stays_on_record(engine: Engine) -> None:
    officer = person(engine, "officer", Role.PROCUREMENT)
    number = appoint(engine, officer, Role.PROCUREMENT)
    assert appoint(engine, officer, Role.PROCUREMENT) == number
    row = appointments.end(engine, number, tender=TENDER, by=officer, now=9)
    assert (row.ended_by, row.ended_at) == (officer, 9)
    with pytest.raises(NotFound):
        appointments.end(engine, number, tender=TENDER, by=officer, now=10)
    assert appoint(engine, officer, Role.PROCUREMENT) != number
    assert [row.ended_at for row in appointments.of_tender(engine, TENDER)] == [9, None]


def test_an_appointment_of_another_tender_is_not_ended(engine: Engine) -> None:
    number = appoint(engine, person(engine, "agent", Role.AGENT), Role.AGENT)
    with pytest.raises(NotFound):
        appointments.end(engine, number, tender=TENDER + 1, by=1, now=9)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.BIDDER, Role.AUTHORITY])
def test_nobody_is_appointed_what_no_bureau_gives(engine: Engine, role: Role) -> None:
    account = person(engine, "somebody", Role.BIDDER)
    with pytest.raises(InvalidInput):
        appoint(engine, account, role)


def test_a_part_needs_the_role_and_an_officer_that_of_the_tenders_bureau(engine: Engine) -> None:
    stranger = person(engine, "stranger", Role.PROCUREMENT, bureau=OTHER)
    for account, role in ((stranger, Role.PROCUREMENT), (stranger, Role.SUPERVISOR)):
        with pytest.raises(InvalidInput) as caught:
            appoint(engine, account, role)
        assert caught.value.code == "appointment.not_held"


@pytest.mark.parametrize("role", appointments.APPOINTED)
def test_nobody_works_on_a_tender_and_bids_in_it_whichever_came_first(engine: Engine, role: Role) -> None:
    worker = person(engine, "worker", role, Role.BIDDER, bureau=OTHER if role is not Role.PROCUREMENT else BUREAU)
    appoint(engine, worker, role)
    with pytest.raises(Conflict) as caught:
        appointments.follow_as_bidder(engine, TENDER, worker, bureau=BUREAU, now=5)
    assert caught.value.code == "appointment.conflict"
    if role is Role.PROCUREMENT:
        return
    appointments.follow_as_bidder(engine, TENDER + 1, worker, bureau=BUREAU, now=5)
    with pytest.raises(Conflict):
        appoint(engine, worker, role, TENDER + 1)
    appointments.unfollow(engine, TENDER + 1, worker, now=6)
    appoint(engine, worker, role, TENDER + 1)


def test_a_procuring_officer_of_the_bureau_bids_in_none_of_its_tenders(engine: Engine) -> None:
    officer = person(engine, "officer", Role.PROCUREMENT, Role.BIDDER)
    with pytest.raises(Conflict):
        appointments.follow_as_bidder(engine, TENDER, officer, bureau=BUREAU, now=5)
    appointments.follow_as_bidder(engine, TENDER, officer, bureau=OTHER, now=5)


def test_who_supervises_a_tender_does_not_lead_it(engine: Engine) -> None:
    both = person(engine, "both", Role.SUPERVISOR, Role.AGENT, Role.KEYHOLDER)
    appoint(engine, both, Role.SUPERVISOR)
    with pytest.raises(Conflict):
        appoint(engine, both, Role.AGENT)
    appoint(engine, both, Role.KEYHOLDER)


def test_no_list_tells_who_follows_as_a_bidder_and_nobody_else_ends_it(engine: Engine) -> None:
    bidder = person(engine, "bidder", Role.BIDDER)
    row = appointments.follow_as_bidder(engine, TENDER, bidder, bureau=BUREAU, now=5)
    assert list(appointments.of_tender(engine, TENDER)) == []
    with pytest.raises(NotFound):
        appointments.end(engine, row.id, tender=TENDER, by=bidder, now=6)


def test_a_principal_has_the_parts_that_last(engine: Engine) -> None:
    holder = people.create_account(
        engine, "holder", "h", [Membership(Role.KEYHOLDER, None)], now=1, password="correct-horse-battery"
    ).number
    first, second = appoint(engine, holder, Role.KEYHOLDER), appoint(engine, holder, Role.KEYHOLDER, 8)
    appointments.end(engine, first, tender=TENDER, by=holder, now=6)
    found = access.sign_in(engine, "holder", "correct-horse-battery", now=10, seconds=60).principal
    assert found.appointments == (Appointed(8, Role.KEYHOLDER),)
    assert found.is_appointed([Role.KEYHOLDER], 8)
    assert not found.is_appointed([Role.KEYHOLDER], TENDER)
    assert second


def test_a_closed_account_gets_no_part(engine: Engine) -> None:
    gone = person(engine, "gone", Role.AGENT)
    people.change_account(engine, gone, now=2, active=False)
    with pytest.raises(NotFound):
        appoint(engine, gone, Role.AGENT)


def newest_book(engine: Engine, book: bytes) -> None:
    """The index has this book."""
    with engine.begin() as connection:
        connection.execute(delete(tender_cursor))
        connection.execute(insert(tender_cursor).values(number=1, hash=bytes(32), book=book))


def parts(engine: Engine, account: int) -> list[tuple[int, str]]:
    with engine.begin() as connection:
        found = access._principal(connection, account, frozenset(), 0).appointments
    return [(one.tender, str(one.role)) for one in found]


def test_with_a_role_go_its_parts_and_they_do_not_come_back_with_it(engine: Engine) -> None:
    both = person(engine, "both", Role.AGENT, Role.KEYHOLDER)
    appoint(engine, both, Role.KEYHOLDER)
    appoint(engine, both, Role.AGENT)
    keeper, agent = Membership(Role.KEYHOLDER, None), Membership(Role.AGENT, None)
    people.change_account(engine, both, now=20, roles=[keeper], by=both)
    assert parts(engine, both) == [(TENDER, "keyholder")]
    people.change_account(engine, both, now=30, roles=[keeper, agent], by=both)
    assert parts(engine, both) == [(TENDER, "keyholder")]
    ended = {row.role: (row.ended_by, row.ended_at) for row in appointments.of_tender(engine, TENDER)}
    assert ended == {"keyholder": (None, None), "agent": (both, 20)}


def test_an_officer_who_goes_to_another_bureau_leaves_the_tenders_of_the_first(engine: Engine) -> None:
    officer = person(engine, "officer", Role.PROCUREMENT)
    appoint(engine, officer, Role.PROCUREMENT)
    people.change_account(engine, officer, now=20, roles=[Membership(Role.PROCUREMENT, OTHER)])
    assert parts(engine, officer) == []


def test_a_bidder_becomes_no_procuring_officer_of_the_bureau_in_whose_tender_it_bids(engine: Engine) -> None:
    bidder = person(engine, "bidder", Role.BIDDER)
    appointments.follow_as_bidder(engine, TENDER, bidder, bureau=BUREAU, now=5)
    held = [Membership(Role.BIDDER, None), Membership(Role.PROCUREMENT, BUREAU)]
    with pytest.raises(Conflict) as caught:
        people.change_account(engine, bidder, now=6, roles=held)
    assert caught.value.code == "account.parts"
    assert str(TENDER) not in caught.value.message
    assert parts(engine, bidder) == [(TENDER, "bidder")], "and nothing was changed"
    people.change_account(engine, bidder, now=7, roles=[held[0], Membership(Role.PROCUREMENT, OTHER)])
    people.change_account(engine, bidder, now=8, roles=[held[1]])
    people.change_account(engine, bidder, now=9, roles=held)
    assert parts(engine, bidder) == [], "who bids no more may work there"


def test_a_part_in_an_older_books_tender_is_none_in_the_newer_ones(engine: Engine) -> None:
    newest_book(engine, b"\1" * 20)
    agent, bidder = person(engine, "agent", Role.AGENT, Role.BIDDER), person(engine, "bidder", Role.BIDDER)
    number = appoint(engine, agent, Role.AGENT)
    appointments.follow_as_bidder(engine, TENDER, bidder, bureau=BUREAU, now=5)
    newest_book(engine, b"\2" * 20)
    assert (parts(engine, agent), parts(engine, bidder)) == ([], [])
    assert list(appointments.of_tender(engine, TENDER)) == []
    with pytest.raises(NotFound):
        appointments.end(engine, number, tender=TENDER, by=agent, now=9)
    with pytest.raises(NotFound):
        appointments.unfollow(engine, TENDER, bidder, now=9)
    appointments.follow_as_bidder(engine, TENDER, agent, bureau=BUREAU, now=9)
    assert parts(engine, agent) == [(TENDER, "bidder")], "it works on another tender of that number"
    with engine.connect() as connection:
        assert len(connection.execute(select(rows).where(rows.c.ended_at.is_(None))).all()) == 3, "all stays on record"
