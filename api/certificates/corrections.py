"""Correction of a typo (更正): a change of one certificate, made from the register's own fields, with a predecessor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.engine import Row

from api.certificates.evidence import certificate
from api.certificates.office import Office
from api.certificates.statuses import status_of
from api.certificates.tables import batches, certificates
from chain.catalogue import CertificateType
from chain.catalogue.lists.heading import names_of, normalised
from chain.catalogue.problems import Problem
from chain.catalogue.rules import check_fields, reader_of
from chain.identifiers import parse
from chain.issuing.contents import Draft, draft_of, rows_digest
from chain.issuing.lifecycle import OPERATIONS
from chain.kernel.canonical import read_canonical
from chain.kernel.errors import Conflict, InvalidInput, Refused


@dataclass(frozen=True, slots=True)
class Changed:
    """One field that a correction changes.

    Attributes:
        name: of the field.
        zh: its label in Chinese.
        before: canonical value, or None if it was not there.
        after: canonical value, or None if it is taken away.
    """

    name: str
    zh: str
    before: str | None
    after: str | None

    def as_dict(self) -> dict[str, str | None]:
        """The change as plain data."""
        return {"field": self.name, "label": self.zh, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction, ready to become a batch of operation ``change``.

    Attributes:
        row: the certificate's row.
        kind: its type.
        changed: what changes, in the order of the form.
        draft: the successor.
        known: the batch that makes just this correction already, or None.
    """

    row: Row[Any]
    kind: CertificateType
    changed: tuple[Changed, ...]
    draft: Draft
    known: int | None


def correct(office: Office, identifier: str, changes: Mapping[str, str]) -> Correction:
    """Work out a correction; nothing is written.

    Args:
        office: the officer's office.
        identifier: of the certificate.
        changes: field (name, label, abbreviation or alias) to text as a person writes it; empty takes it away.

    Raises:
        NotFound: no such certificate.
        InvalidInput: no such field, a value against its rule, or nothing that changes; names the field.
        Refused: the certificate is not issued, has a successor, or is in a final state.
        Conflict: the corrected number is another certificate's.
    """
    row = certificate(office.engine, identifier)
    with office.engine.connect() as connection:
        batch = connection.execute(select(batches).where(batches.c.id == row.batch_id)).one()
        status = status_of(connection, row, {})
    kind = office.catalogue.find(batch.certificate_type)
    stored = read_canonical(row.fields.encode(), what="fields")
    before = {one.name: stored[one.name] for one in kind.list_fields if one.name in stored}
    after = _applied(kind, before, changes)
    changed = tuple(
        Changed(one.name, one.zh, before.get(one.name), after.get(one.name))
        for one in kind.list_fields
        if before.get(one.name) != after.get(one.name)
    )
    if not changed:
        raise InvalidInput(
            "this changes nothing", code="correct.nothing", field="set", fix="give a field and its right value"
        )
    fields = kind.complete(after, bureau_name=office.bureau_name)
    for name, found in check_fields(kind, fields):
        _judge(name, found)
    named = parse(row.identifier, foreign=True)
    draft = draft_of(
        fields,
        kind,
        office.bureau,
        serial=named.serial,
        version=f"{int(named.version) + 1:03d}",
        predecessor=row.identifier,
    )
    with office.engine.connect() as connection:
        known = connection.execute(
            select(batches.c.id).where(batches.c.rows_digest == rows_digest([draft]), batches.c.state != "recalled")
        ).scalar()
    if known is None:
        if batch.state != "complete" or status not in OPERATIONS["supersede"].before:
            state = batch.state if status is None else status.name.lower()
            raise Refused(
                f"{row.identifier} is {state}",
                code="correct.state",
                field="identifier",
                fix=f"correct its successor {row.successor}" if row.successor else "only what is in force is corrected",
            )
        _check_number(office, kind, row, draft)
    return Correction(row, kind, changed, draft, known)


def _applied(kind: CertificateType, before: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    names = names_of(kind)
    after = dict(before)
    seen: set[str] = set()
    for given, text in changes.items():
        name = names.get(normalised(given))
        field = next((one for one in kind.list_fields if one.name == name), None)
        if field is None:
            raise InvalidInput(
                f"{kind.zh} has no field {given} that a list brings",
                code="correct.field",
                field=given,
                fix="one of " + ", ".join(one.name for one in kind.list_fields),
            )
        if field.name in seen:
            raise InvalidInput(f"{given}: named twice", code="correct.twice", field=field.name, fix="name it once")
        seen.add(field.name)
        if not text.strip():
            if field.required:
                raise InvalidInput(
                    f"{field.zh}: is needed", code="correct.required", field=field.name, fix="give its right value"
                )
            after.pop(field.name, None)
            continue
        notes: list[Problem] = []
        value = reader_of(field)(text, notes)
        for found in notes:
            _judge(field.name, found)
        if value is not None:
            after[field.name] = value
    return after


def _judge(name: str, found: Problem) -> None:
    if found.level == "error":
        raise InvalidInput(f"{name}: {found.message}", code=found.rule, field=name, fix=found.fix or None)


def _check_number(office: Office, kind: CertificateType, row: Row[Any], draft: Draft) -> None:
    if draft.number == row.number:
        return
    first = office.uniqueness(office.bureau, kind.code, draft.number, "001")
    with office.engine.connect() as connection:
        other = connection.execute(
            select(certificates.c.id)
            .join(batches)
            .where(
                batches.c.certificate_type == kind.code,
                or_(certificates.c.number == draft.number, certificates.c.uniqueness == first),
            )
        ).first()
    if other is not None:
        raise Conflict(
            f"the number {draft.number} is another certificate's",
            code="correct.number",
            field=kind.number_field,
            fix="compare with the source",
        )
