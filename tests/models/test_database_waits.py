"""On PostgreSQL nobody waits for ever: not for a lock, nor for a statement; an upgrade may."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models import database, migrate
from models.database import Database


@pytest.fixture
def db(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(database, "POSTGRES_WAIT_MS", 300)
    monkeypatch.setattr(database, "POSTGRES_STATEMENT_MS", 900)
    made = Database(postgres_url, pool_size=2)
    yield made
    made.dispose()


def test_a_lock_is_waited_for_so_long_and_no_longer(db: Database) -> None:
    with db.begin() as connection:
        connection.execute(text("CREATE TABLE held (n INTEGER)"))
    with db.begin() as holder:
        holder.execute(text("LOCK TABLE held IN ACCESS EXCLUSIVE MODE"))
        began = time.monotonic()
        with pytest.raises(OperationalError, match="LockNotAvailable"), db.begin() as connection:
            connection.execute(text("INSERT INTO held VALUES (1)"))
        assert time.monotonic() - began < 5


def test_a_statement_that_does_not_end_is_ended(db: Database) -> None:
    for _ in range(2):  # what is set stays set when a transaction is rolled back
        with pytest.raises(OperationalError, match="QueryCanceled"), db.begin() as connection:
            connection.execute(text("SELECT pg_sleep(30)"))


def test_the_hot_paths_do_not_wait_any_longer(db: Database) -> None:
    with pytest.raises(db.engine.dialect.loaded_dbapi.errors.QueryCanceled), db.hot() as cursor:
        cursor.execute("SELECT pg_sleep(30)")


def test_an_upgrade_waits_for_another_one_for_as_long_as_that_takes(db: Database, postgres_url: str) -> None:
    with ThreadPoolExecutor(1) as pool:
        with db.begin() as other:
            other.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": migrate._LOCK})
            upgrading = pool.submit(migrate.upgrade, postgres_url)
            time.sleep(2)
            assert not upgrading.done()
        upgrading.result(60)
    assert migrate.level(postgres_url).current
