"""Tips told in writing, from received to routed: words, files, voice notes, and a provider that fails on request."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from ivr.simulator.provider import Provider
from models.database import Database
from models.lifecycle import Status
from models.recording import ProviderCopy, Recording, Transcript
from models.tables import metadata
from models.tip import Routing
from tests.workers import files
from tests.workers.enclosed import JPEG
from tests.workers.kept import attachments, copies, texts
from tests.workers.telling import Teller, clip
from tests.workers.writing import Sent, Writer, Written
from workers import forget, pipeline, redo, sound
from workers.lease import claim
from workers.outside.speech import Ears
from workers.parts import Parts
from workers.problems import JobProblem
from workers.queues import Job
from workers.sweep import sweep


# --- words
def test_a_written_tip_becomes_anonymised_words_and_reaches_its_offices(
    parts: Parts, teller: Teller, writer: Writer
) -> None:
    written = writer.write(
        Sent("नौबस्ता कानपुर में रोज़ शाम को जुआ होता है,\nमेरा नाम रमेश कुमार है"), Sent("call me 98123 45678!"), channel="sms"
    )
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    tip = teller.tip(written.tip_id)
    assert texts(teller) == [
        "नौबस्ता कानपुर में रोज़ शाम को जुआ होता है,\nमेरा नाम [name] है",
        "call me [phone]!",
    ]
    assert (tip.status, tip.category, tip.category_by, tip.district) == (Status.ROUTED, "gambling", "words", "KNP")
    assert teller.rows(Routing) and (tip.lease, tip.problem, tip.attempts) == (None, None, 0)
    assert tip.last_turn_at is None and tip.ended_at is None
    assert all(copy.due_at is not None for copy in teller.copies())


def test_what_keys_and_numbers_said_is_not_overruled_by_written_words(
    parts: Parts, teller: Teller, writer: Writer
) -> None:
    written = writer.write(
        Sent("barra kanpur me jua hota hai"),
        category="drugs_liquor",
        category_by="caller",
        place_by="caller",
        district="JNP",
    )
    pipeline.prepare(parts, written.tip_id)
    tip = teller.tip(written.tip_id)
    assert (tip.category, tip.district) == ("drugs_liquor", "JNP")


def test_a_written_complaint_about_police_reaches_no_station(parts: Parts, teller: Teller, writer: Writer) -> None:
    written = writer.write(
        Sent("naubasta thane ka daroga"), Sent("paise maang raha hai, hafta wasooli"), category="gambling",
        category_by="caller", district="KNP", station="KNP-NBS", place_by="caller",
    )  # fmt: skip
    pipeline.prepare(parts, written.tip_id)
    units = {row.unit for row in teller.rows(Routing)}
    assert units and not units & set(parts.catalogue.stations)


def test_a_tip_of_words_alone_needs_no_speech_model(parts: Parts, teller: Teller, writer: Writer) -> None:
    deaf = replace(parts, ears=Ears(parts.settings))
    told = writer.write(Sent("barra me jua"), Sent("photo dekhiye", files=(JPEG,)))
    assert pipeline.prepare(deaf, told.tip_id).what == "prepared"
    spoken = writer.write(Sent(files=((files.clip_as("OGG", "OPUS"), "audio/ogg"),)))
    with pytest.raises(JobProblem, match="model_missing"):
        pipeline.prepare(deaf, spoken.tip_id)
    assert pipeline.prepare(parts, spoken.tip_id).what == "prepared"


def test_a_message_of_odd_bytes_is_still_a_message(parts: Parts, teller: Teller, writer: Writer) -> None:
    written = writer.write(Sent("jua \x00\x0c\x1b[31m \u202eulta\ufeff 😀 <b>&amp;</b> {{7*7}} '); DROP TABLE tip;--"))
    pipeline.prepare(parts, written.tip_id)
    assert texts(teller) == ["jua [31m ulta 😀 <b>&amp;</b> {{7*7}} '); DROP TABLE tip;--"]


def test_a_message_that_comes_while_another_is_stored_is_prepared_too(
    parts: Parts, teller: Teller, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = writer.write(Sent("barra me jua"))
    real, once = pipeline.store, []

    def late(*given: Any) -> str:
        if not once:
            once.append(writer.add(written, Sent("aur ek baat")))
        return real(*given)

    monkeypatch.setattr(pipeline, "store", late)
    pipeline.prepare(parts, written.tip_id)
    assert texts(teller) == ["barra me jua", "aur ek baat"]


def test_what_is_added_becomes_words_beside_the_others_and_the_work_on_the_tip_goes_on(
    parts: Parts, teller: Teller, writer: Writer
) -> None:
    written = writer.write(Sent("barra kanpur me jua"))
    pipeline.prepare(parts, written.tip_id)
    teller.set(teller.tip(written.tip_id), status=Status.WORKING)
    writer.add(written, Sent("jaldi karo"))
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    assert texts(teller) == ["barra kanpur me jua", "jaldi karo"]
    assert teller.tip(written.tip_id).status == Status.WORKING


def test_added_words_that_accuse_police_are_never_seen_by_the_station_even_if_the_worker_dies_over_them(
    parts: Parts, teller: Teller, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = writer.write(Sent("barra kanpur me jua hota hai"))
    pipeline.prepare(parts, written.tip_id)
    station = teller.tip(written.tip_id).station
    assert station and station in {row.unit for row in teller.rows(Routing)}
    teller.set(teller.tip(written.tip_id), status=Status.WORKING)
    writer.add(written, Sent("chauki ke sipahi paise lekar jua karwate hain"))

    def dies(*_: object) -> bool:
        raise SystemExit

    monkeypatch.setattr(pipeline, "route", dies)
    with pytest.raises(SystemExit):
        pipeline.prepare(parts, written.tip_id)
    assert "sipahi" in texts(teller)[1] and teller.tip(written.tip_id).status == Status.WORKING
    assert not [row.unit for row in teller.rows(Routing) if row.unit in parts.catalogue.stations]


def test_the_sweep_finds_a_message_that_a_worker_just_missed(parts: Parts, teller: Teller, writer: Writer) -> None:
    written = writer.write(Sent("barra me jua"))
    pipeline.prepare(parts, written.tip_id)
    writer.add(written, Sent("aur ek baat", files=(JPEG,)))
    parts.jobs.client.flushall()
    assert sweep(parts)[Job.PREPARE_TIP] == 1
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    assert texts(teller)[1] == "aur ek baat" and teller.tip(written.tip_id).status == Status.ROUTED
    assert sweep(parts)[Job.PREPARE_TIP] == 0


# --- files
def test_a_photo_is_sealed_as_it_came_shown_made_anew_and_due_at_the_provider(
    parts: Parts, teller: Teller, writer: Writer
) -> None:
    written = writer.write(Sent("dekhiye", files=(JPEG,)))
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    (one,) = attachments(teller)
    assert (one.kind, one.status, one.reason, one.size) == ("photo", "ready", None, len(JPEG[0]))
    assert one.sha256 == hashlib.sha256(JPEG[0]).hexdigest()
    assert parts.vault.original(one.original or "") == JPEG[0]
    assert one.shown_type == "image/jpeg"
    for name in (one.shown, one.thumbnail):
        assert files.OWNER.encode() not in parts.vault.listening(name or "")
    assert teller.vault_names() == {one.original, one.shown, one.thumbnail}
    media, message = copies(teller, "media")[0], copies(teller, "message")[0]
    assert media.due_at and message.due_at
    assert (Job.ERASE_COPY, media.id) in parts.jobs.waiting()


def test_a_bad_file_does_not_hold_up_the_rest(parts: Parts, teller: Teller, writer: Writer) -> None:
    written = writer.write(
        Sent(
            "sab dekhiye",
            files=((files.zip_bomb(), "image/jpeg"), (files.HTML, "image/png"), (files.CARD, "text/vcard"), JPEG),
        )
    )
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    assert [(one.kind, one.status, one.reason) for one in attachments(teller)] == [
        ("file", "quarantined", "type_not_opened"),
        ("file", "quarantined", "type_not_opened"),
        ("contact", "ready", None),
        ("photo", "ready", None),
    ]
    assert [one.shown is None for one in attachments(teller)] == [True, True, True, False]
    assert all(one.original and one.sha256 for one in attachments(teller))
    assert all(copy.due_at for copy in teller.copies())


def test_a_place_stays_as_the_webhook_cut_it(parts: Parts, teller: Teller, writer: Writer) -> None:
    written = writer.write(Sent(place={"lat": 26.453, "lon": 80.331}))
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    (one,) = attachments(teller)
    assert (one.kind, one.status, one.place) == ("location", "ready", {"lat": 26.453, "lon": 80.331})


def test_a_voice_note_is_heard_like_a_take_of_a_call(parts: Parts, teller: Teller, writer: Writer) -> None:
    note = files.clip_as("OGG", "OPUS")
    written = writer.write(Sent("suniye", files=((note, "audio/ogg"),)), Sent(files=((note, "audio/ogg"),)))
    outcome = pipeline.prepare(parts, written.tip_id)
    assert outcome.what == "prepared" and outcome.audio_seconds > 10
    assert sorted(one.take for one in teller.recordings()) == [1, 2]
    for one in attachments(teller):
        assert (one.kind, one.status, one.shown, one.seconds) == ("voice", "ready", None, None)
        assert parts.vault.original(one.original or "") == note
        with parts.db.reading() as session:
            recording = session.get_one(Recording, one.recording_id)
            transcript = session.get_one(Transcript, one.recording_id)
        assert {"कल्याणपुर", "मेडिकल"} <= set(transcript.text.split())
        assert recording.original != one.original and recording.seconds == 10
        assert parts.vault.original(recording.original or "")[:4] == b"RIFF"
        assert sound.decode(parts.vault.listening(recording.listening or ""))[1] == 8000
    assert teller.tip(written.tip_id).category == "drugs_liquor"


def test_a_voice_note_can_be_heard_again_with_a_better_model(parts: Parts, teller: Teller, writer: Writer) -> None:
    written = writer.write(Sent(files=((files.clip_as("OGG", "OPUS"), "audio/ogg"),)))
    pipeline.prepare(parts, written.tip_id)
    (transcript,) = teller.transcripts()
    teller.set(transcript, model="an older one", text="")
    assert redo.redo(parts, transcript.recording_id).what == "redone"
    assert "मेडिकल" in teller.transcripts()[0].text


def test_a_call_with_a_photo_and_a_voice_note_attached_to_it_is_one_tip(
    parts: Parts, teller: Teller, writer: Writer
) -> None:
    told = teller.tell(clip("hello_hi"))
    other = writer.write(Sent("hi"))  # the conversation in which the code was sent
    key = teller.tip(other.tip_id).conversation_key
    attached = Written(told.tip_id)
    writer.add(attached, Sent("ye dekho", files=(JPEG, (files.clip_as("OGG", "OPUS"), "audio/ogg"))))
    for copy in teller.copies():
        if copy.kind in ("media", "message") and copy.sid in (*attached.media, *attached.messages):
            teller.set(copy, conversation_key=key)
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert sorted(one.take for one in teller.recordings()) == [1, 1001] and len(teller.transcripts()) == 2
    assert all(copy.due_at for copy in teller.copies())


def test_nothing_written_and_nothing_said_is_found_empty(parts: Parts, teller: Teller, writer: Writer) -> None:
    written = writer.write()
    assert pipeline.prepare(parts, written.tip_id).what == "found_empty"
    assert teller.tip(written.tip_id).status == Status.DISCARDED


def test_on_every_database_the_result_is_the_same(db: Database, parts: Parts, provider: Provider) -> None:
    there = replace(parts, db=db)
    metadata.create_all(db.engine)
    writer, teller = Writer(there, provider), Teller(there, provider)
    written = writer.write(
        Sent("barra kanpur me jua, 9812345678", files=(JPEG, (files.clip_as("OGG", "OPUS"), "audio/ogg")))
    )
    assert pipeline.prepare(there, written.tip_id).what == "prepared"
    assert texts(teller) == ["barra kanpur me jua, [phone]"]
    assert [one.kind for one in attachments(teller)] == ["photo", "voice"]
    for copy in copies(teller, "media"):  # and their message with the last of them
        assert forget.erase_copy(there, copy.id) == "erased"
    assert claim(db, written.tip_id, 5) is not None
    with db.read() as connection:
        assert connection.scalars(select(col(ProviderCopy.sid))).all() == [None] * 3
