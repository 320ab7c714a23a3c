"""Signing in and out: passwords, locks, keys of the ledger, tokens and roles."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from sqlalchemy import select, update

from api.accounts import access, tables
from api.accounts.siwe import message_text
from chain.kernel.clock import rfc3339
from tests.api.service.hall import WORD, Hall
from tests.api.town import BUREAU, OTHER

pytestmark = [pytest.mark.loopback, pytest.mark.timeout(300)]

_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
DOMAIN = "yx.example"


def sign_in(hall: Hall, name: str, password: str = WORD) -> httpx.Response:
    return hall.post(None, "/v1/sessions", json={"name": name, "password": password})


@pytest.fixture
def person(hall: Hall) -> Iterator[tuple[str, int, Any]]:
    """An account of its own for a test: name, number, ledger key."""
    key, name = Account.create(), f"p-{uuid.uuid4().hex[:12]}"
    made = hall.post(
        "authority",
        "/v1/accounts",
        json={
            "name": name,
            "display": "somebody",
            "roles": [{"role": "clerk", "bureau": BUREAU}],
            "password": WORD,
            "address": key.address,
        },
    )
    assert made.status_code == 201, made.text
    return name, made.json()["number"], key


# --------------------------------------------------------------------------- passwords


def test_a_session_says_who_it_is(hall: Hall, person: tuple[str, int, Any]) -> None:
    name, number, _ = person
    made = sign_in(hall, name.upper())
    assert made.status_code == 201
    token = made.json()["token"]
    assert token.startswith("yx_")
    me = hall.get(None, "/v1/me", headers={"Authorization": f"Bearer {token}"}).json()
    assert (me["account"], me["name"], me["roles"]) == (number, name, [{"role": "clerk", "bureau": BUREAU}])
    assert me == made.json()["me"]


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(hall: Hall, person: tuple[str, int, Any]) -> None:
    wrong = sign_in(hall, person[0], "wrong-horse-battery")
    unknown = sign_in(hall, "nobody-here", "wrong-horse-battery")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert {**wrong.json(), "instance": ""} == {**unknown.json(), "instance": ""}


def test_eight_wrong_passwords_lock_an_account_for_a_while(hall: Hall, person: tuple[str, int, Any]) -> None:
    name, number, _ = person
    for _ in range(access.LOCK_AFTER - 1):
        assert sign_in(hall, name, "wrong-horse-battery").status_code == 401
    assert sign_in(hall, name).status_code == 201, "one before the last is not locked, and the right one forgets them"
    for _ in range(access.LOCK_AFTER):
        sign_in(hall, name, "wrong-horse-battery")
    assert sign_in(hall, name).status_code == 401, "the right one does not open a locked account"
    with hall.service.engine.begin() as connection:
        query = select(tables.accounts.c.locked_until).where(tables.accounts.c.id == number)
        until = connection.execute(query).scalar_one()
        assert 0 < until - hall.service.clock() <= access.LOCK_SECONDS
        connection.execute(
            update(tables.accounts).where(tables.accounts.c.id == number).values(locked_until=hall.service.clock() - 1)
        )
    assert sign_in(hall, name).status_code == 201


def test_a_changed_password_ends_the_sessions(hall: Hall, person: tuple[str, int, Any]) -> None:
    name = person[0]
    headers = {"Authorization": f"Bearer {sign_in(hall, name).json()['token']}"}
    body = {"old": WORD, "new": "staple-horse-battery"}
    wrong = hall.client.put("/v1/me/password", json={**body, "old": "wrong-horse-battery"}, headers=headers)
    assert wrong.status_code == 401
    assert hall.client.put("/v1/me/password", json=body, headers=headers).status_code == 204
    assert hall.get(None, "/v1/me", headers=headers).status_code == 401
    assert sign_in(hall, name).status_code == 401
    assert sign_in(hall, name, "staple-horse-battery").status_code == 201


def test_signing_out_ends_this_session_alone(hall: Hall, person: tuple[str, int, Any]) -> None:
    one, other = ({"Authorization": f"Bearer {sign_in(hall, person[0]).json()['token']}"} for _ in range(2))
    assert hall.client.delete("/v1/sessions/current", headers=one).status_code == 204
    assert hall.get(None, "/v1/me", headers=one).status_code == 401
    assert hall.get(None, "/v1/me", headers=other).status_code == 200


def test_passwords_and_tokens_are_not_kept_as_they_are(hall: Hall, person: tuple[str, int, Any]) -> None:
    token = sign_in(hall, person[0]).json()["token"]
    with hall.service.engine.connect() as connection:
        rows = [
            *connection.execute(select(tables.accounts)).all(),
            *connection.execute(select(tables.tokens)).all(),
        ]
    said = repr([tuple(row) for row in rows])
    assert token not in said
    assert WORD not in said
    assert "$argon2id$" in said


# --------------------------------------------------------------------------- Sign-In with Ethereum


def asked(hall: Hall, key: Any, **other: Any) -> dict[str, Any]:
    """What a wallet would sign for this service, with parts replaced."""
    found = hall.post(None, "/v1/sessions/nonces").json()
    assert found["domain"] == DOMAIN
    return {
        "domain": found["domain"],
        "address": key.address.lower(),
        "uri": f"https://{DOMAIN}/",
        "chain_id": found["chainId"],
        "nonce": found["nonce"],
        "issued": rfc3339(hall.service.clock()),
    } | other


def by_key(hall: Hall, key: Any, told: dict[str, Any], *, signature: str | None = None) -> httpx.Response:
    text = message_text(**told)
    if signature is None:
        signature = "0x" + key.sign_message(encode_defunct(text=text)).signature.hex()
    return hall.post(None, "/v1/sessions/key", json={"message": text, "signature": signature})


def test_a_key_signs_in(hall: Hall, person: tuple[str, int, Any]) -> None:
    made = by_key(hall, person[2], asked(hall, person[2]))
    assert made.status_code == 201, made.text
    assert made.json()["me"]["account"] == person[1]


def test_a_nonce_is_good_once(hall: Hall, person: tuple[str, int, Any]) -> None:
    told = asked(hall, person[2])
    assert by_key(hall, person[2], told).status_code == 201
    assert by_key(hall, person[2], told).status_code == 401


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"domain": "evil.example"}, 422),
        ({"chain_id": 1}, 422),
        ({"nonce": "0123456789abcdef0123456789abcdef"}, 401),
        ({"issued": "2026-01-01T00:00:00Z"}, 422),
        ({"issued": "2099-01-01T00:00:00Z"}, 422),
        ({"issued": "no time at all, it is"}, 422),
        ({"uri": "https://yx.example/\nVersion: 1"}, 422),
    ],
    ids=["another site", "another chain", "a nonce not of ours", "old", "of the future", "no time", "more lines"],
)
def test_a_message_of_another_kind_is_refused(
    hall: Hall, person: tuple[str, int, Any], fault: dict[str, Any], status: int
) -> None:
    answer = by_key(hall, person[2], asked(hall, person[2], **fault))
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_message_signed_by_another_key_is_refused(hall: Hall, person: tuple[str, int, Any]) -> None:
    told = asked(hall, person[2])
    stranger = by_key(hall, Account.create(), told)
    assert (stranger.status_code, stranger.json()["code"]) == (422, "access.signature")
    assert by_key(hall, person[2], told).status_code == 201, "a stranger's try does not use the nonce up"


def test_the_other_form_of_a_signature_is_refused(hall: Hall, person: tuple[str, int, Any]) -> None:
    told = asked(hall, person[2])
    signed = person[2].sign_message(encode_defunct(text=message_text(**told)))
    twin = signed.r.to_bytes(32, "big") + (_ORDER - signed.s).to_bytes(32, "big") + bytes([55 - signed.v])
    assert by_key(hall, person[2], told, signature="0x" + twin.hex()).status_code == 422
    assert by_key(hall, person[2], told, signature="0x" + "00" * 65).status_code == 422
    assert by_key(hall, person[2], told, signature="0x" + "ff" * 65).status_code == 422


def test_an_address_nobody_has_does_not_sign_in(hall: Hall) -> None:
    key = Account.create()
    assert by_key(hall, key, asked(hall, key)).status_code == 401


def test_a_closed_account_does_not_sign_in(hall: Hall, person: tuple[str, int, Any]) -> None:
    name, number, key = person
    headers = {"Authorization": f"Bearer {sign_in(hall, name).json()['token']}"}
    assert hall.call("authority", "PATCH", f"/v1/accounts/{number}", json={"active": False}).status_code == 200
    assert hall.get(None, "/v1/me", headers=headers).status_code == 401
    assert sign_in(hall, name).status_code == 401
    assert by_key(hall, key, asked(hall, key)).status_code == 401


# --------------------------------------------------------------------------- tokens


def test_a_token_is_shown_once_listed_and_ended(hall: Hall, person: tuple[str, int, Any]) -> None:
    headers = {"Authorization": f"Bearer {sign_in(hall, person[0]).json()['token']}"}
    body = {"label": "nightly", "scopes": ["verifications"], "expiresIn": 600}
    made = hall.post(None, "/v1/tokens", json=body, headers=headers).json()
    listed = hall.get(None, "/v1/tokens", headers=headers)
    assert made["token"] not in listed.text
    found = next(one for one in listed.json()["items"] if one["number"] == made["number"])
    assert (found["label"], found["scopes"], found["hint"]) == ("nightly", ["verifications"], made["token"][-4:])
    with_it = {"Authorization": f"Bearer {made['token']}"}
    assert hall.get(None, "/v1/me", headers=with_it).json()["scopes"] == ["verifications"]
    assert hall.client.delete(f"/v1/tokens/{made['number']}", headers=headers).status_code == 204
    assert hall.get(None, "/v1/me", headers=with_it).status_code == 401
    assert hall.client.delete(f"/v1/tokens/{made['number']}", headers=headers).status_code == 404


def test_a_token_makes_none_that_may_do_more(hall: Hall, person: tuple[str, int, Any]) -> None:
    headers = {"Authorization": f"Bearer {sign_in(hall, person[0]).json()['token']}"}
    body = {"label": "keeper", "scopes": ["accounts"], "expiresIn": 600}
    narrow = {"Authorization": f"Bearer {hall.post(None, '/v1/tokens', json=body, headers=headers).json()['token']}"}
    more = hall.post(None, "/v1/tokens", json={**body, "scopes": ["accounts", "batches"]}, headers=narrow)
    assert (more.status_code, more.json()["code"]) == (422, "token.scopes")
    longer = hall.post(None, "/v1/tokens", json={**body, "expiresIn": 400 * 86400}, headers=headers)
    assert longer.status_code == 422


def test_a_token_of_another_account_cannot_be_ended(hall: Hall, person: tuple[str, int, Any]) -> None:
    made = sign_in(hall, person[0]).json()
    assert hall.call("officer", "DELETE", f"/v1/tokens/{made['number']}").status_code == 404
    assert hall.get(None, "/v1/me", headers={"Authorization": f"Bearer {made['token']}"}).status_code == 200


# --------------------------------------------------------------------------- roles


def roles(*pairs: tuple[str, str | None]) -> list[dict[str, str | None]]:
    return [{"role": role, "bureau": bureau} for role, bureau in pairs]


@pytest.mark.parametrize(
    ("held", "code"),
    [
        (roles(("officer", BUREAU), ("approver", BUREAU)), "account.two_eyes"),
        (roles(("officer", None)), "account.role"),
        (roles(("authority", BUREAU)), "account.role"),
        (roles(("officer", "11440100000000001X")), "uscc.check"),
    ],
    ids=["both pairs of eyes", "no bureau", "authority of a bureau", "no such code"],
)
def test_roles_that_do_not_go_together_are_refused(hall: Hall, held: list[dict[str, Any]], code: str) -> None:
    body = {"name": "two-hats", "display": "x", "roles": held, "password": WORD}
    made = hall.post("authority", "/v1/accounts", json=body)
    assert made.status_code == 422
    assert made.json()["code"].split(".")[0] == code.split(".")[0]
    assert made.json()["field"].startswith("roles")
    assert sign_in(hall, "two-hats").status_code == 401, "nothing half done remains"


def test_nobody_becomes_the_second_person_by_and_by(hall: Hall, person: tuple[str, int, Any]) -> None:
    path = f"/v1/accounts/{person[1]}"
    first = hall.call("authority", "PATCH", path, json={"roles": roles(("officer", BUREAU), ("approver", OTHER))})
    assert first.status_code == 200, "in two bureaus they are two pairs of eyes"
    both = hall.call("authority", "PATCH", path, json={"roles": roles(("officer", BUREAU), ("approver", BUREAU))})
    assert (both.status_code, both.json()["code"]) == (422, "account.two_eyes")
    assert hall.get("authority", path).json()["roles"] == first.json()["roles"]


def test_an_account_that_loses_a_role_is_signed_out(hall: Hall, person: tuple[str, int, Any]) -> None:
    headers = {"Authorization": f"Bearer {sign_in(hall, person[0]).json()['token']}"}
    path = f"/v1/accounts/{person[1]}"
    hall.call("authority", "PATCH", path, json={"display": "another"})
    assert hall.get(None, "/v1/me", headers=headers).status_code == 200
    hall.call("authority", "PATCH", path, json={"roles": []})
    assert hall.get(None, "/v1/me", headers=headers).status_code == 401
