"""What is kept for how long: sound, words, contacts, pseudonyms."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from models.database import Database, now
from models.lifecycle import Status
from models.officer import Attempt, DayKey, Trail
from models.recording import Doomed, Recording, Transcript
from models.tip import Contact, Tip
from tests.workers.telling import Teller, Told, clip
from workers import retention
from workers.parts import Parts


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


def test_that_somebody_complained_after_an_officer_had_said_of_which_kind_it_is_outlives_the_words(
    parts: Parts, teller: Teller, told: Told
) -> None:
    for by in ("officer", "words"):
        marked = teller.tell(clip("hello_hi"))
        teller.set(teller.tip(marked), status=Status.CLOSED, category="gambling", category_by=by, accuses=True)
        done = {"tip_id": marked.tip_id, "officer_id": "o", "note": "Seen to.", "at": now() - timedelta(days=181)}
        teller.set(Trail(what="close", **done))
        assert retention.run(parts)["closed_tips"] == 1
        assert teller.tip(marked).accuses is (by == "officer")
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
