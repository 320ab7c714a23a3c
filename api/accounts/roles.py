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


EVERYWHERE = frozenset({Role.AUTHORITY, Role.AUDITOR, Role.HOLDER})
"""Roles that may be given without a bureau; authority and holder always are, an auditor then reads every bureau."""

NEVER_IN_A_BUREAU = frozenset({Role.AUTHORITY, Role.HOLDER})


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
    STATUSES = "statuses"
    TYPES = "types"
    VERIFICATIONS = "verifications"
    WEBHOOKS = "webhooks"
