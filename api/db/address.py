"""Where a home's databases lie: SQLite files in the home, or schemas of one PostgreSQL database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from chain.kernel.errors import InvalidInput
from chain.kernel.home import Home

REGISTER, SERVICE = "register", "service"
_DRIVER = "postgresql+psycopg"


@dataclass(frozen=True, slots=True)
class Address:
    """One database.

    Attributes:
        kind: ``register`` or ``service``; names what is in it and the migrations that make it.
        url: as SQLAlchemy takes it; its repr hides the password.
        schema: PostgreSQL's schema; empty on SQLite.
    """

    kind: str
    url: URL
    schema: str = ""

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None."""
        return None if self.schema else Path(self.url.database or "")

    def beside(self, name: str) -> Address:
        """A second database of the same kind: the file ``<kind>.<name>.sqlite``, the schema ``<schema>_<name>``."""
        if self.schema:
            return replace(self, schema=f"{self.schema}_{name}")
        path = Path(self.url.database or "")
        return replace(self, url=self.url.set(database=str(path.with_name(f"{path.stem}.{name}{path.suffix}"))))

    def __str__(self) -> str:
        """For messages: the file, or the server's address without user and password, and the schema."""
        if not self.schema:
            return str(self.path)
        bare = self.url.set(username=None, password=None, query={})
        return f"{bare.render_as_string(hide_password=True)}, schema {self.schema}"


def file_address(path: Path, kind: str = REGISTER) -> Address:
    """The SQLite file ``path``."""
    return Address(kind, URL.create("sqlite", database=str(path)))


def register_address(home: Home) -> Address:
    """Where the register of a home's bureau lies. Raises InvalidInput for an address of another kind of database."""
    schema = f"bureau_{home.settings.bureau.uscc.lower() or 'none'}"
    return _address(home, REGISTER, schema)


def service_address(home: Home) -> Address:
    """Where the service database of a home lies. Raises InvalidInput for an address of another kind of database."""
    return _address(home, SERVICE, "yinxin_service")


def _address(home: Home, kind: str, schema: str) -> Address:
    text = home.settings.database.url
    if not text:
        return file_address(home / f"{kind}.sqlite", kind)
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise _unusable("it is no address") from error
    if url.drivername not in (_DRIVER, "postgresql"):
        raise _unusable(f"it speaks of {url.drivername.split('+')[0]}")
    if not schema.replace("_", "").isalnum() or not schema.isascii():
        raise _unusable(f"the schema's name would be {schema!r}")
    return Address(kind, url.set(drivername=_DRIVER), schema)


def _unusable(why: str) -> InvalidInput:
    return InvalidInput(
        f"database.url cannot be used: {why}",
        code="database.url",
        field="database.url",
        fix="give postgresql+psycopg://user@host/database, or nothing for SQLite files in the home",
    )
