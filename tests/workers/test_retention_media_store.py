"""What retention destroys in the media store: what no row names, also after a run that was killed or refused."""

import os
from datetime import timedelta

import pytest

from models.database import now
from models.lifecycle import Status
from models.message import Attachment, Message
from models.officer import DayKey, Trail
from models.recording import Doomed, Recording, Transcript
from models.tip import Contact
from tests.workers.telling import Teller, Told, clip
from tests.workers.writing import Written
from workers import pipeline, retention
from workers.outside.vault import Vault, VaultFault
from workers.parts import Parts


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
