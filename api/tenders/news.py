"""What happened in tenders and ceremonies, and what is near or late, becomes news: after the fact, from the index.

Whatever died, the next look finds what has no news yet; the key of each kind of news makes that once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, select

from api.db import exclusive_transaction
from api.notifications.kinds import KINDS
from api.notifications.noting import News, note, noted
from api.tenders.books import newest_book
from api.tenders.due import due_of
from api.tenders.people import people_of_ceremony, people_of_tender
from api.tenders.shown import OF_BIDS
from api.tenders.tables import ceremonies, tender_events, tender_lots, tenders
from chain.kernel.home import TenderSettings
from chain.kernel.steps import reached

OLD = 7 * 86_400
"""What happened longer ago is no news: a service that begins late does not tell a year's story."""

GATHER = 3600
"""Seconds in which who leads a tender gets one letter about questions: anybody asks, as often as it likes."""

LOCK = "news"
_DAY = 86_400


def run_news(engine: Engine, bureau: str, settings: TenderSettings, *, now: int) -> int:
    """Note what has no news yet in the tenders of a bureau, and in ceremonies of it and of the authority.

    Args:
        engine: of the service database.
        bureau: USCC.
        settings: reminders and what counts as late.
        now: seconds.

    Returns:
        How many news were noted.
    """
    with engine.connect() as connection:
        book = newest_book(connection)
        open_tenders = connection.execute(select(tenders).where(tenders.c.bureau == bureau)).all()
        open_ceremonies = connection.execute(select(ceremonies).where(ceremonies.c.bureau.in_((bureau, "")))).all()
        known = {key for row in open_tenders for key in noted(connection, book, tender=row.number)}
        known |= {key for row in open_ceremonies for key in noted(connection, book, ceremony=row.number)}
        found = [
            *(one for tender in open_tenders for one in _of_tender(connection, tender, settings, now)),
            *(one for ceremony in open_ceremonies for one in _of_ceremony(connection, ceremony, settings, now)),
        ]
    count = 0
    for one in found:
        if one.key in known:
            continue
        with exclusive_transaction(engine, LOCK) as connection:
            if newest_book(connection) != book:  # what was found is another tender's by now
                return count
            made = note(connection, book, one, _people(connection, one), now=now)
        if made:
            reached("news")
            count += 1
    return count


def question_asked(engine: Engine, tender: int, occasion: int, *, now: int) -> None:
    """News for those who lead the tender; letters are gathered. ``occasion`` tells questions apart."""
    one = News("tender.question", tender, occasion=occasion)
    with exclusive_transaction(engine, LOCK) as connection:
        note(connection, newest_book(connection), one, _people(connection, one), now=now, gather=GATHER)


def _people(connection: Connection, one: News) -> set[int]:
    if one.ceremony:
        return people_of_ceremony(connection, one.ceremony)
    return people_of_tender(connection, one.tender, KINDS[one.kind])


# --------------------------------------------------------------------------- what happened


def _of_tender(connection: Connection, tender: Any, settings: TenderSettings, now: int) -> Iterator[News]:
    query = select(tender_events).where(
        tender_events.c.tender == tender.number,
        tender_events.c.name.not_in(OF_BIDS),
        tender_events.c.block_time > now - OLD,
    )
    for event in connection.execute(query.order_by(tender_events.c.block_number, tender_events.c.log_index)):
        teller = _HAPPENED.get(event.name)
        found = teller(tender, event, event.shown) if teller else None
        if found is not None:
            yield found
    if not tender.over:
        lots = connection.execute(select(tender_lots).where(tender_lots.c.tender == tender.number)).all()
        yield from _in_time(tender, lots, settings, now)


_RECORDED = {
    "answers": "tender.answered",
    "committee": "tender.committee",
    "sheets-committed": "tender.committed",
}
"""Kind of a record to that of its news. Of a committee everybody of the pool is told, not only who sits on it."""


def _recorded(tender: Any, _event: Any, shown: Any) -> News | None:
    kind = _RECORDED.get(shown["kind"])
    if kind is None:
        return None
    # The digest tells papers of a kind apart, also after a reorganisation.
    lot = 0 if shown["kind"] == "answers" else shown["lot"]
    return News(kind, tender.number, lot=lot, occasion=int(shown["digest"][2:14], 16))


_Teller = Callable[[Any, Any, Any], News | None]
_HAPPENED: dict[str, _Teller] = {
    "Published": lambda t, e, v: News("tender.published", t.number, moment=v["notice"]["deadline"]),
    "Amended": lambda t, e, v: News("tender.amended", t.number, occasion=v["number"], moment=v["deadline"]),
    "Extended": lambda t, e, v: News("tender.extended", t.number, occasion=v["deadline"], moment=v["deadline"]),
    "DeadlineMoved": lambda t, e, v: News("tender.moved", t.number, moment=v["deadline"]),
    "TenderCancelled": lambda t, e, v: News("tender.cancelled", t.number),
    "Recorded": _recorded,
    "EnvelopeClosed": lambda t, e, v: News("tender.closed", t.number, lot=v["lot"], occasion=v["envelope"]),
    "EnvelopeOpened": lambda t, e, v: News("tender.opened", t.number, lot=v["lot"], occasion=v["envelope"]),
    "LotFailed": lambda t, e, v: News("tender.failed", t.number, lot=v["lot"]),
    "CandidatesNamed": lambda t, e, v: News(
        "tender.candidates", t.number, lot=v["lot"], occasion=v["number"], moment=e.block_time + t.standstill
    ),
    "CaseFiled": lambda t, e, v: News("tender.case", t.number, lot=v["lot"], occasion=v["number"]),
    "CaseSettled": lambda t, e, v: News("tender.case-settled", t.number, lot=v["lot"], occasion=v["number"]),
    "LotAwarded": lambda t, e, v: News(
        "tender.awarded", t.number, lot=v["lot"], occasion=v["number"], moment=e.block_time + t.complaint_period
    ),
    "LotContracted": lambda t, e, v: News("tender.contracted", t.number, lot=v["lot"]),
}
"""Event to its news."""


def _of_ceremony(connection: Connection, row: Any, settings: TenderSettings, now: int) -> Iterator[News]:
    query = select(tender_events).where(
        tender_events.c.ceremony == row.number,
        tender_events.c.name.in_(("Convened", "Activated")),
        tender_events.c.block_time > now - OLD,
    )
    for event in connection.execute(query.order_by(tender_events.c.block_number)):
        if event.name == "Convened":
            yield News("ceremony.convened", ceremony=row.number, moment=row.deals_until)
        else:
            yield News("ceremony.active", ceremony=row.number)
    if row.key and now <= row.usable_until and now > row.called_at + settings.roll_call_days * _DAY:
        yield News("ceremony.roll-call", ceremony=row.number, occasion=row.roll_calls, moment=row.called_at)


# --------------------------------------------------------------------------- what is near or late


def _in_time(tender: Any, lots: Sequence[Any], settings: TenderSettings, now: int) -> Iterator[News]:
    late = settings.late_seconds
    by_lot = {lot.lot: lot for lot in lots}
    for due in due_of(tender, lots):
        match due.what:
            case "deadline":
                yield from _reminder("tender.deadline-near", tender, due.at, settings, now)
            case "settle" if now > due.at + late:
                yield News("tender.to-settle", tender.number, moment=tender.deadline)
            case "close" if now > max(due.at, by_lot[due.lot].since) + late and tender.settled_at:
                yield News("tender.to-close", tender.number, lot=due.lot, occasion=due.envelope)
            case "open":
                yield from _opening(
                    tender, by_lot[due.lot], due.envelope, max(due.at, by_lot[due.lot].since), late, now
                )
            case "award" if now >= due.at:
                since = by_lot[due.lot].since
                yield News("tender.standstill-over", tender.number, lot=due.lot, occasion=since, moment=due.at - 1)
            case "contract" if now >= due.at:
                since = by_lot[due.lot].since
                yield News("tender.complaints-over", tender.number, lot=due.lot, occasion=since, moment=due.at - 1)
    if not tender.cancelled and not any(lot.opened for lot in lots):
        yield from _reminder("tender.opening-near", tender, tender.open_at, settings, now)


def _opening(tender: Any, lot: Any, envelope: int, at: int, late: int, now: int) -> Iterator[News]:
    missing = len(tender.custodians) - len(lot.attested.get(str(envelope), ()))
    # Envelope 2 may be opened as soon as its live set is fixed; custodians need a while to say that they have it all.
    patience = late if envelope == 2 else 0
    if missing > 0 and now >= at + patience:
        yield News("tender.custody-missing", tender.number, lot=lot.lot, occasion=envelope, moment=at)
    if now > at + late:
        yield News("tender.opening-late", tender.number, lot=lot.lot, occasion=envelope, moment=at)


def _reminder(kind: str, tender: Any, moment: int, settings: TenderSettings, now: int) -> Iterator[News]:
    """The shortest of the times before ``moment`` that has come; one that is extended is reminded of again."""
    passed = [seconds for seconds in settings.remind_seconds if moment - seconds <= now]
    if passed and now < moment:
        yield News(kind, tender.number, occasion=moment - min(passed), moment=moment)
