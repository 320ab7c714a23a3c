"""What certificates need over the years: corrections, reprints, the end of a holder, retention."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau
from api.certificates.batches import batch, create_batch
from api.certificates.care_schemas import (
    CorrectionOutcome,
    CorrectionRequest,
    DueView,
    EndHolderRequest,
    HolderRequest,
    HolderView,
    Reprinted,
    ReprintRequest,
    Reprints,
    ReprintView,
    RetentionDue,
    RetentionRunView,
)
from api.certificates.corrections import correct
from api.certificates.evidence import certificate_by_number
from api.certificates.holders import end_holder, holding
from api.certificates.reprints import reprint, reprints_of
from api.certificates.retention import due, run_retention
from api.certificates.schemas import ActsMade, ActView, BatchView, CertificateView
from api.certificates.statuses import act
from api.service.routes import Caller, Here, ServiceRoute, about, ruled
from api.service.shapes import Bureau, Entry

router = APIRouter(prefix="/v1/bureaus/{bureau}", route_class=ServiceRoute, tags=["care"])

_PREPARING = in_bureau(Role.OFFICER, scope=Scope.BATCHES, noted=True, repeats=True)
_ACTING = in_bureau(Role.OFFICER, scope=Scope.STATUSES, noted=True, repeats=True)
_PRINTING = in_bureau(Role.OFFICER, Role.CLERK, scope=Scope.CERTIFICATES, noted=True, repeats=True)
_LOOKING = in_bureau(Role.OFFICER, Role.APPROVER, Role.AUDITOR, scope=Scope.CERTIFICATES)
_ASKING = in_bureau(Role.OFFICER, Role.APPROVER, Role.AUDITOR, scope=Scope.CERTIFICATES, repeats=True)


@router.post("/certificates/{entry:int}/corrections", status_code=201, **ruled(_PREPARING))
def correct_certificate(
    request: Request, service: Here, caller: Caller, bureau: Bureau, entry: Entry, body: CorrectionRequest
) -> CorrectionOutcome:
    """Correct a typo (更正): a next version follows with the named fields changed, once a second person released it.

    With `dryRun` nothing is made; the answer shows what would change.
    """
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    found = correct(office, certificate_by_number(office.engine, entry).identifier, body.changes)
    if body.dry_run:
        return CorrectionOutcome.of(found, None)
    made, _ = create_batch(
        office, [found.draft], found.kind, operation="change", source="correction", reason=body.reason
    )
    about(request, f"batch {made}")
    return CorrectionOutcome.of(found, BatchView.of(batch(office, made)))


@router.post("/certificates/{entry:int}/reprints", status_code=201, **ruled(_PRINTING))
def reprint_certificate(
    request: Request, service: Here, caller: Caller, bureau: Bureau, entry: Entry, body: ReprintRequest
) -> Reprinted:
    """Note a reprint (补发) and give out the same bundle and QR content again."""
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    about(request, f"certificate {entry}")
    return Reprinted.of(reprint(office, certificate_by_number(office.engine, entry).identifier, body.reason))


@router.get("/certificates/{entry:int}/reprints", **ruled(_LOOKING))
def list_reprints(service: Here, bureau: Bureau, entry: Entry) -> Reprints:
    """How often a certificate was reprinted, by whom and why."""
    office = service.office(bureau)
    row = certificate_by_number(office.engine, entry)
    return Reprints(items=[ReprintView.of(one) for one in reprints_of(office, row.identifier)])


@router.post("/holders/search", **ruled(_ASKING))
def show_holder(service: Here, bureau: Bureau, body: HolderRequest) -> HolderView:
    """Everything the register has under a holder's code. The code travels in the body, so that no address names it."""
    found = holding(service.office(bureau), body.holder)
    return HolderView(certificates=[CertificateView.of(one) for one in found.certificates], live=len(found.live))


@router.post("/holders/end", status_code=202, **ruled(_ACTING))
def end_certificates_of_holder(
    request: Request, service: Here, caller: Caller, bureau: Bureau, body: EndHolderRequest
) -> ActsMade:
    """Cancel (注销) all live certificates of a dissolved company or a deceased person. It waits for a second person.

    `confirm` is the number of live certificates that `/holders/search` showed; if it has changed, nothing happens.
    """
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    made = end_holder(office, body.holder, cause=body.cause, reason=body.reason, basis=body.basis, confirm=body.confirm)
    about(request, "act " + ", ".join(str(number) for number in made))
    return ActsMade(items=[ActView.of(act(office, number)) for number in made])


@router.get("/retention", **ruled(_LOOKING))
def list_due_records(service: Here, bureau: Bureau) -> RetentionDue:
    """Records whose time of keeping is over by the bureau's policies, by number."""
    return RetentionDue(items=[DueView.of(one) for one in due(service.office(bureau), service.now())])


@router.post("/retention-runs", status_code=202, **ruled(_ACTING))
def begin_retention_run(request: Request, service: Here, caller: Caller, bureau: Bureau) -> RetentionRunView:
    """Ask that everything due be destroyed. A second person releases the list; the worker then destroys it."""
    office = service.office(bureau).acting(caller.name, maker=caller.address)
    with office.writing():
        run = run_retention(office)
    about(request, f"retention run {run.number}")
    return RetentionRunView.of(run)
