"""JSON shapes of accounts, sessions and tokens."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from api.accounts.access import Issued
from api.accounts.people import Account
from api.accounts.principals import Membership, Principal
from api.accounts.roles import Role, Scope
from api.service.paging import Page
from api.service.shapes import SAMPLE_BUREAU, Shape, Time, time_of
from chain.kernel.encoding import unhex0x

SAMPLE_ADDRESS = "0x52908400098527886e0f7030069857d2e4169ee7"
_Name = Annotated[str, Field(description="what one signs in with", min_length=3, max_length=64, examples=["window-07"])]
_Password = Annotated[str, Field(min_length=12, max_length=200, examples=["correct-horse-battery"])]
_Address = Annotated[
    str, Field(description="ledger address", pattern=r"^0x[0-9a-fA-F]{40}$", examples=[SAMPLE_ADDRESS])
]


class RoleHeld(Shape):
    """A role, and where."""

    role: Role = Field(examples=["clerk"])
    bureau: str | None = Field(
        None, description="unified social credit code; null: in no bureau in particular", examples=[SAMPLE_BUREAU]
    )

    def membership(self) -> Membership:
        """As the service has it."""
        return Membership(self.role, self.bureau)

    @classmethod
    def of(cls, one: Membership) -> RoleHeld:
        """From the service."""
        return cls(role=one.role, bureau=one.bureau)


class PasswordSignIn(Shape):
    """Name and password."""

    name: _Name
    password: Annotated[str, Field(min_length=1, max_length=200, examples=["correct-horse-battery"])]


class Nonce(Shape):
    """What a sign-in message must hold."""

    nonce: str = Field(examples=["4f1c9a52b7d84c0e9a6f6f0c1d2e3f40"])
    expires: Time
    domain: str = Field(description="host and port the message must name", examples=["yx.example"])
    chain_id: int = Field(description="chain the message must name", examples=[790533815989775])


class KeySignIn(Shape):
    """A message of EIP-4361 and its signature."""

    message: str = Field(
        max_length=4000,
        examples=[
            "yx.example wants you to sign in with your Ethereum account:\n0x52908400098527886E0F7030069857D2E4169EE7\n…"
        ],
    )
    signature: str = Field(
        description="65 bytes, `personal_sign` (EIP-191)", pattern=r"^0x[0-9a-f]{130}$", examples=["0x" + "1b" * 65]
    )

    def signature_bytes(self) -> bytes:
        """The signature, 65 bytes."""
        return unhex0x(self.signature, size=65)


class PartHeld(Shape):
    """A part in a tender."""

    tender: int = Field(examples=[12])
    role: Role = Field(examples=["supervisor"])


class Me(Shape):
    """Who is signed in."""

    account: int = Field(examples=[3])
    name: str = Field(examples=["window-07"])
    address: str | None = Field(None, examples=[SAMPLE_ADDRESS])
    roles: list[RoleHeld]
    tenders: list[PartHeld] = Field(description="parts in tenders, those one follows as a bidder among them")
    scopes: list[Scope] = Field(description="what this token is good for", examples=[["verifications"]])

    @classmethod
    def of(cls, one: Principal) -> Me:
        """From the service."""
        return cls(
            account=one.account,
            name=one.name,
            address=one.address,
            roles=[RoleHeld.of(held) for held in one.memberships],
            tenders=[PartHeld(tender=part.tender, role=part.role) for part in one.appointments],
            scopes=sorted(one.scopes),
        )


class NewToken(Shape):
    """A token, with its secret."""

    number: int = Field(examples=[41])
    token: str = Field(description="shown this once", examples=["yx_9Jc3vJ0o5pS8m1bqk3mJ8u9i6g2d1f4a7s0k5l2z8x0"])
    expires: Time
    me: Me

    @classmethod
    def of(cls, one: Issued) -> NewToken:
        """From the service."""
        return cls(number=one.number, token=one.secret, expires=time_of(one.expires), me=Me.of(one.principal))


class TokenRequest(Shape):
    """What a new token is for."""

    label: str = Field(description="what it is for", min_length=1, max_length=100, examples=["back office, nightly"])
    scopes: list[Scope] = Field(min_length=1, max_length=20, examples=[["batches", "certificates"]])
    expires_in: int = Field(description="seconds", ge=60, le=31_622_400, examples=[7_776_000])


class Token(Shape):
    """A token, without its secret."""

    number: int = Field(examples=[41])
    kind: str = Field(description="session or token", examples=["token"])
    label: str = Field(examples=["back office, nightly"])
    hint: str = Field(description="its last characters", examples=["8x0Q"])
    scopes: list[Scope] = Field(examples=[["batches", "certificates"]])
    created: Time
    expires: Time
    used: Time | None = Field(None, description="last use, to the minute")

    @classmethod
    def of(cls, row: Any) -> Token:
        """From a row of ``tokens``."""
        return cls(
            number=row.id,
            kind=row.kind,
            label=row.label,
            hint=row.hint,
            scopes=[Scope(name) for name in row.scopes.split()],
            created=time_of(row.created_at),
            expires=time_of(row.expires_at),
            used=time_of(row.used_at),
        )


class Tokens(Shape):
    """Open tokens of the account."""

    items: list[Token]


class NewPassword(Shape):
    """The old and the new one."""

    old: Annotated[str, Field(max_length=200, examples=["correct-horse-battery"])]
    new: _Password


class AccountView(Shape):
    """An account."""

    number: int = Field(examples=[3])
    name: str = Field(examples=["window-07"])
    display: str = Field(examples=["Window 7"])
    address: str | None = Field(None, examples=[SAMPLE_ADDRESS])
    active: bool = Field(examples=[True])
    has_password: bool = Field(examples=[True])
    roles: list[RoleHeld]
    created: Time
    changed: Time

    @classmethod
    def of(cls, one: Account) -> AccountView:
        """From the service."""
        return cls(
            number=one.number,
            name=one.name,
            display=one.display,
            address=one.address,
            active=one.active,
            has_password=one.has_password,
            roles=[RoleHeld.of(held) for held in one.memberships],
            created=time_of(one.created_at),
            changed=time_of(one.changed_at),
        )


class Accounts(Page):
    """A page of accounts."""

    items: list[AccountView]


class AccountRequest(Shape):
    """A new account. Without a password it signs in by key."""

    name: _Name
    display: str = Field(min_length=1, max_length=100, examples=["Window 7"])
    roles: list[RoleHeld] = Field(max_length=50)
    password: _Password | None = None
    address: _Address | None = None


class AccountChange(Shape):
    """What is given is changed; the rest stays."""

    display: str | None = Field(None, min_length=1, max_length=100, examples=["Window 7, ground floor"])
    roles: list[RoleHeld] | None = Field(None, max_length=50)
    password: _Password | None = None
    address: _Address | None = None
    active: bool | None = Field(None, description="false closes the account", examples=[True])
