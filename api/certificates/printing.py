"""A certificate as a sealed PDF, made on demand: what is embedded is what stands on the page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row

from api.certificates.evidence import bundle_of
from api.certificates.office import SEAL_KEY, Office
from api.certificates.records import read_record
from api.certificates.reprints import Reprint, reprints_of
from api.certificates.tables import batches, certificates
from chain.credentials.credential import parse_credential
from chain.credentials.es256 import P256Signer
from chain.credentials.paper.cms import certificate_fits, make_certificate
from chain.kernel.errors import NotFound, Refused
from chain.kernel.home import write_atomically
from chain.rendering.face import ReprintMark, make_face, printed_names
from chain.rendering.page import PageJob
from chain.rendering.paper import seal_pages

_IDENTIFIER = "certificateIdentifier"
_KEPT = 30.0
"""Seconds for which a registry's answer about a seal key counts."""
_FILE = "seal.crt"

Drawing = Callable[[PageJob], bytes]
"""Draws pages: :func:`chain.rendering.page.draw` here, or :meth:`chain.rendering.printers.Printers.draw` elsewhere."""


@dataclass(frozen=True, slots=True)
class Seal:
    """With what a bureau seals PDFs.

    Attributes:
        signer: its seal key.
        certificate: of that key, DER, of test grade.
        legal_name: the bureau's name by the registry.
        now: time of the block at which the registry was asked, seconds since 1970 UTC.
    """

    signer: P256Signer
    certificate: bytes
    legal_name: str
    now: int


@dataclass(frozen=True, slots=True)
class Paper:
    """One certificate, ready to be drawn and sealed.

    Attributes:
        identifier: of the certificate.
        job: what is drawn.
        bundle: what is embedded.
    """

    identifier: str
    job: PageJob
    bundle: bytes


def seal_of(office: Office) -> Seal:
    """The bureau's seal, once the registry holds its key: with another one every PDF would be refused.

    Raises:
        NotFound: this home has no seal key.
        Refused: the registry does not hold it for seals, or it counts no more.
    """
    if not office.keys.has(SEAL_KEY):
        raise NotFound(
            "this home has no key to seal PDFs with",
            code="paper.no_seal",
            field="keys.seal",
            fix="yinxin keys seal makes one; the authority enters its card",
        )
    signer = office.sealer
    reader = office.ledger.refresh()
    facts, bureau = reader.key(office.actor, signer.thumbprint), reader.bureau(office.actor)
    now = max(office.clock(), reader.block.time)
    if bureau is None or facts is None or facts.purpose != "seal":
        raise Refused(
            f"the registry does not hold this home's seal key for {office.actor}",
            code="paper.seal_not_entered",
            field="keys.seal",
            fix="give the card to the authority: yinxin authority enter card-seal.json (yinxin keys seal writes it)",
        )
    if not facts.valid.holds(now) or facts.compromised_since is not None:
        raise Refused(
            "the seal key was ended or marked as compromised; no PDF it seals from now on would be believed",
            code="paper.seal_ended",
            field="keys.seal",
            fix="make another: yinxin keys seal --new, and let the authority enter it",
        )
    return Seal(signer, _certificate(office, signer, bureau.name, facts.valid.since), bureau.name, reader.block.time)


def _certificate(office: Office, signer: P256Signer, name: str, since: int) -> bytes:
    """Kept in the home, so that all PDFs carry the same; made anew when key or name have changed."""
    path = office.home / _FILE
    if path.is_file():
        kept = path.read_bytes()
        if certificate_fits(kept, key=signer.public_key, name=name, uscc=office.actor):
            return kept
    made = make_certificate(signer, name=name, uscc=office.actor, since=since)
    write_atomically(path, made, mode=0o644)
    return made


class Seals:
    """Each bureau's seal, asked of the registry anew after half a minute. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, Seal]] = {}

    def of(self, office: Office) -> Seal:
        """The seal of an office, as :func:`seal_of`."""
        with self._lock:
            until, seal = self._kept.get(office.bureau, (0.0, None))
            if seal is None or time.monotonic() > until:
                seal = seal_of(office)
                self._kept[office.bureau] = (time.monotonic() + _KEPT, seal)
            return seal


def paper_of(office: Office, row: Row[Any], seal: Seal, reprint: Reprint | None = None) -> Paper:
    """What one certificate's PDF is made of.

    Args:
        office: the bureau's office.
        row: the certificate.
        seal: as :func:`seal_of` gave it.
        reprint: set to make the PDF of that reprint.

    Raises:
        Refused: its batch is not complete, or its record was shredded.
    """
    with office.engine.connect() as connection:
        batch = connection.execute(select(batches).where(batches.c.id == row.batch_id)).one()
    kind = office.catalogue.find(batch.certificate_type, batch.template_version)
    content = read_record(office, row)
    credential = parse_credential(content.credential)
    printed = [name for name in printed_names(kind) if name in credential.fields]
    job = PageJob(
        face=make_face(kind, row.identifier, credential.fields),
        stamp=content.stamp,
        prefix=office.home.settings.stamp.prefix,
        legal_name=seal.legal_name,
        at=max(office.clock(), seal.now),
        reprint=None if reprint is None else ReprintMark(reprint.number, reprint.at),
        fonts=office.home.settings.paper.fonts,
    )
    return Paper(row.identifier, job, bundle_of(office, row, [_IDENTIFIER, *printed]))


def sealed(paper: Paper, seal: Seal, draw: Drawing) -> bytes:
    """The sealed PDF."""
    return sealed_over(draw(paper.job), paper, seal)


def sealed_over(pages: bytes, paper: Paper, seal: Seal) -> bytes:
    """The sealed PDF of pages that are drawn already."""
    return seal_pages(pages, paper.bundle, seal.signer, seal.certificate, at=paper.job.at, legal_name=seal.legal_name)


def reprint_numbered(office: Office, identifier: str, number: int) -> Reprint:
    """A reprint that was noted. Raises NotFound."""
    found = next((one for one in reprints_of(office, identifier) if one.number == number), None)
    if found is None:
        raise NotFound(
            f"this certificate has no reprint number {number}",
            code="reprint.unknown",
            field="reprint",
            fix="note one first: yinxin reprint, or POST …/reprints",
        )
    return found


def papers_of_batch(office: Office, batch_id: int, seal: Seal) -> Iterator[Paper]:
    """Every certificate of a complete batch that was not shredded, in order."""
    with office.engine.connect() as connection:
        query = select(certificates).where(certificates.c.batch_id == batch_id, certificates.c.shredded_at.is_(None))
        rows = connection.execute(query.order_by(certificates.c.position)).all()
    for row in rows:
        yield paper_of(office, row, seal)
