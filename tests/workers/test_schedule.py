"""What happens by the clock: each turn once, whoever else runs, and one failure stops nothing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from ivr.simulator.provider import Provider
from models.database import Database, now
from models.officer import Beat, Tally
from tests.workers.telling import Teller, clip
from workers import count, schedule
from workers.parts import Parts
from workers.queues import Job


def test_two_loops_at_once_take_turns(db: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        turns = list(pool.map(lambda _: schedule._is_our_turn(db, "sweep", 60), range(8)))
    assert sum(turns) == 1
    with db.session() as session:
        session.get_one(Beat, "claim.sweep").at = now() - timedelta(seconds=61)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: schedule._is_our_turn(db, "sweep", 60), range(8))) == 1


def test_a_tick_does_what_is_due_and_writes_its_signs_of_life(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("hello_hi"))
    # On a busy machine one tick takes longer than the second after which the sweep is due again.
    parts = replace(parts, settings=parts.settings.model_copy(update={"sweep_seconds": 60}))
    assert schedule.tick(parts) == ["sweep", "adopt_orphans", "adopt_messages", "retention"]
    assert schedule.tick(parts) == []
    assert (Job.PREPARE_TIP, told.tip_id) in parts.jobs.waiting()
    assert {row.part for row in teller.rows(Beat)} >= {"schedule", "sweep", "retention", "adopt_orphans"}


def test_an_entry_that_fails_is_told_and_the_others_go_on(
    parts: Parts, provider: Provider, teller: Teller, caplog: pytest.LogCaptureFixture
) -> None:
    provider.plan("500", path="/Recordings")
    assert schedule.tick(parts) == ["sweep", "adopt_messages", "retention"]
    assert "adopt_orphans: provider_unreachable" in caplog.text
    assert "adopt_orphans" not in {row.part for row in teller.rows(Beat)}


def test_a_database_that_does_not_answer_is_no_end(parts: Parts, caplog: pytest.LogCaptureFixture) -> None:
    elsewhere = replace(parts, db=Database("postgresql+psycopg://nobody:secret@127.0.0.1:9/none"))
    assert schedule.tick(elsewhere) == []
    assert "database_unreachable" in caplog.text and "secret" not in caplog.text


def test_tallies_add_up_over_days_and_workers(db: Database) -> None:
    def add(_: int) -> None:
        with db.begin() as connection:
            count.add_all(connection, {"silent": 1, "audio_seconds": 7})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(20)))
    with db.begin() as connection:
        count.add(connection, "silent", 5, day=now().date() - timedelta(days=1))
    today = now().date()
    with db.reading() as session:
        kept = {(row.day, row.what): row.n for row in session.scalars(select(Tally))}
    assert kept == {
        (today, "silent"): 20, (today, "audio_seconds"): 140, (today - timedelta(days=1), "silent"): 5,
    }  # fmt: skip
