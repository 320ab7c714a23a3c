"""Endpoint x role x own or other bureau: refused exactly where the rule says, and the rules are the right ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from fastapi import APIRouter, FastAPI

from api.accounts import access, people
from api.accounts.roles import Role, Scope
from api.accounts.rules import signed_in
from api.service import app as app_module
from api.service.app import create_app
from api.service.context import Service
from api.service.routes import ServiceRoute, ruled
from chain.kernel.home import Home
from tests.api.service.access import ALLOWED, ANYBODY, SIGNED_IN
from tests.api.service.doors import Door, doors
from tests.api.service.hall import APPOINTED, EVERYWHERE, PEOPLE, WORD, Hall
from tests.api.town import BUREAU, OTHER

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

ASKING = (
    "new_nonce", "verify", "verify_picture", "search_certificates", "show_holder", "find_bundle", "call_ledger",
    "check_receipt", "show_evidence",
)  # fmt: skip
"""Operations that change nothing, though they are POSTs."""


@pytest.fixture(scope="module")
def every(hall: Hall) -> list[Door]:
    return list(doors(hall.client.get("/v1/openapi.json").json()))


def fresh(hall: Hall, name: str, *, scopes: frozenset[Scope] | None = None, seconds: int = 600, ago: int = 0) -> str:
    """A token nobody used before; some operations end the one they are called with."""
    engine, now = hall.service.engine, hall.service.clock() - ago
    session = access.sign_in(engine, name, WORD, now=now, seconds=seconds)
    if scopes is None:
        return session.secret
    return access.new_token(engine, session.principal, "of a test", scopes, now=now, seconds=seconds).secret


def knock(hall: Hall, door: Door, token: str | None, bureau: str = BUREAU) -> tuple[int, str]:
    """Status and error code of a call without a body."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    answer = hall.client.request(door.method, door.address(bureau), headers=headers)
    told = answer.headers.get("content-type", "")
    code = answer.json()["code"] if told.startswith("application/problem+json") else ""
    assert answer.status_code < 500, (door.name, answer.text)
    return answer.status_code, code


def may(rule: dict[str, object], name: str, bureau: str) -> bool:
    """What the published rule says, worked out here anew."""
    role, home = PEOPLE[name]
    match rule["where"]:
        case "public" | "signed-in":
            return True
        case "anywhere":
            return str(role) in rule["roles"]  # type: ignore[operator]
        case "tender":
            return role in APPOINTED and home in (EVERYWHERE, BUREAU) and str(role) in rule["roles"]  # type: ignore[operator]
        case "bureau":
            return str(role) in rule["roles"] and home in (EVERYWHERE, bureau)  # type: ignore[operator]
    raise AssertionError(rule)


def test_every_role_is_refused_exactly_where_the_rule_says(hall: Hall, every: list[Door]) -> None:
    wrong = []
    for door in every:
        for bureau in (BUREAU, OTHER) if door.in_a_bureau else (BUREAU,):
            for name in PEOPLE:
                status, code = knock(hall, door, fresh(hall, name), bureau)
                refused = status in (401, 403)
                if refused == may(door.rule, name, bureau) or (refused and (status, code) != (403, "access.forbidden")):
                    wrong.append((door.name, name, bureau, status, code))
    assert not wrong


def test_nobody_in_particular_is_let_in_only_where_it_is_public(hall: Hall, every: list[Door]) -> None:
    for door in every:
        status, code = knock(hall, door, None)
        if door.rule["where"] == "public":
            assert status not in (401, 403), door.name
        else:
            assert (status, code) == (401, "access.not_signed_in"), door.name


@pytest.mark.parametrize("fault", ["expired", "ended", "unknown", "closed account", "another scheme", "empty"])
def test_a_token_that_is_no_good_opens_no_door(hall: Hall, every: list[Door], fault: str) -> None:
    token = "yx_" + "x" * 43
    if fault == "expired":
        token = fresh(hall, "authority", ago=700)
    elif fault == "ended":
        token = fresh(hall, "authority")
        answer = hall.client.delete("/v1/sessions/current", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 204
    elif fault == "closed account":
        now = hall.service.clock()
        made = people.create_account(hall.service.engine, "leaver", "leaver", [], now=now, password=WORD)
        token = fresh(hall, "leaver")
        people.change_account(hall.service.engine, made.number, now=now, active=False)
    for door in every:
        header = {"another scheme": "Basic eXg6eXg=", "empty": "Bearer "}.get(fault, f"Bearer {token}")
        answer = hall.client.request(door.method, door.address(), headers={"Authorization": header})
        assert answer.status_code == 401, (door.name, answer.text)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer"), door.name


def test_a_token_is_good_for_its_scopes_and_nothing_else(hall: Hall, every: list[Door]) -> None:
    for door in every:
        if door.rule.get("scope") is None:
            continue
        name = next(one for one in PEOPLE if may(door.rule, one, BUREAU))
        needed = Scope(door.rule["scope"])
        lacking = fresh(hall, name, scopes=frozenset(Scope) - {needed})
        assert knock(hall, door, lacking) == (403, "access.scope"), door.name
        status, _ = knock(hall, door, fresh(hall, name, scopes=frozenset({needed})))
        assert status not in (401, 403), door.name


def test_the_rules_are_those_written_down_by_hand(every: list[Door]) -> None:
    for door in every:
        listed = [kind for kind in (ANYBODY, SIGNED_IN, ALLOWED) if door.name in kind]
        assert len(listed) == 1, f"{door.name} belongs into one list of tests/api/service/access.py"
        where = door.rule["where"]
        assert (where == "public") == (door.name in ANYBODY), door.name
        assert (where == "signed-in") == (door.name in SIGNED_IN), door.name
        if door.name in ALLOWED:
            assert {name for name in PEOPLE if may(door.rule, name, BUREAU)} == ALLOWED[door.name], door.name


def test_the_list_by_hand_names_only_what_there_is(every: list[Door]) -> None:
    there = {door.name for door in every}
    assert there >= ANYBODY | SIGNED_IN | set(ALLOWED)


def test_what_changes_something_is_noted_and_may_be_sent_again(every: list[Door]) -> None:
    for door in every:
        if door.method == "POST":
            assert door.rule["repeats"], door.name
        if door.method != "GET" and door.name not in ASKING:
            assert door.rule["noted"], door.name


def test_an_auditor_changes_nothing(every: list[Door]) -> None:
    for door in every:
        if door.method != "GET" and door.rule["roles"] and door.name not in ASKING:
            assert str(Role.AUDITOR) not in door.rule["roles"], door.name


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Service]:
    """A service of no bureau."""
    home = Home(tmp_path)
    home.write_config({"role": "service"})
    service = Service(home)
    yield service
    service.close()


def test_an_endpoint_without_a_rule_does_not_start(bare: Service) -> None:
    ruleless = APIRouter()
    ruleless.get("/v1/forgotten")(lambda: None)
    with (
        mock.patch.object(app_module, "routers", return_value=(ruleless,)),
        pytest.raises(TypeError, match="forgotten"),
    ):
        create_app(bare)


def test_a_route_of_ours_without_a_rule_cannot_even_be_written() -> None:
    router = APIRouter(route_class=ServiceRoute)
    with pytest.raises(TypeError, match="every endpoint has a rule"):
        router.get("/v1/forgotten")(lambda: None)


def test_a_change_that_is_not_noted_cannot_be_written() -> None:
    router = APIRouter(route_class=ServiceRoute)
    with pytest.raises(TypeError, match="noted"):
        router.delete("/v1/forgotten", **ruled(signed_in()))(lambda: None)


def test_a_rule_that_is_not_enforced_would_be_seen(hall: Hall, every: list[Door]) -> None:
    door = next(one for one in every if one.name == "make_account")
    app: FastAPI = hall.client.app  # type: ignore[assignment]
    route = next(one for one in app.routes if isinstance(one, ServiceRoute) and one.name == door.name)
    lax = dataclasses.replace(route.rule, roles=frozenset(Role))
    with mock.patch.object(route, "rule", lax):
        assert knock(hall, door, fresh(hall, "clerk"))[0] == 422
    assert knock(hall, door, fresh(hall, "clerk"))[0] == 403
