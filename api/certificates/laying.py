"""What the register lays on the approver's desk: a short list inside its request, a long one beside it in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row

from api.certificates.office import Office
from api.certificates.records import read_record
from api.certificates.tables import certificates
from chain.desk.messages import Request
from chain.desk.parts import SHOWN, PartName, names_of
from chain.issuing.contents import Draft, draft_bytes
from chain.kernel.encoding import b64url
from chain.kernel.json_reader import read_json

CHUNK = 1_000
"""Certificates made in one step, and rows in a part on the desk."""


def draft_of_row(row: Row[Any]) -> Draft:
    """The draft in a row of ``certificates``."""
    fields = read_json(row.fields.encode())
    version = row.identifier.split(".")[-2]
    return Draft(row.identifier, row.number, version, row.not_before, row.expires, fields, row.predecessor)


def _draft_bytes(row: Row[Any]) -> bytes:
    """Canonical JSON of the draft in a row."""
    version = row.identifier.split(".")[-2]
    fields = row.fields.encode()  # canonical as it was stored; the signer holds it to the list's digest
    return draft_bytes(row.identifier, row.number, version, row.not_before, row.expires, fields, row.predecessor)


def rows_of(office: Office, batch_id: int, first: int, count: int) -> Sequence[Row[Any]]:
    """Rows of a batch by position, at most ``count`` from ``first`` on."""
    with office.engine.connect() as connection:
        query = select(certificates).where(
            certificates.c.batch_id == batch_id, certificates.c.position.between(first, first + count - 1)
        )
        return connection.execute(query.order_by(certificates.c.position)).all()


def in_parts(row: Row[Any]) -> bool:
    """True if the certificates of a batch are too many to stand in one request."""
    return int(row.size) > CHUNK


def drafts_in_parts(row: Row[Any]) -> bool:
    """True if its drafts do, too: those of a first issue. Of other lists a person is told more than the first rows."""
    return in_parts(row) and row.operation == "issue"


# --------------------------------------------------------------------------- the release


def release_request(office: Office, row: Row[Any]) -> Request:
    """What the second person is asked."""
    shown = rows_of(office, row.id, 0, SHOWN if drafts_in_parts(row) else row.size)
    body = {
        "lane": row.certificate_type,
        "version": row.template_version,
        "operation": row.operation,
        "source": row.source,
        "operator": row.operator,
        "maker": row.maker or "",
        "batch": row.id,
        "createdAt": row.created_at,
        "rowsDigest": b64url(row.rows_digest),
        "drafts": [draft_of_row(one).as_dict() for one in shown],
    }
    if drafts_in_parts(row):
        body |= {"size": row.size, "part": CHUNK}
    return Request("release", row.bureau, body)


def lay_drafts(office: Office, row: Row[Any], recipient: bytes) -> None:
    """Put the drafts of a long list on the desk, in parts."""
    if not drafts_in_parts(row):
        return
    for name in names_of("drafts", bytes(row.rows_digest), row.size, CHUNK):
        first = name.number * CHUNK
        drafts = [_draft_bytes(one) for one in rows_of(office, row.id, first, CHUNK)]
        office.desk.parts.write(name, first, {"drafts": drafts}, recipient)


# --------------------------------------------------------------------------- the root


def root_request(office: Office, row: Row[Any], sequence: int, root: bytes) -> Request:
    """What the signer is asked."""
    body: dict[str, Any] = {
        "batch": row.id,
        "lane": row.certificate_type,
        "sequence": sequence,
        "rowsDigest": b64url(row.rows_digest),
    }
    if in_parts(row):
        body |= {"size": row.size, "part": CHUNK, "root": b64url(root)}
    else:
        body |= _read_back(office, rows_of(office, row.id, 0, CHUNK))
    return Request("root", row.bureau, body)


def lay_made(
    office: Office,
    row: Row[Any],
    first: int,
    credentials: Sequence[str],
    stamps: Sequence[bytes],
    records: Sequence[bytes],
) -> None:
    """Put certificates that were just made on the desk, if they are a whole part of a long list.

    So the signer checks them while the next are made. What is not laid now, :func:`lay_certificates` reads back.
    """
    number, inside = divmod(first, CHUNK)
    if in_parts(row) and not inside and len(credentials) == min(CHUNK, row.size - first):
        name = PartName("certificates", bytes(row.rows_digest), number)
        office.desk.parts.write(name, first, _quoted(_piece(credentials, stamps, records)), office.desk.recipient())


def lay_certificates(office: Office, row: Row[Any], recipient: bytes) -> None:
    """Put the certificates of a long list that are not on the desk yet there, read back from the store."""
    if not in_parts(row):
        return
    parts = office.desk.parts
    for name in names_of("certificates", bytes(row.rows_digest), row.size, CHUNK):
        if parts.stamp(name) is None:
            first = name.number * CHUNK
            parts.write(name, first, _quoted(_read_back(office, rows_of(office, row.id, first, CHUNK))), recipient)


def _read_back(office: Office, rows: Sequence[Row[Any]]) -> dict[str, list[str]]:
    contents = [read_record(office, one) for one in rows]
    return _piece(
        [one.credential for one in contents],
        [one.stamp for one in contents],
        [bytes(one.record_digest) for one in rows],
    )


def _piece(credentials: Sequence[str], stamps: Sequence[bytes], records: Sequence[bytes]) -> dict[str, list[str]]:
    return {
        "credentials": list(credentials),
        "stamps": [b64url(stamp) for stamp in stamps],
        "records": [b64url(record) for record in records],
    }


def _quoted(rows: Mapping[str, Sequence[str]]) -> dict[str, list[bytes]]:
    """JSON of texts in which nothing has to be escaped: base64url, dots and tildes."""
    return {name: [b'"%b"' % text.encode("ascii") for text in texts] for name, texts in rows.items()}
