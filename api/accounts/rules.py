"""The rule of an endpoint: who may call it, where, and what a token must be good for.

A rule is written beside the endpoint, stands in the OpenAPI description as ``x-yinxin-rule``, is enforced by
:mod:`api.service.routes`, and is tried role by role in tests/api/service/test_matrix.py. A route without one does
not start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from api.accounts.principals import Principal
from api.accounts.roles import Role, Scope
from chain.kernel.errors import Refused

EXTENSION = "x-yinxin-rule"


class Where(StrEnum):
    """Where one of the roles must be held."""

    PUBLIC = "public"
    """Nobody needs to sign in."""
    SIGNED_IN = "signed-in"
    """Any account."""
    ANYWHERE = "anywhere"
    """One of the roles, in whatever bureau."""
    BUREAU = "bureau"
    """One of the roles, in the bureau that the path names."""
    TENDER = "tender"
    """One of the roles, by appointment to the tender that the path names."""


class NotSignedIn(Refused):
    """The call needs a token, and has none that is good."""

    code = "access.not_signed_in"


class Forbidden(Refused):
    """The account may not do this."""

    code = "access.forbidden"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call.

    Attributes:
        where: where the role must be held.
        roles: one of these suffices; empty for public and signed-in.
        scope: what the token must be good for; None for public ones.
        noted: the call is an entry of the audit log. True for all that change something.
        repeats: an Idempotency-Key is kept for it.
        large: takes a body up to ``service.upload_limit`` instead of ``service.body_limit``.
    """

    where: Where
    roles: frozenset[Role] = frozenset()
    scope: Scope | None = None
    noted: bool = False
    repeats: bool = False
    large: bool = False

    def check(self, principal: Principal | None, bureau: str | None, tender: int | None = None) -> None:
        """Let the call pass or refuse it.

        Args:
            principal: who asks; None if nobody signed in.
            bureau: the bureau that the path names, if it does.
            tender: the tender that the path names, if it does.

        Raises:
            NotSignedIn: nobody signed in, and somebody must.
            Forbidden: the role, the bureau or the token's scope does not fit.
        """
        if self.where is Where.PUBLIC:
            return
        if principal is None:
            raise NotSignedIn(
                "this needs a signed-in account",
                field="Authorization",
                fix="send Authorization: Bearer TOKEN; POST /v1/sessions gives one",
            )
        if self.scope is not None and self.scope not in principal.scopes:
            raise Forbidden(
                f"this token is not good for {self.scope}",
                code="access.scope",
                field="Authorization",
                fix=f"use a token with the scope {self.scope}",
            )
        if self.where is Where.SIGNED_IN:
            return
        if self.where is Where.TENDER:
            self._check_appointment(principal, tender)
            return
        place = bureau if self.where is Where.BUREAU else None
        if not principal.holds(self.roles, place):
            wanted = ", ".join(sorted(self.roles))
            raise Forbidden(
                f"this account is not {wanted}" + (f" of {bureau}" if place is not None else ""),
                field="bureau" if place is not None else "Authorization",
                fix="ask whoever keeps the accounts for that role",
            )

    def _check_appointment(self, principal: Principal, tender: int | None) -> None:
        if tender is None or not principal.is_appointed(self.roles, tender):
            raise Forbidden(
                f"this account is not {', '.join(sorted(self.roles))} of tender {tender}",
                field="tender",
                fix="ask the procuring officer to appoint it",
            )

    def as_dict(self) -> dict[str, Any]:
        """As it stands in the OpenAPI description."""
        return {
            "where": str(self.where),
            "roles": sorted(str(role) for role in self.roles),
            "scope": None if self.scope is None else str(self.scope),
            "noted": self.noted,
            "repeats": self.repeats,
            "large": self.large,
        }

    @classmethod
    def of(cls, extra: Mapping[str, Any] | None) -> Rule | None:
        """The rule in a route's OpenAPI extension, or None if there is none."""
        found = (extra or {}).get(EXTENSION)
        if found is None:
            return None
        return cls(
            Where(found["where"]),
            frozenset(Role(role) for role in found["roles"]),
            None if found["scope"] is None else Scope(found["scope"]),
            found["noted"],
            found["repeats"],
            found["large"],
        )


def public(*, noted: bool = False, repeats: bool = False, large: bool = False) -> Rule:
    """Anybody, signed in or not."""
    return Rule(Where.PUBLIC, noted=noted, repeats=repeats, large=large)


def signed_in(scope: Scope | None = None, *, noted: bool = False, repeats: bool = False) -> Rule:
    """Any account."""
    return Rule(Where.SIGNED_IN, scope=scope, noted=noted, repeats=repeats)


def anywhere(*roles: Role, scope: Scope, noted: bool = False, repeats: bool = False, large: bool = False) -> Rule:
    """One of the roles, in whatever bureau."""
    return Rule(Where.ANYWHERE, frozenset(roles), scope, noted, repeats, large)


def in_bureau(*roles: Role, scope: Scope, noted: bool = False, repeats: bool = False, large: bool = False) -> Rule:
    """One of the roles, in the bureau that the path names."""
    return Rule(Where.BUREAU, frozenset(roles), scope, noted, repeats, large)


def in_tender(*roles: Role, scope: Scope, noted: bool = False, repeats: bool = False, large: bool = False) -> Rule:
    """One of the roles, by appointment to the tender that the path names."""
    return Rule(Where.TENDER, frozenset(roles), scope, noted, repeats, large)
