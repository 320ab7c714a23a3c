"""The catalogue of a register: shipped types, and the bureau's own that are in force."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import Connection, Engine, select

from api.types.tables import type_acts
from chain.catalogue import SHIPPED, Catalogue, Definition, Retirement, read_type_document


def catalogue_of(engine: Engine) -> Catalogue:
    """What the register has in force now."""
    with engine.connect() as connection:
        return catalogue_in(connection)


def catalogue_in(connection: Connection) -> Catalogue:
    """As :func:`catalogue_of`, as one transaction sees it."""
    query = select(type_acts.c.document).where(type_acts.c.state == "active").order_by(type_acts.c.id)
    documents = tuple(connection.execute(query).scalars())
    return _catalogue(documents) if documents else SHIPPED


@lru_cache(maxsize=16)
def _catalogue(documents: tuple[str, ...]) -> Catalogue:
    found = [read_type_document(document.encode()) for document in documents]
    return Catalogue(
        (one.kind for one in found if isinstance(one, Definition)),
        retired=((one.code, one.version) for one in found if isinstance(one, Retirement)),
    )
