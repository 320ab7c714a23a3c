"""One metadata for the register, one for the service; named constraints, so that migrations can speak of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

metadata = MetaData(naming_convention=_NAMES)
"""Tables of a bureau's register: one register a bureau."""

service_metadata = MetaData(naming_convention=_NAMES)
"""Tables of the service: accounts, memberships, tokens, sessions. One a service, whichever bureaus it works for."""

Seconds = BigInteger().with_variant(Integer, "sqlite")
"""Seconds since 1970 UTC. Four bytes, which PostgreSQL's INTEGER has, end in 2038; certificates do not."""
