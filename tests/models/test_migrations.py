"""The migrations lead to the tables of models.tables, and lose nothing on the way."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import column, insert, inspect, text
from sqlalchemy import table as table_of
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from models import migrate
from models.database import Database
from models.message import Attachment, Message
from models.officer import Trail
from models.recording import ProviderCopy, Recording, Transcript
from models.tables import metadata
from models.tip import Routing, Tip, new_id
from settings import ROOT

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_an_empty_database_gets_the_tables_of_the_models_and_nothing_else(database_url: str) -> None:
    before = migrate.upgrade(database_url)

    assert before.present is None and not before.current
    assert migrate.level(database_url).current
    database = Database(database_url)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    database.dispose()


def test_constraints_are_the_same_as_in_the_models(database_url: str) -> None:
    # compare_metadata overlooks what happens on deletion, and on SQLite primary keys.
    migrate.upgrade(database_url)
    database = Database(database_url)
    found = inspect(database.engine)
    for table in metadata.sorted_tables:
        assert found.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]
        deleted = {
            key["constrained_columns"][0]: key["options"].get("ondelete") for key in found.get_foreign_keys(table.name)
        }
        assert deleted == {key.parent.name: key.ondelete for key in table.foreign_keys}
    database.dispose()


def test_a_filled_database_keeps_everything_when_upgraded_again(database_url: str) -> None:
    migrate.upgrade(database_url)
    database = Database(database_url)
    _fill(database)
    before = _rows(database)

    migrate.upgrade(database_url)

    assert _rows(database) == before
    assert sum(len(rows) for rows in before.values()) > 4
    database.dispose()


def test_the_revisions_may_be_taken_one_by_one(database_url: str) -> None:
    for revision in migrate.revisions():
        migrate.upgrade(database_url, to=revision)
        assert migrate.level(database_url).present == revision

    assert migrate.level(database_url).current


def test_what_earlier_releases_wrote_down_too_exactly_is_emptied(database_url: str) -> None:
    migrate.upgrade(database_url, to="0006")
    database = Database(database_url)
    told = {"sha256": "a" * 64, "original": None}
    kept = {**told, "original": "f" * 32}
    with database.session() as session:
        tip = _tip_without_accuses(session, status="working")
        # By name: the table has columns now that it had not then.
        written = {"id": new_id(), "tip_id": tip.id, "position": 1, "language": "hi", "text": "barra"}
        session.execute(insert(Message.__table__).values(written))  # type: ignore[attr-defined]
        session.add(Recording(tip_id=tip.id, take=1, seconds=23.417, **told))
        session.add(Recording(tip_id=tip.id, take=2, seconds=40, **kept))
        ids = {"tip_id": tip.id, "message_id": written["id"], "status": "ready"}
        session.add(Attachment(position=0, kind="voice", seconds=7.4, size=51_234, **ids, **told))
        session.add(Attachment(position=1, kind="video", seconds=60, size=51_234, **ids, **kept))
    migrate.upgrade(database_url)
    with database.reading() as session:
        takes = session.exec(select(Recording).order_by(col(Recording.take))).all()
        sent = session.exec(select(Attachment).order_by(col(Attachment.position))).all()
    assert [(one.seconds, one.sha256) for one in takes] == [(0, ""), (40, "a" * 64)]
    assert [(one.seconds, one.sha256, one.size) for one in sent] == [(None, None, None), (60, "a" * 64, 51_234)]
    database.dispose()


def test_of_tips_that_are_there_those_are_marked_whose_kind_accuses_police(database_url: str) -> None:
    migrate.upgrade(database_url, to="0009")
    database = Database(database_url)
    with database.session() as session:
        for category in ("police_misconduct", "extortion", None):
            _tip_without_accuses(session, category=category)
    migrate.upgrade(database_url)
    with database.reading() as session:
        assert {tip.category: tip.accuses for tip in session.exec(select(Tip))} == {
            "police_misconduct": True, "extortion": False, None: False,
        }  # fmt: skip
    database.dispose()


def test_several_processes_may_upgrade_at_once(database_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        levels = list(pool.map(lambda _: migrate.upgrade(database_url), range(4)))

    assert all(level.needed == levels[0].needed for level in levels)
    assert migrate.level(database_url).current


def test_the_two_roles_of_the_deployment_page_are_enough(postgres: str, postgres_url: str) -> None:
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sql\n(.*?)```", page, re.S)
    sql = block.replace("hotline", "roles_of_a_test")
    name = make_url(postgres_url).database
    urls = {
        role: make_url(postgres_url).set(username=role).render_as_string(hide_password=False)
        for role in ("roles_of_a_test_owner", "roles_of_a_test")
    }
    here = postgres_url.replace("+psycopg", "", 1)
    with psycopg.connect(here, autocommit=True) as connection:
        for line in sql.splitlines():
            if line.startswith(("CREATE ROLE", "ALTER")):
                connection.execute(line)
        connection.execute(f"ALTER DATABASE {name} OWNER TO roles_of_a_test_owner")
    try:
        with pytest.raises(SQLAlchemyError, match="permission denied"):
            migrate.upgrade(urls["roles_of_a_test"])
        migrate.upgrade(urls["roles_of_a_test_owner"])
        migrate.upgrade(urls["roles_of_a_test"])  # up to date: nothing is asked that needs more rights
        db = Database(urls["roles_of_a_test"])
        with db.session() as session:
            session.add(Trail(what="sign_in"))
        with db.begin() as connection:
            assert connection.execute(text("UPDATE trail SET note = 'x'")).rowcount == 1
            assert connection.execute(text("DELETE FROM trail")).rowcount == 1
        db.dispose()
    finally:
        with psycopg.connect(here, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} OWNER TO CURRENT_USER")
            for role in urls:
                connection.execute(f"DROP OWNED BY {role} CASCADE")
                connection.execute(f"DROP ROLE {role}")


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(database_url: str) -> None:
    database = Database(database_url)
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE transcript (in_the_way INTEGER)"))

    with pytest.raises(SQLAlchemyError):
        migrate.upgrade(database_url)

    assert inspect(database.engine).get_table_names() == ["transcript"]
    assert migrate.level(database_url).present is None
    database.dispose()


def test_a_database_of_a_newer_version_is_left_alone(database_url: str) -> None:
    migrate.upgrade(database_url)
    database = Database(database_url)
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(migrate.MigrationFault, match="9999"):
        migrate.upgrade(database_url)

    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM tip")).scalar() == 0
    database.dispose()


def _tip_without_accuses(session: Session, **about: Any) -> Tip:
    """As an earlier release stored it."""
    tip = Tip(**{"status": "routed", "language": "hi", "received_hour": NOON, **about})
    columns = [column(one.name, one.type) for one in Tip.__table__.c if one.name != "accuses"]  # type: ignore[attr-defined]
    session.execute(insert(table_of("tip", *columns)).values(tip.model_dump(exclude={"accuses"})))
    return tip


def _fill(database: Database) -> None:
    with database.session() as session:
        tip = Tip(language="hi", received_hour=NOON, status="routed", category="drugs", code_hash="c" * 64)
        session.add(tip)
        session.flush()
        recording = Recording(tip_id=tip.id, take=1, seconds=3.5, sha256="a" * 64, listening="name")
        session.add_all((recording, Routing(tip_id=tip.id, unit="KNP-NAU", role="to")))
        session.flush()
        word = {"w": "नशा", "start": 1.2, "end": 1.5, "conf": 0.9}
        session.add(
            Transcript(
                recording_id=recording.id,
                tip_id=tip.id,
                language="hi",
                model="hi",
                confidence=0.9,
                text="नशा",
                words=[word],
            )
        )
        session.add(ProviderCopy(sid_key="k" * 32, kind="call", conversation_key="v" * 32, heard_at=NOON))
    with database.begin() as connection:
        connection.execute(
            text("INSERT INTO tally (day, what, n) VALUES (:day, 'calls', 7)"), {"day": date(2026, 3, 1).isoformat()}
        )


def _rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }
