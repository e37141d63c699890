"""Engine and transactions: one way in for SQLite and PostgreSQL alike.

Never does: define a table (their own modules do) or migrate (models/migrations does).
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, DateTime, Engine, TypeDecorator, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert
from sqlmodel import Session, SQLModel, create_engine

from models.hot import SqliteTurns

SQLITE_WAIT_MS = 10_000
POSTGRES_WAIT_MS = 10_000  # for a lock: as long as on SQLite; a webhook's answer is of no use any later
POSTGRES_STATEMENT_MS = 60_000  # only migrations may take longer (see models.migrate)
# A server that is gone without a word is noticed within half a minute, where the system would wait for hours.
_POSTGRES_NETWORK = {
    "connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}  # fmt: skip
SQLITE_FORGET_MS = 100

# Every constraint has a name on every database, so that a later migration can change it.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime in Python, on every database (SQLite alone would forget the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone does not enter the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def hour(moment: datetime) -> datetime:
    """Cut to the hour: an exact time, matched with a telephone company's list, would name the caller."""
    return moment.replace(minute=0, second=0, microsecond=0)


class Database:
    """One engine. `begin()` for Core statements (hot paths), `session()` for objects; both are one transaction."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            self.engine: Engine = create_engine(
                url, pool_size=pool_size, connect_args={"check_same_thread": False}, hide_parameters=True
            )
            event.listen(self.engine, "connect", _sqlite_connect)
            event.listen(self.engine, "begin", _sqlite_begin)
            self._hot = SqliteTurns(self.engine, url.removeprefix("sqlite:///"))
        else:
            self.engine = create_engine(
                url, pool_size=pool_size, pool_pre_ping=True, connect_args=_POSTGRES_NETWORK, hide_parameters=True
            )
            event.listen(self.engine, "connect", _postgres_connect)
        self._hasty = self.engine.execution_options(hotline_hasty=True)  # the same connections

    @contextmanager
    def begin(self, *, durable: bool = True) -> Iterator[Connection]:
        """A writing transaction: committed at the end, rolled back on any exception. `durable`: see hot()."""
        with (self.engine if durable else self._hasty).begin() as connection:
            yield connection

    def hot(self, *, writing: bool = True, durable: bool = True, single: bool = False) -> AbstractContextManager[Any]:
        """A driver's cursor in one transaction, for Prepared statements only. Raises the driver's own errors
        (`conflict` names the one for a unique key).

        `single`: exactly one statement will be run, which on SQLite is a transaction by itself.

        Not `durable`: on SQLite a power cut may undo it, until the next durable transaction of anybody; a killed
        process undoes nothing.
        """
        if self.is_sqlite:
            return self._hot.writing(durable, single) if writing else self._hot.reading()
        return self._pooled(writing)

    @contextmanager
    def _pooled(self, writing: bool) -> Iterator[Any]:
        connection = self.engine.raw_connection()
        try:
            yield connection.cursor()
            if writing:
                connection.commit()
        finally:
            connection.close()  # back into the pool, which rolls back what was not committed

    @property
    def conflict(self) -> type[Exception]:
        """What hot() raises when a unique key is there already."""
        return self.engine.dialect.loaded_dbapi.IntegrityError

    @property
    def crossed(self) -> tuple[type[Exception], ...]:
        """What hot() raises when it waited for somebody who waited for it; to be tried again. Never on SQLite."""
        return () if self.is_sqlite else (self.engine.dialect.loaded_dbapi.errors.DeadlockDetected,)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading; on SQLite it does not wait for writers."""
        with self.engine.connect().execution_options(hotline_read=True) as connection:
            yield connection

    @contextmanager
    def session(self, *, durable: bool = True) -> Iterator[Session]:
        """A session in one writing transaction; objects stay usable after it. `durable`: see hot()."""
        with Session(self.engine if durable else self._hasty, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only looks; on SQLite it does not wait for writers."""
        with Session(self.engine.execution_options(hotline_read=True), expire_on_commit=False) as session:
            yield session

    def insert(self, table: type[SQLModel]) -> "sqlite.Insert | postgresql.Insert":
        """An INSERT that knows ON CONFLICT, in this database's dialect."""
        dialect_insert = sqlite.insert if self.is_sqlite else postgresql.insert
        return dialect_insert(table.__table__)  # type: ignore[attr-defined]

    def insert_once(self, table: type[SQLModel]) -> Insert:
        """An INSERT that does nothing when a unique key is already there: the atomic claim. rowcount says who won."""
        # Without the option psycopg's count of inserted rows is thrown away (-1).
        return self.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)

    def forget_log(self) -> None:
        """What was deleted must not live on in the write-ahead log: SQLite's is emptied into the database and cut off.

        Nothing on PostgreSQL. Quiet when somebody reads or writes just now: the next time will do.
        """
        if not self.is_sqlite:
            return
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            # Whoever wants to write waits while this waits for readers: not for long.
            cursor.execute(f"PRAGMA busy_timeout={SQLITE_FORGET_MS}")
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except self.engine.dialect.loaded_dbapi.OperationalError:
                pass
            finally:
                cursor.execute(f"PRAGMA busy_timeout={SQLITE_WAIT_MS}")
                cursor.close()
        finally:
            connection.close()

    def dispose(self, *, close: bool = True) -> None:
        """Close every connection (before a fork, or at the end); without `close` only forget them (after a fork: they
        are the parent's)."""
        if self.is_sqlite:
            self._hot.dispose(close)
        self.engine.dispose(close)


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _sqlite_begin
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # a tip that was acknowledged survives a power cut
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_WAIT_MS}",
        "secure_delete=ON",  # what is deleted is overwritten
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _postgres_connect(connection: Any, _record: Any) -> None:
    connection.autocommit = True  # what is set within a transaction is gone with its rollback
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {POSTGRES_WAIT_MS}")
        cursor.execute(f"SET statement_timeout = {POSTGRES_STATEMENT_MS}")
    connection.autocommit = False


def _sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("hotline_read"):
        connection.exec_driver_sql("BEGIN")
        return
    how = "NORMAL" if options.get("hotline_hasty") else "FULL"
    if connection.info.get("synchronous", "FULL") != how:
        connection.info["synchronous"] = None  # unknown, should a time limit strike between these lines
        connection.exec_driver_sql(f"PRAGMA synchronous={how}")
        connection.info["synchronous"] = how
    # IMMEDIATE: a reader that turns writer would otherwise fail under concurrent workers, whatever the timeout.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
