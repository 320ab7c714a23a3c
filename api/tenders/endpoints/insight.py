"""Statistics for everybody; signals of collusion for the supervisor of a tender and for auditors, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau, in_tender, public
from api.service.context import Service
from api.service.routes import Here, ServiceRoute, bytes_of, ruled
from api.service.shapes import Bureau, Shape, Time, time_of
from api.tenders.insight import KEPT_SECONDS, Gathered
from api.tenders.schemas import TenderNumber
from chain.contracting.insight import TenderFact, read_span, statistics, table
from chain.contracting.insight.signals import Signal, lot_signals, tender_signals, thresholds
from chain.kernel.canonical import canonical
from chain.kernel.errors import NotFound

router = APIRouter(prefix="/v1", route_class=ServiceRoute, tags=["tenders"])
_SUPERVISING = in_tender(Role.SUPERVISOR, scope=Scope.TENDERS)
_AUDITING = in_bureau(Role.AUDITOR, scope=Scope.TENDERS)
_HEADERS = {"Cache-Control": f"public, max-age={KEPT_SECONDS}", "X-Content-Type-Options": "nosniff"}
_Since = Annotated[
    str | None,
    Query(max_length=10, description="first day of publication, by the calendar of China", examples=["2026-01-01"]),
]
_Until = Annotated[
    str | None, Query(max_length=10, description="last day of publication, which is in it", examples=["2026-12-31"])
]


class BothWords(Shape):
    """The same sentence in both languages."""

    zh: str = Field(examples=["3 份报价均在 1000.00 至 1003.10 之间，相差仅 0.3100%。"])
    en: str = Field(examples=["All 3 prices lie between 1000.00 and 1003.10, only 0.3100% apart."])


class SignalLot(Shape):
    """A lot of a tender."""

    tender: int = Field(examples=[12])
    lot: int = Field(examples=[1])


class SignalView(Shape):
    """Something seen that may point to collusion: advice with its figures, never a verdict."""

    code: str = Field(description="docs/public-data.md lists them", examples=["prices-close"])
    strength: str = Field(description="strong, middling, weak", examples=["middling"])
    lots: list[SignalLot]
    places: list[int] = Field(description="of the bids; empty across several lots", examples=[[1, 2, 3]])
    companies: list[str] = Field(description="codes of those it concerns", examples=[["91440101000000000A"]])
    seen: dict[str, str] = Field(description="the figures, exact", examples=[{"spread": "0.3100"}])
    said: BothWords = Field(description="what was seen")
    why: BothWords = Field(description="why it may mean something")
    innocent: BothWords = Field(description="how honest bidders come to it")

    @classmethod
    def of(cls, signal: Signal) -> SignalView:
        """From a signal."""
        return cls.model_validate(signal.as_dict())


class Signals(Shape):
    """Signals, the strongest first within each lot; names in a suspicion are no public data."""

    block: int = Field(description="final block at which everything was read", examples=[1203])
    time: Time
    unread: int = Field(description="papers that no board had: what rests on them is missing", examples=[0])
    items: list[SignalView]


@router.get("/statistics", response_class=Response, **ruled(public(), responses=bytes_of("application/json")))
def show_statistics(service: Here, since: _Since = None, until: _Until = None) -> Response:
    """Figures of all tenders from ledger and board alone (`yinxin-statistics-1`), with nobody's name.

    At most a minute old; `asOf` names the block.
    """
    return Response(canonical(figures(service, since, until)), media_type="application/json", headers=_HEADERS)


@router.get("/statistics.csv", response_class=Response, **ruled(public(), responses=bytes_of("text/csv")))
def show_statistics_table(service: Here, since: _Since = None, until: _Until = None) -> Response:
    """The same figures as a table for a spreadsheet, one a line."""
    named = {**_HEADERS, "Content-Disposition": 'attachment; filename="statistics.csv"'}
    data = table(figures(service, since, until)).encode("utf-8")
    return Response(data, media_type="text/csv; charset=utf-8", headers=named)


@router.get("/tenders/{tender}/signals", **ruled(_SUPERVISING))
def show_signals(service: Here, tender: TenderNumber) -> Signals:
    """Signals of collusion in the opened lots of a tender, for its supervisor: advice, never a verdict."""
    found = service.insight.gathered()
    return _of(found, _fact(found, tender))


@router.get("/bureaus/{bureau}/tenders/{tender}/signals", **ruled(_AUDITING))
def show_signals_to_auditor(service: Here, bureau: Bureau, tender: TenderNumber) -> Signals:
    """The same for an auditor of the tender's bureau."""
    found = service.insight.gathered()
    fact = _fact(found, tender)
    if fact.bureau != bureau:
        raise _unknown(tender)
    return _of(found, fact)


@router.get("/bureaus/{bureau}/signals", **ruled(_AUDITING))
def list_signals(service: Here, bureau: Bureau) -> Signals:
    """What shows only across the tenders of a bureau: who always meets whom, and who wins when."""
    found = service.insight.gathered()
    facts = [one for one in found.tenders if one.bureau == bureau]
    return _told(found, facts, tender_signals(facts, thresholds()))


def figures(service: Service, since: str | None, until: str | None) -> dict[str, object]:
    """``yinxin-statistics-1`` of tenders published from one day to another. Raises InvalidInput, as the ledger does."""
    span = read_span(since, until)
    found = service.insight.gathered()
    return statistics(found.tenders, found.issued, span, found.as_of)


def _fact(found: Gathered, tender: int) -> TenderFact:
    fact = next((one for one in found.tenders if one.number == tender), None)
    if fact is None:
        raise _unknown(tender)
    return fact


def _unknown(tender: int) -> NotFound:
    return NotFound(f"no tender {tender} here", code="tender.unknown", field="tender", fix="GET /v1/tenders lists them")


def _of(found: Gathered, fact: TenderFact) -> Signals:
    limits = thresholds()
    return _told(found, [fact], [one for lot in fact.lots for one in lot_signals(fact, lot, limits)])


def _told(found: Gathered, facts: Sequence[TenderFact], signals: Sequence[Signal]) -> Signals:
    block = found.as_of.block
    return Signals(
        block=block.number, time=time_of(block.time), unread=sum(one.unread for one in facts),
        items=[SignalView.of(one) for one in signals],
    )  # fmt: skip


__all__ = ["figures", "router"]
