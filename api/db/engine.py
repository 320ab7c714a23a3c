"""Open the database, at the newest migration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from chain.kernel.errors import Damaged, Unavailable

_BUSY_MILLISECONDS = 30_000


def _prepare(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    cursor.close()


def alembic_config(url: str) -> Config:
    """Alembic's configuration for the database at ``url``."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def open_database(path: Path) -> Engine:
    """The register at ``path``, created or migrated to the newest version.

    Raises:
        Unavailable: the file cannot be opened, or was written by a newer version of this program.
        Damaged: it is no database.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = f"sqlite:///{path}"
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare)
    try:
        _bring_up_to_date(engine, url)
    except OperationalError as error:
        engine.dispose()
        raise Unavailable(
            f"the register {path} cannot be opened: {error.orig}",
            code="register.open",
            field="register",
            fix="check the file's permissions and the disk",
        ) from error
    except DatabaseError as error:
        engine.dispose()
        raise Damaged(
            f"the register {path} is damaged: {error.orig}",
            code="register.damaged",
            field="register",
            fix="make it anew: yinxin rebuild",
        ) from error
    except BaseException:
        engine.dispose()
        raise
    path.chmod(0o600)
    return engine


def _bring_up_to_date(engine: Engine, url: str) -> None:
    config = alembic_config(url)
    scripts = ScriptDirectory.from_config(config)
    with engine.begin() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current != scripts.get_current_head():
            known = {script.revision for script in scripts.walk_revisions()}
            if current is not None and current not in known:
                raise Unavailable(
                    f"the register was written by a newer version ({current})",
                    code="register.newer",
                    field="register",
                    fix="install that version or restore the backup made before it",
                )
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
