"""``/console``: which bureau; ``/console/{bureau}``: the bureau at one glance. 一屏统揽."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.accounts.roles import Scope
from api.accounts.rules import anywhere
from api.approvals.waiting import waiting
from api.certificates.office import Office
from api.certificates.pages import charts, figures
from api.certificates.pages.room import DESK, LOOKING, WORDS, name_of, show
from api.jobs.states import jobs_of
from api.service.context import Service
from api.service.pages.rendering import render
from api.service.pages.routes import PageRoute
from api.service.routes import Caller, Here, ruled
from api.service.shapes import Bureau
from api.verifications.counted import counted
from chain.kernel.errors import YinxinError

router = APIRouter(prefix="/console", route_class=PageRoute)
T = TypeVar("T")
_DAYS = 30
_SOON = 30


@router.get("", **ruled(anywhere(*DESK, scope=Scope.CERTIFICATES)))
def choose_bureau(request: Request, service: Here, caller: Caller) -> Response:
    """The bureaus in which the account has a desk; straight into the only one."""
    mine = [code for code in service.bureaus if caller.holds(DESK, code)]
    if len(mine) == 1:
        return RedirectResponse(f"/console/{mine[0]}", 303, {"Cache-Control": "no-store"})
    found = [(code, name_of(service.office(code))) for code in mine]
    return render(request, "certificates/bureaus.html", words=WORDS, bureaus=found)


@router.get("/{bureau}", **ruled(LOOKING))
def show_overview(request: Request, service: Here, bureau: Bureau) -> Response:
    """Issued, in force, on the way, and how chain, store and witnesses stand."""
    office = service.office(bureau)
    now = service.clock()
    days = figures.by_day(office, now=now, days=_DAYS)
    statuses = figures.by_status(office)
    names = {kind.code: kind for kind in office.catalogue.every()}
    return show(
        request,
        service,
        bureau,
        "overview",
        "overview.html",
        piece="overview_body.html",
        days=list(zip(days, charts.columns([one.count for one in days]), strict=True)),
        issued=sum(one.count for one in days),
        types=[(names.get(code), code, count) for code, count in figures.by_type(office)],
        statuses=list(zip(statuses.items(), charts.shares(list(statuses.values())), strict=True)),
        total=sum(statuses.values()),
        verdicts=counted(),
        expiring=figures.expiring(office, now=now, days=_SOON),
        soon=_SOON,
        batches=figures.by_state(office),
        waiting=len(waiting(office)),
        jobs=Counter(job.state for job in jobs_of(office)),
        chain=_or_none(lambda: service.ledger.refresh().block),
        storage=_or_none(lambda: figures.storage(office)),
        witnesses=_or_none(lambda: _witnesses(service, office)),
        at=now,
    )


def _witnesses(service: Service, office: Office) -> dict[str, object]:
    root = service.ledger.trust_root
    return {
        "names": [one.name for one in root.witnesses],
        "threshold": root.threshold,
        "newest": figures.newest_is_witnessed(office),
    }


def _or_none(ask: Callable[[], T]) -> T | None:
    """What is asked for, or None where it does not answer: the other figures are shown all the same."""
    try:
        return ask()
    except (YinxinError, OSError):
        return None
