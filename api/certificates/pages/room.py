"""What all pages of the console have in common: who may come in, the bureau, the ways within."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse

from api.accounts.principals import Principal
from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau
from api.certificates.office import Office
from api.service.context import Service
from api.service.pages.rendering import is_piece, render
from chain.kernel.errors import YinxinError

DESK = (Role.OFFICER, Role.APPROVER, Role.MACHINE, Role.AUDITOR)
LOOKING = in_bureau(*DESK, scope=Scope.CERTIFICATES)
PREPARING = in_bureau(Role.OFFICER, Role.MACHINE, scope=Scope.BATCHES)
WORDS = "console"
PAUSE = 500
"""So many rows of a long list come by themselves as one scrolls; then a button asks for more, so that pages end."""

SECTIONS = (
    ("overview", ""), ("certificates", "/certificates"), ("issue", "/issue"), ("lists", "/lists"),
    ("batches", "/batches"), ("waiting", "/waiting"), ("expiring", "/expiring"), ("claims", "/claims"),
    ("retention", "/retention"), ("types", "/types"), ("keys", "/keys"),
)  # fmt: skip
"""Sections of the console and their paths below ``/console/{bureau}``."""

_PREPARERS_ONLY = frozenset({"issue", "lists"})
_DECIDERS_ONLY = frozenset({"waiting", "retention"})


def may_prepare(principal: Principal | None, bureau: str) -> bool:
    """True if the account may issue and change statuses there."""
    return principal is not None and principal.holds((Role.OFFICER, Role.MACHINE), bureau)


def name_of(office: Office) -> str:
    """Legal name of the bureau; its code while the ledger does not answer."""
    try:
        return office.bureau_name
    except YinxinError:
        return office.bureau


def show(
    request: Request,
    service: Service,
    bureau: str,
    section: str,
    template: str,
    *,
    piece: str | None = None,
    status: int = 200,
    **values: Any,
) -> HTMLResponse:
    """A page of the console, or the piece of it that htmx asks for.

    Args:
        request: what is answered.
        service: the service.
        bureau: USCC.
        section: of :data:`SECTIONS`.
        template: file in ``templates``, or ``noun/file`` of another noun's.
        piece: file of the piece, if the page has one.
        status: of the answer.
        values: the template's names.
    """
    me: Principal | None = request.state.principal
    prepares = may_prepare(me, bureau)
    decides = me is not None and me.holds((Role.OFFICER, Role.APPROVER, Role.AUDITOR), bureau)
    closed = (frozenset() if prepares else _PREPARERS_ONLY) | (frozenset() if decides else _DECIDERS_ONLY)
    sections: Sequence[tuple[str, str]] = [
        (name, f"/console/{bureau}{path}") for name, path in SECTIONS if name not in closed
    ]
    chosen = piece if piece is not None and is_piece(request) else template
    return render(
        request,
        chosen if "/" in chosen else f"certificates/{chosen}",
        words=WORDS,
        status=status,
        bureau=bureau,
        bureau_name=name_of(service.office(bureau)),
        section=section,
        sections=sections,
        prepares=prepares,
        officer=me is not None and me.holds((Role.OFFICER,), bureau),
        decides=decides,
        base=f"/console/{bureau}",
        **values,
    )


__all__ = ["DESK", "LOOKING", "PAUSE", "PREPARING", "SECTIONS", "WORDS", "may_prepare", "name_of", "show"]
