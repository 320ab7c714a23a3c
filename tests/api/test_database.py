"""The databases: migrations up and down, equal to the tables in the code, on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, insert, inspect, select, text, update

from api.certificates.tables import acts, batches
from api.db import (
    Address,
    dump,
    exclusive_transaction,
    exists,
    forget_deleted,
    load,
    metadata,
    open_address,
    open_database,
    register_address,
    service_address,
    service_metadata,
)
from api.db.engine import connect, make_place
from api.db.exclusive import exclusive
from api.db.migrate import alembic_config, migrate
from chain.kernel.errors import Damaged, InvalidInput, Unavailable
from chain.kernel.home import Home
from tests.plugins.database import DATABASES

KINDS: list[tuple[Callable[[Home], Address], MetaData]] = [
    (register_address, metadata),
    (service_address, service_metadata),
]


BEFORE_BOOKS = """
INSERT INTO accounts (id, name, display, active, created_at, changed_at) VALUES (1, 'one', 'x', :yes, 1, 1);
INSERT INTO tender_cursor (number, hash, book) VALUES (5, :book, :book);
INSERT INTO tenders (number, bureau, lots, envelopes, minimum_bids, amendments, notice, published_at, deadline, open_at,
    settled_at, reveal_window, standstill, complaint_period, ceremony, supervisor, custodians, cancelled, over)
    VALUES (7, 'B7', 1, 1, 1, 0, :book, 1, 1, 1, 0, 1, 1, 1, 1, :book, '[]', :no, :no);
INSERT INTO appointments (account_id, tender, role, "by", from_at) VALUES (1, 7, 'agent', 1, 1), (1, 8, 'agent', 1, 1);
INSERT INTO news (id, kind, tender, ceremony, lot, occasion, moment, at)
    VALUES (1, 'tender.opened', 7, 0, 1, 1, 0, 1);
INSERT INTO notifications (news_id, account_id) VALUES (1, 1)
"""


@pytest.fixture
def home(fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose databases are not there yet."""
    monkeypatch.setenv("YINXIN_DATABASE__URL", fresh_database)
    monkeypatch.setenv("YINXIN_BUREAU__USCC", "11440100000000001F")
    return Home(tmp_path / "home")


@pytest.fixture
def engine(home: Home) -> Iterator[Engine]:
    """An empty register."""
    opened = open_address(register_address(home))
    yield opened
    opened.dispose()


def an_act(engine: Engine, reason: str, *, at: int = 0) -> None:
    with engine.begin() as connection:
        values = {"operation": "revoke", "status_list": "s0001", "operator": "o", "reason": reason, "at": at}
        connection.execute(insert(acts).values(state="waiting", size=1, actor="a", **values))


class TestMigrations:
    @pytest.mark.parametrize(("address_of", "tables"), KINDS, ids=["register", "service"])
    def test_they_make_just_the_tables_of_the_code(
        self, home: Home, address_of: Callable[[Home], Address], tables: MetaData
    ) -> None:
        engine = open_address(address_of(home))
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, tables) == []
        engine.dispose()

    @pytest.mark.parametrize(("address_of", "tables"), KINDS, ids=["register", "service"])
    def test_each_goes_up_down_and_up_again(
        self, home: Home, address_of: Callable[[Home], Address], tables: MetaData
    ) -> None:
        address = address_of(home)
        make_place(address)
        engine = connect(address)
        scripts = ScriptDirectory.from_config(alembic_config(address.kind))
        revisions = [script.revision for script in scripts.walk_revisions()][::-1]
        for before, revision in zip(["base", *revisions], revisions, strict=False):
            migrate(engine, address, revision)
            there = sorted(inspect(engine).get_table_names())
            migrate(engine, address, before, down=True)
            migrate(engine, address, revision)
            assert sorted(inspect(engine).get_table_names()) == there
        assert set(tables.tables) <= set(there)
        migrate(engine, address, "base", down=True)
        assert inspect(engine).get_table_names() == ["alembic_version"]
        engine.dispose()

    def test_parts_and_news_of_before_are_of_the_book_that_the_index_has(self, home: Home) -> None:
        address = service_address(home)
        make_place(address)
        engine = connect(address)
        migrate(engine, address, "service_0003")
        book = b"\7" * 20
        with engine.begin() as connection:
            for statement in BEFORE_BOOKS.split(";"):
                values = {"book": book, "yes": True, "no": False}
                known = {name: one for name, one in values.items() if f":{name}" in statement}
                connection.execute(text(statement), known)
        migrate(engine, address, "service_0004")
        with engine.begin() as connection:
            query = text("SELECT bureau, book FROM appointments ORDER BY tender")
            assert [(row.bureau, bytes(row.book)) for row in connection.execute(query)] == [("B7", book), ("", book)]
            assert bytes(connection.execute(text("SELECT book FROM news")).scalar_one()) == book
            # The same news of another book are other news; going back, what is of another book has no place.
            twin = "INSERT INTO news (id, book, kind, tender, ceremony, lot, occasion, moment, at) "
            values = "VALUES (2, :book, 'tender.opened', 7, 0, 1, 1, 0, 1)"
            connection.execute(text(twin + values), {"book": b"\10" * 20})
            connection.execute(text("INSERT INTO notifications (news_id, account_id) VALUES (2, 1)"))
        migrate(engine, address, "service_0003", down=True)
        with engine.connect() as connection:
            assert connection.execute(text("SELECT id FROM news")).scalars().all() == [1]
            assert connection.execute(text("SELECT news_id FROM notifications")).scalars().all() == [1]
            assert connection.execute(text("SELECT count(*) FROM appointments")).scalar() == 2
        engine.dispose()

    def test_a_newer_one_is_not_touched(self, home: Home, engine: Engine) -> None:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(Unavailable) as caught:
            open_address(register_address(home))
        assert caught.value.code == "register.newer"
        with engine.connect() as connection:
            assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["9999"]

    def test_register_and_service_are_apart(self, home: Home, engine: Engine) -> None:
        assert not exists(service_address(home))
        service = open_address(service_address(home))
        assert exists(service_address(home))
        assert "batches" in inspect(engine).get_table_names()
        assert "batches" not in inspect(service).get_table_names()
        service.dispose()


class TestWriting:
    def test_a_time_beyond_2038_fits(self, engine: Engine) -> None:
        an_act(engine, "x", at=4_102_444_800)
        with engine.connect() as connection:
            assert connection.execute(select(acts.c.at)).scalar() == 4_102_444_800

    def test_readers_do_not_wait_for_a_writer_and_see_what_stood_before(self, home: Home, engine: Engine) -> None:
        reader = open_address(register_address(home))
        with exclusive_transaction(engine, "acts") as connection:
            values = {"operation": "revoke", "status_list": "s0001", "operator": "o", "reason": "x", "at": 0}
            connection.execute(insert(acts).values(state="waiting", size=1, actor="a", **values))
            with reader.connect() as other:
                assert other.execute(select(acts.c.id)).all() == []
        with reader.connect() as other:
            assert len(other.execute(select(acts.c.id)).all()) == 1
        reader.dispose()

    def test_a_second_writer_waits_and_then_sees_what_the_first_wrote(self, home: Home, engine: Engine) -> None:
        an_act(engine, "0")
        begun = threading.Barrier(9)

        def count_up() -> None:
            own = open_address(register_address(home))
            begun.wait(20)
            for _ in range(5):
                with exclusive_transaction(own, "acts") as connection:
                    number = int(connection.execute(select(acts.c.reason)).scalar_one())
                    connection.execute(update(acts).values(reason=str(number + 1)))
            own.dispose()

        threads = [threading.Thread(target=count_up) for _ in range(8)]
        for thread in threads:
            thread.start()
        begun.wait(20)
        for thread in threads:
            thread.join()
        with engine.connect() as connection:
            assert connection.execute(select(acts.c.reason)).scalar() == "40"

    def test_one_that_only_reads_may_not_claim_to_be_alone(self, engine: Engine) -> None:
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection, pytest.raises(ValueError, match=r"engine\.begin"):
                exclusive(connection, "acts")

    def test_faults_show_no_values(self, engine: Engine) -> None:
        with pytest.raises(Exception, match="no_such_column") as caught, engine.begin() as connection:
            connection.execute(text("INSERT INTO acts (no_such_column) VALUES (:name)"), {"name": "示例的人"})
        assert "示例的人" not in str(caught.value)


class TestDumps:
    @pytest.mark.parametrize("other", ["sqlite", "postgresql"])
    def test_a_dump_loads_into_either_kind_and_dumps_the_same(
        self, home: Home, engine: Engine, other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        an_act(engine, "含有 'quotes', \\ and 𠮷\n", at=4_102_444_800)
        with engine.begin() as connection:
            values = {"template_version": 1, "operation": "issue", "source": "s", "operator": "o", "size": 1}
            connection.execute(
                insert(batches).values(
                    bureau="b", certificate_type="t", rows_digest=bytes(range(32)), state="x", created_at=1, **values
                )
            )
        lines = list(dump(engine, register_address(home)))
        monkeypatch.setenv("YINXIN_DATABASE__URL", "" if other == "sqlite" else DATABASES.make(tmp_path / "other"))
        address = register_address(Home(tmp_path / "other"))
        assert load(address, lines) == 2
        copy = open_address(address)
        assert list(dump(copy, address)) == lines
        an_act(copy, "one more")
        with copy.connect() as connection:
            assert connection.execute(select(acts.c.id).order_by(acts.c.id)).scalars().all() == [1, 2]
        copy.dispose()

    def test_one_that_is_cut_off_is_refused(self, home: Home, engine: Engine, tmp_path: Path) -> None:
        an_act(engine, "x")
        address = register_address(home)
        lines = list(dump(engine, address))
        for number, left in enumerate(range(1, len(lines)), 1):
            with pytest.raises(Damaged):
                load(address.beside(f"n{number}"), lines[:left])
        with pytest.raises(InvalidInput):
            load(address.beside("none"), [])


class TestForgetting:
    def test_what_was_deleted_is_in_no_file_of_the_database(self, home: Home, engine: Engine, tmp_path: Path) -> None:
        def files() -> bytes:
            folder = home.path if engine.dialect.name == "sqlite" else DATABASES.files(tmp_path)
            return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())

        secret = "广州示例环保设备有限公司".encode()
        an_act(engine, secret.decode())
        assert secret in files()
        with engine.begin() as connection:
            connection.execute(update(acts).values(reason=""))
        forget_deleted(engine, register_address(home), (acts,))
        assert secret not in files()


class TestSqlite:
    def test_it_is_durable_private_and_forgets_what_is_deleted(self, tmp_path: Path) -> None:
        engine = open_database(tmp_path / "home" / "register.sqlite")
        with engine.connect() as connection:
            for pragma, value in (
                ("journal_mode", "wal"),
                ("synchronous", 2),
                ("foreign_keys", 1),
                ("secure_delete", 1),
            ):
                assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
        engine.dispose()
        assert (tmp_path / "home" / "register.sqlite").stat().st_mode & 0o777 == 0o600

    def test_what_is_no_database_is_named(self, tmp_path: Path) -> None:
        file = tmp_path / "register.sqlite"
        file.write_bytes(b"this is no database at all, but long enough to look like one" * 20)
        with pytest.raises(Damaged) as caught:
            open_database(file)
        assert (caught.value.code, caught.value.fix) == ("register.damaged", "make it anew: yinxin rebuild")

    def test_whoever_has_it_open_meets_the_file_that_took_its_place(self, tmp_path: Path) -> None:
        old, fresh = open_database(tmp_path / "register.sqlite"), open_database(tmp_path / "fresh.sqlite")
        an_act(old, "old")
        an_act(fresh, "fresh")
        fresh.dispose()
        with sqlite3.connect(tmp_path / "fresh.sqlite") as closed:
            closed.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        closed.close()
        (tmp_path / "fresh.sqlite").replace(tmp_path / "register.sqlite")
        for name in ("register.sqlite-wal", "register.sqlite-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        with old.connect() as connection:
            assert connection.execute(select(acts.c.reason)).scalars().all() == ["fresh"]
        old.dispose()


class TestAddresses:
    @pytest.mark.parametrize("url", ["mysql://h/d", "sqlite:///x", "no address", "postgresql+asyncpg://h/d"])
    def test_what_is_no_postgresql_is_refused(self, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("YINXIN_DATABASE__URL", url)
        with pytest.raises(InvalidInput) as caught:
            register_address(Home(tmp_path))
        assert caught.value.code == "database.url"

    def test_a_server_that_is_not_there_is_unavailable_and_the_password_is_not_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = f"postgresql+psycopg://someone:a-secret-word@/d?host={tmp_path}"
        monkeypatch.setenv("YINXIN_DATABASE__URL", url)
        home = Home(tmp_path)
        with pytest.raises(Unavailable) as caught:
            open_address(register_address(home))
        assert caught.value.code == "register.open"
        for shown in (
            str(caught.value),
            str(register_address(home)),
            repr(register_address(home)),
            repr(home.settings),
        ):
            assert "a-secret-word" not in shown
