"""How long what was written is kept: words and files, read or unread, added late."""

import hashlib
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete

from ivr.simulator.provider import Provider
from models.database import Database, now
from models.lifecycle import Status
from models.message import Attachment, Message
from models.officer import Trail
from models.recording import Recording, Transcript
from tests.workers import files
from tests.workers.kept import work_through
from tests.workers.telling import Teller
from tests.workers.writing import Sent, Writer, Written
from workers import pipeline, retention
from workers.parts import Parts


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
