"""Sessions, tokens and accounts over HTTP."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response

from api.accounts import access, people
from api.accounts.roles import Role, Scope
from api.accounts.rules import anywhere, public, signed_in
from api.accounts.schemas import (
    AccountChange,
    AccountRequest,
    Accounts,
    AccountView,
    KeySignIn,
    Me,
    NewPassword,
    NewToken,
    Nonce,
    PasswordSignIn,
    Token,
    TokenRequest,
    Tokens,
)
from api.accounts.siwe import SignInMessage
from api.service.context import Service
from api.service.paging import Cursor, Limit, after, cut
from api.service.routes import Caller, Here, ServiceRoute, about, as_before, ruled
from api.service.shapes import SAMPLE_BUREAU, Number, time_of
from chain.kernel.errors import NotFound

router = APIRouter(prefix="/v1", route_class=ServiceRoute)
_KEEPERS = anywhere(Role.AUTHORITY, scope=Scope.ACCOUNTS)
_KEEPING = anywhere(Role.AUTHORITY, scope=Scope.ACCOUNTS, noted=True, repeats=True)


def _seconds(service: Service) -> int:
    return service.settings.session_hours * 3600


def domain_of(service: Service) -> str:
    """Host and port under which the service is known, for sign-in messages."""
    return urlsplit(service.settings.public_url).netloc


# --------------------------------------------------------------------------- sessions


@router.post("/sessions", status_code=201, tags=["sessions"], **ruled(public(noted=True, repeats=True)))
def sign_in(request: Request, service: Here, body: PasswordSignIn) -> NewToken:
    """Sign in with name and password."""
    issued = access.sign_in(service.engine, body.name, body.password, now=service.clock(), seconds=_seconds(service))
    about(request, f"account {issued.principal.account}")
    return NewToken.of(issued)


@router.post("/sessions/nonces", status_code=201, tags=["sessions"], **ruled(public(repeats=True)))
def new_nonce(service: Here) -> Nonce:
    """A nonce for a sign-in message (EIP-4361); good for ten minutes and one use."""
    nonce, expires = access.new_nonce(service.engine, now=service.clock())
    return Nonce(
        nonce=nonce, expires=time_of(expires), domain=domain_of(service), chain_id=service.ledger.trust_root.chain_id
    )


@router.post("/sessions/key", status_code=201, tags=["sessions"], **ruled(public(noted=True, repeats=True)))
def sign_in_by_key(request: Request, service: Here, body: KeySignIn) -> NewToken:
    """Sign in with a ledger key: Sign-In with Ethereum (EIP-4361)."""
    now = service.clock()
    message = SignInMessage.parse(body.message)
    message.check(
        body.signature_bytes(), domain=domain_of(service), chain_id=service.ledger.trust_root.chain_id, now=now
    )
    issued = access.sign_in_by_key(service.engine, message, now=now, seconds=_seconds(service))
    about(request, f"account {issued.principal.account}")
    return NewToken.of(issued)


@router.delete("/sessions/current", status_code=204, tags=["sessions"], **ruled(signed_in(noted=True)))
def sign_out(service: Here, caller: Caller) -> None:
    """End the session, or the token, that this call is made with."""
    access.end_token(service.engine, caller.account, caller.token, now=service.clock())


@router.get("/me", tags=["sessions"], **ruled(signed_in()))
def who_am_i(caller: Caller) -> Me:
    """The account that is signed in, its roles and what its token is good for."""
    return Me.of(caller)


@router.put("/me/password", status_code=204, tags=["sessions"], **ruled(signed_in(Scope.ACCOUNTS, noted=True)))
def change_password(service: Here, caller: Caller, body: NewPassword) -> None:
    """Change one's own password; every session ends."""
    now = service.clock()
    access.sign_in(service.engine, caller.name, body.old, now=now, seconds=60)
    access.set_password(service.engine, caller.account, body.new, now=now)


# --------------------------------------------------------------------------- tokens


@router.get("/tokens", tags=["sessions"], **ruled(signed_in(Scope.ACCOUNTS)))
def list_tokens(service: Here, caller: Caller) -> Tokens:
    """One's own open sessions and tokens."""
    return Tokens(items=[Token.of(row) for row in people.list_tokens(service.engine, caller.account)])


@router.post(
    "/tokens", status_code=201, tags=["sessions"], **ruled(signed_in(Scope.ACCOUNTS, noted=True, repeats=True))
)
def make_token(request: Request, service: Here, caller: Caller, body: TokenRequest) -> NewToken:
    """A token for a program of one's own. Its secret is shown this once."""
    issued = access.new_token(
        service.engine, caller, body.label, frozenset(body.scopes), now=service.clock(), seconds=body.expires_in
    )
    about(request, f"token {issued.number}")
    return NewToken.of(issued)


@router.delete("/tokens/{number}", status_code=204, tags=["sessions"], **ruled(signed_in(Scope.ACCOUNTS, noted=True)))
def end_token(request: Request, service: Here, caller: Caller, number: Number) -> None:
    """End a session or token of one's own."""
    about(request, f"token {number}")
    if not access.end_token(service.engine, caller.account, number, now=service.clock()):
        raise NotFound(f"no open token {number}", code="token.unknown", field="number", fix="GET /v1/tokens lists them")


# --------------------------------------------------------------------------- accounts


@router.get("/accounts", tags=["accounts"], **ruled(_KEEPERS))
def list_accounts(
    service: Here,
    limit: Limit = 50,
    cursor: Cursor = None,
    bureau: Annotated[str | None, Query(max_length=18, description="of this bureau", examples=[SAMPLE_BUREAU])] = None,
) -> Accounts:
    """Accounts by number."""
    found = people.list_accounts(service.engine, bureau=bureau, after=after(cursor), limit=limit + 1)
    kept, following = cut(found, limit, lambda one: one.number)
    return Accounts(items=[AccountView.of(one) for one in kept], next=following)


@router.post("/accounts", status_code=201, tags=["accounts"], **ruled(_KEEPING))
def make_account(request: Request, response: Response, service: Here, body: AccountRequest) -> AccountView:
    """Make an account."""
    made = people.create_account(
        service.engine,
        body.name,
        body.display,
        [one.membership() for one in body.roles],
        now=service.clock(),
        password=body.password,
        address=body.address,
    )
    about(request, f"account {made.number}")
    response.headers["Location"] = f"/v1/accounts/{made.number}"
    return AccountView.of(made)


@router.get("/accounts/{number}", tags=["accounts"], **ruled(_KEEPERS))
def show_account(service: Here, number: Number) -> AccountView:
    """One account."""
    return AccountView.of(people.account(service.engine, number))


@router.patch(
    "/accounts/{number}",
    tags=["accounts"],
    **ruled(anywhere(Role.AUTHORITY, scope=Scope.ACCOUNTS, noted=True), guarded=True),
)
def change_account(request: Request, service: Here, caller: Caller, number: Number, body: AccountChange) -> AccountView:
    """Change an account. One that is closed or loses a role is signed out everywhere; with a role its parts end."""
    about(request, f"account {number}")
    now = service.clock()
    as_before(
        request, lambda: AccountView.of(people.account(service.engine, number)).model_dump_json(by_alias=True).encode()
    )
    people.change_account(
        service.engine,
        number,
        now=now,
        display=body.display,
        address=body.address,
        roles=None if body.roles is None else [one.membership() for one in body.roles],
        active=body.active,
        by=caller.account,
    )
    if body.password is not None:
        access.set_password(service.engine, number, body.password, now=now)
    return AccountView.of(people.account(service.engine, number))
