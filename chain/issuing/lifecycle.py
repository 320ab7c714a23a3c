"""Which status may follow which, and which operation does it."""

from __future__ import annotations

from dataclasses import dataclass

from chain.credentials.status_list import Status, may_change
from chain.kernel.errors import Refused


@dataclass(frozen=True, slots=True)
class Operation:
    """One act on a certificate's status.

    Attributes:
        name: the command.
        zh: its name in Chinese.
        after: the status it leaves.
        before: the statuses it may start from.
    """

    name: str
    zh: str
    after: Status
    before: frozenset[Status]


def _operation(name: str, zh: str, after: Status) -> Operation:
    return Operation(name, zh, after, frozenset(before for before in Status if may_change(before, after)))


OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        _operation("suspend", "暂扣", Status.SUSPENDED),
        _operation("reinstate", "暂扣发还", Status.VALID),
        _operation("revoke", "撤销", Status.REVOKED),
        _operation("cancel", "注销", Status.CANCELLED),
        _operation("lapse", "过期失效", Status.LAPSED),
        _operation("penalise", "吊销", Status.PENALTY),
        _operation("supersede", "延续或变更", Status.SUPERSEDED),
        _operation("transfer", "转出", Status.TRANSFERRED),
        _operation("close", "其他", Status.OTHER),
    )
}
"""All operations by name. ``supersede`` and ``transfer`` follow from renew, change and transfer."""


def check_transition(before: Status, after: Status, *, identifier: str) -> None:
    """Refuse a change that no operation allows; a terminal state is never left.

    Raises:
        Refused: names the certificate, its state and what is possible from there.
    """
    if may_change(before, after):
        return
    possible = sorted(operation.name for operation in OPERATIONS.values() if before in operation.before)
    raise Refused(
        f"{identifier}: {before.name.lower()} cannot become {after.name.lower()}",
        code="status.transition",
        field="identifier",
        fix="from here only: " + ", ".join(possible)
        if possible
        else "this state is final; issue a new certificate instead",
    )
