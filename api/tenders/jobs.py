"""What the worker does for tenders: follow the ledger, act on time, tell people, send letters.

Rows say what is open; a pass may die anywhere and is gone on with. One bureau's worker of a service follows the ledger
and sends letters for all of them: those things are the service's, not a bureau's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Engine

from api.certificates.office import Office
from api.notifications.mail import Mail, open_mail
from api.notifications.sending import open_letters, send_letter
from api.tenders import acting, news, notices
from api.tenders.follow import follow
from api.tenders.moves import note_moves
from api.tenders.place import Tenders
from chain.kernel.home import Home

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Desk:
    """The service's side of a worker.

    Attributes:
        home: the service's home.
        engine: its database.
        tenders: ledger and boards; one for each office, because a reader is not shared between threads.
        first: this bureau's worker does what is the service's, too.
    """

    home: Home
    engine: Engine
    tenders: Tenders
    first: bool


def desk_of(office: Office) -> Desk | None:
    """Where the worker keeps it; None for an office without a service. Nothing without tenders on the ledger."""
    found = cast("Desk | None", getattr(office, "service", None))
    return found if found is not None and found.tenders.are_there else None


def the_index(office: Office) -> list[int]:
    """Follow the ledger, if this bureau's worker is the one that does."""
    desk = desk_of(office)
    return [0] if desk is not None and desk.first else []


def run_index(office: Office, _number: int, _progress: Progress) -> str:
    """Bring the index to the newest final block, and read the notices in force."""
    desk = desk_of(office)
    if desk is not None:
        bring_up_to_date(desk)
    return ""


def bring_up_to_date(desk: Desk, *, anew: bool = False) -> None:
    """Follow the chain, from its beginning if ``anew``; then read notices that were not read yet."""
    with desk.tenders.chain() as chain:
        follow(desk.engine, chain, anew=anew)
    notices.read_notices(desk.engine, desk.tenders.board)


def due(office: Office) -> list[int]:
    """Tenders of the bureau in which something is due that the service may do."""
    desk = desk_of(office)
    if desk is None or not desk.tenders.may_send:
        return []
    return acting.due_tenders(desk.engine, office.bureau, office.clock())


def run_due(office: Office, number: int, _progress: Progress) -> str:
    """Settle and close what is due in a tender, and bring the index up to it."""
    desk = desk_of(office)
    if desk is None:
        return ""
    with desk.tenders.chain() as chain:
        acts = desk.tenders.acts
        if acts is not None:
            acting.advance(chain.ledger, acts, number)
        follow(desk.engine, chain)
    return ""


def telling(office: Office) -> list[int]:
    """Whatever happened is looked for as upkeep."""
    return [0] if desk_of(office) is not None else []


def run_telling(office: Office, _number: int, _progress: Progress) -> str:
    """Note news for people, and events for webhooks."""
    desk = desk_of(office)
    if desk is not None:
        news.run_news(desk.engine, office.bureau, desk.home.settings.tenders, now=office.clock())
        note_moves(office.engine, desk.engine, office.bureau, now=office.clock())
    return ""


def letters(office: Office) -> list[int]:
    """Letters that are due, by the number of their notification."""
    desk = cast("Desk | None", getattr(office, "service", None))
    return open_letters(desk.engine, office.clock()) if desk is not None and desk.first else []


def run_letter(office: Office, number: int, _progress: Progress) -> str:
    """Send one letter, or note why not."""
    desk = cast("Desk | None", getattr(office, "service", None))
    if desk is not None:
        mail: Mail = open_mail(desk.home)
        settings = desk.home.settings
        send_letter(
            desk.engine, mail, number, sender=settings.mail.sender, site=settings.service.public_url, now=office.clock()
        )
    return ""
