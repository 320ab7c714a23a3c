"""Roll calls, put on the ledger by the service's own account once enough key holders have answered: anybody may."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, select

from api.certificates.office import Office
from api.tenders.jobs import desk_of
from api.tenders.tables import tenders
from chain.kernel.errors import Refused, YinxinError
from chain.tenders.holding.roll_call import complete_roll


def awaited_keys(engine: Engine, bureau: str, now: int) -> list[int]:
    """Ceremonies whose keys a tender of the bureau still waits for, by number."""
    query = select(tenders.c.ceremony).where(
        tenders.c.bureau == bureau, tenders.c.over.is_(False), tenders.c.cancelled.is_(False),
        tenders.c.open_at > now,
    )  # fmt: skip
    with engine.connect() as connection:
        return sorted(set(connection.execute(query.distinct()).scalars()))


def run_rolls(office: Office, _number: int, _progress: Callable[[str, int, int], None]) -> str:
    """Complete the roll calls that t have answered; one that cannot be told stops no other.

    Raises:
        YinxinError: the first of those that could not be told, once all have been looked at.
    """
    desk = desk_of(office)
    if desk is None or not desk.tenders.may_send:
        return ""
    fault: YinxinError | None = None
    for ceremony in awaited_keys(desk.engine, office.bureau, office.clock()):
        try:
            with desk.tenders.chain() as chain:
                acts = desk.tenders.acts
                if acts is not None:
                    complete_roll(chain.ledger, desk.tenders.board, acts, ceremony)
        except Refused:
            continue  # no key is in force: the tender's officer is told elsewhere
        except YinxinError as error:
            fault = fault or error
    if fault is not None:
        raise fault
    return ""
