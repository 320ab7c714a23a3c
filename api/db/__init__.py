"""The databases: where they lie, engines, metadata, migrations. SQLite (WAL) by default, PostgreSQL by a setting.

Each bureau has a *register* of its own; a service has one *service database* of accounts besides.

* :func:`open_register` and :func:`open_service` open them for a home; docs/database.md says where they lie.
* ``engine.begin()`` writes, ``engine.connect()`` reads; :func:`exclusive_transaction` lets one writer in at a time.
* Faults arrive as ``Unavailable`` and ``Damaged``; only a broken constraint is SQLAlchemy's ``IntegrityError``.

The register's rows are a working copy. What is true lies on the ledger and in the records; ``yinxin rebuild`` makes
the rest anew.
"""

from api.db.address import Address, register_address, service_address
from api.db.dump import dump, load
from api.db.engine import exists, open_address, open_database, open_register, open_service
from api.db.exclusive import exclusive, exclusive_transaction
from api.db.metadata import Seconds, metadata, service_metadata
from api.db.swap import remove, take_place
from api.db.sweep import forget_deleted

__all__ = [
    "Address",
    "Seconds",
    "dump",
    "exclusive",
    "exclusive_transaction",
    "exists",
    "forget_deleted",
    "load",
    "metadata",
    "open_address",
    "open_database",
    "open_register",
    "open_service",
    "register_address",
    "remove",
    "service_address",
    "service_metadata",
    "take_place",
]
