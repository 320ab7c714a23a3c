"""What a database says when it fails, turned into this program's errors at one door.

A broken constraint stays SQLAlchemy's IntegrityError: whoever writes knows what it means.
"""

from __future__ import annotations

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from api.db.address import Address
from chain.kernel.errors import Damaged, InvalidInput, Unavailable, YinxinError

_DAMAGE = ("malformed", "not a database", "invalid page", "could not read block", "missing chunk")
_BUSY = ("locked", "lock timeout", "deadlock detected", "could not serialize")
_FULL = ("disk is full", "no space left", "disk i/o error")


def normalise(engine: Engine, address: Address) -> None:
    """From now on faults of ``engine`` are Unavailable or Damaged."""

    def told(context: ExceptionContext) -> YinxinError | None:
        return fault(address, context.original_exception)

    event.listen(engine, "handle_error", told, retval=True)


def fault(address: Address, error: BaseException) -> YinxinError | None:
    """What an error of the driver means, or None where it is no fault of the database."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if "IntegrityError" in names or not names & {"DatabaseError", "InterfaceError"}:
        return None
    said = str(error).strip()
    noun = "register" if address.kind == "register" else "service database"
    lower = said.lower()
    if "DataError" in names:
        return InvalidInput(
            "a value holds what a database cannot keep, such as a NUL character",
            code="database.value",
            field="text",
            fix="take control characters out of the text",
        )
    if any(sign in lower for sign in _DAMAGE):
        return Damaged(
            f"the {noun} {address} is damaged: {said}",
            code=f"{address.kind}.damaged",
            field=address.kind,
            fix="make it anew: yinxin rebuild" if address.kind == "register" else "restore it from a backup",
        )
    if any(sign in lower for sign in _BUSY):
        return Unavailable(
            f"the {noun} is busy: {said}", code=f"{address.kind}.busy", field=address.kind, fix="try again"
        )
    if any(sign in lower for sign in _FULL):
        return Unavailable(
            f"the {noun} {address} cannot be written: {said}",
            code=f"{address.kind}.full",
            field=address.kind,
            fix="make room on the disk, then run this again",
        )
    if names & {"OperationalError", "InterfaceError"}:
        return Unavailable(
            f"the {noun} {address} cannot be used: {said}",
            code=f"{address.kind}.open",
            field=address.kind,
            fix="check the file's permissions and the disk" if address.path else "check that the server runs",
        )
    return None
