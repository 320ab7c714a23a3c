"""Page x role: refused exactly where the list by hand says. Strangers are led to where one signs in."""

from __future__ import annotations

import re

import pytest

from api.accounts.rules import Where
from api.service.cookies import FIELD, form_token
from api.service.pages.routes import PageRoute
from tests.api.service.hall import PEOPLE, TENDER, Hall
from tests.api.service.pages.access import ALLOWED, ANYBODY, SIGNED_IN
from tests.api.service.pages.browsing import Browsing
from tests.api.town import BUREAU, OTHER

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]


def routes(hall: Hall) -> list[PageRoute]:
    return [route for route in hall.client.app.routes if isinstance(route, PageRoute)]  # type: ignore[attr-defined]


def address(route: PageRoute, bureau: str) -> str:
    """Its path; what it names besides the bureau and the tender is not there."""
    path = route.path.replace("{bureau}", bureau).replace("{tender}", str(TENDER)).replace("{tender:int}", str(TENDER))
    return re.sub(r"\{[^}]+\}", "999999", path)


def knock(someone: Browsing, route: PageRoute, bureau: str) -> int:
    method = next(iter(sorted(route.methods or ())))
    data = {FIELD: form_token(someone.secret)} if method == "POST" else None
    answer = someone.client.request(method, address(route, bureau), data=data)
    assert answer.status_code < 500 or answer.status_code == 503, (route.name, answer.text)
    refused = answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in?next=")
    return 401 if refused else answer.status_code


def test_every_page_stands_in_one_list(hall: Hall) -> None:
    names = [route.name for route in routes(hall)]
    assert len(names) == len(set(names)), "a page's name is its own"
    for name in names:
        listed = [kind for kind in (ANYBODY, SIGNED_IN, ALLOWED) if name in kind]
        assert len(listed) == 1, f"{name} belongs into one list of tests/api/service/pages/access.py"
    assert set(names) >= ANYBODY | SIGNED_IN | set(ALLOWED)


def test_no_page_stands_in_the_description_of_the_api(hall: Hall) -> None:
    told = hall.client.get("/v1/openapi.json").text
    assert "show_sign_in" not in told
    assert "/sign-in" not in told


def test_what_a_page_changes_is_noted(hall: Hall) -> None:
    for route in routes(hall):
        if route.changes:
            assert route.rule.noted or route.name.startswith(("find_", "preview_")), route.name


def test_strangers_are_led_to_where_one_signs_in_and_come_back(hall: Hall) -> None:
    for route in routes(hall):
        status = knock(Browsing(hall), route, BUREAU)
        if route.name in ANYBODY:
            assert status not in (403,), route.name
            assert route.rule.where is Where.PUBLIC, route.name
        else:
            assert status == 401, route.name


def test_every_role_is_refused_exactly_where_the_list_says(hall: Hall) -> None:
    wrong = []
    for name in PEOPLE:
        someone = Browsing(hall)
        someone.enter(name)
        for route in routes(hall):
            if route.name in ANYBODY:
                continue
            for bureau in (BUREAU, OTHER) if "{bureau}" in route.path else (BUREAU,):
                may = route.name in SIGNED_IN or (bureau == BUREAU and name in ALLOWED[route.name])
                if bureau == OTHER:
                    role, home = PEOPLE[name]
                    twin = f"{role}" if home else name
                    may = route.name in SIGNED_IN or (home in ("", OTHER) and twin in ALLOWED[route.name])
                if (knock(someone, route, bureau) == 403) == may:
                    wrong.append((route.name, name, bureau))
    assert not wrong
