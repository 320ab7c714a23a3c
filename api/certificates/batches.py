"""From a validated list to a batch in the register: uniqueness, predecessors, recall."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, delete, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from api.certificates.again import same_list
from api.certificates.laying import draft_of_row, release_request
from api.certificates.office import Office
from api.certificates.prepared import CHUNK, PreparedList, PreparedRow
from api.certificates.statuses import status_of
from api.certificates.tables import batches, certificates
from api.db import exclusive_transaction
from api.db.bulk import execute_many
from api.types.known import catalogue_in
from chain.catalogue import CertificateType
from chain.catalogue.lists import Row as ListRow
from chain.credentials.status_list import StatusList
from chain.desk.messages import Request
from chain.documents import Tombstone
from chain.identifiers import parse
from chain.issuing.contents import Draft, draft_of
from chain.issuing.events import check_reason
from chain.issuing.lifecycle import OPERATIONS as OPERATIONS_OF_STATUS
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url
from chain.kernel.errors import Conflict, NotFound, Refused
from chain.kernel.steps import reached

OPERATIONS = {"issue": "新发", "renew": "延续", "change": "变更", "transfer": "转入", "import": "存量导入"}
"""What a batch does, and its name in Chinese."""

FINAL = ("complete", "recalled")
_DRAFT_COLUMNS = (
    "batch_id", "position", "uniqueness", *PreparedRow._fields,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that cannot be issued because its number is taken.

    Attributes:
        row: row number as the list shows it.
        number: certificate number.
        batch: the batch that holds it.
        identifier: of the certificate that holds it, or None after shredding.
    """

    row: int
    number: str
    batch: int
    identifier: str | None


class NumbersTaken(Conflict):
    """Some numbers of the list are issued or waiting already.

    Attributes:
        taken: which rows.
    """

    def __init__(self, taken: list[Taken]) -> None:
        first = taken[0]
        super().__init__(
            f"{len(taken)} rows are in the register already, "
            f"first row {first.row}: {first.number} (batch {first.batch})",
            code="batch.duplicate",
            field="certificateNumber",
            fix="remove these rows; to follow an existing certificate use yinxin renew or yinxin change",
        )
        self.taken = taken


def drafts_for_issue(office: Office, rows: Iterable[ListRow], certificate_type: CertificateType) -> Iterator[Draft]:
    """Drafts of a first issue, one by one. The bureau's legal name comes from the registry."""
    name = office.bureau_name
    return (
        draft_of(
            certificate_type.complete(row.fields, bureau_name=name),
            certificate_type,
            office.bureau,
            serial=row.serial,
            version=row.version,
        )
        for row in rows
    )


def drafts_for_successors(office: Office, rows: Sequence[ListRow], certificate_type: CertificateType) -> list[Draft]:
    """Drafts that follow certificates of the register: same number and serial, one version on, predecessor named.

    A row that says just what the newest certificate of its number says, where that one follows another, is that one
    again: the same list given twice makes the same drafts.

    Args:
        office: the officer's office.
        rows: validated rows; the number names the predecessor.
        certificate_type: type of both.

    Raises:
        NotFound: no issued certificate with that number; names the row.
        Refused: that certificate is in a final state; names the row.
    """
    drafts = []
    name = office.bureau_name
    lists: dict[str, StatusList] = {}
    with office.engine.connect() as connection:
        for row in rows:
            fields = certificate_type.complete(row.fields, bureau_name=name)
            number = str(fields[certificate_type.number_field])
            found = connection.execute(
                select(certificates)
                .join(batches)
                .where(
                    certificates.c.number == number,
                    batches.c.certificate_type == certificate_type.code,
                    batches.c.state == "complete",
                )
                .order_by(certificates.c.id.desc())
            ).first()
            if found is None:
                raise NotFound(
                    f"row {row.number}: no issued certificate has the number {number}",
                    code="batch.predecessor",
                    field=certificate_type.number_field,
                    fix="issue it instead, or correct the number",
                )
            before = parse(found.identifier, foreign=True)
            version, predecessor = f"{int(before.version) + 1:03d}", found.identifier
            if found.predecessor is not None and found.fields.encode() == canonical(dict(fields)):
                version, predecessor = before.version, found.predecessor
            elif (status := status_of(connection, found, lists)) not in OPERATIONS_OF_STATUS["supersede"].before:
                raise Refused(
                    f"row {row.number}: {number} is {status.name.lower() if status is not None else 'not issued'}",
                    code="batch.predecessor_final",
                    field=certificate_type.number_field,
                    fix="issue a new certificate under a number of its own",
                )
            drafts.append(
                draft_of(
                    fields,
                    certificate_type,
                    office.bureau,
                    serial=before.serial,
                    version=version,
                    predecessor=predecessor,
                )
            )
    return drafts


def create_batch(
    office: Office,
    drafts: Iterable[Draft],
    certificate_type: CertificateType,
    *,
    operation: str,
    source: str,
    reason: str = "",
    row_numbers: Sequence[int] | None = None,
) -> tuple[int, bool]:
    """Put a list into the register, once. Needs no lock of the caller's: one transaction settles who came first.

    Args:
        office: the officer's office.
        drafts: what is to be issued, in order; taken one by one, so that a long list need not lie in memory.
        certificate_type: type of all.
        operation: issue, renew, change, transfer or import.
        source: name of the list.
        reason: why, for renewals and changes.
        row_numbers: number of each draft's row as the spreadsheet shows it; counted from 1 if not given.

    Returns:
        The batch's number, and True if it is new. The same rows again, under whatever name, answer the
        batch that has them.

    Raises:
        NumbersTaken: some of the numbers, but not this very list, are in the register.
        Refused: the type is retired, or has a newer version.
        InvalidInput: no rows, or two with the same number.
    """
    if office.actor != office.bureau:
        raise Refused(
            f"{office.bureau} has been succeeded by {office.actor} and issues no more",
            code="batch.succeeded",
            field="bureau",
            fix="issue from the successor's own home",
        )
    check_reason(reason)
    given = PreparedList(drafts, certificate_type, office.bureau, office.uniqueness)
    with exclusive_transaction(office.engine, "batches") as connection:
        known = connection.execute(
            select(batches.c.id).where(batches.c.rows_digest == given.digest, batches.c.state != "recalled")
        ).scalar()
        if known is not None:
            return int(known), False
        catalogue_in(connection).check_issuable(certificate_type)
        taken = _taken(connection, given, row_numbers)
        if taken:
            known = same_list(connection, given)
            if known is not None:
                return known, False
            raise NumbersTaken(taken)
        found = connection.execute(
            insert(batches).values(
                bureau=office.bureau,
                certificate_type=certificate_type.code,
                template_version=certificate_type.version,
                operation=operation,
                source=source,
                operator=office.operator,
                maker=office.maker,
                reason=reason,
                rows_digest=given.digest,
                size=len(given),
                state="waiting",
                created_at=office.clock(),
            )
        ).inserted_primary_key
        assert found is not None
        batch_id = int(found[0])
        try:
            with connection.begin_nested():
                position = 0
                for rows in given.chunks():
                    execute_many(
                        connection,
                        insert(certificates),
                        _DRAFT_COLUMNS,
                        [(batch_id, place, given.keyed[place], *row) for place, row in enumerate(rows, position)],
                    )
                    position += len(rows)
        except IntegrityError as error:
            # Only a writer that does not take the lock comes in between; what it wrote can be seen now.
            taken = _taken(connection, given, row_numbers)
            if not taken:
                raise
            raise NumbersTaken(taken) from error
    reached("registered")
    return batch_id, True


def _taken(connection: Connection, given: PreparedList, row_numbers: Sequence[int] | None) -> list[Taken]:
    """Rows whose number, or the identifier that comes out of it, is in the register."""
    taken: dict[int, Taken] = {}
    columns: tuple[tuple[Column[Any], Sequence[Any]], ...] = (
        (certificates.c.uniqueness, given.keyed),
        (certificates.c.identifier, given.identifiers),
    )
    for column, values in columns:
        for start in range(0, len(values), CHUNK):
            some = values[start : start + CHUNK]
            query = select(column.label("value"), certificates.c.batch_id, certificates.c.identifier)
            for row in connection.execute(query.where(column.in_(some))):
                position = start + some.index(row.value)
                shown = position + 1 if row_numbers is None else row_numbers[position]
                taken[position] = Taken(shown, given[position].number, row.batch_id, row.identifier)
    return [taken[position] for position in sorted(taken)]


def batch(office: Office, batch_id: int) -> Row[Any]:
    """One batch's row. Raises NotFound."""
    with office.engine.connect() as connection:
        row = connection.execute(select(batches).where(batches.c.id == batch_id)).one_or_none()
    if row is None:
        raise NotFound(f"no batch {batch_id}", code="batch.unknown", field="batch", fix="yinxin batch list shows them")
    return row


def drafts_of(office: Office, batch_id: int) -> list[Draft]:
    """The drafts of a batch, in order."""
    with office.engine.connect() as connection:
        query = select(certificates).where(certificates.c.batch_id == batch_id).order_by(certificates.c.position)
        return [draft_of_row(row) for row in connection.execute(query)]


def recall(office: Office, batch_id: int, *, wait: float) -> None:
    """Take a batch back. Its numbers are free again.

    Raises:
        Refused: its root is signed already (revoke instead), or the signer did not answer in time.
    """
    row = batch(office, batch_id)
    if row.state == "recalled":
        return
    if row.state in ("signed", "confirmed", "complete"):
        raise Refused(
            f"batch {batch_id}: its root is signed already",
            code="batch.too_late",
            field="batch",
            fix="revoke its certificates instead",
        )
    request = Request(
        "recall", row.bureau, {"rowsDigest": b64url(row.rows_digest), "batch": batch_id, "createdAt": row.created_at}
    )
    answer = office.desk.wait(office.desk.submit(request), wait)
    if answer is None:
        raise Refused(
            "the approver's signer has not answered yet",
            code="batch.signer",
            field="batch",
            fix="start yinxin signer, then recall again",
        )
    if not answer.ok:
        raise Refused(
            answer.message, code=answer.code, field="batch", fix="let the batch finish and revoke its certificates"
        )
    office.desk.withdraw(release_request(office, row).id)
    forget(office, batch_id)


def forget(office: Office, batch_id: int) -> None:
    """Mark as recalled and drop the drafts, with any secrets made for them; slots given out stay used."""
    office.desk.parts.drop(bytes(batch(office, batch_id).rows_digest))
    with office.engine.begin() as connection:
        query = select(certificates.c.key_id).where(
            certificates.c.batch_id == batch_id, certificates.c.key_id.is_not(None)
        )
        keys = [bytes(key) for key in connection.execute(query).scalars()]
        office.vault.destroy_many([Tombstone(key, {}) for key in keys])
        connection.execute(delete(certificates).where(certificates.c.batch_id == batch_id))
        connection.execute(update(batches).where(batches.c.id == batch_id).values(state="recalled"))


def type_of(office: Office, row: Row[Any]) -> CertificateType:
    """The certificate type of a batch, in the very version it was made by."""
    return office.catalogue.find(row.certificate_type, row.template_version)
