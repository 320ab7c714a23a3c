"""Key holders' messages for an opening are taken once their hour has come: enough of them together open the bids."""

from __future__ import annotations

import re

from api.custody.place import Custodian
from api.custody.view import known
from chain.kernel.clock import rfc3339
from chain.kernel.errors import InvalidInput, Refused, Unavailable
from chain.kernel.tender_facts import Phase

_UNDER = "releases/"
_TOPIC = re.compile(r"releases/([1-9][0-9]{0,15})/([1-9][0-9]{0,4})/([12])\Z")


def may_be_left(custodian: Custodian, topic: str) -> None:
    """Let a note under that topic pass: if it is a release, only for a closed envelope from its opening time on.

    Raises:
        InvalidInput: under ``releases/`` there are only tender, lot and envelope.
        NotFound: no such tender or lot.
        Unavailable: too early by the newest final block; it may be sent again.
        Refused: the envelope is open, or the lot has ended.
    """
    if not topic.startswith(_UNDER):
        return
    found = _TOPIC.match(topic)
    if found is None:
        raise InvalidInput(
            f"topic {topic!r}", code="custody.release_topic", field="topic", fix="releases/TENDER/LOT/ENVELOPE"
        )
    tender, lot, envelope = (int(part) for part in found.groups())
    with custodian.view.newest() as ledger:
        state, phase = known(ledger, tender), ledger.lot(tender, lot).phase
        now = ledger.block.time
    due = Phase.CLOSED if envelope == 1 else Phase.PRICE_CLOSED
    if phase > due or state.cancelled:
        raise Refused(
            "this envelope is open already, or its lot has ended", code="custody.release_over", field="topic",
            fix="nothing is to do",
        )  # fmt: skip
    if phase is not due or now < state.open_at:
        when = f"from {rfc3339(state.open_at)} on" if now < state.open_at else "once the ledger says so"
        raise Unavailable(
            f"releases are taken when the envelope is closed and its opening time has come, {when}",
            code="custody.release_early", field="topic", fix="send it again then",
        )  # fmt: skip
