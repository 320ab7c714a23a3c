"""Noting what is to enter the lane of claims: a holder's claim, or the end of a binding.

Each needs one transaction and neither keys nor the writing lock; :mod:`api.claims.running` does the rest.
"""

from __future__ import annotations

import os
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError

from api.certificates.evidence import certificate
from api.certificates.office import Office
from api.certificates.tables import certificates
from api.claims.activations import check_claimable
from api.claims.tables import bindings, claims
from chain.claims import parse_claim, parse_unbind
from chain.containers import KEY_ID_SIZE
from chain.issuing.events import check_reason
from chain.kernel.canonical import canonical
from chain.kernel.encoding import b64url, sha256
from chain.kernel.errors import InvalidInput, NotFound, Refused
from chain.kernel.steps import reached


def create_claim(office: Office, claim_bytes: bytes) -> int:
    """Note a holder's claim; the same claim again is the same row, whatever became of it.

    Args:
        office: the bureau's office.
        claim_bytes: what the holder's device made, untrusted.

    Returns:
        Its number, for :func:`api.claims.running.run_claim`.

    Raises:
        InvalidInput: no claim in its one form.
        NotFound: no such certificate.
        Refused: of another bureau, not signed by its device, or the certificate is not in force.
    """
    claim = parse_claim(claim_bytes)
    if claim.bureau != office.bureau:
        raise Refused(
            "the claim is for another bureau", code="claim.bureau", field="bureau", fix=f"take it to {claim.bureau}"
        )
    if not claim.is_signed:
        raise Refused(
            "the device did not sign this claim", code="claim.signature", field="signature", fix="make it anew"
        )
    row = certificate(office.engine, claim.identifier)
    known = _known(office, claim.digest)
    if known is not None:
        return known
    check_claimable(office, row)
    return _note(office, "bind", claim.digest, row.id, body=claim_bytes)


def end_binding(office: Office, row: Row[Any], reason: str) -> int:
    """Note that the bureau wants to end the binding that stands for a certificate (a lost device); a person approves.

    Args:
        office: the bureau's office.
        row: row of ``certificates``.
        reason: why; never empty.

    Raises:
        InvalidInput: no reason, or one too long.
        NotFound: no binding stands.
    """
    if not reason.strip():
        raise InvalidInput("ending a binding needs a reason", code="claim.reason", field="reason", fix="give one")
    check_reason(reason)
    standing = _standing(office, row.id)
    with office.engine.connect() as connection:
        refused = connection.execute(
            select(func.count()).where(
                claims.c.binding == standing.digest, claims.c.state == "refused", claims.c.body.is_(None)
            )
        ).scalar_one()
    wish = sha256(canonical({"end": b64url(bytes(standing.digest)), "attempt": int(refused)}))
    known = _known(office, wish)
    return (
        known
        if known is not None
        else _note(office, "end", wish, row.id, binding=bytes(standing.digest), reason=reason.strip())
    )


def end_by_holder(office: Office, statement_bytes: bytes) -> int:
    """Note a holder's own end of a binding, signed by the bound device; the same statement again is the same row.

    Raises:
        InvalidInput: no statement in its one form.
        NotFound: no such binding stands.
        Refused: the bound device did not sign it.
    """
    statement = parse_unbind(statement_bytes)
    digest = sha256(statement_bytes)
    known = _known(office, digest)
    if known is not None:
        return known
    with office.engine.connect() as connection:
        row = connection.execute(select(bindings).where(bindings.c.digest == statement.binding)).one_or_none()
    if row is None or statement.bureau != office.bureau or row.until_block is not None:
        raise NotFound("no such binding stands here", code="claim.no_binding", field="binding")
    if not statement.is_by(bytes(row.key)):
        raise Refused("the bound device did not sign it", code="claim.signature", field="signature")
    return _note(office, "end", digest, row.certificate_id, binding=statement.binding, body=statement_bytes)


def _known(office: Office, digest: bytes) -> int | None:
    with office.engine.connect() as connection:
        found = connection.execute(select(claims.c.id).where(claims.c.digest == digest)).scalar()
    return None if found is None else int(found)


def _standing(office: Office, certificate_id: int) -> Row[Any]:
    with office.engine.connect() as connection:
        query = select(bindings).where(bindings.c.certificate_id == certificate_id, bindings.c.until_block.is_(None))
        row = connection.execute(query.order_by(bindings.c.n.desc())).first()
    if row is None:
        raise NotFound(
            "no device is bound to this certificate",
            code="claim.no_binding",
            field="identifier",
            fix="look at yinxin claims show",
        )
    return row


def _note(office: Office, kind: str, digest: bytes, certificate_id: int, **values: Any) -> int:
    row = {"binding": None, "body": None, "reason": "", **values}
    try:
        with office.engine.begin() as connection:
            name = select(certificates.c.id).where(certificates.c.id == certificate_id)
            assert connection.execute(name).scalar() is not None
            found = connection.execute(
                insert(claims).values(
                    kind=kind,
                    digest=digest,
                    certificate_id=certificate_id,
                    operator=office.operator,
                    at=office.clock(),
                    state="waiting",
                    key_id=os.urandom(KEY_ID_SIZE),
                    **row,
                )
            ).inserted_primary_key
            assert found is not None
    except IntegrityError:
        known = _known(office, digest)
        if known is None:
            raise
        return known
    reached("claim")
    return int(found[0])
