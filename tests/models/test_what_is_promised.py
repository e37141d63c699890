"""What a webhook promised to keep has reached the disk before it answers; meanwhile the next one may write."""

import os
import sqlite3
from pathlib import Path

import pytest

from models.database import Database
from models.hot import Prepared
from models.tables import Tip


@pytest.fixture
def db(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'hotline.db'}")
    with made.hot() as cursor:
        cursor.execute("CREATE TABLE kept (word TEXT)")
    return made


@pytest.fixture
def flushed(tmp_path: Path, db: Database, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What stood in the log, each time that it was brought to the disk."""
    seen: list[list[str]] = []
    flush = os.fdatasync

    def watched(file: int) -> None:
        assert os.path.samestat(os.fstat(file), (tmp_path / "hotline.db-wal").stat())
        with sqlite3.connect(tmp_path / "hotline.db", isolation_level=None) as other:
            seen.append([word for (word,) in other.execute("SELECT word FROM kept")])
            other.execute("BEGIN IMMEDIATE")  # nobody holds the lock while the disk works
            other.execute("ROLLBACK")
        flush(file)

    monkeypatch.setattr(os, "fdatasync", watched)
    return seen


def keep(db: Database, word: str, *, durable: bool) -> None:
    with db.hot(durable=durable) as cursor:
        cursor.execute("INSERT INTO kept VALUES (?)", (word,))


def test_a_promise_waits_for_the_disk_and_for_nobody_else(db: Database, flushed: list[list[str]]) -> None:
    keep(db, "told", durable=True)
    assert flushed == [["told"]]


def test_what_the_words_tell_as_well_does_not_wait(db: Database, flushed: list[list[str]]) -> None:
    keep(db, "kind", durable=False)
    assert flushed == []
    keep(db, "told", durable=True)
    assert flushed == [["kind", "told"]]


def test_what_fails_promises_nothing_and_the_next_one_is_kept(db: Database, flushed: list[list[str]]) -> None:
    with pytest.raises(RuntimeError), db.hot() as cursor:
        cursor.execute("INSERT INTO kept VALUES ('half')")
        raise RuntimeError
    assert flushed == []
    keep(db, "whole", durable=True)
    assert flushed == [["whole"]]


def test_a_single_statement_is_a_transaction_by_itself(db: Database, flushed: list[list[str]]) -> None:
    with db.hot(single=True) as cursor:
        assert cursor.execute("INSERT INTO kept VALUES ('told') RETURNING word").fetchall() == [("told",)]
    assert flushed == [["told"]]
    with pytest.raises(sqlite3.OperationalError), db.hot(single=True) as cursor:
        cursor.execute("INSERT INTO nowhere VALUES ('lost')")
    with db.hot(single=True) as cursor:
        cursor.execute("INSERT INTO kept VALUES ('a'), ('b') RETURNING word")  # and nobody asks for the rows
    keep(db, "whole", durable=True)
    assert flushed[1:] == [["told", "a", "b"], ["told", "a", "b", "whole"]]


def test_a_disk_that_refuses_is_not_taken_for_a_promise(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", refuse)
    with pytest.raises(OSError):
        keep(db, "told", durable=True)


def test_the_log_may_be_begun_anew_between(db: Database, flushed: list[list[str]]) -> None:
    keep(db, "first", durable=True)
    with db.begin() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    keep(db, "second", durable=True)
    assert flushed == [["first"], ["first", "second"]]


def test_without_a_log_each_commit_waits_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Database(f"sqlite:///{tmp_path / 'other.db'}")
    monkeypatch.setattr(made._hot, "_opened", lambda: sqlite3.connect(tmp_path / "other.db", isolation_level=None))
    with made.hot() as cursor:
        cursor.execute("CREATE TABLE kept (word TEXT)")
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    keep(made, "told", durable=True)


def test_the_log_is_found_wherever_the_database_lies(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "linked.db").symlink_to(tmp_path / "real" / "hotline.db")
    for url in (f"sqlite:///{tmp_path / 'linked.db'}", f"sqlite:///{tmp_path / 'asked.db'}?timeout=20"):
        made = Database(url)
        with made.hot() as cursor:
            cursor.execute("CREATE TABLE kept (word TEXT)")
            assert cursor.execute("PRAGMA synchronous").fetchone() == (1,)  # NORMAL: it waits afterwards
        keep(made, "told", durable=True)
    assert (tmp_path / "real" / "hotline.db-wal").exists()


def test_after_a_disk_refused_once_sqlite_waits_for_it_itself(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as failing:
        failing.setattr(os, "fdatasync", refuse)
        with pytest.raises(OSError):
            keep(db, "told", durable=True)
    with db.hot() as cursor:
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_transaction_that_need_not_outlive_a_power_cut_makes_no_later_one_hasty(db: Database) -> None:
    def waits(durable: bool) -> tuple[object, object]:
        with db.begin(durable=durable) as connection:
            core = connection.exec_driver_sql("PRAGMA synchronous").scalar()
        with db.session(durable=durable) as session:
            return core, session.connection().exec_driver_sql("PRAGMA synchronous").scalar()

    full, normal = 2, 1
    assert [waits(durable) for durable in (True, False, True)] == [(full, full), (normal, normal), (full, full)]
    with db.begin(durable=False) as connection:
        connection.exec_driver_sql("INSERT INTO kept VALUES ('seen')")
    with db.reading() as session:
        assert session.connection().exec_driver_sql("SELECT word FROM kept").scalar() == "seen"


def test_a_statement_that_leaves_a_default_to_sqlalchemy_is_refused_when_it_is_made(db: Database) -> None:
    with pytest.raises(TypeError, match="'accuses'"):
        Prepared(db, db.insert(Tip), columns=["id"])
