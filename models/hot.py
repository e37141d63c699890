"""Paths that have a tenth of a millisecond: statements compiled once, on connections that wait beside the pool.

SQLAlchemy's own execution looks up the compiled form and builds a result around the cursor each time, which costs
three times as much as running a small statement; its pool costs as much as the statement.
Never does: build a statement in a turn, decide what is written, or keep a connection across a fork (dispose first).
"""

import os
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from functools import lru_cache
from io import FileIO
from operator import itemgetter
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
        if missing := [column.name for column in getattr(compiled, "insert_prefetch", ())]:
            raise TypeError(f"{missing} must be given: their defaults are filled in by SQLAlchemy's own execution only")
        self._sql = str(compiled)
        self._numbered = bool(compiled.positiontup)
        processors = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()
        }
        # What the driver wants, in its order, and what stands there if nothing is given.
        self._names = tuple(compiled.positiontup or compiled.params)
        self._fixed = {name: compiled.params[name] for name in self._names}
        self._given = itemgetter(*self._names) if len(self._names) > 1 else lambda values: (values[self._names[0]],)
        # Which of them must be made storable, and how. Times are mostly the present moment, again and again.
        types = {name: bind.type.python_type for bind, name in compiled.bind_names.items()}
        self._storable = [
            (place, lru_cache(maxsize=8)(storable) if types[name] is datetime else storable)
            for place, name in enumerate(self._names)
            if (storable := processors[name]) is not None
        ]

    def run(self, cursor: Any, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Execute on a cursor of Database.hot() and return all rows; names the statement does not know are ignored."""
        given = list(self._given({**self._fixed, **values}))
        for place, storable in self._storable:
            given[place] = storable(given[place])
        cursor.execute(self._sql, given if self._numbered else dict(zip(self._names, given, strict=True)))
        return cursor.fetchall() if cursor.description else []


class SqliteTurns:
    """Short transactions on one SQLite file. Of a process's threads one writes at a time, so that one connection, which
    knows what it wrote last, serves them all; readers have others and wait for nobody.

    A commit writes into SQLite's log and does not wait for the disk. Who promised to keep what it wrote waits for that
    afterwards, when the next one already writes: of those who wait together the disk works for all at once.
    """

    def __init__(self, engine: Engine, path: str) -> None:
        self._engine = engine
        self._turns = Turns(path + ".turn")
        self._log: FileIO | None = None  # SQLite's, opened with the writer
        self._refused = False  # the disk has failed once
        self._readers: deque[Any] = deque()
        self._writer: Any = None
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
    def writing(self, durable: bool, single: bool) -> Iterator[Any]:
        """A cursor in a transaction of its own, when it is this one's turn: committed at the end, or rolled back.

        A `single` statement needs no transaction around it: it is committed with its last row. Once this ends without
        an exception, what was written outlives this process, and if `durable` a power cut.
        """
        with self._turns.turn():
            if self._writer is None:
                self._writer = self._opened()
                self._log = None if self._refused else _log_of(self._writer)
                self._writer.execute(f"PRAGMA synchronous={'NORMAL' if self._log else 'FULL'}")
            cursor, log = self._writer.cursor(), self._log  # this writer's: the next one may have none
            if single:
                with closing(cursor):  # or a statement whose rows nobody fetched would hold the file
                    yield cursor
            else:
                yield from self._transaction(cursor)
        if durable and log is not None:
            self._reach_the_disk(log)

    def dispose(self, close: bool) -> None:
        """Give every connection up, closed or not. Nobody may be using one."""
        given_up, self._readers, self._writer, self._log = [*self._readers, self._writer], deque(), None, None
        if close:
            for connection in filter(None, given_up):
                connection.close()
        else:
            self._not_ours += given_up

    def _transaction(self, cursor: Any) -> Iterator[Any]:
        cursor.execute("BEGIN IMMEDIATE")
        try:
            yield cursor
            self._writer.commit()
        except BaseException:
            writer, self._writer = self._writer, None
            writer.rollback()  # before the next one's turn
            self._writer = writer  # it can; else the next one opens another
            raise

    def _reach_the_disk(self, log: FileIO) -> None:
        # What SQLite does within a commit when synchronous=FULL. If meanwhile somebody moves the log into the database
        # and begins it anew, all of it has reached the disk before.
        try:
            os.fdatasync(log.fileno())
        except OSError:
            # Linux tells of what it could not write once, and maybe not to the next who asks: from now on each commit
            # waits by itself, on another connection.
            self._refused = True
            with self._turns.turn():
                self._writer = None
            raise

    def _opened(self) -> Any:
        pooled = self._engine.raw_connection()
        connection = pooled.driver_connection
        pooled.detach()  # never to return to the pool
        return connection


def _log_of(connection: Any) -> FileIO | None:
    """The log of a database, beside the file, wherever links lead: the same file as long as this connection lives. No
    lock of SQLite's stands on it that closing would lose. None: where a file system has no room for one (some
    networks'), or the system (macOS) has not the way to wait for it, each commit waits by itself."""
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal" or not hasattr(os, "fdatasync"):
        return None
    connection.execute("SELECT 1 FROM sqlite_schema").fetchone()  # the file is made by the first to look
    return FileIO(f"{connection.execute('PRAGMA database_list').fetchone()[2]}-wal", "r+")
