"""The lanes of a bureau that carry no certificates, by the names under which the ledger keeps them apart."""

AUDIT_LANE = "$audit"
"""Heads of the audit log."""
TYPES_LANE = "$types"
"""Definitions of certificate types."""
