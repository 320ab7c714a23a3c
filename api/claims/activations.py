"""Asking the approver's signer for an activation code. What comes back is only that a letter was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Row

from api.certificates.evidence import place_of
from api.certificates.office import Office
from api.certificates.records import read_record
from api.certificates.statuses import status_of
from api.certificates.tables import batches, certificates
from api.claims.tables import activations
from api.db import exclusive_transaction
from chain.credentials.credential import parse_credential
from chain.credentials.status_list import Status
from chain.desk.expiry import expiry_proof
from chain.desk.messages import Request
from chain.kernel.clock import rfc3339
from chain.kernel.errors import NotFound, Refused
from chain.kernel.steps import reached

_SHOWN = ("certificateHolderName", "certificateName", "KZ_domicile", "KZ_address", "KZ_businessPlace")
"""Fields that the letter may carry."""


@dataclass(frozen=True, slots=True)
class ActivationOutcome:
    """Where a wish for a code stands.

    Attributes:
        activation: its number.
        state: waiting, complete or refused.
        fault: why the signer refused, or None.
    """

    activation: int
    state: str
    fault: str | None = None


def request_activation(office: Office, row: Row[Any]) -> int:
    """Note the wish for an activation code; one that waits for the same certificate is the same wish.

    Needs neither keys nor the writing lock. Asked again after a code was made, it makes a new one and the old is void.

    Args:
        office: the bureau's office.
        row: row of ``certificates``.

    Returns:
        Its number, for :func:`run_activation`.

    Raises:
        Refused: the certificate is not in force, or this home acts for another bureau.
    """
    check_claimable(office, row)
    waiting = select(activations.c.id).where(activations.c.certificate_id == row.id, activations.c.state == "waiting")
    with exclusive_transaction(office.engine, "activations") as connection:
        found = connection.execute(waiting).scalars().first()
        if found is None:
            values = {"certificate_id": row.id, "operator": office.operator, "at": office.clock(), "state": "waiting"}
            made = connection.execute(insert(activations).values(**values)).inserted_primary_key
            assert made is not None
            found = made[0]
    reached("activation")
    return int(found)


def run_activation(office: Office, activation_id: int, *, wait: float = 0.0) -> ActivationOutcome:
    """Take a wish for a code as far as it goes. Safe to repeat.

    Raises:
        Unavailable: desk, store or ledger did not answer; run it again.
    """
    with office.engine.connect() as connection:
        query = select(activations).where(activations.c.id == activation_id)
        row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(f"no activation {activation_id}", code="activation.unknown", field="activation")
        certificate = connection.execute(select(certificates).where(certificates.c.id == row.certificate_id)).one()
        batch = connection.execute(select(batches).where(batches.c.id == certificate.batch_id)).one()
    if row.state != "waiting":
        return ActivationOutcome(activation_id, row.state, row.fault)
    credential = parse_credential(read_record(office, certificate).credential)
    names = ["certificateIdentifier", *(name for name in _SHOWN if name in credential.fields)]
    proof = expiry_proof(credential.present(names), place_of(office.engine, certificate, batch))
    body = {"number": row.id, "at": row.at, "operator": row.operator, "certificates": [proof]}
    request = Request("activation", office.bureau, body)
    answer = office.ask(request, wait)
    reached("activation-requested")
    if answer is None:
        return ActivationOutcome(activation_id, "waiting")
    # Cleared before it is noted: a run that dies in between asks again, and no second code is made.
    office.desk.clear(request.id)
    state, fault = ("complete", None) if answer.ok else ("refused", answer.message)
    with office.engine.begin() as connection:
        connection.execute(
            update(activations).where(activations.c.id == activation_id).values(state=state, fault=fault)
        )
    reached("activation-answered")
    return ActivationOutcome(activation_id, state, fault)


def open_activations(office: Office) -> list[int]:
    """Wishes for codes that wait."""
    with office.engine.connect() as connection:
        query = select(activations.c.id).where(activations.c.state == "waiting").order_by(activations.c.id)
        return list(connection.execute(query).scalars())


def check_claimable(office: Office, row: Row[Any]) -> None:
    """Refuse what no device can be bound to: a certificate that is not issued or not in force, a bureau that has
    handed over to a successor."""
    if office.actor != office.bureau:
        raise Refused(
            f"{office.bureau} has handed over to {office.actor}; devices are bound there",
            code="claim.successor",
            field="bureau",
            fix="issue the certificate anew at the successor",
        )
    with office.engine.connect() as connection:
        state = connection.execute(select(batches.c.state).where(batches.c.id == row.batch_id)).scalar_one()
        status = status_of(connection, row, {}) if state == "complete" else None
    if status is not Status.VALID:
        stands = "not issued yet" if status is None else status.name.lower()
        raise Refused(
            f"{row.identifier} is {stands}", code="claim.status", field="identifier", fix="use one that is in force"
        )
    if row.expires is not None and row.expires <= office.clock():
        raise Refused(
            f"{row.identifier} expired at {rfc3339(row.expires)}",
            code="claim.status",
            field="identifier",
            fix="renew it first",
        )
