"""The kinds of work that the worker knows. A room adds its own by one line in :data:`KINDS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select

from api.audit.job import run_audit
from api.certificates.batches import FINAL
from api.certificates.issuing import run_batch
from api.certificates.office import Office
from api.certificates.retention import open_runs, run_retention, waits_for
from api.certificates.statuses import open_acts, run_act
from api.certificates.tables import batches
from api.claims.activations import open_activations, run_activation
from api.claims.running import open_claims, run_claim
from api.holding import calling
from api.jobs import expiry, reminders, upkeep
from api.tenders import jobs as tenders
from api.types.service import open_types, run_type
from api.webhooks import events, sending

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work.

    Attributes:
        name: as in ``job_states`` and logs.
        open: numbers of what is open, oldest first; looks into the register only, and often.
        run: takes one as far as it goes without waiting; answers who has to act now (``release``, ``approval``,
            ``signer``) or an empty text. Safe to repeat after a crash anywhere. Raises domain errors.
        every: upkeep, looked at only so often (in units of ``service.every``); 0 for work that has rows.
        outgoing: talks to strangers and needs no writing lock, so it goes beside the rest.
    """

    name: str
    open: Callable[[Office], Iterable[int]]
    run: Callable[[Office, int, Progress], str]
    every: int = 0
    outgoing: bool = False


def _open_batches(office: Office) -> list[int]:
    with office.engine.connect() as connection:
        query = select(batches.c.id).where(batches.c.state.not_in(FINAL)).order_by(batches.c.id)
        return list(connection.execute(query).scalars())


def _run_batch(office: Office, number: int, progress: Progress) -> str:
    return run_batch(office, number, progress=progress).waiting_for


def _run_act(office: Office, number: int, _progress: Progress) -> str:
    return run_act(office, number).waiting_for


def _run_activation(office: Office, number: int, _progress: Progress) -> str:
    return "signer" if run_activation(office, number).state == "waiting" else ""


KINDS: tuple[Kind, ...] = (
    Kind("batch", _open_batches, _run_batch),
    Kind("act", open_acts, _run_act),
    Kind("type", open_types, lambda office, number, _: run_type(office, number).waiting_for),
    Kind("claim", open_claims, lambda office, number, _: run_claim(office, number).waiting_for),
    Kind("activation", open_activations, _run_activation),
    Kind("list", upkeep.open_lists, upkeep.run_list),
    Kind("event", events.open_events, events.run_events, every=1),
    Kind("delivery", sending.open_deliveries, sending.run_delivery, outgoing=True),
    Kind("index", upkeep.always, upkeep.run_index, every=1),
    Kind("expiry", upkeep.always, expiry.run_expiry, every=1),
    Kind("reminder", upkeep.always, reminders.run_reminders, every=4),
    Kind("retention", open_runs, lambda office, _number, _: waits_for(run_retention(office))),
    Kind("audit", upkeep.always, run_audit, every=1),
    Kind("tender-index", tenders.the_index, tenders.run_index, every=1),
    Kind("tender", tenders.due, tenders.run_due),
    Kind("roll-call", upkeep.always, calling.run_rolls, every=2),
    Kind("tender-news", tenders.telling, tenders.run_telling, every=1),
    Kind("letter", tenders.letters, tenders.run_letter, outgoing=True),
    Kind("push", upkeep.push_wanted, upkeep.run_push, every=1),
)
"""In the order in which they are looked at."""

BY_NAME = {kind.name: kind for kind in KINDS}
