"""The register's database: engine, metadata, migrations. SQLite (WAL) by default.

The rows are a working copy. What is true lies on the ledger and in the records; ``yinxin rebuild`` makes the rest anew.
"""

from api.db.engine import open_database
from api.db.metadata import metadata

__all__ = ["metadata", "open_database"]
