"""Films and long sounds: no words wait for them, and what is said in them finds its officers all the same."""

import io
from dataclasses import replace

import pytest
import soundfile

from ivr.simulator.provider import Provider
from models.lifecycle import Status
from models.message import Message
from models.tip import Routing
from tests.workers import files
from tests.workers.enclosed import FILM, JPEG
from tests.workers.kept import attachments, states, work_through
from tests.workers.telling import Teller, clips
from tests.workers.writing import Sent, Writer
from workers import forget, late_files, pipeline
from workers.lease import claim_file
from workers.media import purse
from workers.outside.speech import Ears
from workers.parts import Parts
from workers.problems import JobProblem
from workers.queues import Job


def long_note() -> tuple[bytes, str]:
    """Two and a half minutes of speech as WhatsApp sends it."""
    samples, rate = soundfile.read(io.BytesIO(clips(*["demo_hi", "weapons_hi", "gambling_hi", "drugs_hi"] * 5)))
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format="OGG", subtype="OPUS")
    return out.getvalue(), "audio/ogg"


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
