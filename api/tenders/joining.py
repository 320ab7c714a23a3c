"""Into a part in a tender, whichever door one comes by: what the ledger says of one's address is asked first."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Row

from api.accounts import appointments, people
from api.accounts.people import Account
from api.accounts.principals import Principal
from api.accounts.roles import Role
from api.service.context import Service
from api.tenders.addresses import on_the_ledger
from api.tenders.query import tender_row
from chain.kernel.encoding import unhex0x
from chain.kernel.errors import Conflict


def appoint(service: Service, tender: int, name: str, role: Role, *, bureau: str, by: int) -> tuple[Account, Row[Any]]:
    """Give the account of that name a part in a tender of the bureau; see :func:`api.accounts.appointments.appoint`."""
    account = people.account_named(service.engine, name)
    row = appointments.appoint(
        service.engine, tender, account.number, role, bureau=bureau, by=by, now=service.clock(),
        known=_known(service, tender, account.address),
    )  # fmt: skip
    return account, row


def take_part(service: Service, caller: Principal, tender: int, role: Role) -> None:
    """Take a part for oneself, as bidder or expert. Raises NotFound; Conflict: it does not go with another one."""
    with service.engine.connect() as connection:
        bureau = str(tender_row(connection, tender).bureau)
    appointments.take_part(
        service.engine, tender, caller.account, role, bureau=bureau, now=service.clock(),
        known=_known(service, tender, caller.address),
    )  # fmt: skip


def leave(service: Service, caller: Principal, tender: int, role: Role) -> None:
    """End a part that one took; as an expert until the deadline. Raises NotFound, Conflict."""
    if role is Role.EXPERT:
        with service.engine.connect() as connection:
            deadline = tender_row(connection, tender).deadline
        if service.clock() > deadline:
            raise Conflict(
                f"the deadline of tender {tender} is over: whoever may be drawn stays an expert of it",
                code="appointment.late", field="tender", fix="be excluded or replaced: tell the procuring officer",
            )  # fmt: skip
    appointments.leave(service.engine, tender, caller.account, role, now=service.clock())


def _known(service: Service, tender: int, address: str | None) -> frozenset[Role]:
    if address is None:
        return frozenset()
    with service.engine.connect() as connection:
        return on_the_ledger(connection, service.tenders, tender, unhex0x(address, size=20))


__all__ = ["appoint", "leave", "take_part"]
