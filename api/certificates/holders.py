"""All certificates of one holder: found over one register or several, and ended together when the holder is no more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from api.certificates.batches import type_of
from api.certificates.office import Office
from api.certificates.search import Found, found_by
from api.certificates.statuses import create_acts
from api.certificates.tables import certificates
from chain.kernel.errors import Conflict, InvalidInput, NotFound

CAUSES = {"dissolved": ("主体终止", "organisation"), "deceased": ("持证人死亡", "person")}
"""Why a holder is no more: in Chinese, and which kind of holder it fits."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What one bureau's register has of a holder.

    Attributes:
        bureau: USCC of the bureau.
        certificates: all of them, oldest first.
    """

    bureau: str
    certificates: tuple[Found, ...]

    @property
    def live(self) -> tuple[Found, ...]:
        """Those in force or suspended: an end would end them."""
        return tuple(
            one
            for one in self.certificates
            if one.status is not None and not one.status.terminal and one.batch.state == "complete"
        )

    @property
    def on_their_way(self) -> tuple[Found, ...]:
        """Those whose batch is not complete: recall it, or end them afterwards."""
        return tuple(one for one in self.certificates if one.batch.state not in ("complete", "recalled"))


def holding(office: Office, code: str) -> Holding:
    """What this register has under a holder's code, over all types."""
    code = code.strip().upper()
    if not code:
        raise InvalidInput("no holder named", code="holder.code", field="code", fix="give the holder's code")
    query = select(certificates).where(certificates.c.holder_code == code).order_by(certificates.c.id)
    return Holding(office.bureau, tuple(found_by(office, query)))


def holdings(offices: Iterable[Office], code: str) -> list[Holding]:
    """As :func:`holding`, over the registers of several bureaus; those that have nothing are left out."""
    found = [holding(office, code) for office in offices]
    return [one for one in found if one.certificates]


def end_holder(office: Office, code: str, *, cause: str, reason: str, basis: str, confirm: int) -> list[int]:
    """Cancel (注销) everything of a holder that is in force: one act a status list, each for a second person.

    The same again while the acts are open answers the open acts.

    Args:
        office: the officer's office.
        code: the holder's code.
        cause: key of :data:`CAUSES`.
        reason: in the operator's words.
        basis: legal basis, such as the decision's number; may be empty.
        confirm: how many certificates the operator saw in the preview.

    Returns:
        Numbers of the acts.

    Raises:
        InvalidInput: no such cause, or one that does not fit the kind of holder; no reason.
        NotFound: nothing of that holder is in force.
        Conflict: the count is another one now.
    """
    if cause not in CAUSES:
        raise InvalidInput(f"cause {cause!r}", code="holder.cause", field="cause", fix="one of " + ", ".join(CAUSES))
    if not reason.strip():
        raise InvalidInput("an end needs a reason", code="holder.reason", field="reason", fix="give --reason")
    zh, fits = CAUSES[cause]
    live = holding(office, code).live
    if not live:
        raise NotFound(
            "nothing of this holder is in force here", code="holder.none", field="code", fix="check the holder's code"
        )
    if any(type_of(office, one.batch).holder != fits for one in live):
        raise InvalidInput(
            f"{cause} is no end of such a holder",
            code="holder.cause",
            field="cause",
            fix="dissolved for organisations, deceased for persons",
        )
    if confirm != len(live):
        raise Conflict(
            f"{len(live)} certificates are in force, not {confirm}",
            code="holder.confirm",
            field="confirm",
            fix="look at the preview again, then confirm the number it shows",
        )
    words = f"{zh} {cause}: {reason.strip()}" + (f"; 依据 legal basis: {basis.strip()}" if basis.strip() else "")
    office.unlock()
    return create_acts(office, "cancel", [one.row for one in live], words)
