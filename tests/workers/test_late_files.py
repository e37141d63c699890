"""Films and long sounds: no words wait for them, they take turns, they cost no more than they may, and none is lost."""

import io
from dataclasses import replace
from typing import Any

import pytest
import soundfile

from ivr.simulator.provider import Provider
from models.lifecycle import Status
from models.message import Message
from models.tip import Routing
from tests.workers import files
from tests.workers.kept import attachments, states, work_through
from tests.workers.telling import Teller, clips
from tests.workers.writing import Sent, Writer
from workers import forget, late_files, pipeline, retention
from workers.lease import claim_file
from workers.media import purse
from workers.outside.speech import Ears
from workers.parts import Parts
from workers.problems import JobProblem
from workers.queues import SLOW, TERMS, Job
from workers.sweep import sweep

FILM = (files.film(), "video/mp4")
JPEG = (files.jpeg(), "image/jpeg")


def long_note() -> tuple[bytes, str]:
    """Two and a half minutes of speech as WhatsApp sends it."""
    samples, rate = soundfile.read(io.BytesIO(clips(*["demo_hi", "weapons_hi", "gambling_hi", "drugs_hi"] * 5)))
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format="OGG", subtype="OPUS")
    return out.getvalue(), "audio/ogg"


# --- words never wait
def test_words_and_photos_reach_their_officers_while_the_film_that_came_with_them_is_still_to_be_prepared(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    written = writer.write(Sent("barra me jua chal raha hai", files=(FILM, JPEG)))
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    assert teller.tip(written.tip_id).status == Status.ROUTED and teller.rows(Message)[0].text
    film, photo = attachments(teller)
    assert (film.status, film.original, photo.status) == ("later", None, "ready")
    assert not any(written.media[0] in path for _, path, _ in provider.requests)  # not even fetched
    assert (Job.FETCH_FILE, film.id) in parts.jobs.waiting()


def test_a_film_is_sealed_then_gone_at_the_provider_then_prepared_once(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    written = writer.write(Sent("barra me jua", files=(FILM,)))
    pipeline.prepare(parts, written.tip_id)
    (film,) = attachments(teller)
    for copy in teller.copies():
        assert copy.due_at and forget.erase_copy(parts, copy.id) == "not_yet"  # due, and yet it stays until it is ours
    assert late_files.fetch(parts, film.id).what == "sealed"
    assert parts.vault.original(attachments(teller)[0].original or "") == FILM[0]
    assert {(Job.PREPARE_FILE, film.id), (Job.ERASE_COPY, film.copy_id)} <= parts.jobs.waiting()
    assert late_files.fetch(parts, film.id).what == "nothing"
    (copy,) = [copy for copy in teller.copies() if copy.kind == "media"]
    assert forget.erase_copy(parts, copy.id) == "erased"  # and its message
    assert provider.objects() == []
    assert late_files.prepare(parts, film.id).what == "brought"
    (film,) = attachments(teller)
    assert (film.status, film.kind, film.shown_type, film.lease) == ("ready", "video", "video/mp4", None)
    assert film.worked > 0
    assert late_files.prepare(parts, film.id).what == "nothing"
    assert teller.vault_names() == {film.original, film.shown, film.thumbnail}


def test_a_film_that_calls_itself_a_photo_is_found_out_and_waits_like_others(
    parts: Parts, teller: Teller, writer: Writer
) -> None:
    written = writer.write(Sent("barra me jua", files=((FILM[0], "image/jpeg"),)))
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    (film,) = attachments(teller)
    assert (film.status, film.shown) == ("later", None) and film.original
    assert (Job.PREPARE_FILE, film.id) in parts.jobs.waiting()


def test_a_long_sound_is_heard_later_and_what_is_said_in_it_then_finds_its_officers(
    parts: Parts, teller: Teller, writer: Writer
) -> None:
    short = (files.clip_as("OGG", "OPUS"), "audio/ogg")
    written = writer.write(Sent("suniye", files=(long_note(), short)))
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    assert states(teller) == ["later", "ready"] and len(teller.transcripts()) == 1
    note = attachments(teller)[0]
    outcome = late_files.prepare(parts, note.id)
    assert outcome.what == "brought" and outcome.audio_seconds > 120
    assert states(teller) == ["ready", "ready"] and sorted(one.take for one in teller.recordings()) == [1, 2]
    assert len(teller.transcripts()) == 2
    for recording in teller.recordings():
        assert recording.original and recording.listening


def test_words_of_a_long_sound_alone_bring_the_tip_to_other_officers(
    parts: Parts, teller: Teller, writer: Writer
) -> None:
    written = writer.write(Sent(files=(long_note(),)))
    pipeline.prepare(parts, written.tip_id)
    before = {row.unit for row in teller.rows(Routing)}
    assert teller.tip(written.tip_id).status == Status.ROUTED and before == {"HQ"}
    late_files.prepare(parts, attachments(teller)[0].id)
    assert teller.tip(written.tip_id).category and {row.unit for row in teller.rows(Routing)} != before


def test_words_of_a_long_sound_have_their_officers_even_if_the_worker_dies_right_after_storing_them(
    parts: Parts, teller: Teller, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = writer.write(Sent(files=(long_note(),)))
    pipeline.prepare(parts, written.tip_id)

    def dies(*_: object) -> bool:
        raise SystemExit

    monkeypatch.setattr(late_files, "send_on", dies)
    with pytest.raises(SystemExit):
        late_files.prepare(parts, attachments(teller)[0].id)
    assert teller.transcripts() and {row.unit for row in teller.rows(Routing)} != {"HQ"}


def test_many_slow_photos_do_not_hold_up_the_words_either(
    parts: Parts, teller: Teller, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purse, "AT_ONCE_SECONDS", 0.1)
    written = writer.write(Sent("barra me jua", files=(JPEG, JPEG, JPEG)))
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    assert states(teller) == ["ready", "later", "later"]


def test_a_film_in_work_does_not_hold_up_what_is_written_meanwhile(
    parts: Parts, teller: Teller, writer: Writer
) -> None:
    written = writer.write(Sent("barra me jua", files=(FILM,)))
    pipeline.prepare(parts, written.tip_id)
    lease = claim_file(parts.db, attachments(teller)[0].id, 60)
    assert lease is not None
    writer.add(written, Sent("abhi bhi chal raha hai"))
    teller.set(teller.tip(written.tip_id), status=Status.RECEIVED)
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    assert [one.text for one in teller.rows(Message)] == ["barra me jua", "abhi bhi chal raha hai"]


def test_words_do_not_wait_for_a_provider_that_hands_out_no_file_after_a_few_tries(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    written = writer.write(Sent("barra me jua", files=(JPEG,)))
    provider.plan("404", path="/Media/")
    for _ in range(purse.HICCUPS):
        with pytest.raises(JobProblem, match="recording_not_ready"):
            pipeline.prepare(parts, written.tip_id)
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    assert teller.tip(written.tip_id).status == Status.ROUTED and states(teller) == ["later"]
    provider.outages.lift()
    work_through(parts)
    assert states(teller) == ["ready"] and provider.objects() == []


def test_only_a_file_that_comes_late_is_erased_at_the_provider_too(
    parts: Parts, teller: Teller, writer: Writer
) -> None:
    written = writer.write(Sent("barra me jua"))
    pipeline.prepare(parts, written.tip_id)
    writer.add(written, Sent(files=(JPEG,)))
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    assert all(copy.due_at for copy in teller.copies())


# --- what a tip may cost
def test_beyond_its_minutes_a_film_waits_for_a_person_sealed_and_gone_at_the_provider(
    frugal: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    written = writer.write(Sent("barra me jua", files=(FILM, FILM)), Sent("aur", files=(FILM,)))
    pipeline.prepare(frugal, written.tip_id)
    for film in attachments(teller):
        late_files.fetch(frugal, film.id)
    work_through(frugal)
    assert states(teller) == ["ready", "held", "held"]
    assert provider.objects() == []
    assert all(one.original for one in attachments(teller))
    assert sweep(frugal)[Job.PREPARE_FILE] == 0  # nothing goes on about it by itself

    second = attachments(teller)[1]
    assert late_files.prepare(frugal, second.id).what == "nothing"
    teller.set(second, status="wanted")  # an officer asks for it
    frugal.jobs.client.flushall()
    assert sweep(frugal)[Job.PREPARE_FILE] == 1
    assert late_files.prepare(frugal, second.id).what == "brought"
    assert states(teller) == ["ready", "ready", "held"]


def test_what_costs_little_is_not_ready_at_once_either_once_the_minutes_are_used_up(
    frugal: Parts, teller: Teller, writer: Writer
) -> None:
    written = writer.write(Sent("barra me jua", files=(JPEG,)))
    pipeline.prepare(frugal, written.tip_id)
    writer.add(written, Sent("aur", files=(JPEG,)))
    pipeline.prepare(frugal, written.tip_id)
    work_through(frugal)
    assert states(teller) == ["ready", "held"]


def test_one_tips_films_take_turns_with_those_of_others(parts: Parts, teller: Teller, writer: Writer) -> None:
    greedy = writer.write(Sent("ek", files=(FILM,) * 4))
    modest = writer.write(Sent("do", files=(FILM,)))
    for tip in (greedy, modest):
        pipeline.prepare(parts, tip.tip_id)
    for film in attachments(teller):
        late_files.fetch(parts, film.id)
    with parts.db.reading() as session:
        jobs_now = purse.owed(session)
    first = attachments(teller, greedy.tip_id)[0].id, attachments(teller, modest.tip_id)[0].id
    assert sorted(jobs_now) == sorted((Job.PREPARE_FILE, one) for one in first)


def test_films_have_a_queue_that_no_ordinary_worker_looks_into() -> None:
    assert TERMS[Job.PREPARE_FILE].queue == SLOW
    assert [job for job, terms in TERMS.items() if terms.queue == SLOW] == [Job.PREPARE_FILE]


def test_an_original_that_nobody_has_opened_yet_is_not_destroyed_with_the_others(
    frugal: Parts, teller: Teller, writer: Writer, long_ago: Any
) -> None:
    written = writer.write(Sent("barra me jua", files=(FILM, FILM)))
    pipeline.prepare(frugal, written.tip_id)
    work_through(frugal)
    teller.set(teller.tip(written.tip_id), received_hour=long_ago)
    impatient = replace(frugal, settings=frugal.settings.model_copy(update={"keep_original_days": 0}))
    retention.destroy_originals(impatient)
    assert {one.status: one.original is None for one in attachments(teller)} == {"ready": True, "held": False}


# --- what the disk may hold
def test_while_only_the_reserve_of_the_disk_is_left_files_stay_at_the_provider_and_what_is_said_goes_on(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    full = replace(parts, settings=parts.settings.model_copy(update={"disk_reserve_mb": 10**9}))
    note = (files.clip_as("OGG", "OPUS"), "audio/ogg")
    written = writer.write(Sent("barra me jua chal raha hai", files=(JPEG, note, FILM)))
    assert pipeline.prepare(full, written.tip_id).what == "prepared"
    assert teller.tip(written.tip_id).status == Status.ROUTED and states(teller) == ["later", "ready", "later"]
    waiting = [file for file in attachments(teller) if file.status == "later"]
    for file in waiting:
        with pytest.raises(JobProblem, match="disk_full"):
            late_files.fetch(full, file.id)
    photo, _, film = written.media
    assert not any(sid in path for _, path, _ in provider.requests for sid in (photo, film))
    waiting = [file for file in attachments(teller) if file.status == "later"]
    assert all((file.problem, file.original) == ("disk_full", None) and file.retry_at for file in waiting)
    for file in waiting:
        assert file.copy_id is not None and forget.erase_copy(full, file.copy_id) == "not_yet"

    for file in waiting:  # there is room again, and the pauses are over
        teller.set(file, retry_at=None)
    sweep(parts)
    work_through(parts)
    assert states(teller) == ["ready"] * 3 and provider.objects() == []
    assert {file.problem for file in attachments(teller)} == {None}


def test_what_is_sealed_already_is_not_made_into_more_while_only_the_reserve_is_left(
    parts: Parts, teller: Teller, writer: Writer
) -> None:
    written = writer.write(Sent("barra me jua", files=(FILM,)))
    pipeline.prepare(parts, written.tip_id)
    (film,) = attachments(teller)
    assert late_files.fetch(parts, film.id).what == "sealed"
    full = replace(parts, settings=parts.settings.model_copy(update={"disk_reserve_mb": 10**9}))
    with pytest.raises(JobProblem, match="disk_full"):
        late_files.prepare(full, film.id)
    assert len(teller.vault_names()) == 1 and states(teller) == ["later"]


def test_a_call_is_heard_and_kept_while_only_the_reserve_is_left(parts: Parts, teller: Teller) -> None:
    full = replace(parts, settings=parts.settings.model_copy(update={"disk_reserve_mb": 10**9}))
    assert pipeline.prepare(full, teller.tell(clips("drugs_hi")).tip_id).what == "prepared"


# --- without a speech model
def test_without_ears_what_is_written_goes_on_and_the_voice_note_waits_and_is_seen_to(
    parts: Parts, teller: Teller, writer: Writer
) -> None:
    deaf = replace(parts, ears=Ears(parts.settings))
    written = writer.write(Sent("barra me jua", files=((files.clip_as("OGG", "OPUS"), "audio/ogg"), JPEG)))
    assert pipeline.prepare(deaf, written.tip_id).what == "prepared"
    assert teller.tip(written.tip_id).status == Status.ROUTED and states(teller) == ["later", "ready"]
    note = attachments(teller)[0]
    with pytest.raises(JobProblem, match="model_missing"):
        late_files.prepare(deaf, note.id)
    assert attachments(teller)[0].problem == "model_missing"
    assert late_files.prepare(parts, note.id).what == "brought"
    assert "मेडिकल" in teller.transcripts()[0].text


# --- all together
