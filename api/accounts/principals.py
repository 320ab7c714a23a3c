"""Who is asking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.accounts.roles import Role, Scope


@dataclass(frozen=True, slots=True)
class Membership:
    """One role.

    Attributes:
        role: which.
        bureau: USCC of the bureau it is held in; None for roles that belong to no bureau.
    """

    role: Role
    bureau: str | None


@dataclass(frozen=True, slots=True)
class Appointed:
    """A part in one tender.

    Attributes:
        tender: its number.
        role: procurement, agent, supervisor, keyholder, bidder or expert.
    """

    tender: int
    role: Role


@dataclass(frozen=True, slots=True)
class Principal:
    """An account that has shown who it is.

    Attributes:
        account: number of the account.
        name: its name, for logs of acts; never a holder's.
        memberships: its roles.
        scopes: what the token at hand may be used for.
        token: number of that token.
        address: ledger address the account signs decisions with, 0x lower case, or None.
        appointments: its parts in tenders, those that count (:mod:`api.accounts.parts`).
    """

    account: int
    name: str
    memberships: tuple[Membership, ...]
    scopes: frozenset[Scope]
    token: int
    address: str | None = None
    appointments: tuple[Appointed, ...] = ()

    def is_appointed(self, roles: Iterable[Role], tender: int) -> bool:
        """True if it has one of these parts in that tender."""
        wanted = frozenset(roles)
        return any(one.tender == tender and one.role in wanted for one in self.appointments)

    def holds(self, roles: Iterable[Role], bureau: str | None = None) -> bool:
        """True if it holds one of the roles: in that bureau (or in all of them), or anywhere if none is named."""
        wanted = frozenset(roles)
        return any(
            one.role in wanted and (bureau is None or one.bureau is None or one.bureau == bureau)
            for one in self.memberships
        )

    def bureaus(self, *roles: Role) -> frozenset[str]:
        """Bureaus in which it holds one of the roles (any, if none is named)."""
        return frozenset(
            one.bureau for one in self.memberships if one.bureau is not None and (not roles or one.role in roles)
        )
