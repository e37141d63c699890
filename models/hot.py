"""Paths that have a tenth of a millisecond: statements compiled once, on connections that wait beside the pool.

SQLAlchemy's own execution looks up the compiled form and builds a result around the cursor each time, which costs
three times as much as running a small statement; its pool costs as much as the statement.
Never does: build a statement in a turn, decide what is written, or keep a connection across a fork (dispose first).
"""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import Engine
from sqlalchemy.sql.base import Executable

from models.turns import Turns


class _OnEngine(Protocol):
    """A Database, as far as compiling for it goes."""

    engine: Engine


class Prepared:
    """A statement compiled once and handed straight to the driver. Rows come as plain tuples: return text and numbers
    only."""

    def __init__(self, db: _OnEngine, statement: Executable, columns: list[str] | None = None) -> None:
        dialect = db.engine.dialect
        compiled: Any = statement.compile(dialect=dialect, column_keys=columns)  # type: ignore[attr-defined]
        self._sql = str(compiled)
        self._numbered = bool(compiled.positiontup)
        processors = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()
        }
        # What the driver wants, in its order: name, what stands there if nothing is given, what makes it storable.
        self._wants = [
            (name, compiled.params[name], processors[name]) for name in (compiled.positiontup or compiled.params)
        ]

    def run(self, cursor: Any, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Execute on a cursor of Database.hot() and return all rows; names the statement does not know are ignored."""
        given = [
            values.get(name, fixed) if storable is None else storable(values.get(name, fixed))
            for name, fixed, storable in self._wants
        ]
        cursor.execute(
            self._sql,
            given if self._numbered else {want[0]: value for want, value in zip(self._wants, given, strict=True)},
        )
        return cursor.fetchall() if cursor.description else []


class SqliteTurns:
    """Short transactions on one SQLite file. Of a process's threads one writes at a time, so that one connection, which
    knows what it wrote last, serves them all; readers have others and wait for nobody."""

    def __init__(self, engine: Engine, path: str) -> None:
        self._engine = engine
        self._turns = Turns(path + ".turn")
        self._readers: deque[Any] = deque()
        self._writer: Any = None
        self._durable = True  # what the writer is set to
        self._not_ours: list[Any] = []  # a parent's connections: even to let go of them would close its files

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """A cursor that only looks."""
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = self._opened()
        try:
            yield connection.cursor()
        finally:
            self._readers.append(connection)

    @contextmanager
    def writing(self, durable: bool) -> Iterator[Any]:
        """A cursor in a transaction of its own, when it is this one's turn: committed at the end, or rolled back."""
        with self._turns.turn():
            if self._writer is None:
                self._writer, self._durable = self._opened(), True
            cursor = self._writer.cursor()
            if durable is not self._durable:
                cursor.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
                self._durable = durable
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
                self._writer.commit()
            except BaseException:
                writer, self._writer = self._writer, None
                writer.rollback()  # before the next one's turn
                self._writer = writer  # it can; else the next one opens another
                raise

    def dispose(self, close: bool) -> None:
        """Give every connection up, closed or not. Nobody may be using one."""
        given_up, self._readers, self._writer = [*self._readers, self._writer], deque(), None
        if close:
            for connection in filter(None, given_up):
                connection.close()
        else:
            self._not_ours += given_up

    def _opened(self) -> Any:
        pooled = self._engine.raw_connection()
        connection = pooled.driver_connection
        pooled.detach()  # never to return to the pool
        return connection
