"""Roll calls, put on the ledger by the service's own account once enough key holders have answered: anybody may."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Engine, select

from api.certificates.office import Office
from api.tenders.jobs import desk_of
from api.tenders.tables import tenders
from chain.kernel.errors import Refused
from chain.tenders.holding.roll_call import complete_roll

_AHEAD = 7 * 86_400
"""Seconds before an opening from which on its roll call is looked for."""


def near_keys(engine: Engine, bureau: str, now: int) -> list[int]:
    """Ceremonies whose keys open a tender of the bureau within a week, by number."""
    query = select(tenders.c.ceremony).where(
        tenders.c.bureau == bureau, tenders.c.over.is_(False), tenders.c.cancelled.is_(False),
        tenders.c.open_at > now, tenders.c.open_at <= now + _AHEAD,
    )  # fmt: skip
    with engine.connect() as connection:
        return sorted(set(connection.execute(query.distinct()).scalars()))


def run_rolls(office: Office, _number: int, _progress: Callable[[str, int, int], None]) -> str:
    """Complete the roll calls that t have answered. Raises Conflict, Unavailable: ledger or boards do not answer."""
    desk = desk_of(office)
    if desk is None or not desk.tenders.may_send:
        return ""
    for ceremony in near_keys(desk.engine, office.bureau, office.clock()):
        with desk.tenders.chain() as chain:
            acts = desk.tenders.acts
            if acts is not None:
                with suppress(Refused):  # no key is in force: the tender's officer is told elsewhere
                    complete_roll(chain.ledger, desk.tenders.board, acts, ceremony)
    return ""
