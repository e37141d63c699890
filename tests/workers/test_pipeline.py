"""From a received tip to a routed one, with real speech, real files and a telephone company that fails on request."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from ivr.simulator.outages import Kind
from ivr.simulator.provider import Provider
from ivr.simulator.store import new_sid
from models.database import now
from models.lifecycle import Status
from models.officer import Tally, Trail
from models.recording import ProviderCopy
from models.secrecy import load_keys
from models.tip import Contact, Routing
from tests.workers.telling import Teller, clip
from workers import jobs, pipeline, sound
from workers.lease import claim
from workers.outside import download
from workers.outside.vault import Vault
from workers.parts import Parts
from workers.problems import PROBLEMS, JobProblem, pause
from workers.queues import Job


def test_a_told_tip_becomes_words_a_sealed_original_and_a_listening_copy(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("drugs_hi"))
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    tip, (recording,), (transcript,) = teller.tip(told), teller.recordings(), teller.transcripts()
    assert tip.status == Status.ROUTED
    assert {"कल्याणपुर", "मेडिकल", "नशे", "लड़के"} <= set(transcript.text.split())
    assert (transcript.language, transcript.model) == ("hi", "starter-hi")
    assert 0.5 < transcript.confidence <= 1
    assert parts.vault.original(recording.original) == clip("drugs_hi")
    assert recording.sha256 == hashlib.sha256(clip("drugs_hi")).hexdigest()
    samples, rate = sound.decode(parts.vault.listening(recording.listening))
    assert transcript.words[-1]["end"] <= len(samples) / rate + 0.05
    assert abs(recording.seconds - len(samples) / rate) > 0.05 * recording.seconds  # another pace: it is disguised
    assert (tip.problem, tip.attempts, tip.lease) == (None, 0, None)


def test_the_language_chosen_picks_the_model(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("drugs_en"), language="en")
    pipeline.prepare(parts, told.tip_id)
    (transcript,) = teller.transcripts()
    assert transcript.model == "starter-en"
    assert {"ganja", "railway", "station"} <= set(transcript.text.split())


def test_own_numbers_and_names_are_neither_written_nor_heard(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("demo_hi"))
    pipeline.prepare(parts, told.tip_id)
    (recording,), (transcript,) = teller.recordings(), teller.transcripts()
    everything = json.dumps([transcript.text, transcript.words], ensure_ascii=False)
    assert "[phone]" in transcript.text and "[name]" in transcript.text
    assert "राकेश" not in everything and "वर्मा" not in everything and "नौ आठ" not in everything
    samples, rate = sound.decode(parts.vault.listening(recording.listening))
    for word in transcript.words:
        if "hidden" in word:
            quiet = samples[int((word["start"] + 0.05) * rate) : int((word["end"] - 0.05) * rate)]
            assert len(quiet) and np.abs(quiet.astype(int)).max() <= 1
    shown = [word for word in transcript.words if "w" in word]
    loud = [samples[int(word["start"] * rate) : int(word["end"] * rate)].astype(int) for word in shown]
    assert sum(np.abs(part).max() > 300 for part in loud if len(part)) > 0.9 * len(shown)


def test_facts_the_caller_did_not_give_by_keys_come_from_the_words(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("demo_hi"))
    pipeline.prepare(parts, told.tip_id)
    tip = teller.tip(told)
    assert (tip.category, tip.category_by, tip.place_by) == ("drugs_liquor", "words", "words")
    assert tip.district == "KNP"
    assert tip.urgency is not None
    assert teller.rows(Routing)


def test_a_pin_code_and_a_category_by_keys_are_not_overruled_by_words(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("demo_hi"), category="gambling", category_by="caller", pin_code="208021")
    pipeline.prepare(parts, told.tip_id)
    tip = teller.tip(told)
    assert (tip.category, tip.category_by) == ("gambling", "caller")
    assert tip.place_by == "caller" and tip.district is not None


def test_what_the_provider_holds_becomes_due_and_is_queued_for_erasure(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("hello_hi"))
    assert all(copy.due_at is None for copy in teller.copies())
    pipeline.prepare(parts, told.tip_id)
    assert all(copy.due_at is not None for copy in teller.copies())
    recording = next(copy for copy in teller.copies() if copy.kind == "recording")
    assert parts.jobs.waiting() == {(Job.ERASE_COPY, recording.id)}


def test_only_takes_that_were_sent_are_fetched_and_all_are_erased(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(clip("police_hi"), clip("gambling_hi"), clip("drugs_hi"), sent_take=3, discarded_take=1)
    pipeline.prepare(parts, told.tip_id)
    assert [recording.take for recording in teller.recordings()] == [3]
    assert not any(told.recording_sids[0] in path or told.recording_sids[1] in path for _, path, _ in provider.requests)
    assert all(copy.due_at for copy in teller.copies())


def test_a_tip_told_in_two_takes_has_two_transcripts(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("hello_hi"), clip("drugs_hi"))
    pipeline.prepare(parts, told.tip_id)
    assert sorted(recording.take for recording in teller.recordings()) == [1, 2]
    assert len(teller.transcripts()) == 2


def test_preparing_twice_changes_nothing_and_fetches_nothing(parts: Parts, teller: Teller, provider: Provider) -> None:
    told = teller.tell(clip("hello_hi"))
    pipeline.prepare(parts, told.tip_id)
    before = (teller.recordings(), teller.transcripts(), teller.vault_names(), len(provider.requests))
    assert pipeline.prepare(parts, told.tip_id).what == "nothing"
    assert (teller.recordings(), teller.transcripts(), teller.vault_names(), len(provider.requests)) == before


def test_a_sound_already_stored_is_not_fetched_again(parts: Parts, teller: Teller, provider: Provider) -> None:
    told = teller.tell(clip("hello_hi"), clip("hello_en"))
    provider.plan("500", path=told.recording_sids[1])
    with pytest.raises(JobProblem):
        pipeline.prepare(parts, told.tip_id)
    (first,) = teller.recordings()
    provider.outages.lift()
    pipeline.prepare(parts, told.tip_id)
    assert [path for _, path, _ in provider.requests if told.recording_sids[0] in path] == [
        path for _, path, status in provider.requests if told.recording_sids[0] in path and status == 200
    ]
    assert sum(told.recording_sids[0] in path for _, path, _ in provider.requests) == 1
    assert next(one for one in teller.recordings() if one.take == first.take).original == first.original


# --- nothing said
def test_silence_is_discarded_counted_and_erased_but_never_kept(parts: Parts, teller: Teller) -> None:
    told = teller.tell(sound.wav(np.full(24_000, 20, np.int16), 8000))
    teller.set(Contact(tip_id=told.tip_id, sealed=b"sealed"))
    assert pipeline.prepare(parts, told.tip_id).what == "found_empty"
    assert teller.tip(told).status == Status.DISCARDED
    assert teller.recordings() == [] and teller.vault_names() == set() and teller.rows(Contact) == []
    assert all(copy.due_at for copy in teller.copies())
    assert {(row.what, row.n) for row in teller.rows(Tally)} >= {("silent", 1)}


def test_silence_with_a_place_by_keys_is_kept(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("silence"), category="drugs_liquor", category_by="caller")
    pipeline.prepare(parts, told.tip_id)
    assert teller.tip(told).status == Status.ROUTED
    assert [transcript.text for transcript in teller.transcripts()] == [""]


def test_noise_without_words_is_kept_for_an_officers_ear(parts: Parts, teller: Teller) -> None:
    hiss = np.random.default_rng(1).normal(0, 120, 24_000).astype(np.int16)
    told = teller.tell(sound.wav(hiss, 8000))
    pipeline.prepare(parts, told.tip_id)
    assert teller.tip(told).status == Status.ROUTED
    assert {row.unit for row in teller.rows(Routing)} == {"HQ"}


def test_a_header_without_sound_is_empty_only_when_the_provider_says_so(parts: Parts, teller: Teller) -> None:
    announced = teller.tell(sound.NOTHING, announced=0)
    assert pipeline.prepare(parts, announced.tip_id).what == "found_empty"
    damaged = teller.tell(sound.NOTHING, announced=7)
    with pytest.raises(JobProblem, match="recording_damaged"):
        pipeline.prepare(parts, damaged.tip_id)


def test_a_recording_the_provider_never_made_does_not_hold_the_tip_up(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(b"", clip("drugs_hi"))
    provider.store.recordings[told.recording_sids[0]].absent = True
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert sorted(bool(one.text) for one in teller.transcripts()) == [False, True]


# --- webhooks that never came, or came late
def test_a_tip_without_known_takes_asks_the_provider(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("drugs_hi"))
    for copy in teller.copies():
        if copy.kind == "recording":
            with parts.db.session() as session:
                session.delete(session.get_one(ProviderCopy, copy.id))
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert len(teller.transcripts()) == 1


def test_a_tip_of_which_no_sound_exists_anywhere_is_found_empty(parts: Parts, teller: Teller) -> None:
    told = teller.tell()
    assert pipeline.prepare(parts, told.tip_id).what == "found_empty"
    assert teller.tip(told).status == Status.DISCARDED


def test_before_silence_is_thrown_away_the_provider_is_asked_for_the_real_telling(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(clip("silence"))
    provider.store.keep_recording(new_sid("RE"), told.call_sid, clip("drugs_hi"), 10)  # its webhooks were lost
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert teller.tip(told).status == Status.ROUTED
    assert "कल्याणपुर" in " ".join(one.text for one in teller.transcripts())


def test_silence_is_not_thrown_away_while_the_provider_cannot_be_asked(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(clip("silence"))
    provider.plan("500", path="/Recordings.json")
    with pytest.raises(JobProblem, match="provider_unreachable"):
        pipeline.prepare(parts, told.tip_id)
    assert teller.tip(told).status == Status.RECEIVED
    provider.outages.lift()
    provider.requests.clear()
    assert pipeline.prepare(parts, told.tip_id).what == "found_empty"
    assert sum("/Recordings.json" in path for _, path, _ in provider.requests) == 1


def test_a_take_that_becomes_known_afterwards_joins_its_tip(parts: Parts, teller: Teller, provider: Provider) -> None:
    told = teller.tell(clip("hello_hi"))
    pipeline.prepare(parts, told.tip_id)
    _, (late,) = teller.call(clip("drugs_hi"))
    row = teller.copy(late, "recording", teller.copies()[0].conversation_key, now())
    row.take = 2
    teller.set(row)
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert len(teller.transcripts()) == 2
    assert teller.tip(told).status == Status.ROUTED
    assert teller.tip(told).category == "drugs_liquor"  # routed again with what the late take says
    assert all(copy.due_at for copy in teller.copies())


# --- failures: the tip is kept, the provider's copy stays, and when it is mended it goes through
FAILURES: dict[str, tuple[Kind, str]] = {
    "not ready": ("404", "recording_not_ready"),
    "wrong key": ("401", "provider_refuses_key"),
    "too many requests": ("429", "provider_unreachable"),
    "server error": ("500", "provider_unreachable"),
    "no answer": ("timeout", "provider_unreachable"),
    "cut off": ("cut", "recording_damaged"),
    "half a file": ("wrong length", "recording_damaged"),
    "a web page": ("html", "not_audio"),
    "two hours": ("huge", "recording_too_long"),
    "no end": ("endless", "recording_too_long"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failing_provider_leaves_the_tip_stuck_and_mended_it_goes_through(
    name: str, parts: Parts, teller: Teller, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "ANSWER_SECONDS", 0.5)
    kind, problem = FAILURES[name]
    told = teller.tell(clip("hello_hi"))
    provider.plan(kind)
    for attempt in (1, 2):
        with pytest.raises(JobProblem) as caught:
            pipeline.prepare(parts, told.tip_id)
        tip = teller.tip(told)
        assert (tip.status, tip.attempts, tip.lease) == (Status.RECEIVED, attempt, None)
        assert tip.retry_at is not None and tip.retry_at <= now() + timedelta(seconds=pause(attempt))
        assert tip.problem in (problem, "provider_unreachable" if kind == "cut" else problem)
    assert told.recording_sids[0] not in str(caught.value) + str(tip.problem_detail)
    assert all(copy.due_at is None for copy in teller.copies())
    assert teller.vault_names() == set() and teller.recordings() == []
    provider.outages.lift()
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"
    assert (teller.tip(told).problem, teller.tip(told).attempts) == (None, 0)


def test_an_announced_length_over_the_limit_is_not_even_asked_for(
    parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(clip("hello_hi"), announced=7200)
    with pytest.raises(JobProblem, match="recording_too_long"):
        pipeline.prepare(parts, told.tip_id)
    assert provider.requests == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:44],
        lambda data: data[:5],
        lambda data: b"",
        lambda data: b"RIFF" + data[4:36] + b"junk" + data[40:],
        lambda data: data[:22] + b"\x00\x00" + data[24:],  # no channels
        lambda data: b"ID3" + data,
    ],
)
def test_bytes_that_are_no_sound_are_a_problem_not_a_crash(
    spoil: Callable[[bytes], bytes], parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(spoil(clip("hello_hi")))
    with pytest.raises(JobProblem) as caught:
        pipeline.prepare(parts, told.tip_id)
    assert caught.value.code in ("recording_damaged", "not_audio")
    provider.store.recordings[told.recording_sids[0]].wav = clip("hello_hi")
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"


def test_a_media_folder_that_cannot_be_written_stops_the_tip_not_the_worker(
    parts: Parts, teller: Teller, settings: object
) -> None:
    told = teller.tell(clip("hello_hi"))
    media = parts.settings.var_dir / "media"
    media.write_text("a file is in the way")
    with pytest.raises(JobProblem, match="media_store_unreachable"):
        pipeline.prepare(parts, told.tip_id)
    assert teller.recordings() == [] and all(copy.due_at is None for copy in teller.copies())
    media.unlink()
    assert pipeline.prepare(parts, told.tip_id).what == "prepared"


def test_a_full_database_leaves_no_half_of_anything(
    parts: Parts, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_parts", parts)
    told = teller.tell(clip("drugs_hi"))
    room = {"max_page_count": 1}  # SQLite takes the present size for a smaller number

    @event.listens_for(parts.db.engine, "begin")
    def _limit(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={room['max_page_count']}")

    with pytest.raises(OperationalError, match="full"):
        while True:
            with parts.db.session() as session:
                session.add(Trail(what="x", note="x" * 2000))
    with pytest.raises(JobProblem, match="disk_full"):
        jobs.prepare_tip(told.tip_id)
    assert teller.transcripts() == [] and teller.tip(told).status == Status.RECEIVED
    assert len(teller.vault_names()) == len(teller.recordings())
    room["max_page_count"] = 1_000_000
    teller.set(teller.tip(told), lease=None, lease_until=None)
    jobs.prepare_tip(told.tip_id)
    assert teller.tip(told).status == Status.ROUTED
    assert len(teller.vault_names()) == 2


def test_a_missing_private_key_is_named(parts: Parts, teller: Teller, provider: Provider) -> None:
    told = teller.tell(clip("hello_hi"), clip("hello_en"))
    provider.plan("500", path=told.recording_sids[1])
    with pytest.raises(JobProblem):
        pipeline.prepare(parts, told.tip_id)
    provider.outages.lift()
    keyless = replace(parts, vault=Vault(parts.settings.media, load_keys(parts.settings.keys)))
    with pytest.raises(JobProblem, match="key_missing"):
        pipeline.prepare(keyless, told.tip_id)


# --- leases
def test_a_tip_in_other_hands_is_left_alone(parts: Parts, teller: Teller, provider: Provider) -> None:
    told = teller.tell(clip("hello_hi"))
    assert claim(parts.db, told.tip_id, 60) is not None
    assert pipeline.prepare(parts, told.tip_id).what == "nothing"
    assert provider.requests == []


def test_a_worker_that_lost_its_tip_while_listening_stores_nothing(
    parts: Parts, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = teller.tell(clip("hello_hi"))
    original = type(parts.ears).transcribe

    def slow(self, *rest):  # type: ignore[no-untyped-def]
        words = original(self, *rest)
        teller.set(teller.tip(told), lease="somebody else")
        return words

    monkeypatch.setattr(type(parts.ears), "transcribe", slow)
    assert pipeline.prepare(parts, told.tip_id).what == "lost"
    assert teller.transcripts() == [] and teller.tip(told).status == Status.RECEIVED
    assert len(teller.vault_names()) == 1  # the original, recorded while the lease was held


@pytest.mark.parametrize("status", [Status.TELLING, Status.DISCARDED])
def test_what_is_still_told_or_thrown_away_is_not_worked_on(
    status: Status, parts: Parts, teller: Teller, provider: Provider
) -> None:
    told = teller.tell(clip("hello_hi"), status=status)
    assert pipeline.prepare(parts, told.tip_id).what == "nothing"
    assert provider.requests == []


def test_an_unknown_tip_is_nothing(parts: Parts) -> None:
    assert pipeline.prepare(parts, "0" * 32).what == "nothing"
    assert pipeline.route(parts, "0" * 32) is False


# --- what remains must not tell when the call was
def test_after_routing_no_exact_time_of_the_call_is_left_at_the_tip(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("hello_hi"))
    pipeline.prepare(parts, told.tip_id)
    tip = teller.tip(told)
    assert (tip.last_turn_at, tip.ended_at, tip.retry_at, tip.lease_until) == (None, None, None, None)
    assert tip.conversation_key is not None
    assert [row.what for row in teller.rows(Trail)] == ["prepare", "route"]
    assert all(row.at.minute == row.at.second == row.at.microsecond == 0 for row in teller.rows(Trail))


# --- routing
def test_routing_again_with_late_facts_moves_the_tip_but_keeps_who_it_was_assigned_to(
    parts: Parts, teller: Teller
) -> None:
    told = teller.tell(clip("hello_hi"))
    pipeline.prepare(parts, told.tip_id)
    before = {row.unit for row in teller.rows(Routing)}
    assert before == {"HQ"}
    teller.set(Routing(tip_id=told.tip_id, unit="PS-X", role="assigned"))
    teller.set(teller.tip(told), category="drugs_liquor", category_by="caller", district="KNP", place_by="caller")
    for _ in range(2):
        assert pipeline.route(parts, told.tip_id)
    after = {row.unit: row.role for row in teller.rows(Routing)}
    assert after["PS-X"] == "assigned" and "HQ" not in after and len(after) > 1
    assert teller.tip(told).status == Status.ROUTED


def test_a_tip_not_yet_prepared_is_not_routed(parts: Parts, teller: Teller) -> None:
    told = teller.tell(clip("hello_hi"))
    assert pipeline.route(parts, told.tip_id) is False
    assert teller.rows(Routing) == []


def test_every_problem_is_explained_in_both_languages_and_fits_its_column() -> None:
    for code, problem in PROBLEMS.items():
        assert len(code) <= 40 and problem.en and any("\u0900" <= letter <= "\u097f" for letter in problem.hi)
    pauses = [pause(attempt) for attempt in range(1, 30)]
    assert pauses == sorted(pauses) and 3600 <= pauses[-1] <= 6 * 3600
