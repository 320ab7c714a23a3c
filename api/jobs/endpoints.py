"""What the worker has to do, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from api.accounts.roles import Role, Scope
from api.accounts.rules import in_bureau
from api.jobs.states import Job, jobs_of
from api.service.routes import Here, ServiceRoute, ruled
from api.service.shapes import Bureau, Shape

router = APIRouter(prefix="/v1/bureaus/{bureau}", route_class=ServiceRoute, tags=["jobs"])

_LOOKING = in_bureau(Role.OFFICER, Role.APPROVER, Role.MACHINE, Role.AUDITOR, scope=Scope.BATCHES)


class JobView(Shape):
    """One job of the worker. It carries numbers, never what they stand for."""

    kind: str = Field(examples=["batch"])
    number: int = Field(description="of the batch, act …; 0 for upkeep", examples=[12])
    state: str = Field(description="queued, waiting, retrying or stuck", examples=["waiting"])
    waiting_for: str | None = Field(None, description="release, approval or signer", examples=["release"])
    code: str | None = Field(None, description="of the last fault", examples=[None])
    field: str | None = Field(None, examples=[None])
    fix: str | None = Field(None, description="what a person must mend", examples=[None])

    @classmethod
    def of(cls, one: Job) -> JobView:
        """From the register."""
        return cls(
            kind=one.kind,
            number=one.number,
            state=one.state,
            waiting_for=one.waiting_for or None,
            code=one.code or None,
            field=one.field or None,
            fix=one.fix or None,
        )


class Jobs(Shape):
    """Jobs that are not over; those that a person must mend first."""

    items: list[JobView]


@router.get("/jobs", **ruled(_LOOKING))
def list_jobs(service: Here, bureau: Bureau) -> Jobs:
    """What is open in this bureau, who has to act, and what a person must mend."""
    return Jobs(items=[JobView.of(one) for one in jobs_of(service.office(bureau))])
