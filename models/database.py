"""Engine and transactions: one way in for SQLite and PostgreSQL alike.

Never does: define a table (their own modules do) or migrate (models/migrations does).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, DateTime, Engine, TypeDecorator, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert
from sqlmodel import Session, SQLModel, create_engine

from models.turns import Turns

SQLITE_WAIT_MS = 10_000
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


class Database:
    """One engine. `begin()` for Core statements (hot paths), `session()` for objects; both are one transaction."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._turns = Turns(url.removeprefix("sqlite:///") + ".turn") if self.is_sqlite else None
        if self.is_sqlite:
            self.engine: Engine = create_engine(
                url, pool_size=pool_size, connect_args={"check_same_thread": False}, hide_parameters=True
            )
            event.listen(self.engine, "connect", _sqlite_connect)
            event.listen(self.engine, "begin", _sqlite_begin)
        else:
            self.engine = create_engine(
                url, pool_size=pool_size, pool_pre_ping=True, connect_args={"connect_timeout": 5}, hide_parameters=True
            )

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A writing transaction: committed at the end, rolled back on any exception."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def hot(self, *, writing: bool = True, durable: bool = True) -> Iterator[Any]:
        """A driver's cursor in one transaction, for Prepared statements only. Raises the driver's own errors
        (`conflict` names the one for a unique key).

        Not `durable`: on SQLite a power cut may undo it, until the next durable transaction of anybody; a killed
        process undoes nothing.
        """
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            if not writing or self._turns is None:
                yield cursor
                if writing:
                    connection.commit()
                return
            if not durable:
                cursor.execute("PRAGMA synchronous=NORMAL")
            try:
                with self._turns.turn():
                    cursor.execute("BEGIN IMMEDIATE")
                    try:
                        yield cursor
                        connection.commit()
                    except BaseException:
                        connection.rollback()  # before the next one's turn
                        raise
            finally:
                if not durable:
                    cursor.execute("PRAGMA synchronous=FULL")
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
    def session(self) -> Iterator[Session]:
        """A session in one writing transaction; objects stay usable after it."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
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

    def dispose(self) -> None:
        """Close every connection (before a fork, or at the end)."""
        self.engine.dispose()


class Prepared:
    """A statement compiled once and handed straight to the driver, for paths that have a tenth of a millisecond.

    SQLAlchemy's own execution looks up the compiled form and builds a result around the cursor each time, which costs
    three times as much as running a small statement. Rows come as plain tuples: return text and numbers only.
    """

    def __init__(self, db: Database, statement: Any, columns: list[str] | None = None) -> None:
        dialect = db.engine.dialect
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        self._sql = str(compiled)
        self._fixed: dict[str, Any] = compiled.params
        self._order: tuple[str, ...] | None = tuple(compiled.positiontup) if compiled.positiontup else None
        processors = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()
        }
        self._processors = {name: processor for name, processor in processors.items() if processor is not None}

    def run(self, cursor: Any, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Execute on a cursor of Database.hot() and return all rows; names the statement does not know are ignored."""
        given = self._fixed | {name: value for name, value in values.items() if name in self._fixed}
        for name, processor in self._processors.items():
            given[name] = processor(given[name])
        cursor.execute(self._sql, given if self._order is None else [given[name] for name in self._order])
        return cursor.fetchall() if cursor.description else []


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


def _sqlite_begin(connection: Connection) -> None:
    # IMMEDIATE: a reader that turns writer would otherwise fail under concurrent workers, whatever the timeout.
    reading = connection.get_execution_options().get("hotline_read")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
