"""Reprints: the same bundle and QR code again, each noted with who, when and why before it leaves the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, literal, select
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from api.certificates.care_tables import reprints
from api.certificates.evidence import bundle_of, certificate
from api.certificates.office import Office
from api.certificates.records import read_record
from chain.issuing.events import check_reason
from chain.kernel.clock import rfc3339
from chain.kernel.errors import InvalidInput
from chain.kernel.steps import reached

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Reprint:
    """One reprint.

    Attributes:
        number: 1 for the first of its certificate.
        operator: who made it.
        reason: why.
        at: when, seconds.
    """

    number: int
    operator: str
    reason: str
    at: int

    def as_dict(self) -> dict[str, Any]:
        """The reprint as plain data."""
        return {"number": self.number, "operator": self.operator, "reason": self.reason, "at": rfc3339(self.at)}


@dataclass(frozen=True, slots=True)
class Printed:
    """What a reprint hands out.

    Attributes:
        reprint: its place in the log.
        bundle: the evidence bundle, as at the first time.
        stamp: content of the QR code, as at the first time.
    """

    reprint: Reprint
    bundle: bytes
    stamp: bytes


def reprint(office: Office, identifier: str, reason: str) -> Printed:
    """Note a reprint and give out its content. A copy that was noted may fail to be written, never the reverse.

    Raises:
        InvalidInput: no reason.
        NotFound, Refused: no such certificate, or not issued; nothing was noted.
    """
    if not reason.strip():
        raise InvalidInput("a reprint needs a reason", code="reprint.reason", field="reason", fix="give --reason")
    check_reason(reason)
    row = certificate(office.engine, identifier)
    bundle, stamp = bundle_of(office, row), read_record(office, row).stamp
    noted = _note(office, row, reason.strip())
    reached("reprint")
    return Printed(noted, bundle, stamp)


def _note(office: Office, row: Row[Any], reason: str) -> Reprint:
    """Take the next number; two at once take two numbers, by the table's own constraint."""
    own = reprints.c.certificate_id == row.id
    at, operator = office.clock(), office.operator
    following = select(
        literal(row.id),
        func.coalesce(func.max(reprints.c.number), 0) + 1,
        literal(operator),
        literal(reason),
        literal(at),
    ).where(own)
    columns = ["certificate_id", "number", "operator", "reason", "at"]
    for attempt in range(_TRIES):
        try:
            with office.engine.begin() as connection:
                number = connection.execute(
                    insert(reprints).from_select(columns, following).returning(reprints.c.number)
                ).scalar_one()
            return Reprint(number, operator, reason, at)
        except IntegrityError:
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("the loop returns or raises")


def reprints_of(office: Office, identifier: str) -> list[Reprint]:
    """The reprints of a certificate, oldest first. Raises NotFound."""
    row = certificate(office.engine, identifier)
    query = select(reprints).where(reprints.c.certificate_id == row.id).order_by(reprints.c.number)
    with office.engine.connect() as connection:
        return [Reprint(one.number, one.operator, one.reason, one.at) for one in connection.execute(query)]
