"""Statistics of all tenders for people: the figures of ``GET /v1/statistics``, drawn, with their tables."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.accounts.rules import public
from api.service.languages import language_of
from api.service.pages.rendering import render
from api.service.pages.routes import PageRoute
from api.service.routes import Here, ruled
from api.tenders.endpoints.insight import figures
from api.tenders.pages.charts import bars, counted, type_name
from api.tenders.pages.showing import telling
from api.tenders.pages.telling import Telling
from chain.kernel.clock import parse_moment

router = APIRouter(route_class=PageRoute)
_Day = Annotated[str, Query(max_length=10)]


@router.get("/statistics", **ruled(public()))
def show_statistics_page(request: Request, service: Here, since: _Day = "", until: _Day = "") -> Response:
    """Figures of all tenders; with nobody's name."""
    language = language_of(request)
    found = figures(service, since or None, until or None)
    return render(
        request, "tenders/statistics.html", words="board", since=since, until=until,
        **drawn(found, telling(language)),
    )  # fmt: skip


def drawn(found: Any, h: Telling) -> dict[str, Any]:
    """What the template is given of ``yinxin-statistics-1``."""
    t, tenders = h.t, found["tenders"]
    phases = [(h.phase(name), count) for name, count in tenders["lotsByPhase"].items() if count]
    categories = [
        (t(f"category.{name}"), count) for name, count in counted(tenders["byCategory"], "category", "tenders")
    ]
    reasons = [(t(f"reason.{one['reason']}"), one["lots"]) for one in found["failures"]["reasons"] if one["lots"]]
    charts = [
        ("phases", bars(phases)),
        ("months", bars(counted(tenders["byMonth"], "month", "tenders"))),
        ("categories", bars(categories)),
        ("reasons", bars(reasons)),
    ]
    for name, part, unit in (("issued", "issued", "certificates"), ("saved", "notAskedFor", "documents")):
        lines = [(type_name(one["type"], h.language), one[unit]) for one in found["certificates"][part]["byType"]]
        charts.append((name, bars(lines, withheld=t("statistics.withheld"))))
    return {
        "h": h,
        "found": found,
        "at": parse_moment(found["asOf"]["time"]),
        "charts": [(name, lines) for name, lines in charts if lines],
    }


__all__ = ["drawn", "router"]
