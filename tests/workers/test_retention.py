"""What is kept for how long: sound, words, contacts, pseudonyms, the ledger."""

import hashlib
import os
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, delete, event
from sqlmodel import select

from ivr.simulator.provider import Provider
from models.database import SQLITE_WAIT_MS, Database, now
from models.lifecycle import Status
from models.message import Attachment, Conversation, Message
from models.officer import THROWN_AWAY, Attempt, DayKey, Tally, Trail
from models.recording import Doomed, Recording, Transcript
from models.tip import Contact, Tip
from tests.workers import files
from tests.workers.kept import work_through
from tests.workers.telling import Teller, Told, clip
from tests.workers.writing import Sent, Writer, Written
from workers import forget, pipeline, retention
from workers.outside.vault import Vault, VaultFault
from workers.parts import Parts
from workers.sweep import sweep


@pytest.fixture
def told(parts: Parts, teller: Teller) -> Told:
    told = teller.tell(clip("hello_hi"))
    pipeline.prepare(parts, told.tip_id)
    return told


def test_originals_go_after_their_days_and_the_listening_copy_stays(parts: Parts, teller: Teller, told: Told) -> None:
    assert retention.run(parts)["originals"] == 0
    teller.set(teller.tip(told), received_hour=now() - timedelta(days=31))
    assert retention.run(parts)["originals"] == 1
    (recording,) = teller.recordings()
    assert (recording.original, recording.sha256, recording.seconds) == (None, "", 10)
    assert teller.vault_names() == {recording.listening}
    assert retention.run(parts)["originals"] == 0


def test_the_original_of_a_tip_not_yet_prepared_is_never_destroyed(parts: Parts, teller: Teller, told: Told) -> None:
    teller.set(teller.tip(told), received_hour=now() - timedelta(days=99), status=Status.RECEIVED)
    assert retention.run(parts)["originals"] == 0


def test_a_closed_tip_loses_its_contact_at_once_and_its_content_after_its_days(
    parts: Parts, teller: Teller, told: Told
) -> None:
    teller.set(Contact(tip_id=told.tip_id, sealed=b"sealed"))
    teller.set(teller.tip(told), status=Status.CLOSED, code_hash="c" * 64, pin_code="208021", accuses=True)
    teller.set(Trail(tip_id=told.tip_id, what="close", at=now() - timedelta(days=179)))
    retention.run(parts)
    assert teller.rows(Contact) == [] and len(teller.transcripts()) == 1
    for row in teller.rows(Trail):
        teller.set(row, at=row.at - timedelta(days=2))
    assert retention.run(parts)["closed_tips"] == 1
    assert teller.rows(Transcript) == [] and teller.rows(Recording) == [] and teller.vault_names() == set()
    assert (teller.tip(told).code_hash, teller.tip(told).pin_code) == ("c" * 64, None)
    assert not teller.tip(told).accuses  # what its words were like goes with them
    assert retention.run(parts)["closed_tips"] == 0


def test_what_officers_wrote_on_a_closed_tip_goes_with_its_content_and_who_did_what_stays(
    parts: Parts, teller: Teller, told: Told
) -> None:
    other = teller.tell(clip("hello_hi"))
    teller.set(teller.tip(told), status=Status.CLOSED)
    quoting = "He says that Ramesh sells it behind the mill."
    teller.set(Trail(tip_id=told.tip_id, officer_id="o", what="report", note=quoting, at=now() - timedelta(days=182)))
    teller.set(Trail(tip_id=told.tip_id, officer_id="o", what="close", at=now() - timedelta(days=181)))
    teller.set(Trail(tip_id=other.tip_id, officer_id="o", what="report", note="open", at=now() - timedelta(days=182)))
    assert retention.run(parts)["closed_tips"] == 1

    def left() -> list[tuple[str, str | None]]:
        return [(row.what, row.note) for row in teller.rows(Trail) if row.officer_id]

    assert left() == [("report", None), ("close", None), ("report", "open")]
    late = Trail(tip_id=told.tip_id, officer_id="o", what="report", note=quoting, at=now() - timedelta(days=180))
    teller.set(late)  # of a tip that has lost its content already
    assert retention.run(parts)["closed_tips"] == 1
    assert left()[-1] == ("report", None) and retention.run(parts)["closed_tips"] == 0


def test_a_tip_closed_again_lately_keeps_its_content(parts: Parts, teller: Teller, told: Told) -> None:
    teller.set(teller.tip(told), status=Status.CLOSED)
    for days in (400, 3):
        teller.set(Trail(tip_id=told.tip_id, what="close", at=now() - timedelta(days=days)))
    assert retention.run(parts)["closed_tips"] == 0


def test_an_open_tip_keeps_its_contact(parts: Parts, teller: Teller, told: Told) -> None:
    teller.set(Contact(tip_id=told.tip_id, sealed=b"sealed"))
    retention.run(parts)
    assert len(teller.rows(Contact)) == 1


@pytest.mark.parametrize(("hour", "days"), [(1, 2), (2, 1), (23, 1)])
def test_keys_and_tries_of_yesterday_are_gone_two_hours_past_midnight(
    parts: Parts, teller: Teller, monkeypatch: pytest.MonkeyPatch, hour: int, days: int
) -> None:
    moment = now().replace(hour=hour, minute=30)
    monkeypatch.setattr(retention, "now", lambda: moment)
    kept = [moment.date() - timedelta(days=ago) for ago in range(3)]
    for day in kept:
        teller.set(DayKey(day=day, key=b"k" * 32))
        teller.set(Attempt(day=day, kind="code", who="*", n=1))
    retention.run(parts)
    assert sorted(row.day for row in teller.rows(DayKey)) == sorted(kept[:days])
    assert sorted(row.day for row in teller.rows(Attempt)) == sorted(kept[:days])


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


def test_what_is_added_by_its_code_to_a_tip_without_its_conversation_is_prepared_and_erased(
    parts: Parts, teller: Teller, provider: Provider, written: Written
) -> None:
    teller.set(teller.tip(written.tip_id), conversation_key=None)
    Writer(parts, provider).add(written, Sent("aur ek photo", files=((files.jpeg(), "image/jpeg"),)))
    teller.set(teller.tip(written.tip_id), status=Status.RECEIVED)
    work_through(parts)
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    work_through(parts)
    assert [one.text for one in teller.rows(Message)] == ["barra me jua", "aur ek photo"]
    assert {one.status for one in teller.rows(Attachment)} == {"ready"} and provider.objects() == []


def test_a_number_for_an_answer_is_kept_for_a_month_after_routing_at_most(
    parts: Parts, teller: Teller, told: Told
) -> None:
    teller.set(Contact(tip_id=told.tip_id, sealed=b"sealed"))
    (routed,) = [row for row in teller.rows(Trail) if row.what == "route"]
    teller.set(routed, at=now() - timedelta(days=29))
    retention.run(parts)
    assert len(teller.rows(Contact)) == 1
    teller.set(routed, at=now() - timedelta(days=31))
    retention.run(parts)
    assert teller.rows(Contact) == [] and teller.tip(told).status == Status.ROUTED


def test_objects_no_row_names_are_destroyed_when_a_day_old(parts: Parts, teller: Teller, told: Told) -> None:
    stray, fresh = parts.vault.put_original(b"left by a killed worker"), parts.vault.put_original(b"being written")
    media = parts.settings.var_dir / "media"
    yesterday = (now() - timedelta(hours=26)).timestamp()
    for name in teller.vault_names() - {fresh}:
        os.utime(media / name, (yesterday, yesterday))
    assert retention.run(parts)["strays"] == 1
    names = teller.vault_names()
    assert stray not in names and fresh in names and len(names) == 3


def test_media_of_another_database_are_not_destroyed(
    parts: Parts, teller: Teller, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(11):
        parts.vault.put_original(b"somebody else's")
    names = teller.vault_names()
    yesterday = (now() - timedelta(hours=26)).timestamp()
    for name in names:
        os.utime(parts.settings.var_dir / "media" / name, (yesterday, yesterday))
    assert retention.run(parts)["strays"] == 0
    assert teller.vault_names() == names
    assert "11 objects of the media store are unknown to this database" in caplog.text
    assert not any(name in caplog.text for name in names)
    parts.vault.destroy(next(name for name in names - _named(teller)))
    assert retention.run(parts)["strays"] == 10


def _named(teller: Teller) -> set[str | None]:
    return {name for row in teller.recordings() for name in (row.original, row.listening)}


def _named_files(teller: Teller) -> set[str | None]:
    return {name for row in teller.rows(Attachment) for name in (row.original, row.shown, row.thumbnail)}


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


# --- what was written
@pytest.fixture
def written(parts: Parts, provider: Provider) -> Written:
    note = (files.clip_as("OGG", "OPUS"), "audio/ogg")
    written = Writer(parts, provider).write(Sent("barra me jua", files=((files.jpeg(), "image/jpeg"), note)))
    pipeline.prepare(parts, written.tip_id)
    return written


def test_no_object_of_a_written_tip_is_taken_for_a_stray(parts: Parts, teller: Teller, written: Written) -> None:
    photo, note = sorted(teller.rows(Attachment), key=lambda one: one.position)
    (recording,) = teller.recordings()
    named = {photo.original, photo.shown, photo.thumbnail, note.original, recording.original, recording.listening}
    assert teller.vault_names() == named and None not in named
    yesterday = (now() - timedelta(hours=26)).timestamp()
    for name in named:
        os.utime(parts.settings.var_dir / "media" / str(name), (yesterday, yesterday))
    assert retention.run(parts)["strays"] == 0
    assert teller.vault_names() == named


def test_originals_of_words_and_files_go_after_their_days_and_what_officers_see_stays(
    parts: Parts, teller: Teller, written: Written
) -> None:
    assert retention.run(parts)["originals"] == 0
    teller.set(teller.tip(written.tip_id), received_hour=now() - timedelta(days=31))
    assert retention.run(parts)["originals"] == 4  # the photo, the voice note as sent and as heard, the words
    (message,), (recording,) = teller.rows(Message), teller.recordings()
    assert (message.sealed, message.text, recording.original) == (None, "barra me jua", None)
    photo, note = sorted(teller.rows(Attachment), key=lambda one: one.position)
    for one in (photo, note):  # the same file on somebody's telephone is known by nothing any more
        assert (one.original, one.sha256, one.size) == (None, None, None)
    assert recording.sha256 == ""
    assert teller.vault_names() == {photo.shown, photo.thumbnail, recording.listening}
    assert retention.run(parts)["originals"] == 0
    assert pipeline.prepare(parts, written.tip_id).what == "nothing"


def test_a_file_is_known_again_by_its_checksum_only_while_its_original_is_there(
    parts: Parts, teller: Teller, written: Written
) -> None:
    retention.run(parts)
    photo, _ = sorted(teller.rows(Attachment), key=lambda one: one.position)
    (recording,) = teller.recordings()
    kept = parts.vault.original(photo.original)
    assert (photo.sha256, photo.size) == (hashlib.sha256(kept).hexdigest(), len(kept))
    assert recording.sha256 == hashlib.sha256(parts.vault.original(recording.original)).hexdigest()


def test_words_and_files_of_a_closed_tip_are_destroyed_after_its_days(
    parts: Parts, teller: Teller, written: Written
) -> None:
    teller.set(teller.tip(written.tip_id), status=Status.CLOSED)
    teller.set(Trail(tip_id=written.tip_id, what="close", at=now() - timedelta(days=181)))
    assert retention.run(parts)["closed_tips"] == 1
    assert [teller.rows(table) for table in (Message, Attachment, Recording, Transcript)] == [[], [], [], []]
    assert teller.vault_names() == set()
    assert retention.run(parts)["closed_tips"] == 0


def test_a_tip_reopened_while_others_are_emptied_keeps_everything(
    parts: Parts, teller: Teller, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = teller.tell(clip("hello_hi"))
    pipeline.prepare(parts, other.tip_id)
    for tip_id in (written.tip_id, other.tip_id):
        teller.set(teller.tip(tip_id), status=Status.CLOSED)
        teller.set(Trail(tip_id=tip_id, what="close", at=now() - timedelta(days=181)))
    named = _named(teller) | _named_files(teller)
    destroy, reopened = type(parts.vault).destroy, []

    def while_somebody_reopens(vault: Vault, name: str) -> None:
        if not reopened:  # of two tips one is being emptied: whichever still has its words is opened again
            (left,) = {row.tip_id for row in teller.rows(Recording)}
            teller.set(teller.tip(left), status=Status.WORKING)
            reopened.append(left)
        destroy(vault, name)

    monkeypatch.setattr(type(parts.vault), "destroy", while_somebody_reopens)
    assert retention.run(parts)["closed_tips"] == 1
    kept = (_named(teller) | _named_files(teller)) - {None}
    assert kept and kept < named and teller.vault_names() == kept
    assert {row.tip_id for row in teller.rows(Recording)} == set(reopened)


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.CLOSED])
def test_what_is_added_to_a_closed_tip_before_its_turn_comes_is_not_lost(
    parts: Parts, teller: Teller, written: Written, monkeypatch: pytest.MonkeyPatch, status: Status
) -> None:
    teller.set(teller.tip(written.tip_id), status=Status.CLOSED)
    teller.set(Trail(tip_id=written.tip_id, what="close", at=now() - timedelta(days=181)))
    added = Message(tip_id=written.tip_id, position=9, language="hi", sealed=parts.keys.seal(b"aur ek baat"))
    begin = Database.begin

    def after_somebody_added(db: Database) -> AbstractContextManager[Connection]:
        if not [row for row in teller.rows(Message) if row.position == 9]:
            teller.set(added)
            teller.set(teller.tip(written.tip_id), status=status)
        return begin(db)

    monkeypatch.setattr(Database, "begin", after_somebody_added)
    assert retention.empty_closed_tips(parts) == 0
    monkeypatch.undo()
    assert [row.position for row in teller.rows(Message)] == [1, 9]
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    assert [row.text for row in teller.rows(Message)] == ["barra me jua", "aur ek baat"]
    assert retention.run(parts)["closed_tips"] == 0  # and officers have its days to read it


def test_a_closed_tip_is_emptied_on_every_database(parts: Parts, db: Database) -> None:
    name = parts.vault.put_original(b"sealed")
    with db.session() as session:
        tip = Tip(status=Status.CLOSED, language="hi", received_hour=now(), station="KNP-BRR")
        session.add(tip)
        session.flush()
        session.add(Recording(tip_id=tip.id, take=1, seconds=10, sha256="a" * 64, original=name))
        session.add(Trail(tip_id=tip.id, what="close", at=now() - timedelta(days=181)))
    assert retention.run(replace(parts, db=db)) == {"originals": 0, "closed_tips": 1, "small_things": 0, "strays": 0}
    assert list(parts.vault.names()) == []
    with db.reading() as session:
        kept = session.get_one(Tip, tip.id)
        assert kept.station is None
        assert [session.exec(select(table)).all() for table in (Recording, Doomed)] == [[], []]


def test_a_run_that_is_killed_while_it_destroys_leaves_nothing_for_good(
    parts: Parts, teller: Teller, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    teller.set(teller.tip(written.tip_id), status=Status.CLOSED)
    teller.set(Trail(tip_id=written.tip_id, what="close", at=now() - timedelta(days=181)))
    destroy = type(parts.vault).destroy

    def killed_at_the_second(vault: Vault, name: str) -> None:
        if len(teller.vault_names()) < 5:
            raise KeyboardInterrupt
        destroy(vault, name)

    assert len(teller.vault_names()) > 5
    monkeypatch.setattr(type(parts.vault), "destroy", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        retention.run(parts)
    monkeypatch.undo()
    assert teller.rows(Message) == [] and len(teller.vault_names()) == 4
    retention.run(parts)
    assert teller.vault_names() == set() and teller.rows(Doomed) == []


def test_words_nobody_has_read_yet_are_never_destroyed(parts: Parts, teller: Teller, provider: Provider) -> None:
    unread = Writer(parts, provider).write(Sent("jua"), received_hour=now() - timedelta(days=99))
    assert retention.run(parts)["originals"] == 0
    assert [row.tip_id for row in teller.rows(Message) if row.sealed] == [unread.tip_id]


def test_a_voice_note_added_to_an_old_tip_is_not_destroyed_before_it_is_heard(
    parts: Parts, teller: Teller, written: Written
) -> None:
    teller.set(teller.tip(written.tip_id), received_hour=now() - timedelta(days=99))
    with parts.db.begin() as connection:  # as between fetching it and understanding it
        connection.execute(delete(Transcript))
    (note,) = teller.recordings()
    retention.destroy_originals(parts)
    (kept,) = teller.recordings()
    assert note.original is not None and kept.original == note.original


# --- a media store that refuses
def test_a_media_store_that_refuses_holds_up_nothing_that_needs_the_database_alone(
    parts: Parts, teller: Teller, written: Written
) -> None:
    other = teller.tell(clip("hello_hi"))
    pipeline.prepare(parts, other.tip_id)
    for tip_id in (written.tip_id, other.tip_id):
        teller.set(teller.tip(tip_id), status=Status.CLOSED, received_hour=now() - timedelta(days=200))
        teller.set(Trail(tip_id=tip_id, what="close", at=now() - timedelta(days=181)))
    teller.set(DayKey(day=now().date() - timedelta(days=2), key=b"k" * 32))
    teller.set(Contact(tip_id=other.tip_id, sealed=b"sealed"))
    media = parts.settings.var_dir / "media"
    media.rename(media.with_name("unplugged"))
    media.write_text("a file is in the way")
    with pytest.raises(VaultFault):
        retention.run(parts)
    left = [teller.rows(table) for table in (DayKey, Contact, Message, Transcript, Recording, Attachment)]
    assert left == [[], [], [], [], [], []]
    assert len(teller.rows(Doomed)) > 4
    media.unlink()
    media.with_name("unplugged").rename(media)
    retention.run(parts)
    assert teller.vault_names() == set() and teller.rows(Doomed) == []


def test_a_media_store_that_refuses_does_not_keep_written_words_over_their_days(
    parts: Parts, teller: Teller, written: Written
) -> None:
    teller.set(teller.tip(written.tip_id), received_hour=now() - timedelta(days=31))
    media = parts.settings.var_dir / "media"
    media.rename(media.with_name("unplugged"))
    media.write_text("a file is in the way")
    with pytest.raises(VaultFault):
        retention.run(parts)
    assert [row.sealed for row in teller.rows(Message)] == [None]
    assert all(row.original for row in teller.recordings())  # still to be destroyed
