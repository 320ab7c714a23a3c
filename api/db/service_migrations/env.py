"""Alembic runs the service database's migrations through this file; whoever has tables there imports them here."""

from __future__ import annotations

import api.accounts.tables
import api.audit.tables
import api.notifications.tables
import api.service.tables
import api.tenders.tables  # noqa: F401
from api.db.metadata import service_metadata
from api.db.migrate import run

run(service_metadata)
