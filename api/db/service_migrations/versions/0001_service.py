"""The service database, before anybody has an account.

Revision ID: service_0001
Revises:
"""

from __future__ import annotations

revision = "service_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet: the tables follow."""


def downgrade() -> None:
    """Nothing to take away."""
