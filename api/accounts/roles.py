"""The roles of the service, and what a token may be limited to."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person or a machine is, mostly in one bureau."""

    AUTHORITY = "authority"
    """Accredits bureaus and keeps the accounts of all of them; belongs to none."""
    OFFICER = "officer"
    """Prepares lists and status changes of a bureau. 经办."""
    APPROVER = "approver"
    """Decides about them, by signature. 复核."""
    CLERK = "clerk"
    """Checks certificates at a window. 窗口人员."""
    HOLDER = "holder"
    """Has certificates. 持证主体."""
    AUDITOR = "auditor"
    """Reads what was done, in one bureau or (without a bureau) in all."""
    MACHINE = "machine"
    """A back-office system of a bureau."""
    PROCUREMENT = "procurement"
    """Publishes a bureau's tenders and leads them. 采购人经办."""
    AGENT = "agent"
    """Of an agency; works on the tenders it is appointed to. 招标代理."""
    SUPERVISOR = "supervisor"
    """Decides complaints in the tenders it is appointed to. 行政监督."""
    KEYHOLDER = "keyholder"
    """Holds a share of opening keys. 密钥持有人."""
    BIDDER = "bidder"
    """Bids, or thinks of it. 投标人."""
    EXPERT = "expert"
    """May be drawn to evaluate bids, or is sent to by the procuring entity. 评标专家."""


NEVER_IN_A_BUREAU = frozenset(
    {Role.AUTHORITY, Role.HOLDER, Role.AGENT, Role.SUPERVISOR, Role.KEYHOLDER, Role.BIDDER, Role.EXPERT}
)
"""Roles that are never held in a bureau; what an agent, supervisor, key holder, bidder or expert may do follows from
its part in a tender (:mod:`api.accounts.appointments`)."""

EVERYWHERE = NEVER_IN_A_BUREAU | {Role.AUDITOR}
"""Roles that may be given without a bureau; an auditor then reads every bureau."""


class Scope(StrEnum):
    """What a token may be used for. A token has some of them; signing in gives all."""

    ACCOUNTS = "accounts"
    APPROVALS = "approvals"
    AUDIT = "audit"
    BATCHES = "batches"
    CERTIFICATES = "certificates"
    CLAIMS = "claims"
    LEDGER = "ledger"
    METRICS = "metrics"
    NOTIFICATIONS = "notifications"
    STATUSES = "statuses"
    TENDERS = "tenders"
    TYPES = "types"
    VERIFICATIONS = "verifications"
    WEBHOOKS = "webhooks"
