"""Tips told in writing, from received to routed: words, files, voice notes, and a provider that fails on request."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from ivr.simulator.outages import Kind
from ivr.simulator.provider import Provider
from models.database import Database, now
from models.lifecycle import Status
from models.message import Attachment, Message
from models.recording import ProviderCopy, Recording, Transcript
from models.tables import metadata
from models.tip import Routing
from settings import ROOT, Settings
from tests.workers import files
from tests.workers.telling import Teller, clip
from tests.workers.writing import Sent, Writer, Written
from workers import forget, pipeline, redo, sound
from workers.lease import claim
from workers.media import bring, opening
from workers.outside import download
from workers.outside.speech import Ears
from workers.parts import Parts
from workers.problems import JobProblem
from workers.queues import Job
from workers.sweep import sweep

JPEG = (files.jpeg(), "image/jpeg")


@pytest.fixture
def writer(parts: Parts, provider: Provider) -> Writer:
    """Somebody who writes: the provider then holds the files, the database the sealed words."""
    return Writer(parts, provider)


def texts(teller: Teller) -> list[str | None]:
    return [one.text for one in sorted(teller.rows(Message), key=lambda one: one.position)]


def attachments(teller: Teller) -> list[Attachment]:
    return sorted(teller.rows(Attachment), key=lambda one: one.position)


def copies(teller: Teller, kind: str) -> list[ProviderCopy]:
    return [one for one in teller.copies() if one.kind == kind]


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
        assert (one.kind, one.status, one.shown) == ("voice", "ready", None) and (one.seconds or 0) > 5
        assert parts.vault.original(one.original or "") == note
        with parts.db.reading() as session:
            recording = session.get_one(Recording, one.recording_id)
            transcript = session.get_one(Transcript, one.recording_id)
        assert {"कल्याणपुर", "मेडिकल"} <= set(transcript.text.split())
        assert recording.original != one.original
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


# --- a provider that fails
@pytest.mark.parametrize(
    ("kind", "path", "code"),
    [
        ("404", "/Media/", "recording_not_ready"),
        ("429", "/Media/", "provider_unreachable"),
        ("500", "/Media/", "provider_unreachable"),
        ("timeout", "/Media/", "provider_unreachable"),
        ("401", "/Media/", "provider_refuses_key"),
        ("404", "/storage/", "recording_not_ready"),
        ("500", "/storage/", "provider_unreachable"),
        ("cut", "/storage/", "recording_damaged"),
    ],
)
def test_a_provider_that_fails_is_a_problem_that_is_seen_and_tried_again(
    parts: Parts,
    teller: Teller,
    writer: Writer,
    provider: Provider,
    kind: Kind,
    path: str,
    code: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(download, "ANSWER_SECONDS", 0.5)
    written = writer.write(Sent("dekhiye", files=(JPEG,)))
    provider.plan(kind, path=path)
    with pytest.raises(JobProblem) as caught:
        pipeline.prepare(parts, written.tip_id)
    assert caught.value.code == code
    tip = teller.tip(written.tip_id)
    assert tip.problem == caught.value.code and tip.retry_at is not None and tip.status == Status.RECEIVED
    assert attachments(teller)[0].status == "waiting"
    assert all(sid not in str(tip.problem_detail) for sid in (*written.media, *written.messages))
    provider.outages.lift()
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    assert attachments(teller)[0].status == "ready" and teller.tip(written.tip_id).problem is None


def test_a_file_the_provider_does_not_know_after_hours_is_given_up_and_said_so(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    written = writer.write(Sent("dekhiye", files=(JPEG,)))
    provider.plan("404", path="/Media/")
    (media,) = copies(teller, "media")
    teller.set(media, heard_at=now() - bring.PATIENCE - timedelta(minutes=1))
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    assert [(one.status, one.reason) for one in attachments(teller)] == [("quarantined", "gone")]


def test_a_file_larger_than_allowed_is_not_fetched_whole(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider, settings: Settings
) -> None:
    from workers.outside.telephony import Telephony

    small = replace(parts, telephony=Telephony(settings.model_copy(update={"max_media_mb": 1})))
    written = writer.write(Sent(files=((os.urandom(1_200_000), "image/jpeg"),)))
    assert pipeline.prepare(small, written.tip_id).what == "prepared"
    (one,) = attachments(teller)
    assert (one.status, one.reason, one.original) == ("quarantined", "too_large", None)


def test_what_is_sealed_already_is_not_fetched_again(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = writer.write(Sent(files=(JPEG, JPEG)))
    monkeypatch.setattr(bring, "clean", lambda *_: (_ for _ in ()).throw(opening.CannotRead("no reader")))
    with pytest.raises(JobProblem, match="media_reader_missing"):
        pipeline.prepare(parts, written.tip_id)
    monkeypatch.undo()
    assert attachments(teller)[0].original is not None and attachments(teller)[0].status == "waiting"
    provider.plan("500", path=written.media[0])
    assert pipeline.prepare(parts, written.tip_id).what == "prepared"
    assert sum(written.media[0] in path for _, path, _ in provider.requests) == 1


def test_preparing_twice_changes_nothing_and_fetches_nothing(
    parts: Parts, teller: Teller, writer: Writer, provider: Provider
) -> None:
    written = writer.write(Sent("dekhiye", files=(JPEG, (files.clip_as("OGG", "OPUS"), "audio/ogg"))))
    pipeline.prepare(parts, written.tip_id)
    before = (teller.rows(Attachment), teller.rows(Message), teller.vault_names(), len(provider.requests))
    assert pipeline.prepare(parts, written.tip_id).what == "nothing"
    assert (teller.rows(Attachment), teller.rows(Message), teller.vault_names(), len(provider.requests)) == before


def test_a_worker_that_lost_its_lease_stores_nothing(
    parts: Parts, teller: Teller, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = writer.write(Sent("dekhiye", files=(JPEG,)))
    real = bring.clean

    def slow(*given: Any) -> Any:
        teller.set(teller.tip(written.tip_id), lease="another", lease_until=now() + timedelta(minutes=1))
        return real(*given)

    monkeypatch.setattr(bring, "clean", slow)
    assert pipeline.prepare(parts, written.tip_id).what == "lost"
    (one,) = attachments(teller)
    assert (one.status, one.shown) == ("waiting", None) and texts(teller) == [None]
    assert teller.vault_names() == {one.original}


KILLED = """
import sys
from pathlib import Path
from settings import Settings
from workers import pipeline
from workers.media import bring
from workers.parts import assemble
var, redis, url, account, token, tip, where = sys.argv[1:]
parts = assemble(Settings(_env_file=None, var_dir=Path(var), redis_url=redis, twilio_api_url=url,
                          twilio_account_sid=account, twilio_auth_token=token, lease_seconds=2))
import time
def hang(*_):
    print("here", flush=True)
    time.sleep(60)
if where == "sealed": bring.clean = hang
elif where == "cleaned": bring.keep = hang
else: pipeline.store = hang
pipeline.prepare(parts, tip)
"""


@pytest.mark.parametrize("where", ["sealed", "cleaned", "read"])
def test_a_worker_killed_at_any_point_loses_nothing_and_fetches_no_file_twice(
    where: str, parts: Parts, teller: Teller, writer: Writer, provider: Provider, settings: Settings
) -> None:
    written = writer.write(Sent("barra me jua", files=(JPEG,)))
    from tests.workers.telling import ACCOUNT, TOKEN

    words = [str(settings.var_dir), settings.redis_url, provider.url, ACCOUNT, TOKEN, written.tip_id, where]
    worker = subprocess.Popen([sys.executable, "-c", KILLED, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None and worker.stdout.readline() == "here\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    assert teller.tip(written.tip_id).status == Status.RECEIVED
    deadline = time.monotonic() + 10
    while (outcome := pipeline.prepare(parts, written.tip_id)).what == "nothing" and time.monotonic() < deadline:
        time.sleep(0.2)
    assert outcome.what == "prepared"
    assert texts(teller) == ["barra me jua"] and attachments(teller)[0].status == "ready"
    assert sum(written.media[0] in path and "/Accounts/" in path for _, path, _ in provider.requests) == 1


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
    for kind in ("media", "message"):
        for copy in copies(teller, kind):
            assert forget.erase_copy(there, copy.id) == "erased"
    assert claim(db, written.tip_id, 5) is not None
    with db.read() as connection:
        assert connection.scalars(select(col(ProviderCopy.sid))).all() == [None] * 3
