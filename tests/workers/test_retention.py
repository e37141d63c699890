"""What is kept for how long: sound, words, contacts, pseudonyms, the ledger."""

import os
from datetime import timedelta

import pytest

from models.database import now
from models.lifecycle import Status
from models.officer import Attempt, DayKey, Trail
from models.recording import Recording, Transcript
from models.tip import Contact, Tip
from tests.workers.telling import Teller, Told, clip
from workers import pipeline, retention
from workers.parts import Parts


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
    assert recording.original is None
    assert teller.vault_names() == {recording.listening}
    assert retention.run(parts)["originals"] == 0


def test_the_original_of_a_tip_not_yet_prepared_is_never_destroyed(parts: Parts, teller: Teller, told: Told) -> None:
    teller.set(teller.tip(told), received_hour=now() - timedelta(days=99), status=Status.RECEIVED)
    assert retention.run(parts)["originals"] == 0


def test_a_closed_tip_loses_its_contact_at_once_and_its_content_after_its_days(
    parts: Parts, teller: Teller, told: Told
) -> None:
    teller.set(Contact(tip_id=told.tip_id, sealed=b"sealed"))
    teller.set(teller.tip(told), status=Status.CLOSED, code_hash="c" * 64, pin_code="208021")
    teller.set(Trail(tip_id=told.tip_id, what="close", at=now() - timedelta(days=179)))
    retention.run(parts)
    assert teller.rows(Contact) == [] and len(teller.transcripts()) == 1
    for row in teller.rows(Trail):
        teller.set(row, at=row.at - timedelta(days=2))
    assert retention.run(parts)["closed_tips"] == 1
    assert teller.rows(Transcript) == [] and teller.rows(Recording) == [] and teller.vault_names() == set()
    assert (teller.tip(told).code_hash, teller.tip(told).pin_code) == ("c" * 64, None)
    assert retention.run(parts)["closed_tips"] == 0


def test_a_tip_closed_again_lately_keeps_its_content(parts: Parts, teller: Teller, told: Told) -> None:
    teller.set(teller.tip(told), status=Status.CLOSED)
    for days in (400, 3):
        teller.set(Trail(tip_id=told.tip_id, what="close", at=now() - timedelta(days=days)))
    assert retention.run(parts)["closed_tips"] == 0


def test_an_open_tip_keeps_its_contact(parts: Parts, teller: Teller, told: Told) -> None:
    teller.set(Contact(tip_id=told.tip_id, sealed=b"sealed"))
    retention.run(parts)
    assert len(teller.rows(Contact)) == 1


def test_keys_and_tries_of_earlier_days_are_gone(parts: Parts, teller: Teller) -> None:
    today = now().date()
    for day in (today, today - timedelta(days=1)):
        teller.set(DayKey(day=day, key=b"k" * 32))
        teller.set(Attempt(day=day, kind="code", who="*", n=1))
    retention.run(parts)
    assert [row.day for row in teller.rows(DayKey)] == [today]
    assert [row.day for row in teller.rows(Attempt)] == [today]


def test_old_ledger_rows_and_empty_tips_are_forgotten(parts: Parts, teller: Teller, told: Told) -> None:
    recording, call = sorted(teller.copies(), key=lambda copy: copy.kind, reverse=True)
    teller.set(recording, erased_at=now() - timedelta(days=41))
    empty = teller.tell(status=Status.DISCARDED, received_hour=now() - timedelta(days=41))
    retention.run(parts)
    assert [tip.id for tip in teller.rows(Tip)] == [told.tip_id] != [empty.tip_id]
    assert call.id in {copy.id for copy in teller.copies()}
    assert recording.id not in {copy.id for copy in teller.copies()}


def test_objects_no_row_names_are_destroyed_when_a_day_old(parts: Parts, teller: Teller, told: Told) -> None:
    stray, fresh = parts.vault.put_original(b"left by a killed worker"), parts.vault.put_original(b"being written")
    media = parts.settings.var_dir / "media"
    yesterday = (now() - timedelta(hours=26)).timestamp()
    for name in teller.vault_names() - {fresh}:
        os.utime(media / name, (yesterday, yesterday))
    assert retention.run(parts)["strays"] == 1
    names = teller.vault_names()
    assert stray not in names and fresh in names and len(names) == 3
