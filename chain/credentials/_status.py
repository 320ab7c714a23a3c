"""The states of a certificate and the ways between them."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """State of a certificate. 0–3 as Token Status List section 7.1, 0x0B–0x0F of its application-specific range."""

    VALID = 0
    REVOKED = 1
    """撤销: granted wrongly."""
    SUSPENDED = 2
    """暂扣."""
    SUPERSEDED = 3
    """Replaced by a renewed or changed one."""
    CANCELLED = 0x0B
    """注销."""
    LAPSED = 0x0C
    """失效."""
    TRANSFERRED = 0x0D
    """办理转出."""
    PENALTY = 0x0E
    """吊销: revoked as a penalty."""
    OTHER = 0x0F
    """其他."""

    @property
    def terminal(self) -> bool:
        """True if no way leads back into force."""
        return self not in (Status.VALID, Status.SUSPENDED)


_LABELS = {
    Status.VALID: "有效",
    Status.REVOKED: "撤销",
    Status.SUSPENDED: "暂扣",
    Status.SUPERSEDED: "被替代",
    Status.CANCELLED: "注销",
    Status.LAPSED: "失效",
    Status.TRANSFERRED: "办理转出",
    Status.PENALTY: "吊销",
    Status.OTHER: "其他",
}


def label_zh(status: Status) -> str:
    """The status in Chinese administrative usage."""
    return _LABELS[status]


def may_change(before: Status, after: Status) -> bool:
    """True if a certificate may go from ``before`` to ``after``.

    In force: anywhere. Suspended: back, or to an end. An end is final, with two exceptions that the law
    knows: what lapsed may still be punished, cancelled or transferred, and what was revoked as a penalty is
    cancelled afterwards.
    """
    if before == after:
        return False
    if not before.terminal:
        return True
    if before is Status.LAPSED:
        return after.terminal
    return before is Status.PENALTY and after is Status.CANCELLED
