"""Where each job stands, in the register's table ``job_states``; anybody may look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine, delete, insert, select, update

from api.certificates.office import Office
from api.jobs.faults import STUCK_AFTER, Fault, fix_of
from api.jobs.tables import job_states

QUEUED, WAITING, RETRYING, STUCK = "queued", "waiting", "retrying", "stuck"


@dataclass(frozen=True, slots=True)
class Job:
    """One job that is not over.

    Attributes:
        kind: what kind of work, such as ``batch``.
        number: of the batch, act …; 0 for upkeep.
        state: queued, waiting (for somebody), retrying (after a fault), or stuck (a person must mend something).
        waiting_for: who has to act: ``release``, ``approval``, ``signer``; else empty.
        attempts: passes in a row that failed.
        code: code of the last fault, or empty.
        field: name of the field at fault, or empty.
        next_at: not tried again before, seconds.
        since: when it came into this state, seconds.
        runs: passes that ended.
    """

    kind: str
    number: int
    state: str = QUEUED
    waiting_for: str = ""
    attempts: int = 0
    code: str = ""
    field: str = ""
    next_at: int = 0
    since: int = 0
    runs: int = 0

    @property
    def fix(self) -> str:
        """What to do about the fault, or empty."""
        return fix_of(self.code)

    def as_dict(self) -> dict[str, Any]:
        """The job as plain data."""
        return {
            "kind": self.kind,
            "number": self.number,
            "state": self.state,
            "waitingFor": self.waiting_for or None,
            "attempts": self.attempts,
            "code": self.code or None,
            "field": self.field or None,
            "fix": self.fix or None,
            "nextAt": self.next_at or None,
            "since": self.since or None,
        }


def jobs_of(office: Office) -> list[Job]:
    """Every job that is not over: stuck ones first, then those that wait, then the rest; upkeep only if it failed."""
    from api.jobs.kinds import KINDS

    known = states(office.engine)
    found = [job for job in known.values() if job.number or job.code]
    for kind in KINDS:
        if not kind.every:
            found += [Job(kind.name, n) for n in kind.open(office) if (kind.name, n) not in known]
    order = {STUCK: 0, RETRYING: 1, WAITING: 2, QUEUED: 3}
    return sorted(found, key=lambda job: (order[job.state], job.kind, job.number))


def states(engine: Engine) -> dict[tuple[str, int], Job]:
    """The rows of ``job_states``, by kind and number."""
    with engine.connect() as connection:
        rows = connection.execute(select(job_states)).all()
    return {(row.kind, row.number): _job(row) for row in rows}


def state(engine: Engine, kind: str, number: int) -> Job:
    """One row, or that of a job not seen before."""
    where = (job_states.c.kind == kind, job_states.c.number == number)
    with engine.connect() as connection:
        row = connection.execute(select(job_states).where(*where)).one_or_none()
    return Job(kind, number) if row is None else _job(row)


def _job(row: Any) -> Job:
    return Job(
        row.kind,
        row.number,
        row.state,
        row.waiting_for,
        row.attempts,
        row.code,
        row.field,
        row.next_at,
        row.since,
        row.runs,
    )


def after_pass(job: Job, *, waiting_for: str) -> Job:
    """The job after a pass without a fault."""
    return replace(
        job,
        state=WAITING if waiting_for else QUEUED,
        waiting_for=waiting_for,
        attempts=0,
        code="",
        field="",
        next_at=0,
        runs=job.runs + 1,
    )


def after_fault(job: Job, fault: Fault, next_at: int) -> Job:
    """The job after a pass that failed. A fault that may pass by itself never makes it stuck."""
    attempts = job.attempts + 1
    stuck = not fault.passing and attempts >= STUCK_AFTER
    return replace(
        job,
        state=STUCK if stuck else RETRYING,
        waiting_for="",
        attempts=attempts,
        code=fault.code,
        field=fault.field,
        next_at=next_at,
        runs=job.runs + 1,
    )


def put(engine: Engine, before: Job, after: Job, now: int) -> Job:
    """Write a job's row, in a transaction of its own."""
    since = before.since if (before.state, before.since > 0) == (after.state, True) else now
    written = replace(after, since=since)
    values = {
        "state": written.state,
        "runs": written.runs,
        "waiting_for": written.waiting_for,
        "attempts": written.attempts,
        "code": written.code,
        "field": written.field,
        "next_at": written.next_at,
        "since": written.since,
        "updated_at": now,
    }
    where = (job_states.c.kind == after.kind, job_states.c.number == after.number)
    with engine.begin() as connection:
        if connection.execute(update(job_states).where(*where).values(**values)).rowcount == 0:
            connection.execute(insert(job_states).values(kind=after.kind, number=after.number, **values))
    return written


def drop(engine: Engine, kind: str, number: int) -> None:
    """Forget a job that is over."""
    with engine.begin() as connection:
        connection.execute(delete(job_states).where(job_states.c.kind == kind, job_states.c.number == number))
