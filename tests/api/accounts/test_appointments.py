"""Parts in a tender: given by its bureau, ended but never forgotten, and never two that do not go together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select

from api.accounts import access, appointments, people
from api.accounts.parts import OWN
from api.accounts.principals import Appointed, Membership
from api.accounts.roles import Role
from api.accounts.tables import appointments as rows
from api.db import open_service
from api.tenders.tables import ceremony_members, tender_cursor, tender_places
from chain.kernel.encoding import hex0x
from chain.kernel.errors import Conflict, InvalidInput, NotFound
from chain.kernel.home import Home
from tests.api.service.access import TOGETHER
from tests.api.tenders.rows import a_tender

BUREAU, OTHER = "11440100000000001F", "11440100000000002J"
TENDER = 7
NOTHING: frozenset[Role] = frozenset()
PARTS = (Role.PROCUREMENT, Role.AGENT, Role.SUPERVISOR, Role.KEYHOLDER, Role.BIDDER, Role.EXPERT)


@pytest.fixture
def engine(fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("YINXIN_DATABASE__URL", fresh_database)
    opened = open_service(Home(tmp_path))
    yield opened
    opened.dispose()


def person(engine: Engine, name: str, *roles: Role, bureau: str = BUREAU) -> int:
    given = [Membership(role, bureau if role is Role.PROCUREMENT else None) for role in roles]
    return people.create_account(engine, name, name, given, now=1).number


def appoint(engine: Engine, account: int, role: Role, tender: int = TENDER) -> int:
    row = appointments.appoint(engine, tender, account, role, bureau=BUREAU, by=account, now=5, known=NOTHING)
    return int(row.number)


def follow(engine: Engine, tender: int, account: int, bureau: str = BUREAU) -> Any:
    return appointments.take_part(engine, tender, account, Role.BIDDER, bureau=bureau, now=5, known=NOTHING)


def enter(engine: Engine, account: int, role: Role) -> None:
    """Into a part in whichever way one comes to it."""
    if role in appointments.APPOINTED:
        appoint(engine, account, role)
    else:
        appointments.take_part(engine, TENDER, account, role, bureau=BUREAU, now=5, known=NOTHING)


def held(role: Role) -> Membership:
    return Membership(role, BUREAU if role is Role.PROCUREMENT else None)


def test_two_parts_go_together_or_the_second_is_refused_whichever_it_is(engine: Engine) -> None:
    for first, second in permutations(PARTS, 2):
        account = person(engine, f"{first}-{second}", first)
        enter(engine, account, first)
        if frozenset((first, second)) in TOGETHER:
            enter_with_role(engine, account, first, second)
            assert [part for _, part in parts(engine, account)] == sorted((first, second))
            continue
        with pytest.raises(Conflict) as caught:
            enter_with_role(engine, account, first, second)
        # Whoever bids or evaluates does not even become procuring officer of that bureau.
        early = second is Role.PROCUREMENT and first in OWN
        expected = ("account.parts", "roles") if early else ("appointment.conflict", "account")
        assert (caught.value.code, caught.value.field, bool(caught.value.fix)) == (*expected, True)
        assert not {first, second} & set(caught.value.message.split()), "which part stands against it is not told"
        assert parts(engine, account) == [(TENDER, first)]


def test_a_part_that_the_ledger_gives_an_address_counts_like_one_that_was_given_here(engine: Engine) -> None:
    for there, role in permutations(PARTS, 2):
        account, known = person(engine, f"{there}-{role}", role), frozenset({there})
        together = frozenset((there, role)) in TOGETHER
        with nullcontext() if together else pytest.raises(Conflict):
            if role in OWN:
                appointments.take_part(engine, TENDER, account, role, bureau=BUREAU, now=5, known=known)
            else:
                appointments.appoint(
                    engine, TENDER, account, role, bureau=BUREAU, by=account, now=5, known=known
                )  # fmt: skip
        assert bool(parts(engine, account)) == together


KEY = b"\x5a" * 20
ON_THE_LEDGER = {
    "supervisor": Role.SUPERVISOR, "custodian": Role.KEYHOLDER, "member": Role.KEYHOLDER, "bid": Role.BIDDER,
}  # fmt: skip


def on_the_ledger(engine: Engine, how: str) -> None:
    """The address KEY has that part in TENDER."""
    a_tender(
        engine, TENDER, supervisor=KEY if how == "supervisor" else bytes(20),
        custodians=[hex0x(KEY)] if how == "custodian" else [],
    )  # fmt: skip
    with engine.begin() as connection:
        if how == "member":
            values = dict.fromkeys(("dealt", "confirmed", "qualified", "destroyed"), True)
            connection.execute(insert(ceremony_members).values(ceremony=1, member=1, account=KEY, **values))
        if how == "bid":
            values = {"tender": TENDER, "lot": 1, "place": 1, "bidder": KEY, "version": 1, "commitment": bytes(32)}
            connection.execute(insert(tender_places).values(live=True, decoy=False, **values))


def enter_with_role(engine: Engine, account: int, first: Role, second: Role) -> None:
    """Into a second part, whose role is given only now."""
    people.change_account(engine, account, now=6, roles=[held(first), held(second)])
    enter(engine, account, second)


@pytest.mark.parametrize("how", sorted(ON_THE_LEDGER))
def test_an_address_with_a_part_on_the_ledger_keeps_its_account_out_of_another(engine: Engine, how: str) -> None:
    on_the_ledger(engine, how)
    known = ON_THE_LEDGER[how]
    for role in PARTS:
        account = person(engine, f"of-{role}", role)
        people.change_account(engine, account, now=2, address=hex0x(KEY))
        together = role is known or frozenset((known, role)) in TOGETHER
        with nullcontext() if together else pytest.raises(Conflict):
            enter(engine, account, role)
        assert bool(parts(engine, account)) == together
        people.change_account(engine, account, now=9, address="")


def test_an_expert_is_not_given_the_address_of_a_bid(engine: Engine) -> None:
    on_the_ledger(engine, "bid")
    expert = person(engine, "expert", Role.EXPERT)
    enter(engine, expert, Role.EXPERT)
    with pytest.raises(Conflict) as caught:
        people.change_account(engine, expert, now=6, address=hex0x(KEY))
    assert (caught.value.code, caught.value.field) == ("account.parts", "address")
    assert people.account(engine, expert).address is None
    people.change_account(engine, expert, now=7, address="0x" + "11" * 20)


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


@pytest.mark.parametrize("role", [Role.OFFICER, Role.BIDDER, Role.EXPERT, Role.AUTHORITY])
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
        follow(engine, TENDER, worker)
    assert caught.value.code == "appointment.conflict"
    if role is Role.PROCUREMENT:
        return
    follow(engine, TENDER + 1, worker)
    with pytest.raises(Conflict):
        appoint(engine, worker, role, TENDER + 1)
    appointments.leave(engine, TENDER + 1, worker, Role.BIDDER, now=6)
    appoint(engine, worker, role, TENDER + 1)


def test_a_procuring_officer_of_the_bureau_bids_in_none_of_its_tenders(engine: Engine) -> None:
    officer = person(engine, "officer", Role.PROCUREMENT, Role.BIDDER)
    with pytest.raises(Conflict):
        follow(engine, TENDER, officer)
    follow(engine, TENDER, officer, OTHER)


def test_a_procuring_officer_of_the_bureau_evaluates_in_none_of_its_tenders_nor_becomes_one(engine: Engine) -> None:
    officer = person(engine, "officer", Role.PROCUREMENT, Role.EXPERT)
    with pytest.raises(Conflict):
        enter(engine, officer, Role.EXPERT)
    expert = person(engine, "expert", Role.EXPERT)
    enter(engine, expert, Role.EXPERT)
    with pytest.raises(Conflict) as caught:
        people.change_account(engine, expert, now=6, roles=[held(Role.EXPERT), held(Role.PROCUREMENT)])
    assert (caught.value.code, caught.value.field) == ("account.parts", "roles")


def test_who_supervises_a_tender_does_not_lead_it(engine: Engine) -> None:
    both = person(engine, "both", Role.SUPERVISOR, Role.AGENT, Role.KEYHOLDER)
    appoint(engine, both, Role.SUPERVISOR)
    with pytest.raises(Conflict):
        appoint(engine, both, Role.AGENT)
    appoint(engine, both, Role.KEYHOLDER)


@pytest.mark.parametrize("role", [Role.BIDDER, Role.EXPERT])
def test_no_list_tells_who_bids_or_evaluates_and_nobody_else_ends_it(engine: Engine, role: Role) -> None:
    account = person(engine, "somebody", role)
    row = appointments.take_part(engine, TENDER, account, role, bureau=BUREAU, now=5, known=NOTHING)
    assert appointments.take_part(engine, TENDER, account, role, bureau=BUREAU, now=6, known=NOTHING).id == row.id
    assert list(appointments.of_tender(engine, TENDER)) == []
    for number in (0, 1, row.id):
        with pytest.raises(NotFound):
            appointments.end(engine, number, tender=TENDER, by=account, now=6)
    appointments.leave(engine, TENDER, account, role, now=7)
    with pytest.raises(NotFound):
        appointments.leave(engine, TENDER, account, role, now=8)


def test_numbers_of_appointments_do_not_tell_how_many_bid_or_evaluate(engine: Engine) -> None:
    numbers = []
    for at, role in enumerate((Role.AGENT, Role.EXPERT, Role.KEYHOLDER, Role.BIDDER, Role.BIDDER, Role.SUPERVISOR)):
        account = person(engine, f"person-{at}", role)
        enter(engine, account, role)
        if role in appointments.APPOINTED:
            numbers.append(appoint(engine, account, role))
    assert numbers == [1, 2, 3]
    assert appoint(engine, person(engine, "elsewhere", Role.AGENT), Role.AGENT, TENDER + 1) == 1
    assert appointments.end(engine, 2, tender=TENDER, by=1, now=9).role == Role.KEYHOLDER
    assert [row.number for row in appointments.of_tender(engine, TENDER)] == numbers, "an ended one keeps its number"


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
    follow(engine, TENDER, bidder)
    both = [held(Role.BIDDER), held(Role.PROCUREMENT)]
    with pytest.raises(Conflict) as caught:
        people.change_account(engine, bidder, now=6, roles=both)
    assert caught.value.code == "account.parts"
    assert str(TENDER) not in caught.value.message
    assert parts(engine, bidder) == [(TENDER, "bidder")], "and nothing was changed"
    people.change_account(engine, bidder, now=7, roles=[both[0], Membership(Role.PROCUREMENT, OTHER)])
    people.change_account(engine, bidder, now=8, roles=[both[1]])
    people.change_account(engine, bidder, now=9, roles=both)
    assert parts(engine, bidder) == [], "who bids no more may work there"


def test_a_part_in_an_older_books_tender_is_none_in_the_newer_ones(engine: Engine) -> None:
    newest_book(engine, b"\1" * 20)
    agent, bidder = person(engine, "agent", Role.AGENT, Role.BIDDER), person(engine, "bidder", Role.BIDDER)
    number = appoint(engine, agent, Role.AGENT)
    follow(engine, TENDER, bidder)
    newest_book(engine, b"\2" * 20)
    assert (parts(engine, agent), parts(engine, bidder)) == ([], [])
    assert list(appointments.of_tender(engine, TENDER)) == []
    with pytest.raises(NotFound):
        appointments.end(engine, number, tender=TENDER, by=agent, now=9)
    with pytest.raises(NotFound):
        appointments.leave(engine, TENDER, bidder, Role.BIDDER, now=9)
    follow(engine, TENDER, agent)
    assert parts(engine, agent) == [(TENDER, "bidder")], "it works on another tender of that number"
    with engine.connect() as connection:
        assert len(connection.execute(select(rows).where(rows.c.ended_at.is_(None))).all()) == 3, "all stays on record"
