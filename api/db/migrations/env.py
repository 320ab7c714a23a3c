"""Alembic runs the register's migrations through this file."""

from __future__ import annotations

import api.certificates.care_tables
import api.certificates.tables
import api.claims.tables
import api.indexer.tables
import api.jobs.tables
import api.types.tables
import api.webhooks.tables  # noqa: F401
from api.db.metadata import metadata
from api.db.migrate import run

run(metadata)
