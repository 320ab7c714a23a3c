"""Looking into the index. Nothing here tells of bids in a lot that is not open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, and_, func, or_, select

from api.service.shapes import hex_of, time_of
from api.tenders.due import due_of
from api.tenders.schemas import (
    Amendment,
    CaseView,
    CeremonyView,
    LotLine,
    LotView,
    Member,
    Moment,
    Next,
    Place,
    RecordView,
    TenderLine,
    TenderView,
    Title,
)
from api.tenders.shown import OF_BIDS, word
from api.tenders.tables import (
    ceremonies,
    ceremony_members,
    tender_amendments,
    tender_cases,
    tender_events,
    tender_lots,
    tender_notices,
    tender_places,
    tender_records,
    tenders,
)
from chain.kernel.errors import NotFound
from chain.kernel.tender_facts import Phase

_OF_A_NOTICE = (
    tender_notices.c.category,
    tender_notices.c.bureau_name,
    tender_notices.c.title_zh,
    tender_notices.c.title_en,
    tender_notices.c.questions_until,
)
_INDEX_SPAN = 2**16
"""Logs of a block; with the block's number one number for a place in the chain, for cursors."""

COUNTED = ("EnvelopeClosed",)
"""Events whose arguments tell how many bids there are; shown without them before the opening."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which tenders are looked for; what is None or empty chooses nothing.

    Attributes:
        phases: with a lot in one of them.
        category: goods, works or services.
        bureau: USCC.
        text: words that titles or the bureau's name contain.
        deadline: first and last second of the deadline, either may be None.
    """

    phases: Collection[Phase] = ()
    category: str | None = None
    bureau: str | None = None
    text: str | None = None
    deadline: tuple[int | None, int | None] = (None, None)

    def among(self, query: Any) -> Any:
        """The query, with these conditions."""
        if self.phases:
            inside = select(tender_lots.c.tender).where(tender_lots.c.phase.in_([int(one) for one in self.phases]))
            query = query.where(tenders.c.number.in_(inside))
        if self.category is not None:
            query = query.where(tender_notices.c.category == self.category)
        if self.bureau is not None:
            query = query.where(tenders.c.bureau == self.bureau)
        first, last = self.deadline
        if first is not None:
            query = query.where(tenders.c.deadline >= first)
        if last is not None:
            query = query.where(tenders.c.deadline <= last)
        for one in (self.text or "").lower().split():
            query = query.where(tender_notices.c.words.contains(one, autoescape=True))
        return query


def find(
    engine: Engine, chosen: Chosen, *, limit: int, after: int = 0, skip: int = 0, soonest: bool = False
) -> list[TenderLine]:
    """Tenders, newest first, or those with the nearest deadline first.

    Args:
        engine: of the service database.
        chosen: which.
        limit: most of them.
        after: number of the last one seen, newest first (0: from the newest).
        skip: so many of the first ones are left out.
        soonest: in the order of deadlines.
    """
    order = (tenders.c.deadline, tenders.c.number) if soonest else (tenders.c.number.desc(),)
    query = chosen.among(_with_notice()).order_by(*order).limit(limit).offset(skip)
    if after:
        query = query.where(tenders.c.number < after)
    with engine.connect() as connection:
        rows = connection.execute(query).all()
        lots = _lots(connection, [row.number for row in rows])
    return [TenderLine(**_line(row, lots.get(row.number, []))) for row in rows]


def count(engine: Engine, chosen: Chosen) -> int:
    """How many tenders are chosen."""
    joined = select(func.count()).select_from(
        tenders.outerjoin(tender_notices, tender_notices.c.digest == tenders.c.notice)
    )
    with engine.connect() as connection:
        return int(connection.execute(chosen.among(joined)).scalar_one())


def bureaus(engine: Engine) -> list[tuple[str, str]]:
    """USCC and name of every bureau that has published; the name is empty where no notice was read."""
    query = (
        select(tenders.c.bureau, func.max(func.coalesce(tender_notices.c.bureau_name, "")))
        .outerjoin(tender_notices, tender_notices.c.digest == tenders.c.notice)
        .group_by(tenders.c.bureau)
        .order_by(tenders.c.bureau)
    )
    with engine.connect() as connection:
        return [(row[0], row[1]) for row in connection.execute(query)]


def _with_notice() -> Any:
    return select(tenders, *_OF_A_NOTICE).outerjoin(tender_notices, tender_notices.c.digest == tenders.c.notice)


def _lots(connection: Connection, numbers: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    query = (
        select(tender_lots).where(tender_lots.c.tender.in_(numbers)).order_by(tender_lots.c.tender, tender_lots.c.lot)
    )
    for row in connection.execute(query):
        found.setdefault(row.tender, []).append(row)
    return found


def _line(row: Any, lots: Sequence[Any]) -> dict[str, Any]:
    return {
        "number": row.number,
        "bureau": row.bureau,
        "bureau_name": row.bureau_name or "",
        "title": Title(zh=row.title_zh or "", en=row.title_en or ""),
        "category": row.category or "",
        "published": time_of(row.published_at),
        "deadline": time_of(row.deadline),
        "open_at": time_of(row.open_at),
        "cancelled": row.cancelled,
        "lots": [LotLine(lot=lot.lot, phase=word(Phase(lot.phase))) for lot in lots],
    }


def tender_row(connection: Connection, number: int) -> Any:
    """Row of ``tenders``, with what its notice says. Raises NotFound."""
    row = connection.execute(_with_notice().where(tenders.c.number == number)).one_or_none()
    if row is None:
        raise NotFound(
            f"no tender {number} here", code="tender.unknown", field="tender", fix="GET /v1/tenders lists them"
        )
    return row


def lot_row(connection: Connection, tender: int, lot: int) -> Any:
    """Row of ``tender_lots``. Raises NotFound."""
    tender_row(connection, tender)
    chosen = (tender_lots.c.tender == tender, tender_lots.c.lot == lot)
    row = connection.execute(select(tender_lots).where(*chosen)).one_or_none()
    if row is None:
        raise NotFound(f"tender {tender} has no lot {lot}", code="tender.lot", field="lot", fix="look at the tender")
    return row


def one(engine: Engine, number: int) -> TenderView:
    """A tender in full. Raises NotFound."""
    with engine.connect() as connection:
        row = tender_row(connection, number)
        lots = _lots(connection, [number]).get(number, [])
        live = _live(connection, number)
        amendments = _of(connection, tender_amendments, number, tender_amendments.c.number)
        records = _of(connection, tender_records, number, tender_records.c.block_number, tender_records.c.log_index)
        cases = _of(connection, tender_cases, number, tender_cases.c.lot, tender_cases.c.number)
    return TenderView(
        **_line(row, lots),
        notice=hex_of(row.notice),
        amendments=[
            Amendment(
                number=item.number, digest=hex_of(item.digest), deadline=time_of(item.deadline),
                open_at=time_of(item.open_at), at=time_of(item.at),
            )
            for item in amendments
        ],
        questions_until=time_of(row.questions_until),
        settled=time_of(row.settled_at or None),
        envelopes=row.envelopes,
        minimum_bids=row.minimum_bids,
        reveal_window=row.reveal_window,
        standstill=row.standstill,
        complaint_period=row.complaint_period,
        ceremony=row.ceremony,
        supervisor=hex_of(row.supervisor),
        custodians=row.custodians,
        next=[
            Next(
                what=due.what, lot=due.lot or None, envelope=due.envelope or None, at=time_of(due.at or None), by=due.by
            )
            for due in due_of(row, lots)
        ],
        details=[_lot(lot, live.get(lot.lot, 0)) for lot in lots],
        records=[
            RecordView(kind=item.kind, lot=item.lot or None, digest=hex_of(item.digest)) for item in records
        ],
        cases=[
            CaseView(
                lot=item.lot, number=item.number, kind=item.kind, digest=hex_of(item.digest),
                filed=time_of(item.filed_at), settled=time_of(item.settled_at),
            )
            for item in cases
        ],
    )  # fmt: skip


def _of(connection: Connection, table: Any, number: int, *order: Any) -> Sequence[Any]:
    return connection.execute(select(table).where(table.c.tender == number).order_by(*order)).all()


def _live(connection: Connection, number: int) -> dict[int, int]:
    query = (
        select(tender_places.c.lot, func.count())
        .where(tender_places.c.tender == number, tender_places.c.live)
        .group_by(tender_places.c.lot)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _lot(lot: Any, live: int) -> LotView:
    return LotView(
        lot=lot.lot, phase=word(Phase(lot.phase)), since=time_of(lot.since or None), closed=lot.closed,
        opened=lot.opened, attested=lot.attested, rankings=lot.rankings, awards=lot.awards, open_cases=lot.open_cases,
        places=lot.places if lot.opened else None, live=live if lot.opened else None,
    )  # fmt: skip


def places(engine: Engine, tender: int, lot: int) -> list[Place]:
    """The places of a lot. Raises NotFound, also before its first envelope is open."""
    with engine.connect() as connection:
        if not lot_row(connection, tender, lot).opened:
            raise NotFound(
                "this lot is not open",
                code="tender.sealed",
                field="lot",
                fix="nothing of bids is told before the opening",
            )
        query = select(tender_places).where(tender_places.c.tender == tender, tender_places.c.lot == lot)
        rows = connection.execute(query.order_by(tender_places.c.place)).all()
    return [
        Place(
            place=row.place, bidder=hex_of(row.bidder), version=row.version, commitment=hex_of(row.commitment),
            live=row.live, decoy=row.decoy,
        )
        for row in rows
    ]  # fmt: skip


def timeline(engine: Engine, tender: int, *, after: int, limit: int) -> tuple[list[Moment], list[int]]:
    """Events of a tender, and for each its place in the chain as one number; from the one after ``after`` on.

    Raises NotFound.
    """
    with engine.connect() as connection:
        tender_row(connection, tender)
        open_lots = select(tender_lots.c.lot).where(tender_lots.c.tender == tender, tender_lots.c.opened > 0)
        is_open = set(connection.execute(open_lots).scalars())
        table = tender_events
        block, index = divmod(after, _INDEX_SPAN)
        query = (
            select(table)
            .where(table.c.tender == tender, or_(table.c.name.not_in(OF_BIDS), table.c.lot.in_(is_open)))
            .where(or_(table.c.block_number > block, and_(table.c.block_number == block, table.c.log_index > index)))
            .order_by(table.c.block_number, table.c.log_index)
            .limit(limit)
        )
        rows = connection.execute(query).all()
    return [_moment(row, row.lot in is_open) for row in rows], [
        row.block_number * _INDEX_SPAN + row.log_index for row in rows
    ]


def _moment(row: Any, is_open: bool) -> Moment:
    values = dict(row.shown)
    if row.name in COUNTED and not is_open:
        values = {name: value for name, value in values.items() if name not in ("count", "digest")}
    return Moment(
        name=row.name, contract=row.contract, lot=row.lot or None, values=values, block=row.block_number,
        time=time_of(row.block_time), transaction=hex_of(row.transaction), index=row.log_index,
    )  # fmt: skip


def ceremony(engine: Engine, number: int) -> CeremonyView:
    """A ceremony. Raises NotFound."""
    with engine.connect() as connection:
        row = connection.execute(select(ceremonies).where(ceremonies.c.number == number)).one_or_none()
        if row is None:
            raise NotFound(
                f"no ceremony {number} here",
                code="ceremony.unknown",
                field="ceremony",
                fix="look at the tender's notice",
            )
        query = select(ceremony_members).where(ceremony_members.c.ceremony == number)
        members = connection.execute(query.order_by(ceremony_members.c.member)).all()
    return CeremonyView(
        number=row.number, bureau=row.bureau or None, tender=row.tender or None, threshold=row.threshold,
        roster=hex_of(row.roster), deals_until=time_of(row.deals_until), complaints_until=time_of(row.complaints_until),
        answers_until=time_of(row.answers_until), confirm_until=time_of(row.confirm_until),
        usable_until=time_of(row.usable_until), key=hex_of(row.key or None), transcript=hex_of(row.transcript or None),
        roll_calls=row.roll_calls, called=time_of(row.called_at or None),
        members=[
            Member(
                member=item.member, account=hex_of(item.account), dealt=item.dealt, confirmed=item.confirmed,
                qualified=item.qualified, destroyed=item.destroyed,
            )
            for item in members
        ],
    )  # fmt: skip
