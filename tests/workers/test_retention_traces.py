"""Of what is over no trace stays: no row of the ledger, not which call a tip was, in no file what was destroyed."""

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from models.database import SQLITE_WAIT_MS, Database, now
from models.lifecycle import Status
from models.message import Conversation
from models.officer import THROWN_AWAY, DayKey, Tally
from models.tip import Tip
from tests.workers.telling import Teller, Told
from workers import forget, pipeline, retention
from workers.parts import Parts
from workers.sweep import sweep


def test_old_ledger_rows_and_empty_tips_are_forgotten(parts: Parts, teller: Teller, told: Told) -> None:
    recording, call = sorted(teller.copies(), key=lambda copy: copy.kind, reverse=True)
    teller.set(recording, erased_at=now() - timedelta(days=4))
    empty = teller.tell(status=Status.DISCARDED, received_hour=now() - timedelta(days=4))
    retention.run(parts)
    # What the provider has not erased yet would be found there again, and taken for something told.
    assert {tip.id for tip in teller.rows(Tip)} == {told.tip_id, empty.tip_id}
    erase(teller, empty)
    retention.run(parts)
    assert [tip.id for tip in teller.rows(Tip)] == [told.tip_id]
    assert call.id in {copy.id for copy in teller.copies()}
    assert recording.id not in {copy.id for copy in teller.copies()}


def test_a_tip_thrown_away_is_counted_in_its_week_when_its_row_goes_and_once_whatever_happens(
    parts: Parts, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = replace(parts, db=db)
    sunday = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with db.session() as session:
        for hour in (sunday, sunday - timedelta(days=6), sunday + timedelta(hours=7)):  # the last: Monday in India
            session.add(Tip(status=Status.DISCARDED, language="hi", received_hour=hour))
        session.add(Tip(status=Status.CLOSED, language="hi", received_hour=sunday))

    def sums() -> tuple[int, dict[date, int]]:
        with db.reading() as session:
            left = len(session.exec(select(Tip).where(Tip.status == Status.DISCARDED)).all())
            return left, {row.day: row.n for row in session.exec(select(Tally)) if row.what == THROWN_AWAY}

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(retention.count, "add", killed)
        with pytest.raises(KeyboardInterrupt):
            retention.forget_small_things(there)
    assert sums() == (3, {})
    for _ in range(2):
        retention.forget_small_things(there)
        assert sums() == (0, {date(2026, 2, 23): 2, date(2026, 3, 2): 1})


def erase(teller: Teller, told: Told, days: int = 0) -> None:
    """As if the provider had confirmed so many days ago."""
    for copy in teller.copies():
        if copy.conversation_key == teller.parts.keys.sid_key(told.call_sid):
            teller.set(copy, erased_at=now() - timedelta(days=days), sid=None)


def test_some_days_later_nothing_says_any_more_which_call_a_tip_was(parts: Parts, teller: Teller, told: Told) -> None:
    key = parts.keys.sid_key(told.call_sid)
    erase(teller, told, days=4)
    retention.run(parts)
    assert teller.tip(told).conversation_key == key  # of today: a late webhook or an orphaned recording must find it
    teller.set(teller.tip(told), received_hour=now() - timedelta(days=4), code_hash="c" * 64)
    retention.run(parts)
    assert (teller.tip(told).conversation_key, teller.tip(told).code_hash) == (None, "c" * 64)
    ids = (told.call_sid, *told.recording_sids)
    assert teller.copies() == []
    assert not [one for sid in ids for one in (sid, parts.keys.sid_key(sid)) if _files_with(parts, one.encode())]
    assert sweep(parts)["made_due"] == 0 and pipeline.prepare(parts, told.tip_id).what == "nothing"


@pytest.mark.parametrize("why", ["not erased", "still to be prepared", "goes on"])
def test_a_conversation_of_which_something_is_owed_keeps_its_key(
    parts: Parts, teller: Teller, told: Told, why: str
) -> None:
    key = parts.keys.sid_key(told.call_sid)
    erase(teller, told, days=4)
    teller.set(teller.tip(told), received_hour=now() - timedelta(days=9))
    if why == "not erased":
        teller.set(teller.copy("RE" + "9" * 32, "recording", key, now()))
    elif why == "still to be prepared":
        teller.set(teller.tip(told), status=Status.RECEIVED)
    else:
        teller.set(Conversation(id=key, who="sms:somebody", channel="sms", state={}, last_at=now()))
    retention.run(parts)
    assert teller.tip(told).conversation_key == key


def _files_with(parts: Parts, value: bytes) -> list[str]:
    return [path.name for path in parts.settings.var_dir.rglob("*") if path.is_file() and value in path.read_bytes()]


def test_what_was_destroyed_is_in_no_file_of_the_installation(parts: Parts, teller: Teller, told: Told) -> None:
    key = bytes(range(100, 132))
    teller.set(DayKey(day=now().date() - timedelta(days=2), key=key))
    assert _files_with(parts, key)
    with parts.db.read() as connection:
        connection.exec_driver_sql("SELECT * FROM daykey").all()
    retention.run(parts)
    assert _files_with(parts, key) == []


def test_after_a_sweep_erased_ids_are_in_no_file_of_the_installation(parts: Parts, teller: Teller, told: Told) -> None:
    for copy in sorted(teller.copies(), key=lambda copy: copy.kind, reverse=True):
        forget.erase_copy(parts, copy.id)
    assert _files_with(parts, told.call_sid.encode())
    sweep(parts)
    assert _files_with(parts, told.call_sid.encode()) == []
    assert _files_with(parts, told.recording_sids[0].encode()) == []


def test_somebody_who_reads_is_not_disturbed_and_does_not_stop_retention(parts: Parts, teller: Teller) -> None:
    teller.set(DayKey(day=now().date() - timedelta(days=2), key=b"k" * 32))
    with parts.db.read() as reader:
        reader.exec_driver_sql("SELECT * FROM daykey").all()
        began = time.monotonic()
        assert retention.run(parts)["small_things"] == 1
        assert time.monotonic() - began < 2
        assert len(reader.exec_driver_sql("SELECT * FROM daykey").all()) == 1
    with parts.db.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == SQLITE_WAIT_MS


def test_postgresql_has_no_such_log_and_is_not_asked_about_one(postgres_url: str) -> None:
    db = Database(postgres_url)
    asked: list[object] = []
    event.listen(db.engine, "connect", lambda *_: asked.append("a connection"))
    event.listen(db.engine, "before_cursor_execute", lambda _, __, statement, *___: asked.append(statement))
    db.forget_log()
    assert asked == []
    with db.read() as connection:
        connection.exec_driver_sql("SELECT 1")
    db.dispose()
    assert "a connection" in asked and "SELECT 1" in asked  # it would have been heard
