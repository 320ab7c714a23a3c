"""The worker's part: an anchor of the audit log from time to time."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from api.audit.anchoring import newest_anchor, open_anchors, run_anchor, seal_log
from api.certificates.office import Office


def run_audit(office: Office, _number: int, _progress: Callable[[str, int, int], None]) -> str:
    """Go on with the anchor under way, or begin one if the last is old enough; ``signer`` while it waits.

    A worker without a service's database anchors nothing.
    """
    engine: Engine | None = getattr(office, "service_engine", None)
    if engine is None:
        return ""
    going = open_anchors(engine, office.bureau)
    if not going:
        last = newest_anchor(engine, office.bureau)
        if last is not None and last > office.clock() - 60 * getattr(office, "audit_minutes", 60):
            return ""
        sealed = seal_log(engine, office.bureau)
        if sealed is None:
            return ""
        going = [sealed]
    return "" if all(run_anchor(engine, office, one) == "confirmed" for one in going) else "signer"
