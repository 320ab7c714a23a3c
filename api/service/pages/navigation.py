"""The ways in the bar above every page and on the first page: rooms that this account may enter, and that there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from api.accounts.principals import Principal
from api.accounts.roles import Role

_Who = Callable[[Principal | None], bool]
_DESK = (Role.OFFICER, Role.APPROVER, Role.MACHINE, Role.AUDITOR)


def _anybody(_principal: Principal | None) -> bool:
    return True


def _holding(*roles: Role) -> _Who:
    return lambda principal: principal is not None and principal.holds(roles)


@dataclass(frozen=True)
class Way:
    """One way into a room.

    Attributes:
        path: where it leads; shown only if the service has such a page.
        word: its key ``nav.<word>``; ``entrance.<word>`` is the sentence on the first page.
        who: to whom it is shown. What they may do there is the business of the page's own rule.
    """

    path: str
    word: str
    who: _Who


WAYS = (
    Way("/verify", "verify", _anybody),
    Way("/tenders", "tenders", _anybody),
    Way("/wallet", "wallet", _anybody),
    Way("/console", "console", _holding(*_DESK)),
    Way("/decisions", "decisions", _holding(Role.APPROVER)),
    Way("/keyholder", "keyholder", _holding(Role.KEYHOLDER)),
    Way("/expert", "expert", _holding(Role.EXPERT)),
    Way("/audit", "audit", _anybody),
)
"""In the order of the bar."""


def ways(principal: Principal | None, paths: frozenset[str]) -> tuple[Way, ...]:
    """Those for this account, of pages that there are.

    Args:
        principal: who is signed in, or None.
        paths: of all routes of the application.
    """
    return tuple(way for way in WAYS if way.path in paths and way.who(principal))


__all__ = ["WAYS", "Way", "ways"]
