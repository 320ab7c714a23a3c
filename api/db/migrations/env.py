"""Alembic runs migrations through this file."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine

import api.certificates.tables
import api.indexer.tables  # noqa: F401
from api.db.metadata import metadata

connection = context.config.attributes.get("connection")
if connection is not None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    context.run_migrations()
else:
    engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "")
    with engine.begin() as own:
        context.configure(connection=own, target_metadata=metadata, render_as_batch=True)
        context.run_migrations()
