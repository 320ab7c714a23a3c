from __future__ import annotations

import pytest

from chain.catalogue import Catalogue, all_types, get_type, load_type
from chain.kernel.errors import NotFound, Refused
from tests.support.guarantee import CODE, SLUG, as_json, definition, second

FIRST, SECOND = load_type(as_json(definition())), load_type(as_json(second()))
BOTH = Catalogue([SECOND, FIRST])


def test_without_types_of_its_own_it_is_what_ships() -> None:
    assert set(Catalogue().all()) == set(all_types())
    assert Catalogue().find("营业执照") is get_type("business-licence")


@pytest.mark.parametrize("name", [CODE, SLUG, "投标保函"])
def test_the_newest_active_version_is_found_unless_another_is_named(name: str) -> None:
    assert BOTH.find(name) is SECOND
    assert BOTH.find(name, 1) is FIRST
    assert BOTH.versions(name) == (FIRST, SECOND)
    assert SECOND in BOTH.all()
    assert FIRST not in BOTH.all()
    assert {FIRST, SECOND} <= set(BOTH.every())


def test_a_retired_version_is_kept_but_not_chosen() -> None:
    faulty = Catalogue([FIRST, SECOND], retired=[(CODE, 2)])
    assert faulty.find(SLUG) is FIRST
    assert faulty.find(SLUG, 2) is SECOND
    faulty.check_issuable(FIRST)
    with pytest.raises(Refused) as caught:
        faulty.check_issuable(SECOND)
    assert "retired" in caught.value.message
    ended = Catalogue([FIRST, SECOND], retired=[(CODE, 1), (CODE, 2)])
    with pytest.raises(Refused) as caught:
        ended.find(SLUG)
    assert caught.value.code == "catalogue.retired"
    assert ended.known(CODE) is SECOND
    assert all(kind.code != CODE for kind in ended.all())
    assert ended.versions(SLUG) == (FIRST, SECOND)


def test_only_the_newest_active_version_begins_anything() -> None:
    BOTH.check_issuable(SECOND)
    with pytest.raises(Refused) as caught:
        BOTH.check_issuable(FIRST)
    assert (caught.value.code, "followed by version 2" in caught.value.message) == ("catalogue.version", True)


def test_what_is_not_there_is_said_with_what_is() -> None:
    with pytest.raises(NotFound) as caught:
        BOTH.find("fishing-licence")
    assert SLUG in (caught.value.fix or "")
    with pytest.raises(NotFound) as caught:
        BOTH.find(SLUG, 3)
    assert (caught.value.field, caught.value.fix) == ("version", "one of 1, 2")
    assert BOTH.known("11440100000000001FT99") is None
    with pytest.raises(NotFound):
        Catalogue().check_issuable(FIRST)
