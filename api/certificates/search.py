"""Find certificates in the register."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.engine import Row

from api.certificates.office import Office
from api.certificates.statuses import status_of
from api.certificates.tables import act_entries, acts, batches, certificates
from chain.credentials.status_list import Status, StatusList
from chain.kernel.clock import rfc3339
from chain.kernel.errors import InvalidInput, NotFound

_DIGEST = re.compile(r"0x[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Found:
    """One certificate of the register.

    Attributes:
        row: its row.
        batch: its batch's row.
        status: as last seen on the ledger; None before it has a slot.
    """

    row: Row[Any]
    batch: Row[Any]
    status: Status | None

    def as_dict(self) -> dict[str, Any]:
        """The certificate as plain data."""
        row = self.row
        return {
            "identifier": row.identifier,
            "number": row.number,
            "holder": row.holder_name,
            "holderCode": row.holder_code,
            "batch": row.batch_id,
            "batchState": self.batch.state,
            "status": self.status.name if self.status is not None else None,
            "notBefore": rfc3339(row.not_before),
            "expires": rfc3339(row.expires) if row.expires is not None else None,
            "predecessor": row.predecessor,
            "successor": row.successor,
            "shredded": row.shredded_at is not None,
        }


def found_by(office: Office, query: Any) -> list[Found]:
    """Certificates that a query over ``certificates`` selects, with batch and status."""
    with office.engine.connect() as connection:
        lists: dict[str, StatusList] = {}
        known: dict[int, Row[Any]] = {}
        found = []
        for row in connection.execute(query).all():
            if row.batch_id not in known:
                known[row.batch_id] = connection.execute(select(batches).where(batches.c.id == row.batch_id)).one()
            found.append(Found(row, known[row.batch_id], status_of(connection, row, lists)))
        return found


def find(office: Office, text: str, *, limit: int = 100) -> list[Found]:
    """Certificates whose holder name contains, or whose number, holder code, identifier or digest is, ``text``.

    The digest is SHA-256 of the signed certificate, 0x and 64 hexadecimal digits, as papers on a ledger name it.
    """
    text = text.strip()
    if not text:
        raise InvalidInput(
            "nothing to look for", code="find.empty", field="text", fix="give a name, number, code or identifier"
        )
    query = (
        select(certificates)
        .where(
            or_(
                certificates.c.identifier == text,
                certificates.c.number == text,
                certificates.c.holder_code == text,
                *([certificates.c.jwt_digest == bytes.fromhex(text[2:])] if _DIGEST.match(text) else []),
                certificates.c.holder_name.icontains(text, autoescape=True),
            )
        )
        .order_by(certificates.c.id)
        .limit(limit)
    )
    return found_by(office, query)


def select_for_act(
    office: Office, identifiers: Sequence[str], *, file: Path | None = None, holder: str | None = None
) -> list[Row[Any]]:
    """Rows to act on: named one by one, in a file (one identifier or number a line), or all of a holder's live ones.

    Raises:
        NotFound: one of them is not in the register; names it. Nothing is changed then.
    """
    names = [name for name in identifiers if name]
    if file is not None:
        try:
            lines = file.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidInput(
                f"{file}: {error}", code="status.file", field="file", fix="give a UTF-8 text, one identifier a line"
            ) from error
        names += [line.split(",")[0].strip() for line in lines if line.strip()]
    rows = []
    for name in names:
        matches = found_by(
            office, select(certificates).where(or_(certificates.c.identifier == name, certificates.c.number == name))
        )
        live = [item for item in matches if item.row.successor is None] or matches
        if not live:
            raise NotFound(
                f"no certificate {name} in this register",
                code="certificate.unknown",
                field="identifier",
                fix="check it with yinxin find",
            )
        rows.append(live[-1].row)
    if holder is not None:
        matches = found_by(
            office, select(certificates).where(certificates.c.holder_code == holder).order_by(certificates.c.id)
        )
        rows += [
            item.row
            for item in matches
            if item.status in (Status.VALID, Status.SUSPENDED) and item.batch.state == "complete"
        ]
        if not matches:
            raise NotFound(
                f"no certificate of holder {holder}",
                code="certificate.unknown",
                field="holder",
                fix="give the holder's code",
            )
    return rows


def expired(office: Office, at: int) -> list[Row[Any]]:
    """Certificates past their date that nobody has closed."""
    query = (
        select(certificates)
        .where(
            certificates.c.expires <= at,
            certificates.c.status_list.is_not(None),
            certificates.c.shredded_at.is_(None),
        )
        .order_by(certificates.c.id)
    )
    return [
        item.row
        for item in found_by(office, query)
        if item.status in (Status.VALID, Status.SUSPENDED) and item.batch.state == "complete"
    ]


def history(office: Office, certificate_id: int) -> Iterator[dict[str, Any]]:
    """The acts on one certificate, oldest first."""
    query = (
        select(acts, act_entries.c.before, act_entries.c.after, act_entries.c.linked)
        .join(act_entries, act_entries.c.act_id == acts.c.id)
        .where(act_entries.c.certificate_id == certificate_id)
        .order_by(acts.c.id)
    )
    with office.engine.connect() as connection:
        for row in connection.execute(query):
            yield {
                "operation": row.operation,
                "before": Status(row.before).name,
                "after": Status(row.after).name,
                "operator": row.operator,
                "reason": row.reason,
                "at": rfc3339(row.at),
                "state": row.state,
                "successor": row.linked,
            }
